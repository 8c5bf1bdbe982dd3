"""Keys that come all at once are obeyed one after the other.

Over a slow line several keys arrive in one packet. Textual gives each of them to whatever has
the focus at that moment; but the first only changes focus or screen later, when it has come
up through all ancestors. So "/day" would lose its letters, and a text typed right after F4
would go to the Train screen, where letters stop the run or halve its rate.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

LONGEST_TURN = 1.0
"""Seconds after which the next key is obeyed, whatever the one before still does."""


class KeyQueue:
    """Holds a key or a pasted text back until the key before is done with.

    Args:
        app: Whose keys these are.
        deliver: What the app does with an event when it is its turn.
    """

    def __init__(
        self, app: App[Any], deliver: Callable[[events.Event], Awaitable[None]]
    ) -> None:
        self._app = app
        self._deliver = deliver
        self._held: deque[events.Event] = deque()
        self._turn = 0  # counts what was let through
        self._turn_began: float | None = None  # None while nothing is on its way

    async def take(self, event: events.Event) -> None:
        """Let what is typed wait for its turn, and anything else pass.

        Leaving takes the screens away first; what is typed or clicked then is for nobody.
        """
        if not isinstance(event, events.InputEvent | events.Paste):
            await self._deliver(event)
        elif isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._held.append(event)
            await self._let_through()
        elif self._app.screen_stack:
            await self._deliver(event)

    async def _let_through(self) -> None:
        """Deliver what is held, as far as it is its turn."""
        app = self._app
        while self._held and app.screen_stack:
            if self._turn_began is not None:
                left = self._turn_began + LONGEST_TURN - time.monotonic()
                if left > 0:
                    app.set_timer(left, self._let_through)
                    return
            self._turn += 1
            self._turn_began = time.monotonic()
            way_up = [*(app.focused or app.screen).ancestors_with_self]
            await self._deliver(self._held.popleft())
            self._follow(way_up, self._turn)

    def _follow(self, way_up: Sequence[MessagePump], turn: int) -> None:
        """Go where the key goes, from the widget up to the app, one message behind it.

        At the end of the way a new screen may just have been opened. Its own messages come
        first, too: by them it gives the focus to one of its widgets.
        """
        for place, node in enumerate(way_up, start=1):
            if node.call_later(self._follow, way_up[place:], turn):
                return
        if self._app.screen_stack:
            self._app.screen.call_later(self._app.call_later, self._end, turn)

    async def _end(self, turn: int) -> None:
        """The key is done with."""
        if turn == self._turn:
            self._turn_began = None
            await self._let_through()
