"""The ways out of the app: asked for, by a signal, or because the terminal has gone.

All of them end in `put_away`, once. While a run is going on,

    q, Ctrl-Q     asks: stop and save, keep it training in the background, or discard it
    SIGTERM       leaves it with a checkpoint, within a second
    SIGHUP        the screen goes, this process trains on to the end (or leaves it, if told to)
    an exception  leaves it with a checkpoint
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading

from textual import work

from wordnet_tui.app.training_controller import SECONDS_TO_STOP, Farewell, TrainingSession
from wordnet_tui.screens.dialogs import Question

SECONDS_TO_LEAVE = 0.6
"""After a signal, how long the screen has to go away by itself."""

_ANSWERS = {
    Farewell.STOP: "Stop and save",
    Farewell.DETACH: "Keep it training in the background",
    Farewell.DISCARD: "Leave without saving",
}


class LeavingSession(TrainingSession):
    """A session that leaves in good order; `put_away` must be called when the app has ended.

    Attributes:
        trains_on_after_hangup: Whether a run survives the loss of the terminal.
    """

    trains_on_after_hangup = True
    _loop: asyncio.AbstractEventLoop | None = None
    _signalled = False
    _asked_to_leave = False
    _farewell_said: list[str] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._putting_away = threading.Lock()

    def heed_signals(self) -> None:
        """Call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._on_signal)

    async def action_quit(self) -> None:
        """Textual's own way out, in the command palette, asks too."""
        self.action_leave()

    @work
    async def action_leave(self) -> None:
        """Leave; ask first while a run is going on here."""
        if self._asked_to_leave:
            return
        if self.is_training:
            self._asked_to_leave = True
            answers = {way.name: text for way, text in _ANSWERS.items()}
            answer = await self.push_screen_wait(
                Question("A training is going on.", answers, stay="Stay")
            )
            self._asked_to_leave = False
            if answer is None:
                return
            self.farewell = Farewell[answer]
        self.say_farewell()  # now: it is put away while the screen goes
        self.exit()

    def put_away(self, seconds: float = SECONDS_TO_STOP) -> list[str]:
        """Keep the run and remember the session; whoever comes second does nothing."""
        with self._putting_away:
            if self._farewell_said is None:
                self.remember_session()
                self._farewell_said = super().put_away(seconds)
                for sentence in self._farewell_said:
                    logging.getLogger(__name__).warning(sentence)
            return self._farewell_said

    def remember_session(self) -> None:
        """Keep what the next session is to open with."""
        raise NotImplementedError

    # ---- signals

    def _on_signal(self, number: int, _frame: object) -> None:
        """The first one leaves in good order, a second one at once."""
        if self.farewell is Farewell.TRAIN_ON:  # there is no screen any more
            if number == signal.SIGTERM and self.own_run is not None:
                self.own_run.leave()
            return
        status = 128 + number
        if self._signalled:
            os._exit(status)
        self._signalled = True
        goes_on = number == signal.SIGHUP and self.trains_on_after_hangup and self.is_training
        self.farewell = Farewell.TRAIN_ON if goes_on else Farewell.LEAVE
        self.say_farewell()  # now: it is put away while the screen goes
        # Where the terminal has gone, or nobody reads it, the event loop may never come to
        # its end: the run is kept from here, and the process ends without it.
        watchdog = threading.Timer(SECONDS_TO_LEAVE, self._leave_without_the_loop, [status])
        watchdog.daemon = True
        watchdog.start()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.exit, None, status)

    def _leave_without_the_loop(self, status: int) -> None:
        if self.farewell is Farewell.TRAIN_ON:
            forget_the_terminal()
        self.put_away()
        os._exit(status)


def forget_the_terminal() -> None:
    """Let what is still read or written go nowhere: nothing waits for a lost terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
