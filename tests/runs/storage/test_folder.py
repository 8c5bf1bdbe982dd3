"""Folders of runs: made without collision, found by what people type, never left."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.paths import data_folder, runs_folder
from wordnet_tui.runs.storage.folder import RunFolder, create_run, find_run, run_folders

WHEN = datetime(2026, 11, 23, 14, 30, 5)


def make_run(root: Path, name: str) -> RunFolder:
    folder = RunFolder(root / name)
    folder.path.mkdir(parents=True)
    folder.manifest_file.path.touch()
    return folder


def names(root: Path) -> list[str]:
    return [folder.name for folder in run_folders(root)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three runs."""
    root = tmp_path / "runs"
    for name in ("2026-11-22-090000", "2026-11-23-143005", "2026-11-23-143005-2"):
        make_run(root, name)
    return root


def test_runs_lie_where_the_user_says_or_with_his_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORDNET_TUI_RUNS", raising=False)
    assert runs_folder() == runs_folder("") == data_folder() / "runs"
    monkeypatch.setenv("WORDNET_TUI_RUNS", "of-environment")
    assert runs_folder() == tmp_path / "of-environment"
    assert runs_folder("given") == runs_folder(Path("given")) == tmp_path / "given"


def test_a_run_is_called_by_the_time_of_its_start(tmp_path: Path) -> None:
    folder = create_run(tmp_path / "not" / "there yet", WHEN)
    assert folder.name == "2026-11-23-143005"
    assert folder.path.parent == tmp_path / "not" / "there yet"
    assert [path.name for path in folder.path.iterdir()] == ["requests"]


def test_runs_of_the_same_second_never_share_a_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_run(tmp_path, WHEN).name, range(40)))
    expected = {WHEN.strftime("%Y-%m-%d-%H%M%S")}
    expected |= {f"2026-11-23-143005-{count}" for count in range(2, 41)}
    assert set(made) == expected


def test_nothing_there_is_ever_taken_for_a_new_run(tmp_path: Path) -> None:
    (tmp_path / "2026-11-23-143005").write_text("a file of the user's")
    (tmp_path / "2026-11-23-143005-2").symlink_to("nowhere")
    assert create_run(tmp_path, WHEN).name == "2026-11-23-143005-3"


@pytest.mark.parametrize("root", ["file", "file/below", "nul\0byte", "loop"])
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, root: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for attempt in (lambda path: create_run(path, WHEN), run_folders):
        if root == "loop" or attempt is not run_folders or root != "file/below":
            with pytest.raises(RunError, match=r"cannot .*; --runs names another folder"):
                attempt(tmp_path / root)


def test_the_newest_comes_first_and_renamed_ones_last(root: Path) -> None:
    for name in ("2026-11-23-143005-10", "2026-10-31-235959", "good", "2026-11-23", "best"):
        make_run(root, name)
    assert names(root) == [
        "2026-11-23-143005-10",
        "2026-11-23-143005-2",
        "2026-11-23-143005",
        "2026-11-22-090000",
        "2026-10-31-235959",
        "2026-11-23",
        "best",
        "good",
    ]


@given(st.lists(st.datetimes(datetime(1000, 1, 1)), min_size=2, max_size=6, unique=True))
def test_names_tell_which_run_began_later(times: list[datetime]) -> None:
    with TemporaryDirectory() as folder:
        whole = sorted({time.replace(microsecond=0) for time in times})
        for when in whole:
            create_run(Path(folder), when).manifest_file.path.touch()
        expected = [f"{when:%Y-%m-%d-%H%M%S}" for when in reversed(whole)]
        assert names(Path(folder)) == expected


def test_what_is_no_run_is_left_alone(root: Path) -> None:
    before = names(root)
    create_run(root, WHEN - timedelta(days=400))  # one that is just being made
    (root / "2026-01-01-000000").mkdir()
    (root / "2026-01-01-000001").touch()
    (root / "notes.txt").write_text("mine")
    make_run(root, ".hidden")
    (root / "folder" / "run.json").mkdir(parents=True)
    (root / "nowhere").symlink_to("nothing")
    (root / "circle").symlink_to("circle")
    (root / "pipe").mkdir()
    os.mkfifo(root / "pipe" / "run.json")
    (root / os.fsdecode(b"\xff\xfe")).mkdir()
    assert names(root) == before


def test_where_there_is_no_folder_there_are_no_runs(tmp_path: Path) -> None:
    assert run_folders(tmp_path / "never" / "made") == []


def test_no_name_means_the_newest(root: Path) -> None:
    assert find_run(root, "").name == "2026-11-23-143005-2"


def test_without_any_run_the_error_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"there is no run in .*; `wordnet-tui train`"):
        find_run(tmp_path, "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2026-11-23-143005", "2026-11-23-143005"),  # though another begins with it
        ("2026-11-23-143005-2", "2026-11-23-143005-2"),
        ("2026-11-22", "2026-11-22-090000"),
    ],
)
def test_a_name_or_the_beginning_of_one_is_enough(root: Path, typed: str, found: str) -> None:
    assert find_run(root, typed) == RunFolder(root / found)


def test_a_beginning_of_several_runs_names_them(root: Path) -> None:
    with pytest.raises(RunError) as caught:
        find_run(root, "2026-11-23")
    assert str(caught.value) == (
        '"2026-11-23" is the beginning of several runs: 2026-11-23-143005-2, 2026-11-23-143005'
    )


def test_an_unknown_name_gets_the_closest_ones(root: Path) -> None:
    with pytest.raises(RunError) as caught:
        find_run(root, "2026-11-22-090001")
    assert str(caught.value).startswith(
        f'there is no run "2026-11-22-090001" in {root}; close to it: 2026-11-22-090000'
    )
    with pytest.raises(RunError, match=r"; the newest there: 2026-11-23-143005-2, "):
        find_run(root, "yesterday")


def test_a_path_leads_to_a_run_anywhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = make_run(tmp_path / "elsewhere", "mine")
    assert find_run(root, str(elsewhere.path)) == elsewhere
    monkeypatch.chdir(elsewhere.path)
    assert find_run(root, ".") == elsewhere
    monkeypatch.chdir(elsewhere.path.parent)
    assert find_run(root, "mine/") == elsewhere
    assert find_run(tmp_path / "no runs", "mine") == elsewhere


def test_a_name_never_leads_out_of_the_folder_of_runs(root: Path, tmp_path: Path) -> None:
    """As a path it would count from where the user is, and there is no such run there."""
    make_run(tmp_path, "x")
    (root / "a folder").mkdir()
    for typed in ("../x", "a folder/../../x", "..", "2026-11-22-090000/../../x"):
        with pytest.raises(RunError, match="there is no run"):
            find_run(root, typed)


@pytest.mark.parametrize("typed", ["nul\0byte", "x" * 5_000, "loop", "\x1b[2J", "\udcff", "/"])
def test_the_strangest_name_is_answered_in_one_harmless_sentence(
    root: Path, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "loop").symlink_to("loop")
    monkeypatch.chdir(root)
    with pytest.raises(RunError, match="there is no run") as caught:
        find_run(root, typed)
    assert str(caught.value).isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_a_folder_that_may_not_be_read_is_no_run(root: Path) -> None:
    (root / "2026-11-22-090000").chmod(0)
    try:
        assert "2026-11-22-090000" not in names(root)
    finally:
        (root / "2026-11-22-090000").chmod(0o755)
