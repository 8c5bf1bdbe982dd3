"""The ways out of the app: asked for, by a signal, or because the terminal has gone.

All of them end in `Shutdown.finish`, once. While a run is going on,

    q, Ctrl-Q     asks: stop and save, keep it training in the background, or discard it
    SIGTERM       leaves it with a checkpoint, within a second; so does SIGINT, which is a key
                  while there is a screen; while it is saved, the first SIGINT changes nothing
    SIGHUP        the screen goes, this process trains on to the end (--on-hangup: or leaves)
    an exception  leaves it with a checkpoint
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from textual.app import App

from wordnet_tui.app.training_controller import (
    SECONDS_TO_STOP,
    ExitAction,
    TrainingController,
)
from wordnet_tui.screens.dialogs import Question

SECONDS_TO_LEAVE = 0.6
"""After a signal, how long the screen has to go away by itself."""

HANG_UP = getattr(signal, "SIGHUP", None)
"""None on Windows: there a closed window ends the process, and `resume` goes on."""

_ANSWERS = {
    ExitAction.STOP: "Stop and save",
    ExitAction.DETACH: "Keep it training in the background",
    ExitAction.DISCARD: "Leave without saving",
}
_BEING_SAVED = "the run is being saved; a second Ctrl-C breaks that off"


class Shutdown:
    """Leaves in good order; `finish` must be called when the app has ended, however it did.

    Args:
        app: What is to be left.
        training: Its run, if one is going on.
        save_preferences: Keeps what the next session opens with.
        trains_on_after_hangup: Whether a run survives the loss of the terminal.
    """

    def __init__(
        self,
        app: App[Any],
        training: TrainingController,
        save_preferences: Callable[[], None],
        *,
        trains_on_after_hangup: bool,
    ) -> None:
        self._app = app
        self._training = training
        self._save_preferences = save_preferences
        self._trains_on_after_hangup = trains_on_after_hangup
        self._loop: asyncio.AbstractEventLoop | None = None
        self._signals: SignalThread | None = None
        self._is_signalled = False
        self._is_leaving = False
        self._is_interrupted = False
        self._say: Callable[[str], None] = lambda _: None
        self._is_asking = False
        self._finishing = threading.Lock()
        self._came_of_it: list[str] | None = None  # once it is finished

    # ---- asked for

    def leave(self) -> None:
        """Leave; ask first while a run is going on here."""
        if not self._training.is_training:
            self._exit()
        elif not self._is_asking:
            self._is_asking = True
            answers = {action.name: text for action, text in _ANSWERS.items()}
            question = Question("A training is going on.", answers, stay="Stay")
            self._app.push_screen(question, self._leave_as_answered)

    def _leave_as_answered(self, answer: str | None) -> None:
        self._is_asking = False
        if answer is not None:
            self._training.exit_action = ExitAction[answer]
            self._exit()

    def _exit(self) -> None:
        self._is_leaving = True
        self._training.request_exit()  # now: it is saved while the screen goes
        self._app.exit()

    # ---- the end

    def finish(
        self,
        seconds: float = SECONDS_TO_STOP,
        say: Callable[[str], None] = lambda _: None,
    ) -> list[str]:
        """Save the run and the preferences; whoever comes second does nothing.

        Args:
            seconds: How long to wait for the mini-batch under way.
            say: Called with a sentence after a first Ctrl-C, maybe in another thread; a second
                one ends the program.

        Returns:
            What came of the run, in sentences.
        """
        if _is_main_thread():  # so that the screen has gone
            self._is_leaving, self._say = True, say
            if self._is_interrupted:
                say(_BEING_SAVED)
        with self._finishing:
            if self._came_of_it is None:
                if self._training.exit_action is ExitAction.TRAIN_ON:
                    detach_terminal()
                self._save_preferences()
                self._came_of_it = self._training.finish_run(seconds)
                for sentence in self._came_of_it:
                    logging.getLogger(__name__).warning(sentence)
        if self._signals is not None and _is_main_thread():
            self._signals.close()
            self._signals = None
        return self._came_of_it

    # ---- signals

    def install_signal_handlers(self) -> None:
        """Call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        if _is_main_thread():
            self._signals = SignalThread(self._on_signal)

    def _on_signal(self, number: int) -> None:
        """In the thread of signals: the first leaves in good order, a second at once."""
        training, status = self._training, 128 + number
        if training.exit_action is ExitAction.TRAIN_ON:  # there is no screen any more
            if number != HANG_UP and training.run is not None:
                training.run.leave()
            return
        if self._is_signalled:
            os._exit(status)
        self._is_signalled = True
        if number == signal.SIGINT and self._is_leaving:
            self._is_interrupted = True
            self._say(_BEING_SAVED)
            return
        if number == HANG_UP and self._trains_on_after_hangup and training.is_training:
            training.exit_action = ExitAction.TRAIN_ON
        else:
            training.exit_action = ExitAction.LEAVE
        training.request_exit()  # now: it is saved while the screen goes
        # Where the terminal has gone, or nobody reads it, the event loop may never come to
        # its end: the run is saved from here, and the process ends without it.
        watchdog = threading.Timer(SECONDS_TO_LEAVE, self._leave_without_the_loop, [status])
        watchdog.daemon = True
        watchdog.start()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._app.exit, None, status)

    def _leave_without_the_loop(self, status: int) -> None:
        is_under_way = self._finishing.locked()
        self.finish()
        if is_under_way:  # by the main thread, which has something to say now
            time.sleep(SECONDS_TO_LEAVE)
        os._exit(status)


class SignalThread:
    """Has a thread do what a signal asks for.

    A handler may interrupt the main thread at any line, and so while it holds a lock: it takes
    none itself, and only writes the signal's number into a pipe that the thread reads.

    Args:
        on_signal: Called in the thread with the number of each SIGINT, SIGTERM and SIGHUP.
    """

    def __init__(self, on_signal: Callable[[int], None]) -> None:
        self._on_signal = on_signal
        self._reader, self._writer = os.pipe()
        threading.Thread(target=self._read, name="signals", daemon=True).start()
        self._before = {
            number: signal.signal(number, self._handle)
            for number in (signal.SIGINT, signal.SIGTERM, HANG_UP)
            if number is not None
        }

    def _handle(self, number: int, _frame: object) -> None:
        os.write(self._writer, bytes([number]))

    def _read(self) -> None:
        while number := os.read(self._reader, 1)[0]:
            self._on_signal(number)
        os.close(self._reader)
        os.close(self._writer)

    def close(self) -> None:
        """Let signals do what they did before; in the main thread."""
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        os.write(self._writer, bytes([0]))


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def detach_terminal() -> None:
    """Let what is still read or written go nowhere: nothing waits for a lost terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
