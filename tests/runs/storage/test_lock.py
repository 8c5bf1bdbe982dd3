"""One process trains a run at a time, proven with real processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from wordnet_tui.core.errors import RunBusyError, RunError
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.owner import (
    Owner,
    is_alive,
    read_owner,
    this_process,
    write_owner,
)
from wordnet_tui.runs.storage.sealed_json import seal
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

NOW = 1_795_444_205.0

Train = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def train(folder: RunFolder) -> Iterator[Train]:
    """Starts processes that take the run, say how that went, and wait."""
    program = """if True:
        import sys
        from pathlib import Path
        from wordnet_tui.core.errors import RunBusyError
        from wordnet_tui.runs.storage.folder import RunFolder
        from wordnet_tui.runs.storage.lock import RunLock

        lock = RunLock(RunFolder(Path(sys.argv[1])))
        try:
            lock.acquire()
        except RunBusyError as error:
            print("refused:", error, flush=True)
        else:
            print("trains", flush=True)
        sys.stdin.read()
    """
    processes: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, str(folder.path)]
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def printed(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_process_learns_who_trains_the_run(folder: RunFolder, train: Train) -> None:
    first = train()
    assert printed(first) == "trains"
    owner = read_owner(folder)
    assert owner is not None
    with pytest.raises(RunBusyError) as caught:
        RunLock(folder).acquire(owner.started_at)
    begun = str(caught.value).partition("since ")[2].partition(";")[0]
    assert str(caught.value) == (
        f"run {folder.name} is trained by process {first.pid} on {socket.gethostname()} "
        f"since {begun}; `wordnet-tui watch {folder.name}` shows it"
    )
    assert len(begun) == len("14:30:05")
    with pytest.raises(RunBusyError, match=r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; "):
        RunLock(folder).acquire(owner.started_at + 100 * 86_400)
    assert read_owner(folder) == owner


def test_of_many_processes_at_once_one_gets_the_run(train: Train) -> None:
    answers = [printed(process) for process in [train() for _ in range(4)]]
    assert answers.count("trains") == 1
    assert sum(answer.startswith("refused: run ") for answer in answers) == 3


def test_what_a_killed_process_held_is_taken_over(folder: RunFolder, train: Train) -> None:
    first = train()
    assert printed(first) == "trains"
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    dead = read_owner(folder)
    assert dead is not None
    assert dead.pid == first.pid
    assert is_alive(dead) is False
    lock = RunLock(folder)
    lock.acquire(NOW)
    assert read_owner(folder) == this_process(NOW)
    lock.release()


def test_a_run_that_was_given_back_is_free_for_others(folder: RunFolder, train: Train) -> None:
    lock = RunLock(folder)
    lock.acquire()
    lock.release()
    assert not folder.owner_file.path.exists()
    assert printed(train()) == "trains"
    lock.release()  # what one does not hold
    assert folder.owner_file.path.exists()


def test_nor_does_the_same_process_train_a_run_twice(folder: RunFolder) -> None:
    lock = RunLock(folder)
    lock.acquire()
    lock.acquire()  # by whom it has already
    other = RunLock(folder)
    with pytest.raises(RunBusyError, match=f"by process {os.getpid()} on "):
        other.acquire()
    lock.release()
    other.acquire()
    other.release()


def test_it_can_be_given_back_by_another_thread(folder: RunFolder) -> None:
    lock = RunLock(folder)
    lock.acquire()
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join()
    other = RunLock(folder)
    other.acquire()
    other.release()


def test_a_lock_tells_which_process_has_it(folder: RunFolder) -> None:
    lock = RunLock(folder)
    assert (lock.host, lock.pid) == (socket.gethostname(), os.getpid())


def test_a_holder_that_has_not_said_its_name_is_another_process(
    folder: RunFolder, train: Train
) -> None:
    """As in the moment after it took over from a dead one."""
    assert printed(train()) == "trains"
    for said in ("", "garbage", seal({"format_version": 1})):
        folder.owner_file.path.write_text(said)
        with pytest.raises(RunBusyError, match="is trained by another process; "):
            RunLock(folder).acquire()
    write_owner(folder, replace(this_process(NOW), token="of a dead one"))
    with pytest.raises(RunBusyError, match="is trained by another process; "):
        RunLock(folder).acquire()


def test_damage_to_the_name_of_the_owner_keeps_nobody_out(folder: RunFolder) -> None:
    folder.owner_file.path.write_text("garbage")
    lock = RunLock(folder)
    lock.acquire(NOW)
    assert read_owner(folder) == this_process(NOW)
    lock.release()


class TestAnotherMachine:
    """Over a folder that is synchronised its lock is not felt, but its news is read."""

    owner = Owner("elsewhere", 4_711, started_at=NOW - 500, token="")

    def is_free(self, folder: RunFolder, now: float) -> bool:
        before = read_owner(folder)
        lock = RunLock(folder)
        try:
            lock.acquire(now)
        except RunBusyError:
            assert read_owner(folder) == before
            return False
        lock.release()
        return True

    def test_it_is_left_the_run_until_it_was_silent_for_a_minute(
        self, folder: RunFolder, status: StatusRecord
    ) -> None:
        write_owner(folder, self.owner)
        write_status(folder, replace(status, written_at=NOW))
        assert not self.is_free(folder, NOW + 59)
        assert not self.is_free(folder, NOW - 10)  # its clock is ahead
        assert self.is_free(folder, NOW + 61)

    def test_it_is_given_a_minute_for_its_first_news(self, folder: RunFolder) -> None:
        write_owner(folder, self.owner)
        assert not self.is_free(folder, NOW - 500 + 59)
        sentence = "by process 4711 on elsewhere, or was until .* taken over in 10 s$"
        with pytest.raises(RunBusyError, match=sentence):
            RunLock(folder).acquire(NOW - 500 + 50)
        assert self.is_free(folder, NOW - 500 + 61)

    def test_a_run_that_it_has_left_is_free_at_once(
        self, folder: RunFolder, status: StatusRecord
    ) -> None:
        write_owner(folder, self.owner)
        over = replace(status.view, state=RunState.INTERRUPTED)
        write_status(folder, replace(status, view=over, written_at=NOW))
        assert self.is_free(folder, NOW + 1)

    def test_news_of_an_earlier_attempt_says_nothing_of_this_one(
        self, folder: RunFolder, status: StatusRecord
    ) -> None:
        write_owner(folder, replace(self.owner, started_at=NOW))
        over = replace(status.view, state=RunState.INTERRUPTED)
        write_status(folder, replace(status, view=over, written_at=NOW - 1_000))
        assert not self.is_free(folder, NOW + 1)

    def test_damaged_news_is_no_news(self, folder: RunFolder) -> None:
        write_owner(folder, self.owner)
        folder.status_file.path.write_text("garbage")
        assert self.is_free(folder, NOW)


def test_a_folder_that_has_gone_is_not_made_anew(folder: RunFolder) -> None:
    lock = RunLock(folder)
    shutil.rmtree(folder.path)
    with pytest.raises(RunError, match=r"there is no folder .*143005"):
        lock.acquire()
    assert not folder.path.exists()


def test_a_folder_that_goes_while_it_is_trained_can_be_given_back(folder: RunFolder) -> None:
    lock = RunLock(folder)
    lock.acquire()
    shutil.rmtree(folder.path)
    lock.release()


@pytest.mark.parametrize("obstacle", ["folder", "link"])
def test_what_cannot_be_locked_is_a_sentence(folder: RunFolder, obstacle: str) -> None:
    if obstacle == "folder":
        folder.lock_file.path.mkdir()
    else:
        folder.lock_file.path.symlink_to("elsewhere")
    with pytest.raises(RunError, match=r"cannot lock .*run\.lock: "):
        RunLock(folder).acquire()


def test_a_name_that_cannot_be_written_gives_the_lock_back(folder: RunFolder) -> None:
    folder.owner_file.path.mkdir()
    with pytest.raises(RunError, match=r"cannot write .*owner\.json: Is a directory"):
        RunLock(folder).acquire()
    folder.owner_file.path.rmdir()
    lock = RunLock(folder)
    lock.acquire()
    lock.release()
