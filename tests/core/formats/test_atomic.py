from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from wordnet_tui.core.formats.atomic import atomic_writer, check_writable

OLD = b"the old content"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "target"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def only_file_of(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def run_python(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_new_file_holds_what_was_written(tmp_path: Path) -> None:
    with atomic_writer(tmp_path / "new") as file:
        file.write(b"first ")
        file.write(b"second")
    assert only_file_of(tmp_path).name == "new"
    assert (tmp_path / "new").read_bytes() == b"first second"


def test_only_what_must_be_durable_waits_for_the_disk(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    with atomic_writer(target, durable=False) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == OLD
    assert target.read_bytes() == b"new"
    assert not flushed
    with atomic_writer(target) as file:
        file.write(b"newer")
    assert len(flushed) == 2  # the file, and the folder that keeps its name


def test_the_old_file_remains_until_the_block_ends(target: Path) -> None:
    with atomic_writer(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == OLD
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError("in the middle"), KeyboardInterrupt()])
def test_an_exception_leaves_the_old_file_and_nothing_else(
    target: Path, error: BaseException
) -> None:
    def fail_half_way() -> None:
        with atomic_writer(target) as file:
            file.write(b"half of the new")
            raise error

    with pytest.raises(type(error)):
        fail_half_way()
    assert only_file_of(target.parent) == target
    assert target.read_bytes() == OLD


def test_an_exception_leaves_no_file_where_there_was_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), atomic_writer(tmp_path / "new"):
        raise ValueError("stop")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="needs the limits of POSIX")
def test_a_write_that_the_system_refuses_leaves_the_old_file(target: Path) -> None:
    """A limit on the size of files makes write(2) itself fail, as a full disk does."""
    program = """
        import resource, signal, sys
        from pathlib import Path
        from wordnet_tui.core.formats.atomic import atomic_writer

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            with atomic_writer(Path(sys.argv[1])) as file:
                file.write(bytes(100_000))
        except OSError as error:
            sys.exit(error.strerror)
    """
    process = run_python(program, target)
    _, complaint = process.communicate()
    assert process.returncode == 1
    assert b"File too large" in complaint
    assert only_file_of(target.parent) == target
    assert target.read_bytes() == OLD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_found_full_only_at_the_flush_leaves_the_old_file(target: Path) -> None:
    """What is written fits the buffer, so the ENOSPC comes when the block has ended."""

    def write_to_a_full_disk() -> None:
        with atomic_writer(target) as file, Path("/dev/full").open("wb") as full:
            os.dup2(full.fileno(), file.fileno())
            assert file.write(b"short") == 5

    with pytest.raises(OSError, match="No space left"):
        write_to_a_full_disk()
    assert only_file_of(target.parent) == target
    assert target.read_bytes() == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_in_the_middle_of_a_write_leaves_the_old_file(target: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        from wordnet_tui.core.formats.atomic import atomic_writer

        with atomic_writer(Path(sys.argv[1])) as file:
            file.write(bytes(1_000_000))
            file.flush()
            print("half way", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half way\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert target.read_bytes() == OLD
    with atomic_writer(target) as file:  # what the kill left behind is in nobody's way
        file.write(b"new")
    assert target.read_bytes() == b"new"


def test_a_symbolic_link_stays_and_its_target_is_replaced(
    tmp_path: Path, target: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(target)
    with atomic_writer(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_a_file_that_is_not_there_yet_creates_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("later")
    with atomic_writer(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "later").read_bytes() == b"new"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(OSError, match="symbolic links"), atomic_writer(tmp_path / "one"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_permissions_of_the_old_file_are_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    with atomic_writer(target) as file:
        file.write(b"new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_gets_the_permissions_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with atomic_writer(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    "attempt", [check_writable, lambda path: atomic_writer(path).__enter__()]
)
def test_what_cannot_be_written_is_refused_at_once(
    tmp_path: Path, attempt: Callable[[Path], object]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    before = set(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        attempt(tmp_path / "no such folder" / "file")
    with pytest.raises(NotADirectoryError):
        attempt(tmp_path / "file" / "below")
    with pytest.raises(IsADirectoryError):
        attempt(tmp_path)
    with pytest.raises(OSError, match="Not a regular file"):
        attempt(tmp_path / "pipe")
    assert set(tmp_path.iterdir()) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_or_file_without_permission_to_write_is_refused(target: Path) -> None:
    target.chmod(0o444)
    with pytest.raises(PermissionError), atomic_writer(target):
        pass
    target.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            check_writable(target.parent / "new")
    finally:
        target.parent.chmod(0o755)
    assert target.read_bytes() == OLD


def test_checking_leaves_no_file_and_no_change(target: Path) -> None:
    check_writable(target)
    check_writable(target.with_name("new"))
    assert only_file_of(target.parent) == target
    assert target.read_bytes() == OLD


def test_what_an_earlier_kill_left_of_the_same_file_goes_once_it_is_old(target: Path) -> None:
    def fail_half_way() -> None:
        with atomic_writer(target) as file:
            file.write(b"half")
            (temporary,) = target.parent.glob(".*.tmp")
            shutil.copy(temporary, temporary.with_name(f"{temporary.stem[:-1]}x.tmp"))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail_half_way()
    (left,) = target.parent.glob(".*.tmp")
    other = target.parent / ".another-0a1b.tmp"
    other.write_bytes(b"")
    with atomic_writer(target) as file:
        file.write(b"new")
    assert left.exists()  # another process may still write it
    for path in (left, other):
        os.utime(path, (0, 0))
    with atomic_writer(target) as file:
        file.write(b"newer")
    assert sorted(target.parent.iterdir()) == [other, target]
