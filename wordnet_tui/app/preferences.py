"""What was used last, so that the app opens with it again; ignored when it is damaged."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from wordnet_tui.core.formats.atomic import atomic_writer
from wordnet_tui.core.paths import data_folder, source_exists

DEFAULT = "chitchat"
"""The corpus, and the network, of a first session."""


class Remembered(BaseModel):
    """The choices of the last session."""

    sources: tuple[str, ...] = Field((DEFAULT,), min_length=1)
    model: str = DEFAULT
    folder: str = "."
    """Where files were last picked."""
    theme: str = ""

    def sources_there_are(self) -> tuple[str, ...]:
        """The sources, or the default where one of them has gone."""
        return self.sources if all(map(source_exists, self.sources)) else (DEFAULT,)

    def model_there_is(self) -> str:
        """The model, or the default where it has gone."""
        return self.model if Path(self.model).is_file() else DEFAULT

    def folder_there_is(self) -> str:
        """The folder, or the one we are in where it has gone."""
        return self.folder if Path(self.folder).is_dir() else "."


def remembered_path() -> Path:
    """Where it is kept."""
    return data_folder() / "last-session.json"


def recall() -> Remembered:
    """What the last session left, or the defaults."""
    try:
        return Remembered.model_validate_json(remembered_path().read_bytes())
    except (OSError, ValidationError):
        return Remembered()


def remember(choices: Remembered) -> None:
    """Keep it; a folder that cannot be written is no reason to complain."""
    path = remembered_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as file:
            file.write(choices.model_dump_json(indent=1).encode())
    except OSError:
        return
