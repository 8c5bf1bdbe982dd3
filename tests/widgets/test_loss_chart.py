from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp
from textual.widgets import Static

import wordnet_tui
from wordnet_tui.charts.viewport import CrossHair
from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.tile import Tile

STYLES = Path(wordnet_tui.__file__).parent / "styles" / "shared.tcss"


class ChartApp(App[None]):
    CSS_PATH = STYLES

    def __init__(self, markers: str = "braille") -> None:
        super().__init__()
        self.chart = LossChart(markers)

    def compose(self) -> ComposeResult:
        yield self.chart
        yield Static("under it")

    def on_mount(self) -> None:
        self.chart.focus()

    def shown(self) -> list[str]:
        """What is on the screen, row by row."""
        strips = self.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]


def train(history: History, first: int, last: int, batches: int = 4000) -> None:
    """Go on with a run whose loss falls from 5 to 3 with waves; validate every 100."""
    for batch in range(first, last + 1):
        loss = 3 + 2 * 0.999**batch + batch % 9 / 30
        done = batch // 100
        figure = 3.1 + 2 * 0.999 ** (done * 100) if done else None
        at = done * 100 if done else None
        head = (batch, batches, 1, 4, 1, 1000, loss, loss, figure, at, figure, at)
        history.add(TrainingProgress(*head, 0, 0.1, 1.0, 1.0, None))


@pytest.fixture
def app() -> ChartApp:
    """A chart of a run with 1,500 mini-batches."""
    app = ChartApp()
    app.chart.history = History()
    train(app.chart.history, 1, 1500)
    app.chart.batches_per_epoch = 1000
    app.chart.baselines = (("unigram", 3.9), ("Kneser-Ney 4", 3.05))
    return app


@pytest.mark.parametrize("markers", ["braille", "block", "ascii"])
async def test_it_says_what_it_waits_for_and_then_draws(markers: str) -> None:
    app = ChartApp(markers)
    async with app.run_test(size=(80, 24)) as pilot:
        app.chart.update()
        await pilot.pause()
        assert any("appear with the first mini-batch" in row for row in app.shown())
        app.chart.history = History()
        app.chart.update()
        assert any("appear with the first mini-batch" in row for row in app.shown())
        train(app.chart.history, 1, 300)
        app.chart.update()
        await pilot.pause()
        rows = app.shown()
        assert "training" in rows[0]
        assert "validation" in rows[0]
        assert "mini-batches" in rows[22]
        assert rows[23] == "under it"


@pytest.mark.parametrize("size", [(30, 7), (60, 16), (80, 24), (120, 40)])
async def test_it_fits_its_size_and_follows_it(
    app: ChartApp, size: tuple[int, int], wait_for: Callable[..., Awaitable[None]]
) -> None:
    def fits() -> bool:
        rows = app.shown()
        return (
            len(rows) == size[1]
            and rows[0].startswith("⠡⢂ training")
            and "└" in rows[-3]
            and rows[-2].split()[:1] == ["0"]
        )

    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.resize_terminal(*size)
        await wait_for(pilot, fits)


