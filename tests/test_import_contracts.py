"""What is really loaded, asked of a fresh interpreter; import-linter reads what is written."""

from __future__ import annotations

import subprocess
import sys

import pytest

USER_INTERFACES = {"textual", "rich", "click"}

IMPORT_THE_CORE = """
import importlib, pkgutil
import wordnet_tui.core as core
for module in pkgutil.walk_packages(core.__path__, "wordnet_tui.core."):
    importlib.import_module(module.name)
"""
RUN_THE_PROGRAM = """
import contextlib, io
from wordnet_tui.cli import main
with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.suppress(SystemExit):
    main({arguments!r})
assert {expected!r} in output.getvalue(), output.getvalue()
"""


def loaded_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_whole_core_loads_no_user_interface() -> None:
    loaded = loaded_after(IMPORT_THE_CORE)
    assert {"wordnet_tui.core.model.network", "wordnet_tui.core.data.load"} <= loaded
    assert not loaded & USER_INTERFACES
    assert not {name for name in loaded if name.startswith("wordnet_tui.cli")}


@pytest.mark.parametrize(
    ("argument", "expected"), [("--version", "wordnet-tui 0."), ("--help", "Commands:")]
)
def test_version_and_help_load_neither_numpy_nor_pydantic_nor_the_core(
    argument: str, expected: str
) -> None:
    loaded = loaded_after(RUN_THE_PROGRAM.format(arguments=[argument], expected=expected))
    assert "click" in loaded
    assert not loaded & {"numpy", "scipy", "pydantic", "rich", "textual"}
    assert not {name for name in loaded if name.startswith("wordnet_tui.core")}
