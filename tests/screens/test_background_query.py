"""Questions computed in threads: which answers come, and what is said of errors."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from wordnet_tui.core.errors import WordnetError
from wordnet_tui.screens.background_query import BackgroundQuery, StaleQueryError

WaitFor = Callable[..., Awaitable[None]]


@dataclass
class Held:
    """A computation that goes on when it is let go."""

    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        self.begun.set()
        assert self.let_go.wait(30)


@pytest.fixture
def held() -> Iterator[Held]:
    hold = Held()
    yield hold
    hold.let_go.set()


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    app: App[None] = App()
    async with app.run_test() as pilot:
        yield pilot


def notes(pilot: Pilot[Any]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


async def test_the_answer_comes_in_the_event_loop_and_all_work_can_be_waited_for(
    pilot: Pilot[Any],
) -> None:
    threads: list[threading.Thread] = []
    answers: list[str] = []

    def take(answer: str) -> None:
        threads.append(threading.current_thread())
        answers.append(answer)

    def compute() -> str:
        threads.append(threading.current_thread())
        return "found"

    query = BackgroundQuery(pilot.app, take)
    query.ask(compute)
    assert query.is_open
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert answers == ["found"]
    assert not query.is_open
    assert threads[0] is not threads[1] is threading.current_thread()


async def test_of_two_questions_only_the_newer_is_answered(
    pilot: Pilot[Any], held: Held, wait_for: WaitFor
) -> None:
    answers: list[str] = []
    query = BackgroundQuery(pilot.app, answers.append)
    stale: list[bool] = []

    def slow() -> str:
        held.wait()
        stale.append(query.is_stale)
        return "old"

    query.ask(slow)
    await wait_for(pilot, held.begun.is_set)
    query.ask(lambda: "new")
    await wait_for(pilot, lambda: answers)
    held.let_go.set()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert answers == ["new"]
    assert stale == [True]


async def test_a_question_that_was_cancelled_is_neither_answered_nor_complained_of(
    pilot: Pilot[Any], held: Held, wait_for: WaitFor
) -> None:
    answers: list[str] = []

    def fail() -> str:
        held.wait()
        raise WordnetError("in vain")

    query = BackgroundQuery(pilot.app, answers.append)
    query.ask(fail)
    await wait_for(pilot, held.begun.is_set)
    query.cancel()
    assert not query.is_open
    held.let_go.set()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert answers == notes(pilot) == []


async def test_one_at_a_time_asks_nothing_while_a_question_is_open(
    pilot: Pilot[Any], held: Held, wait_for: WaitFor
) -> None:
    answers: list[str] = []

    def slow() -> str:
        held.wait()
        return "first"

    query = BackgroundQuery(pilot.app, answers.append, one_at_a_time=True)
    query.ask(slow)
    query.ask(lambda: "refused")
    held.let_go.set()
    await wait_for(pilot, lambda: answers)
    query.ask(lambda: "second")
    await wait_for(pilot, lambda: len(answers) > 1)
    assert answers == ["first", "second"]


async def test_what_is_reported_comes_before_the_answer_and_a_stale_computation_is_broken_off(
    pilot: Pilot[Any], held: Held, wait_for: WaitFor
) -> None:
    news: list[Any] = []
    ended_by: list[BaseException] = []
    query = BackgroundQuery(pilot.app, news.append, on_report=lambda *what: news.append(what))

    def report(*what: object) -> str:
        query.report(*what)
        return "done"

    def slow() -> str:
        held.wait()
        try:
            return report("too late")
        except StaleQueryError as error:
            ended_by.append(error)
            raise

    query.ask(slow)
    await wait_for(pilot, held.begun.is_set)
    query.ask(lambda: report("half", 0.5))
    await wait_for(pilot, lambda: "done" in news)
    held.let_go.set()
    await wait_for(pilot, lambda: ended_by)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert news == [("half", 0.5), "done"]
    assert notes(pilot) == []


async def test_an_error_is_shown_in_its_own_words_and_a_bug_as_one(
    pilot: Pilot[Any], wait_for: WaitFor, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(error: Exception) -> None:
        raise error

    query = BackgroundQuery[None](pilot.app, lambda _: None)
    query.ask(lambda: fail(WordnetError("no [such] file")))
    await wait_for(pilot, lambda: notes(pilot))
    assert not query.is_open
    with caplog.at_level(logging.ERROR):
        query.ask(lambda: fail(ZeroDivisionError("on purpose")))
        await wait_for(pilot, lambda: len(notes(pilot)) > 1)
    assert notes(pilot) == [
        "no [such] file",
        "an error in the program: ZeroDivisionError: on purpose",
    ]
    assert [record.exc_info is not None for record in caplog.records] == [True]


async def test_who_asks_may_take_errors(pilot: Pilot[Any], wait_for: WaitFor) -> None:
    errors: list[str] = []

    def fail() -> None:
        raise WordnetError("of interest")

    BackgroundQuery[None](pilot.app, lambda _: None, on_error=errors.append).ask(fail)
    await wait_for(pilot, lambda: errors == ["of interest"])
    assert notes(pilot) == []


async def test_when_its_screen_goes_away_the_work_may_stop_and_nobody_is_called(
    pilot: Pilot[Any], held: Held, wait_for: WaitFor
) -> None:
    answers: list[str] = []
    stale: list[bool] = []
    screen: Screen[None] = Screen()
    await pilot.app.push_screen(screen)
    query = BackgroundQuery(screen, answers.append)

    def slow() -> str:
        held.wait()
        stale.append(query.is_stale)
        return "for nobody"

    query.ask(slow)
    await wait_for(pilot, held.begun.is_set)
    await pilot.app.pop_screen()
    held.let_go.set()
    await wait_for(pilot, lambda: stale)
    await pilot.pause()
    assert stale == [True]
    assert answers == []