async def test_only_tiles_with_new_mini_batches_are_refreshed(
    app: ChartApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        chart = app.chart
        chart.view.everything = True  # so that the axes hold still
        chart.show()
        await pilot.pause()
        refreshed: list[tuple[Tile, tuple[object, ...]]] = []
        monkeypatch.setattr(
            Tile, "refresh", lambda tile, *regions, **_: refreshed.append((tile, regions))
        )
        chart.show()
        assert not refreshed  # nothing new
        assert chart.history is not None
        train(chart.history, 1501, 1510)
        chart.show()
        tiles = list(chart.query(Tile))
        assert {tiles.index(tile) for tile, _ in refreshed} <= {2, 3}
        assert all(regions for _, regions in refreshed)


def reads_its_batch(app: ChartApp) -> bool:
    """Whether the cross-hair is at a mini-batch that has been drawn."""
    return "training" in app.shown()[0]


async def test_a_look_that_brings_little_is_put_off_but_not_forgotten(
    app: ChartApp, wait_for: Callable[..., Awaitable[None]]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        chart = app.chart
        chart.view.cross = CrossHair(1502)
        chart.show()
        await pilot.pause()
        assert app.shown()[0].startswith("batch 1,502")
        assert chart.history is not None
        train(chart.history, 1501, 1502)
        chart.update()
        await pilot.pause()
        assert not reads_its_batch(app)
        await wait_for(pilot, lambda: reads_its_batch(app))


async def test_a_look_that_brings_much_or_something_else_is_drawn_at_once(
    app: ChartApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        chart = app.chart
        chart.view.cross = CrossHair(1600)
        chart.show()
        assert chart.history is not None
        train(chart.history, 1501, 1600)
        chart.update()
        await pilot.pause()
        assert reads_its_batch(app)
        chart.rate_changes = ((800, 0.5),)
        chart.update()
        await pilot.pause()
        assert "▼\N{MULTIPLICATION SIGN}0.5" in app.shown()[1]


async def test_what_is_on_the_screen_is_what_a_fresh_picture_would_be(app: ChartApp) -> None:
    """Refreshing parts leaves nothing stale behind."""
    async with app.run_test(size=(80, 24)) as pilot:
        for last in (1700, 1980, 2050, 3000):
            assert app.chart.history is not None
            train(app.chart.history, app.chart.history.picture().batches + 1, last)
            app.chart.update()
            await pilot.press("right", "m")
        await pilot.pause()
        parts = app.shown()
        app.chart.refresh(recompose=False)
        for tile in app.chart.query(Tile):
            tile.refresh()
        await pilot.pause()
        assert app.shown() == parts


async def test_the_cross_hair_moves_with_the_arrows_and_reads_the_values(
    app: ChartApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left")
        assert app.chart.view.cross is not None
        first = app.chart.view.cross.batch
        await pilot.press("left", "left", "left")
        assert app.chart.view.cross.batch < first < 1500
        row = app.shown()[0]
        assert row.startswith(f"batch {app.chart.view.cross.batch:,}  epoch 2  training 3.")
        assert "smoothed 3." in row
        assert "validation 3." in row
        await pilot.press("up", "up")
        assert " at 3." in app.shown()[0]
        await pilot.press("c")
        assert app.shown()[0].startswith("⠡⢂ training")


async def test_every_mini_batch_can_be_reached_with_the_arrows(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", *["plus"] * 12)
        cross = app.chart.view.cross
        assert cross is not None
        for expected in (1499, 1498, 1497):
            await pilot.press("left")
            assert cross.batch == expected


async def test_zoom_and_pan_fix_the_window_until_fit(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        chart = app.chart
        whole = chart.shown_axes
        assert whole is not None
        await pilot.press("plus")
        assert chart.shown_axes != whole
        assert "(zoomed)" in app.shown()[0]
        zoomed = chart.shown_axes
        await pilot.press("shift+right")
        assert chart.shown_axes[0].low > zoomed[0].low
        await pilot.press("shift+left")
        assert chart.shown_axes[0] == pytest.approx(zoomed[0])
        await pilot.press("right_square_bracket", "shift+up")
        assert chart.shown_axes[1].high - chart.shown_axes[1].low < 0.6 * (
            whole[1].high - whole[1].low
        )
        await pilot.press("f")
        assert chart.shown_axes == whole
        await pilot.press("f")  # everything: the first fall too
        assert chart.shown_axes[1].high > whole[1].high


async def test_zooming_out_again_follows_the_run(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "minus")
        assert app.chart.view.fixed_x is None


async def test_newest_shows_the_latest_part(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        assert app.chart.shown_axes is not None
        assert app.chart.shown_axes[0].low > 0
        assert app.chart.shown_axes[0].high >= 1500
        await pilot.press("n")
        assert app.chart.shown_axes[0].low == 0


async def test_smoothing_goes_round_and_is_named(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in range(4):
            seen.append(app.chart.view.smoothing)
            legend = app.shown()[0]
            assert ("smoothed" in legend) == bool(seen[-1])
            await pilot.press("m")
        assert sorted(seen) == [0.0, 0.9, 0.99, 0.999]


async def test_log_axes_and_baselines_are_switched(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "y")
        assert app.chart.shown_axes is not None
        assert [axis.log for axis in app.chart.shown_axes] == [True, True]
        assert "(log x)" in app.shown()[0]
        await pilot.press("x", "y")
        assert [axis.log for axis in app.chart.shown_axes] == [False, False]
        assert any("Kneser-Ney 4 3.05" in row for row in app.shown())
        await pilot.press("b")
        assert not any("Kneser-Ney" in row for row in app.shown())


async def test_a_log_axis_is_refused_where_losses_are_not_above_zero(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["left_square_bracket"] * 4)
        await pilot.press("y")
        assert not app.chart.view.log_y
        assert len(app._notifications) == 1


async def test_a_click_sets_the_cross_hair_and_the_wheel_zooms_about_the_pointer(
    app: ChartApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(LossChart, offset=(40, 10))
        chart = app.chart
        assert chart.view.cross is not None
        assert chart.shown_axes is not None
        assert chart.view.cross.batch == pytest.approx(
            chart.shown_axes[0].value(36, 76), abs=20
        )
        before = chart.shown_axes[0]
        await pilot._post_mouse_events([MouseScrollUp], LossChart, offset=(40, 10), button=0)
        after = chart.shown_axes[0]
        assert after.high - after.low == pytest.approx((before.high - before.low) / 2)
        assert before.low < after.low < 1000 < after.high


async def test_keys_do_nothing_harmful_before_there_is_a_run() -> None:
    app = ChartApp()
    keys = [
        "plus",
        "minus",
        *"fmncbxy",
        "left",
        "right",
        "up",
        "down",
        "shift+left",
        "shift+up",
    ]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys, "left_square_bracket", "right_square_bracket")
        await pilot.click(LossChart)
        assert any("appear with the first" in row for row in app.shown())


async def test_every_binding_has_a_description_and_none_is_bound_twice() -> None:
    keys = [key for binding in LossChart.BINDINGS for key in binding.key.split(",")]  # type: ignore[union-attr]
    assert len(keys) == len(set(keys))
    assert all(binding.description for binding in LossChart.BINDINGS)  # type: ignore[union-attr]


async def test_another_theme_changes_the_colours(app: ChartApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = {segment.style for segment in app.chart.row(5)}
        app.theme = "textual-light"
        await pilot.pause()
        assert {segment.style for segment in app.chart.row(5)}.isdisjoint(before)
