from __future__ import annotations

from pathlib import Path

import pytest

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import model_files
from wordnet_tui.core.formats.model_files import (
    read_network,
    resolve,
    shipped_networks,
    write_network,
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_network) -> Path:
    """A checkout with two networks in its `models`; the user works in a folder of it."""
    (tmp_path / "package").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "work").mkdir()
    for name in ("chitchat", "reference-wide"):
        write_network(tmp_path / "models" / f"{name}.safetensors", make_network())
    (tmp_path / "models" / "README.md").touch()
    monkeypatch.setattr(model_files, "PACKAGE", tmp_path / "package")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def test_the_networks_of_a_checkout_are_found_by_name(checkout: Path) -> None:
    assert list(shipped_networks()) == ["reference-wide", "chitchat"]
    assert resolve("chitchat") == checkout / "models" / "chitchat.safetensors"
    assert read_network(resolve("reference-wide")).vocabulary is not None


def test_the_networks_inside_an_installed_package_are_found_first(
    checkout: Path, make_network
) -> None:
    """What lies beside the package then may belong to anybody."""
    inside = checkout / "package" / "models"
    inside.mkdir()
    write_network(inside / "reference.safetensors", make_network())
    assert shipped_networks() == {"reference": inside / "reference.safetensors"}
    with pytest.raises(ModelFileError, match=r"these ship: reference$"):
        resolve("chitchat")


def test_a_file_of_the_user_wins_and_a_folder_does_not(checkout: Path) -> None:
    Path("chitchat").mkdir()
    assert resolve("chitchat") == checkout / "models" / "chitchat.safetensors"
    Path("chitchat").rmdir()
    Path("chitchat").touch()
    assert resolve("chitchat") == Path("chitchat")


@pytest.mark.usefixtures("checkout")
def test_what_is_neither_is_refused_with_the_names_that_ship() -> None:
    with pytest.raises(
        ModelFileError, match=r"no file none\.bin, .* these ship: reference-wide, chitchat$"
    ):
        resolve("none.bin")
    with pytest.raises(ModelFileError, match="File name too long"):
        resolve("x" * 300)
    with pytest.raises(ModelFileError, match=r"no file nul\\x00l"):
        resolve("nul\0l")
    Path("folder").mkdir()
    with pytest.raises(ModelFileError, match="is a folder"):
        resolve("folder")


def test_a_copy_without_networks_says_so(checkout: Path) -> None:
    (checkout / "models").rename(checkout / "elsewhere")
    assert shipped_networks() == {}
    with pytest.raises(ModelFileError, match="none ships with this copy"):
        resolve("chitchat")


def test_the_package_is_where_the_program_really_lies() -> None:
    assert (model_files.PACKAGE / "core" / "formats").is_dir()
