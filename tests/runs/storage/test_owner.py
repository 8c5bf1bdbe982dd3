"""Which process has a run, and whether it is still that process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import (
    Owner,
    is_alive,
    read_owner,
    remove_owner,
    this_process,
    write_owner,
)
from wordnet_tui.runs.storage.sealed_json import seal

NOW = 1_795_444_205.0

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def started() -> tuple[subprocess.Popen[bytes], Owner]:
    """Another process that waits, and what it would write of itself."""
    program = f"""if True:
        import sys
        from wordnet_tui.runs.storage.owner import this_process
        owner = this_process({NOW})
        print(owner.host, owner.pid, owner.token, flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    host, pid, token = process.stdout.readline().decode().split()
    return process, Owner(host, int(pid), NOW, token)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


@given(data=st.data())
def test_an_owner_comes_back_as_it_was_written(
    scratch: RunFolder, any_of: Callable[[type], Any], data: st.DataObject
) -> None:
    owner = data.draw(any_of(Owner))
    write_owner(scratch, owner)
    assert repr(read_owner(scratch)) == repr(owner)


def test_any_damage_is_a_sentence_that_names_the_file(
    folder: RunFolder, damages: Callable[[bytes], Iterator[bytes]]
) -> None:
    owner = this_process(NOW)
    write_owner(folder, owner)
    sentences = set()
    for damaged in damages(folder.owner_file.path.read_bytes()):
        folder.owner_file.path.write_bytes(damaged)
        try:
            assert read_owner(folder) == owner
        except RunError as error:
            sentences.add(str(error))
    assert len(sentences) == 1
    assert sentences.pop().startswith(f"{folder.owner_file.path} is damaged, ")


def test_nobody_has_a_run_that_was_given_back(folder: RunFolder) -> None:
    assert read_owner(folder) is None
    write_owner(folder, this_process(NOW))
    remove_owner(folder)
    remove_owner(folder)
    assert read_owner(folder) is None


@pytest.mark.parametrize("pid", [0, -1, 2**40, "1", 1.5])
def test_a_number_that_is_no_process_is_refused(folder: RunFolder, pid: object) -> None:
    """To signal process 0 or -1 is to signal whole groups of them."""
    entries = {"format_version": 1, "host": "x", "started_at": NOW, "token": ""}
    folder.owner_file.path.write_text(seal({**entries, "pid": pid}))
    if pid == "1":
        assert read_owner(folder) == Owner("x", 1, NOW, "")
        return
    with pytest.raises(RunError, match='the entry "pid" of '):
        read_owner(folder)


def test_a_process_lives_until_it_is_killed() -> None:
    process, owner = started()
    assert is_alive(owner) is True
    end(process)
    assert is_alive(owner) is False


@needs_proc
def test_a_killed_process_that_nobody_has_buried_is_dead() -> None:
    process, owner = started()
    process.kill()
    deadline = time.monotonic() + 30
    while is_alive(owner) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_alive(owner) is False
    assert process.returncode is None  # it was not waited for until here
    process.communicate()


@needs_proc
def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    us = this_process(NOW)
    assert is_alive(us) is True
    assert is_alive(replace(us, token=f"{us.token}0")) is False
    assert is_alive(replace(us, token="another boot:1")) is False
    assert is_alive(replace(us, token="")) is True  # where there is no way to tell


def test_a_process_of_somebody_else_can_live_too() -> None:
    assert is_alive(replace(this_process(NOW), pid=1, token="")) is True


def test_of_another_machine_nothing_can_be_seen() -> None:
    assert is_alive(replace(this_process(NOW), host="elsewhere")) is None
