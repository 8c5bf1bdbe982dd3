"""The app: four screens over one session, its keys and its files."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import Monochrome, NoColor
from textual.geometry import Size
from textual.screen import ModalScreen, Screen

from wordnet_tui.app.corpus_loader import CorpusLoader
from wordnet_tui.app.key_queue import KeyQueue
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.app.shutdown import Shutdown
from wordnet_tui.app.training_controller import TrainingController
from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.screens.background_query import show_error
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.screens.help import HelpScreen
from wordnet_tui.screens.too_small import TooSmallScreen, has_room
from wordnet_tui.session import Session

if TYPE_CHECKING:
    from wordnet_tui.core.model.trained_network import TrainedNetwork

STYLES = Path(__file__).parents[1] / "styles"

THEMES = {"dark": "textual-dark", "light": "textual-light", "plain": "ansi-dark"}
"""Short names; any theme of Textual can be named too."""


@dataclass(frozen=True)
class Options:
    """How the app was started; what is empty is as it was left last time."""

    sources: tuple[str, ...] = ()
    model: str = ""
    screen: str = "train"
    theme: str = ""
    markers: str = "braille"
    refreshes_per_second: float = 2.0
    runs_root: Path | None = None
    on_hangup: str = "continue"
    watch: Path | None = None
    """Folder of a run to watch."""


def _screen(module: str, name: str) -> Callable[[], Screen[Any]]:
    """A screen whose module is only loaded when it is shown, as the first has to come soon."""

    def make() -> Screen[Any]:
        screen: Screen[Any] = getattr(
            import_module(f"wordnet_tui.screens.{module}.screen"), name
        )()
        return screen

    return make


class WordnetApp(Session):
    """The whole app; `shutdown.finish` must be called when it has ended, however it did."""

    TITLE = "wordnet-tui"
    HELP_TITLE = "Everywhere"
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", *sorted(STYLES.glob("[!s]*.tcss"))]
    MODES: ClassVar[Any] = {
        "train": _screen("train", "TrainingScreen"),
        "vocabulary": _screen("vocabulary", "VocabularyScreen"),
        "predict": _screen("predict", "PredictionScreen"),
        "runs": _screen("runs", "RunsScreen"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help"),
        Binding("f2", "switch_mode('train')", "Train"),
        Binding("f3", "switch_mode('vocabulary')", "Vocabulary"),
        Binding("f4", "switch_mode('predict')", "Predict"),
        Binding("f7", "switch_mode('runs')", "Runs"),
        Binding("ctrl+o", "open_network", "Open a network", show=False),
        Binding("ctrl+d", "open_data", "Open data", show=False, priority=True),
        Binding("ctrl+s", "save_network", "Save the network", show=False),
        Binding("q,ctrl+q", "quit", "Quit"),
    ]

    training: TrainingController

    def __init__(self, options: Options | None = None) -> None:
        self._options = options = options or Options()
        # The first screen there is, not one to change to from an empty one.
        self.DEFAULT_MODE = options.screen  # type: ignore[misc]
        super().__init__()
        self._preferences = Preferences.load()
        last = self._preferences.without_missing()
        self._folder = last.folder
        self._model = options.model or last.model
        self.sources = options.sources or last.sources
        self.markers = options.markers
        self.runs_root = runs_folder(options.runs_root)
        self.refresh_seconds = 1.0 / options.refreshes_per_second
        self.loader = CorpusLoader(self)
        self.training = TrainingController(self, self.loader)
        self.shutdown = Shutdown(
            self,
            self.training,
            self._save_preferences,
            trains_on_after_hangup=options.on_hangup == "continue",
        )
        self._keys = KeyQueue(self, super().on_event)
        if self.no_color:
            # Textual's own filter for NO_COLOR makes the terminal's default colours black.
            shades = (Monochrome, NoColor)
            self._filters = [each for each in self._filters if not isinstance(each, shades)]
            self._filters.append(NoColor())
        plain = "plain" if self.no_color else ""
        theme = options.theme or plain or self._preferences.theme
        theme = THEMES.get(theme, theme)
        self.theme = theme if theme in self.available_themes else THEMES["dark"]

    def on_mount(self) -> None:
        """Show a screen at once; network and corpus come as they are read."""
        self.shutdown.install_signal_handlers()
        self._make_sure_of_room(self.size)
        self.call_after_refresh(self._read_what_was_asked_for)

    def _read_what_was_asked_for(self) -> None:
        """After the first picture, which threads would hold up."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        # What was remembered may be gone or damaged; who names something wants only that.
        self.loader.read_network(self._model, or_default=not self._options.model)
        self.loader.read_corpus(self.sources, or_default=not self._options.sources)
        if self._options.watch is not None:
            from wordnet_tui.runs.storage.folder import RunFolder

            self.training.watch(RunFolder(self._options.watch))
        else:
            self.training.look_for_unfinished()

    async def on_event(self, event: events.Event) -> None:
        """One key after the other."""
        await self._keys.take(event)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is no room for any screen."""
        if self.screen_stack:  # the first size comes before the first screen
            self._make_sure_of_room(event.size)

    def _make_sure_of_room(self, size: Size) -> None:
        says_so = isinstance(self.screen, TooSmallScreen)
        if not has_room(size) and not says_so:
            self.push_screen(TooSmallScreen())
        elif has_room(size) and says_so:
            self.pop_screen()

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """The command palette: ours before Textual's."""
        yield SystemCommand("Open a network", "From a file (Ctrl+O)", self.action_open_network)
        yield SystemCommand(
            "Open data", "A text, a folder, ... (Ctrl+D)", self.action_open_data
        )
        yield SystemCommand("Save the network", "To a file (Ctrl+S)", self.action_save_network)
        for mode in self.MODES:
            name, go = mode.capitalize(), partial(self.switch_mode, mode)
            yield SystemCommand(f"Go to {name}", f"The {name} screen", go)
        yield from super().get_system_commands(screen)

    def get_key_display(self, binding: Binding) -> str:
        """F1, not f1."""
        shown = super().get_key_display(binding)
        return shown.upper() if shown[:1] == "f" and shown[1:].isdigit() else shown

    def action_help(self) -> None:
        """What all keys do here."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    async def action_quit(self) -> None:
        """Leave; ask first while a run is going on here. The command palette has it too."""
        self.shutdown.leave()

    # ---- files

    def action_open_network(self) -> None:
        """Ask for a model file and open it."""
        self._ask_for_file(
            "Open a network: .safetensors or .bin",
            lambda path: self.loader.read_network(str(path)),
        )

    def action_open_data(self) -> None:
        """Ask for a text, a .mat file, or a file of a folder in the original's layout."""

        def read(path: Path) -> None:
            source = path.parent if path.name == "train_data.csv" else path
            self.loader.read_corpus((str(source),))

        self._ask_for_file("Open data: a text, a .mat, or a train_data.csv", read)

    def _ask_for_file(self, title: str, open_it: Callable[[Path], None]) -> None:
        if self._asking:
            return
        from textual_fspicker import FileOpen

        def take(path: Path | None) -> None:
            if path is not None:
                self._folder = str(path.parent)
                open_it(path)

        self.push_screen(FileOpen(self._folder, title), take)

    @work
    async def action_save_network(self) -> None:
        """Ask for a name and save the open network; ask again before an old file goes."""
        if not self._asking:
            try:
                await self._save_network()
            except WordnetError as error:
                show_error(self, str(error))

    async def _save_network(self) -> None:
        network = await self._network_to_save()
        if network is None:
            return
        from textual_fspicker import FileSave

        from wordnet_tui.core.formats.model_files import write_network

        dialog = FileSave(self._folder, "Save the network", default_file="network.safetensors")
        path = await self.push_screen_wait(dialog)
        if path is None:
            return
        if not path.suffix:
            path = path.with_suffix(".safetensors")
        self._folder = str(path.parent)
        if path.exists():
            sentence = f"{printable(path.name)} is there already."
            answers = {"overwrite": "Overwrite it"}
            if await self.push_screen_wait(Question(sentence, answers)) is None:
                return
        write_network(path, network)
        self.use_network(network, path.stem, path)
        self.notify(f"saved to {path}", markup=False)

    async def _network_to_save(self) -> TrainedNetwork | None:
        """The open network, or one of the run that has ended: the user says which."""
        opened = self.network.network if self.network else None
        run = self.current_run
        if run is None or not run.status().is_over or run.status().progress is None:
            if opened is None:
                raise WordnetError("there is no open network to save")
            return opened
        answers = {
            "best": "Best of the run, by validation",
            "last": "Last of the run",
            "open": "Open network, as on the other screens",
        }
        which = await self.push_screen_wait(Question("Which network?", answers))
        if which in ("best", "last"):
            return run.best() if which == "best" else run.last()
        return opened if which == "open" else None

    @property
    def _asking(self) -> bool:
        """Whether a dialog is open."""
        return isinstance(self.screen, ModalScreen)

    def _save_preferences(self) -> None:
        """Keep the corpus and the network that could be opened, the folder and the theme."""
        network, before = self.network.path if self.network else None, self._preferences
        Preferences(
            sources=self.sources if self.dataset is not None else before.sources,
            model=str(network or before.model),
            folder=self._folder,
            theme=before.theme if self.no_color else self.theme,
        ).save()
