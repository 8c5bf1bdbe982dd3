from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.charts.axes import axis
from wordnet_tui.charts.loss_chart import Chart, draw
from wordnet_tui.charts.plot_area import GLYPHS, Role, Scene
from wordnet_tui.charts.raster import Markers
from wordnet_tui.charts.viewport import CrossHair, Viewport
from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import StopReason, TrainingProgress


def scene_of(
    losses: Sequence[float],
    view: Viewport | None = None,
    *,
    batches: int = 0,
    validate_every: int = 0,
    ended: StopReason | None = None,
    markers: Markers = Markers.BRAILLE,
) -> Scene:
    """A run of one epoch with these losses, validated every so often with the same figures."""
    history, mean = History(), 0.0
    figure = at = best = best_at = None
    for batch, loss in enumerate(losses, start=1):
        mean = loss if batch == 1 else mean + (loss - mean) / batch
        if validate_every and batch % validate_every == 0:
            figure, at = loss, batch
            if best is None or figure < best:
                best, best_at = figure, batch
        head = (batch, batches or len(losses), 1, 1, batch, 10**6, mean, mean, figure, at)
        reason = ended if batch == len(losses) else None
        history.add(TrainingProgress(*head, best, best_at, 0, 0.1, 1.0, 1.0, reason))
    return Scene(history.picture(), view or Viewport(), markers=markers)


def drawn(scene: Scene, width: int = 80, height: int = 24) -> Chart:
    return draw(scene, width, height)


def cells_of(chart: Chart, role: Role) -> list[tuple[int, int]]:
    """Row and column of each cell of a role."""
    canvas = chart.canvas
    return [
        (row, column)
        for row in range(canvas.height)
        for column in range(canvas.width)
        if canvas.roles(column, row, 1) == {role}
    ]


def near(place: float) -> object:
    """Equal to the cells about a place: dots are rounded on a finer grid than cells."""
    return pytest.approx(float(place), abs=0.8)


any_loss = st.floats(0, 20) | st.sampled_from(
    [float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1e300, 1e-300, 3.0]
)


@given(
    losses=st.lists(any_loss, max_size=40),
    width=st.integers(0, 90),
    height=st.integers(0, 30),
    log_x=st.booleans(),
    log_y=st.booleans(),
    newest=st.booleans(),
    smoothing=st.sampled_from([0.0, 0.9, 0.999]),
    markers=st.sampled_from(list(Markers)),
    baseline=any_loss,
    cross=st.none() | st.integers(-5, 50),
    every=st.integers(0, 5),
)
def test_anything_can_be_drawn_at_any_size(
    losses: list[float],
    width: int,
    height: int,
    log_x: bool,
    log_y: bool,
    newest: bool,
    smoothing: float,
    markers: Markers,
    baseline: float,
    cross: int | None,
    every: int,
) -> None:
    view = Viewport(smoothing=smoothing, log_x=log_x, log_y=log_y, newest=newest)
    view.cross = None if cross is None else CrossHair(cross, baseline)
    scene = scene_of(losses, view, validate_every=every, markers=markers)
    scene = replace(
        scene,
        baselines=(("unigram", baseline),),
        rate_changes=((3, 0.5),),
        batches_per_epoch=7,
    )
    chart = drawn(scene, width, height)
    rows = chart.canvas.text().split("\n")
    assert len(rows) <= max(height, 1)
    assert all(len(row) <= width for row in rows)
    assert (chart.canvas.width, chart.canvas.height) == (width, height)


def test_a_constant_is_a_level_line_in_the_window() -> None:
    chart = drawn(scene_of([3.0] * 50, Viewport(smoothing=0.0)))
    assert chart.y.low < 3.0 < chart.y.high
    assert len({row for row, _ in cells_of(chart, Role.TRAINING)} - {0}) == 1


def test_a_single_mini_batch_is_a_point() -> None:
    chart = drawn(scene_of([3.0], Viewport(smoothing=0.0)))
    inside = [cell for cell in cells_of(chart, Role.TRAINING) if cell[0]]
    assert len(inside) == 1


def test_the_picture_costs_the_same_for_a_thousand_and_for_many_mini_batches() -> None:
    few, many = drawn(scene_of([3.0, 2.9] * 500)), drawn(scene_of([3.0, 2.9] * 20_000))
    assert many.points <= 4 * 2 * 80 + 512 + 40
    assert few.points <= 1000


@pytest.mark.parametrize("markers", list(Markers))
def test_every_curve_has_its_own_character_and_is_named_in_the_legend(
    markers: Markers,
) -> None:
    losses = [4.0 - batch / 400 + batch % 7 / 10 for batch in range(800)]
    scene = scene_of(losses, Viewport(everything=True), validate_every=100, markers=markers)
    scene = replace(scene, baselines=(("unigram", 3.9),), batches_per_epoch=300)
    chart = drawn(scene, 100, 24)
    legend = chart.canvas.text().split("\n")[0]
    for name in ("training", "smoothed 0.99", "validation", "best", "epoch"):
        assert name in legend
    text, glyphs = chart.canvas.text().split("\n", 1)[1], GLYPHS[markers]
    for glyph in (glyphs.validation, glyphs.best, glyphs.epoch):
        assert glyph in text
    assert "unigram 3.90" in text
    for role in (Role.TRAINING, Role.SMOOTHED, Role.VALIDATION, Role.BEST, Role.BASELINE):
        assert [cell for cell in cells_of(chart, role) if cell[0]]
    if markers is Markers.ASCII:
        assert chart.canvas.text().isascii()


