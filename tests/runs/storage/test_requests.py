from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import HyperparameterError, RunError, printable
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.requests import (
    LONGEST_NAME,
    Request,
    new_request,
    put_request,
    take_requests,
)
from wordnet_tui.runs.storage.sealed_json import seal

WITHOUT_VALUE = ("pause", "resume", "step", "stop", "validate", "checkpoint")
NOW = 1_795_444_205.25

VALUES: dict[str, st.SearchStrategy[float | None]] = {
    **dict.fromkeys(WITHOUT_VALUE, st.none()),
    "scale_rate": st.floats(0, exclude_min=True, allow_infinity=False),
    "learning_rate": st.floats(0, 1000, exclude_min=True),
    "patience": st.integers(0, 1_000_000).map(float),
    "min_delta": st.floats(0, 100),
}


def ask(folder: RunFolder, kind: str = "pause", value: float | None = None) -> Request:
    request = new_request(Command(CommandKind(kind), value), "lea@tower", NOW)
    put_request(folder, request)
    return request


def put_by_hand(folder: RunFolder, **entries: object) -> str:
    """A request that no program of ours would make; the name of its file."""
    own = asdict(new_request(Command(CommandKind.PAUSE), "mallory", NOW)) | entries
    name = f"{own['id']}.json"
    text = seal({"format_version": 1, **own})
    (folder.requests.path / name).write_text(text, "ascii")
    return name


def taken(folder: RunFolder) -> tuple[list[Request], list[str]]:
    refusals: list[str] = []
    requests = take_requests(folder, lambda _, why: refusals.append(why))
    assert list(folder.requests.path.glob("*.json")) == []
    return requests, refusals


# ---- asking and doing


@given(data=st.data(), kind=st.sampled_from(CommandKind), who=st.text(max_size=100))
def test_what_is_asked_arrives_once(
    scratch: RunFolder, data: st.DataObject, kind: CommandKind, who: str
) -> None:
    value = data.draw(VALUES[kind])
    request = new_request(Command(kind, value), who, NOW)
    put_request(scratch, request)
    name = printable(who[:LONGEST_NAME])[:LONGEST_NAME]
    assert taken(scratch) == ([replace(request, who=name)], [])
    assert taken(scratch) == ([], [])


def test_requests_arrive_in_the_order_in_which_they_were_made(folder: RunFolder) -> None:
    times = [NOW + 5, NOW, NOW, NOW, NOW - 1e-6, NOW + 1e9, 3.0]
    made = [new_request(Command(CommandKind.STEP), "lea", at) for at in times]
    for request in reversed(made):
        put_request(folder, request)
    assert take_requests(folder) == sorted(made, key=lambda request: request.asked_at)


def test_several_processes_that_ask_in_the_same_instant_lose_no_request(
    folder: RunFolder,
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from wordnet_tui.runs.storage.folder import RunFolder\n"
        "from wordnet_tui.runs.commands import STEP\n"
        "from wordnet_tui.runs.storage.requests import new_request, put_request\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for _ in range(50):\n"
        f"    request = new_request(STEP, sys.argv[2], {NOW})\n"
        "    put_request(RunFolder(Path(sys.argv[1])), request)\n"
    )
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder.path), f"asker {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for asker in askers:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "ready\n"
    found: list[Request] = []
    for asker in askers:  # they all begin now; the trainer takes while they put
        assert asker.stdin is not None
        asker.stdin.write("\n")
        asker.stdin.flush()
    while any(asker.poll() is None for asker in askers):
        found += take_requests(folder, pytest.fail)
    for asker in askers:
        asker.communicate()
        assert asker.returncode == 0
    found += take_requests(folder, pytest.fail)
    assert len({request.id for request in found}) == len(found) == 150


def test_half_written_requests_are_not_read(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Request]] = []
    rename = os.replace

    def take_and_rename(*arguments: Any, **more: Any) -> None:
        seen.append(take_requests(folder, pytest.fail))
        rename(*arguments, **more)

    monkeypatch.setattr(os, "replace", take_and_rename)
    request = ask(folder)
    assert seen == [[]]
    assert take_requests(folder) == [request]


def test_a_file_is_plain_json_that_says_who_asks_for_what(folder: RunFolder) -> None:
    request = ask(folder, "scale_rate", 0.5)
    (file,) = folder.requests.path.iterdir()
    assert file.name == f"{request.id}.json"
    entries = json.loads(file.read_text("ascii"))
    assert (entries["format_version"], entries["kind"], entries["value"]) == (
        1,
        "scale_rate",
        0.5,
    )
    assert entries["who"] == "lea@tower"


# ---- what is refused


BAD_VALUES = [
    ("scale_rate", 0.0, "the factor of the learning rate must be a number above 0, not 0.0"),
    ("scale_rate", -2.0, "must be a number above 0, not -2.0"),
    ("scale_rate", math.inf, "must be a number above 0, not inf"),
    ("scale_rate", math.nan, "must be a number above 0, not nan"),
    ("scale_rate", None, "must be a number above 0, not None"),
    ("learning_rate", 0.0, "learning rate must be a number above 0 and at most 1,000, not 0"),
    ("learning_rate", 1e9, "learning rate must be"),
    ("learning_rate", None, "learning rate must be"),
    ("patience", -1.0, "patience must be a whole number from 0 to 1,000,000 validations"),
    ("patience", 2.5, "patience must be a whole number"),
    ("min_delta", math.nan, "minimal gain must be a number from 0 to 100 nats, not nan"),
    ("pause", 1.0, "pause takes no value, not 1.0"),
]


