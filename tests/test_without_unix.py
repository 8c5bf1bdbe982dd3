"""The program without the names that only Unix has, as it has to do on Windows.

This file is also a program: in a fresh interpreter it loads other libraries, which on Windows
go ways of their own, takes the names away, and then imports, trains, saves and resumes, in
the command line and in the app. It prints each step before it takes it.
"""

from __future__ import annotations

import asyncio
import errno
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.waiting import until, wait_until

LIBRARIES = """
    asyncio chitchat_dataset click.shell_completion ctypes.util filelock getpass
    importlib.metadata logging multiprocessing numpy platform platformdirs plotext pooch
    pydantic rich.console rich.progress scipy.io scipy.linalg.blas scipy.sparse selectors
    shutil socket subprocess tempfile textual.app textual.containers
    textual.drivers.headless_driver textual.drivers.linux_driver textual.pilot
    textual.scroll_view textual.widgets textual_fspicker threadpoolctl tomllib webbrowser
""".split()  # noqa: SIM905
MODULES = "fcntl grp posix pty pwd readline resource syslog termios tty".split()  # noqa: SIM905
SIGNALS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"}
"""Those that Windows has too."""
OF_SIGNAL = """
    alarm getitimer pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending
    sigtimedwait sigwait sigwaitinfo
""".split()  # noqa: SIM905
OF_OS = """
    O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK
    O_PATH O_SYNC WNOHANG chown chroot confstr copy_file_range ctermid fchdir fchmod fchown
    fdatasync fork forkpty fpathconf fstatvfs getegid geteuid getgid getgroups getloadavg
    getpgid getpgrp getpriority getresuid getsid getuid killpg lchown lockf major memfd_create
    mkfifo mknod nice openpty pathconf pipe2 posix_fadvise posix_fallocate posix_spawn pread
    preadv pwrite pwritev readv sched_getaffinity sched_setaffinity sched_yield sendfile
    seteuid setgid setpgid setpriority setsid setuid statvfs sync sysconf tcgetpgrp ttyname
    uname wait wait3 wait4 waitid writev
""".split()  # noqa: SIM905

NAMES_OF_USER = {"LOGNAME", "USER", "LNAME", "USERNAME"}
"""Without these, the user's name is one of the things that Unix alone tells."""

SENTENCES = ["he have a good day .", "she have a good day .", "the day is not good ."]
SMALL = ["--embedding-size", "3", "--hidden-size", "4", "--batch-size", "8"]
FOR_EVER = [*SMALL, "--epochs", "100000", "--validate-every", "500", "--patience", "0"]


def test_it_imports_trains_saves_and_resumes_without_a_name_that_only_unix_has(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.{Path(__file__).stem}", str(tmp_path)],
        cwd=Path(__file__).parents[1],
        env={name: text for name, text in os.environ.items() if name not in NAMES_OF_USER},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.splitlines()[-1] == "all done"


def test_on_windows_a_training_in_the_background_has_a_console_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from wordnet_tui.cli.training import start_detached
    from wordnet_tui.core.errors import RunError
    from wordnet_tui.runs.storage.folder import RunFolder

    asked: dict[str, object] = {}

    def start_nothing(*_: object, **options: object) -> None:
        asked.update(options)
        raise OSError("not today")

    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x0800_0000, raising=False)
    monkeypatch.setattr(subprocess, "Popen", start_nothing)
    with pytest.raises(RunError, match="not today"):
        start_detached(RunFolder(tmp_path), ["resume"])
    assert asked["creationflags"] == 0x0800_0000


# ---- in the fresh interpreter


def take_away() -> None:
    """What Windows does not have, or does otherwise, from all that is imported later."""

    def open_file(path: Any, *arguments: Any, **named: Any) -> int:
        if Path(os.fsdecode(path)).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return os.open(path, *arguments, **named)

    def kill(process: int, number: int) -> None:
        raise AssertionError(f"kill({process}, {number}) ends the process on Windows")

    signals = {name for name in vars(signal) if name.startswith("SIG") and "_" not in name}
    replace_module(os, OF_OS, open=open_file, kill=kill)
    replace_module(signal, [*OF_SIGNAL, *signals - SIGNALS])
    sys.modules.update(dict.fromkeys(MODULES))  # type: ignore[arg-type]
    sys.platform = "win32"


