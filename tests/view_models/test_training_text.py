"""What the Train screen says of a run that another process trains."""

from __future__ import annotations

import pytest

from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.view_models.training_text import news


def view(silent_for: float | None, state: RunState = RunState.TRAINING) -> RunStatus:
    return RunStatus(state, None, (), 1.0, 0, 0.0, "", silent_for=silent_for)


@pytest.mark.parametrize(
    ("silent_for", "said"),
    [
        (None, ""),
        (1.2, ""),
        (12.3, "news is 12 s old"),
        (41.0, "no news for 41 s"),
        (75.0, "no news for 75 s"),
        (185.0, "no news for 3 min: crashed?"),
    ],
)
def test_silence_is_told_the_more_urgently_the_longer_it_lasts(
    silent_for: float | None, said: str
) -> None:
    assert news(view(silent_for)) == said


def test_a_run_that_is_over_is_silent_for_good_reason() -> None:
    assert news(view(1_000.0, RunState.ENDED)) == ""
