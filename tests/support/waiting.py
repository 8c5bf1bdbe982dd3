"""Waiting until something is so: for tests of what threads and processes do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

DEADLINE = 30.0
"""Seconds; only what never comes waits for so long."""
PAUSE = 0.005


def wait_until(condition: Callable[[], object], deadline: float = DEADLINE) -> None:
    """Wait, with the thread asleep meanwhile."""
    for _ in _until(condition, deadline):
        time.sleep(PAUSE)


async def until(condition: Callable[[], object], deadline: float = DEADLINE) -> None:
    """Wait, while the event loop goes on."""
    for _ in _until(condition, deadline):
        await asyncio.sleep(PAUSE)


def _until(condition: Callable[[], object], deadline: float) -> Iterator[None]:
    ends_at = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < ends_at, f"not so after {deadline} s"
        yield