def replace_module(module: ModuleType, without: list[str], **others: object) -> None:
    """Another of that name; who has imported it before still has the old one."""
    new = ModuleType(module.__name__)
    vars(new).update({**vars(module), **others})
    for name in without:
        vars(new).pop(name, None)
    sys.modules[module.__name__] = new


def import_all() -> None:
    import wordnet_tui

    for module in pkgutil.walk_packages(wordnet_tui.__path__, "wordnet_tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def run(*words: object, status: int = 0) -> None:
    """A command of ours."""
    from wordnet_tui.cli import main as run_program

    with pytest.raises(SystemExit) as leaving:
        run_program([str(word) for word in words])
    assert leaving.value.code == status


def summaries() -> list[Any]:
    from wordnet_tui.core.paths import runs_folder
    from wordnet_tui.runs.listing import list_runs

    return list_runs(runs_folder(), time.time())


def batch() -> int:
    """How far the newest run is, as far as its folder says."""
    found = summaries()
    progress = found[0].status.view.progress if found and found[0].status else None
    return progress.batch if progress else 0


def once_it_trains(act: Callable[[], None]) -> None:
    """Do it when the newest run is further than now."""
    before = batch()

    def wait() -> None:
        try:
            wait_until(lambda: batch() > before)
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)  # or the training would never end

    threading.Thread(target=wait, daemon=True).start()


def ask_to_stop() -> None:
    """What `s` does in a watching app."""
    from wordnet_tui.runs.commands import STOP
    from wordnet_tui.runs.remote.outbox import RequestOutbox

    outbox = RequestOutbox(summaries()[0].folder)
    outbox.ask(STOP, time.time())
    outbox.put(time.monotonic())
    assert not outbox.has_unput


async def train_in_the_app(text: Path, model: Path) -> None:
    from textual.widgets import Button

    from wordnet_tui.app.app import Options, WordnetApp
    from wordnet_tui.core.model.hyperparameters import PRESETS
    from wordnet_tui.screens.dialogs import Question
    from wordnet_tui.widgets.form.form import HyperparameterForm

    app = WordnetApp(Options((str(text),), str(model), refreshes_per_second=30.0))
    settings = PRESETS["default"].changed(
        embedding_size=3, hidden_size=4, batch_size=8, epochs=100_000, validate_every=5
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: app.dataset and app.network)
        form = app.screen.query_one(HyperparameterForm)
        form.fill(settings, app.sources)
        await until(lambda: form.hyperparameters == settings)
        await pilot.press("f5")
        await until(lambda: app.current_run and app.current_run.status().progress)
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, Question))
        next(iter(app.screen.query(Button))).press()
        await until(lambda: app.return_code is not None)
    assert app.shutdown.finish(), "nothing was saved"


def tell(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    text, out = folder / "days.txt", folder / "out.safetensors"
    text.write_text("\n".join(SENTENCES * 80) + "\n")
    left = folder / "left.safetensors"
    steps: dict[str, Callable[[], object]] = {
        "load other libraries": lambda: [*map(importlib.import_module, LIBRARIES)],
        "take the names away": take_away,
        "import all modules": import_all,
        "train": lambda: run("train", out, "--data", text, *SMALL, "--epochs", "2"),
        "convert": lambda: run("convert", out, folder / "out.bin"),
        "convert back": lambda: run(
            "convert", folder / "out.bin", folder / "back.safetensors", "--data", text
        ),
        "predict": lambda: run("predict", out, "have a good"),
        "be asked to leave a training": lambda: once_it_trains(
            lambda: signal.raise_signal(signal.SIGINT)
        ),
        "leave it": lambda: run(
            "train", left, "--data", text, "--log", "none", *FOR_EVER, status=130
        ),
        "list runs": lambda: run("runs"),
        "be asked to stop": lambda: once_it_trains(ask_to_stop),
        "resume": lambda: run("resume", "--json"),
        "use what was saved": lambda: run("evaluate", left),
        "watch": lambda: run("watch", "--plain"),
        "train in the app": lambda: asyncio.run(train_in_the_app(text, out)),
        "delete a run": lambda: run("runs", "rm", "--yes", summaries()[0].folder.name),
    }
    for name, step in steps.items():
        tell(f"# {name}")
        step()
    tell("all done")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