def test_the_best_validation_is_marked_where_it_was() -> None:
    losses = [3.0] * 300 + [2.0] + [3.0] * 700
    chart = drawn(scene_of(losses, Viewport(everything=True), batches=1000, validate_every=7))
    [(row, column)] = [cell for cell in cells_of(chart, Role.BEST) if cell[0]]
    assert column - chart.left == near(chart.x.places(301, chart.columns))
    assert row == near(chart.rows - chart.y.places(2.0, chart.rows))


def test_a_baseline_out_of_the_window_is_named_at_its_edge() -> None:
    scene = replace(
        scene_of([3.0, 3.1] * 300), baselines=(("unigram", 9.0), ("Kneser-Ney 4", 1.0))
    )
    rows = drawn(scene).canvas.text().split("\n")
    assert "↑ unigram 9.00" in rows[1]
    assert "↓ Kneser-Ney 4 1.00" in rows[-3]


def test_baselines_near_the_curve_are_taken_into_the_window() -> None:
    losses = [3.0 + (batch % 10) / 10 for batch in range(600)]
    with_line = replace(scene_of(losses), baselines=(("Kneser-Ney 4", 2.8),))
    assert drawn(with_line).y.low < 2.8
    off = replace(with_line, view=Viewport(baselines=False))
    chart = drawn(off)
    assert chart.y.low >= 2.8
    assert "Kneser-Ney" not in chart.canvas.text()


def test_changes_of_rate_are_marked_at_the_top() -> None:
    scene = replace(scene_of([3.0] * 1000), rate_changes=((500, 0.5), (501, 0.25)))
    top = drawn(scene).canvas.text().split("\n")[1]
    assert top.count("▼") == 1  # of two in one column the later is shown
    scene = replace(scene, rate_changes=((200, 0.5), (700, 0.25)))
    top = drawn(scene).canvas.text().split("\n")[1]
    assert "▼\N{MULTIPLICATION SIGN}0.5" in top
    assert "▼\N{MULTIPLICATION SIGN}0.25" in top


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (StopReason.REQUESTED, "stopped"),
        (StopReason.PATIENCE, "early stop"),
        (StopReason.EARLY_STOP_ITERATION, "early stop"),
        (StopReason.EPOCHS_DONE, "end"),
        (StopReason.DIVERGED, "failed"),
    ],
)
def test_the_end_is_marked_where_it_was_and_with_its_reason(
    reason: StopReason, word: str
) -> None:
    chart = drawn(scene_of([3.0] * 600, batches=5000, ended=reason))
    assert word in chart.canvas.text()
    columns = {column - chart.left for _, column in cells_of(chart, Role.MARK)}
    assert any(column == near(chart.x.places(600, chart.columns)) for column in columns)


def test_epoch_borders_are_thinned_out_where_they_are_dense() -> None:
    scene = replace(scene_of([3.0] * 1000), batches_per_epoch=10)
    rows = drawn(scene, 100, 12).canvas.text().split("\n")
    assert "┊ 10 epochs" in rows[0]
    assert 5 <= rows[2].count("┊") <= 20


def test_the_cross_hair_is_drawn_and_read() -> None:
    losses = [4.0 - batch / 1000 for batch in range(1, 1001)]
    view = Viewport(cross=CrossHair(500))
    scene = replace(scene_of(losses, view, validate_every=100), batches_per_epoch=400)
    rows = drawn(scene, 100).canvas.text().split("\n")
    assert rows[0].startswith("batch 500  epoch 2  training 3.500  smoothed 3.5")
    assert "validation 3.500" in rows[0]
    assert "┼" in "".join(rows[1:-2])
    assert drawn(scene, 40).canvas.text().startswith("500 ep 2 tr 3.500 sm 3.5")


def test_smoothing_off_leaves_the_raw_line_alone() -> None:
    losses = [3.0 + batch % 7 / 10 for batch in range(900)]
    chart = drawn(scene_of(losses, Viewport(smoothing=0.0)))
    assert not cells_of(chart, Role.SMOOTHED)
    assert "smoothed" not in chart.canvas.text()


def test_zooming_in_shows_single_mini_batches() -> None:
    losses = [3.0] * 5000
    losses[2499] = 7.0
    view = Viewport(smoothing=0.0, everything=True, fixed_x=axis(2490, 2510))
    chart = drawn(scene_of(losses, view))
    top = min(row for row, _ in cells_of(chart, Role.TRAINING) if row)
    peak = [column for row, column in cells_of(chart, Role.TRAINING) if row == top]
    assert len(peak) == 1
    assert peak[0] - chart.left == near(chart.x.places(2500, chart.columns))


def test_epoch_borders_lie_behind_the_curves_at_their_mini_batches() -> None:
    losses = [4.0 - batch / 500 for batch in range(1000)]
    chart = drawn(replace(scene_of(losses), batches_per_epoch=250))
    rows = chart.canvas.text().split("\n")
    axis_row = rows[-2][chart.left :]
    borders = [column for column, cell in enumerate(axis_row) if cell == "┴"]
    assert borders == [near(chart.x.places(end, chart.columns)) for end in (250, 500, 750)]
    for row in rows[1:-2]:
        assert {column for column, cell in enumerate(row[chart.left :]) if cell == "┊"} <= set(
            borders
        )
    assert cells_of(chart, Role.SMOOTHED)
