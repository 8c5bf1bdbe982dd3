"""What a disk may hold after the machine has crashed, from the log of the calls before.

A write or a new length is on the disk for sure once its file was flushed, a new, changed or
removed name once its folder was. Whatever was not may have come through or not, in any order;
of a write half may have, or its length without its bytes.

Reference: Pillai et al., "All File Systems Are Not Created Equal" (ALICE), OSDI 2014; Mohan et
al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash Testing" (CrashMonkey), OSDI
2018.
"""

from __future__ import annotations

import math
import os
import random
import shutil
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from benchmarks.torture.operations import Op, Operation, calls

SUBSETS = 8
"""How many are drawn by chance after each call."""
ROOT = 0
"""Number of the outermost folder."""


class Fate(Enum):
    """What became of an effect that was not flushed."""

    DROPPED = "without"
    HALF = "with half of"
    ZEROS = "with zeros for"


@dataclass
class Effect:
    """What a call does to a file or a name."""

    number: int
    """Of the call, from 1."""
    operation: Operation
    inode: int
    """The file that is written, or named."""
    added: tuple[int, str] | None = None
    """Folder and name that now mean the inode."""
    removed: tuple[int, str] | None = None
    """Folder and name that mean it no more."""
    length: int | None = None
    """The new length of the file."""
    flushed_at: float = math.inf
    """The call that brought it to the disk for sure."""

    @property
    def is_name(self) -> bool:
        """Whether it is about a name, and flushed with the folder."""
        return self.added is not None or self.removed is not None

    def is_pending(self, at: int) -> bool:
        """Whether it is done, and may be lost, after a call."""
        return self.number <= at < self.flushed_at