@pytest.mark.parametrize(("kind", "value", "sentence"), BAD_VALUES)
def test_a_value_out_of_range_is_refused_to_who_asks_and_by_who_does(
    folder: RunFolder, kind: str, value: float | None, sentence: str
) -> None:
    with pytest.raises(HyperparameterError, match=sentence):
        new_request(Command(CommandKind(kind), value), "lea", NOW)
    if value is None or math.isfinite(value):
        in_json: object = value
    else:
        in_json = str(value)
    name = put_by_hand(folder, kind=kind, value=in_json)
    requests, refusals = taken(folder)
    assert requests == []
    (refusal,) = refusals
    assert refusal.startswith(f"the request {name} is refused: ")
    assert sentence in refusal


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"kind": "format the disk"}, '"kind"'),
        ({"value": "much"}, "value"),
        ({"who": 5}, '"who"'),
        ({"asked_at": "nan"}, '"asked_at"'),
        ({"asked_at": -1.0}, '"asked_at"'),
        ({"format_version": 2}, "has format version 2"),
    ],
)
def test_a_request_that_is_not_understood_is_refused_by_name(
    folder: RunFolder, entries: dict[str, object], sentence: str
) -> None:
    name = put_by_hand(folder, **entries)
    good = ask(folder)
    requests, (refusal,) = taken(folder)
    assert requests == [good]
    assert name in refusal
    assert sentence in refusal


def test_any_damage_to_a_request_is_noticed(
    folder: RunFolder, damages: Callable[[bytes], Iterator[bytes]]
) -> None:
    request = ask(folder, "scale_rate", 0.5)
    (file,) = folder.requests.path.iterdir()
    content = file.read_bytes()
    for damaged in damages(content):
        file.write_bytes(damaged)
        requests, refusals = taken(folder)
        if requests:  # white space at its end says nothing
            assert requests == [request]
            assert damaged.strip() == content.strip()
        else:
            assert refusals == [
                f"{file} is damaged, its checksum does not agree; it was deleted; ask again"
            ]


def test_a_copy_under_another_name_is_not_done_again(folder: RunFolder) -> None:
    request = ask(folder, "step")
    (file,) = folder.requests.path.iterdir()
    file.with_stem(f"{file.stem} (conflicted copy)").write_bytes(file.read_bytes())
    requests, (refusal,) = taken(folder)
    assert requests == [request]
    assert "(conflicted copy).json is refused: it is a copy of another" in refusal


def test_who_asks_cannot_steer_a_terminal(folder: RunFolder) -> None:
    put_by_hand(folder, who="\x1b[2J" + "x" * 500)
    (request,), _ = taken(folder)
    assert request.who.startswith("\\x1b[2Jxxx")
    assert len(request.who) == LONGEST_NAME


def test_what_is_not_a_request_is_left_alone(folder: RunFolder, tmp_path: Path) -> None:
    inside = folder.requests.path
    os.mkfifo(inside / "pipe.json")
    (inside / "folder.json").mkdir()
    (tmp_path / "elsewhere.json").write_text("mine")
    (inside / "link.json").symlink_to(tmp_path / "elsewhere.json")
    (inside / ".hidden.json").write_text("half")
    (inside / "notes.txt").write_text("mine")
    before = sorted(inside.iterdir())
    assert take_requests(folder, pytest.fail) == []
    assert sorted(inside.iterdir()) == before


# ---- folders that cannot be used


def test_where_no_request_can_be_put_the_asker_learns_it(
    folder: RunFolder,
) -> None:
    folder.requests.path.rmdir()
    sentence = (
        "nothing can be asked of this run: cannot write into "
        f"{folder.requests.path}: No such file or directory"
    )
    with pytest.raises(RunError) as caught:
        ask(folder)
    assert str(caught.value) == sentence
    assert take_requests(folder) == []
    folder.requests.path.write_text("a file")
    with pytest.raises(RunError, match=r"cannot write into .*Not a directory"):
        ask(folder)
    with pytest.raises(RunError, match=f"cannot read {folder.requests.path}: Not a directory"):
        take_requests(folder)


@pytest.fixture
def read_only(folder: RunFolder) -> Iterator[Callable[[], None]]:
    """Makes the folder of requests read-only, in a way that binds root too."""
    inside = str(folder.requests.path)
    bound = ["mount", "--bind", inside, inside]
    if os.geteuid():
        yield lambda: folder.requests.path.chmod(0o500)
        folder.requests.path.chmod(0o700)
        return
    try:
        subprocess.run(bound, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"root cannot make a folder read-only here: {error}")
    remount = ["mount", "-o", "remount,bind,ro", inside]
    yield lambda: subprocess.run(remount, check=True, capture_output=True) and None
    subprocess.run(["umount", inside], check=True)


def test_in_a_read_only_folder_nothing_is_asked_and_nothing_is_done_twice(
    folder: RunFolder, read_only: Callable[[], None]
) -> None:
    request = ask(folder, "scale_rate", 0.5)
    read_only()
    with pytest.raises(RunError, match=f"cannot write into {folder.requests.path}: "):
        ask(folder)
    with pytest.raises(RunError, match=f"cannot delete .*{request.id}.json: "):
        take_requests(folder)