@dataclass
class Tree:
    """Files and folders by number."""

    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    files: dict[int, bytes] = field(default_factory=dict)
    made_of: dict[int, tuple[Hashable, ...]] = field(default_factory=dict)
    """For each file, which effects its content comes from."""

    def copy(self) -> Tree:
        """One to be changed."""
        folders = {number: dict(names) for number, names in self.folders.items()}
        return Tree(folders, dict(self.files), dict(self.made_of))

    def apply(self, effect: Effect, fate: Fate | None) -> None:
        """Do it, or half of it."""
        if effect.is_name:
            if effect.removed is not None:
                folder, name = effect.removed
                names = self.folders.get(folder, {})
                if names.get(name) == effect.inode:
                    del names[name]
            if effect.added is not None:
                folder, name = effect.added
                self.folders.setdefault(folder, {})[name] = effect.inode
            return
        content = self.files.get(effect.inode, b"")
        self.made_of[effect.inode] = (
            *self.made_of.get(effect.inode, ()),
            (effect.number, fate),
        )
        if effect.length is not None:
            content = content[: effect.length].ljust(effect.length, b"\0")
            if not effect.length:
                self.made_of[effect.inode] = ()
        else:
            data, offset = effect.operation.data, effect.operation.offset
            if fate is Fate.HALF:
                data = data[: len(data) // 2]
            elif fate is Fate.ZEROS:
                data = bytes(len(data))
            content = content.ljust(offset, b"\0")
            content = content[:offset] + data + content[offset + len(data) :]
        self.files[effect.inode] = content

    def walk(self, inode: int = ROOT, path: str = "") -> Iterator[tuple[str, int]]:
        """All that has a name: path below the root, number."""
        for name, inner in sorted(self.folders[inode].items()):
            yield path + name, inner
            if inner in self.folders:
                yield from self.walk(inner, f"{path}{name}/")

    def key(self) -> Hashable:
        """Equal for two that hold the same."""
        return tuple((path, self.made_of.get(inode, inode)) for path, inode in self.walk())

    def write(self, root: Path) -> None:
        """Put it on the real disk in place of what is there."""
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        for path, inode in self.walk():
            if inode in self.folders:
                (root / path).mkdir()
            else:
                (root / path).write_bytes(self.files.get(inode, b""))


@dataclass(frozen=True)
class State:
    """One that the disk may be in."""

    at: int
    """After which call; those behind it have not been made."""
    fates: Mapping[int, Fate]
    """Place of an effect -> what became of it."""


class Recording:
    """What was done below a folder.

    Args:
        root: The folder, as it was before.
        log: Of the calls, with what they wrote.
    """

    def __init__(self, root: Path, log: list[Operation]) -> None:
        self._before = Tree()
        self._next = ROOT + 1
        self._read(root, ROOT)
        self._root = str(root)
        self._log = log
        self.calls = calls(log)
        self.effects: list[Effect] = []
        self._understand()

    def _understand(self) -> None:
        """Find out what each call does, and what flushes it."""
        now = self._before.copy()
        for number, operation in enumerate(self.calls, start=1):
            if not operation.is_done:
                continue
            effect = self._effect(number, operation, now)
            if effect is not None:
                now.apply(effect, None)
                self.effects.append(effect)
            elif operation.op is Op.FSYNC:
                self._flush(number, self._find(operation.path, now))

    def log_until(self, at: int) -> list[Operation]:
        """Calls and marks up to a call, and the marks behind it."""
        number = 0
        for place, operation in enumerate(self._log):
            number += operation.op is not Op.MARK
            if number > at:
                return self._log[:place]
        return self._log

    def tree(self, state: State) -> Tree:
        """What the disk holds."""
        tree = self._before.copy()
        for place, effect in enumerate(self.effects):
            if effect.number > state.at:
                break
            fate = state.fates.get(place)
            if fate is not Fate.DROPPED:
                tree.apply(effect, fate)
        return tree

    def states(self, seed: str) -> Iterator[State]:
        """All that are tried, each once: nothing, all, each one lost; some drawn by chance."""
        known: set[Hashable] = set()
        for at in range(1, len(self.calls) + 1):
            chance = random.Random(f"{seed} {at}")
            for fates in self._fates(at, chance):
                state = State(at, fates)
                key = self.tree(state).key(), len(self.log_until(at)) - at
                if key not in known:
                    known.add(key)
                    yield state

    def words(self, state: State) -> str:
        """What is lost, for people."""
        lost = [
            f"{fate.value} call {self.effects[place].number} ({self.effects[place].operation})"
            for place, fate in state.fates.items()
        ]
        what = ", ".join(lost[:2]) + (f" and {len(lost) - 2} more" if len(lost) > 2 else "")
        return f"after call {state.at} ({self.calls[state.at - 1]}) {what or 'with all'}"

    def _fates(self, at: int, chance: random.Random) -> Iterator[dict[int, Fate]]:
        pending = [n for n, effect in enumerate(self.effects) if effect.is_pending(at)]
        yield {}
        yield dict.fromkeys(pending, Fate.DROPPED)
        for place in pending:
            yield {place: Fate.DROPPED}
            if self.effects[place].operation.is_write:
                yield {place: Fate.HALF}
                yield {place: Fate.ZEROS}
        for inode in {self.effects[place].inode for place in pending}:
            of_it = [place for place in pending if self.effects[place].inode == inode]
            yield {n: Fate.DROPPED for n in of_it if not self.effects[n].is_name}
        for _ in range(SUBSETS):
            share = chance.random()
            yield {place: Fate.DROPPED for place in pending if chance.random() < share}

    def _read(self, folder: Path, number: int) -> None:
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            inner, self._next = self._next, self._next + 1
            self._before.folders[number][entry.name] = inner
            if entry.is_dir():
                self._before.folders[inner] = {}
                self._read(Path(entry.path), inner)
            else:
                self._before.files[inner] = Path(entry.path).read_bytes()

    def _find(self, path: str, tree: Tree) -> int | None:
        inode: int | None = ROOT
        for name in Path(path).relative_to(self._root).parts:
            inode = None if inode is None else tree.folders.get(inode, {}).get(name)
        return inode

    def _entry(self, path: str, tree: Tree) -> tuple[int, str] | None:
        folder = self._find(str(Path(path).parent), tree)
        return None if folder is None else (folder, Path(path).name)

    def _effect(self, number: int, operation: Operation, now: Tree) -> Effect | None:
        inode, entry = self._find(operation.path, now), None
        if operation.op in (Op.OPEN, Op.MKDIR) and inode is None:
            inode, self._next = self._next, self._next + 1
            if operation.op is Op.MKDIR:
                now.folders[inode] = {}
                self._before.folders[inode] = {}
            entry = self._entry(operation.path, now)
            return Effect(number, operation, inode, added=entry)
        if inode is None:
            return None
        match operation.op:
            case Op.OPEN if operation.flags & os.O_TRUNC:
                return Effect(number, operation, inode, length=0)
            case Op.TRUNCATE:
                return Effect(number, operation, inode, length=operation.offset)
            case Op.WRITE:
                return Effect(number, operation, inode)
            case Op.RENAME | Op.LINK:
                old = self._entry(operation.path, now) if operation.op is Op.RENAME else None
                new = self._entry(operation.other, now)
                return Effect(number, operation, inode, added=new, removed=old)
            case Op.UNLINK | Op.RMDIR:
                return Effect(
                    number, operation, inode, removed=self._entry(operation.path, now)
                )
        return None

    def _flush(self, number: int, inode: int | None) -> None:
        for effect in self.effects:
            places = {entry[0] for entry in (effect.added, effect.removed) if entry}
            is_of_it = inode in places if effect.is_name else inode == effect.inode
            if is_of_it and effect.flushed_at == math.inf:
                effect.flushed_at = number
