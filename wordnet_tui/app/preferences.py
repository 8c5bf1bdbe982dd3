"""What was used last, so that the app opens with it again; ignored when it is damaged."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from wordnet_tui.core.formats.atomic import atomic_writer
from wordnet_tui.core.paths import data_folder, source_exists

DEFAULT = "chitchat"
"""The corpus, and the network, of a first session."""


class Preferences(BaseModel):
    """The choices of the last session."""

    sources: tuple[str, ...] = Field((DEFAULT,), min_length=1)
    model: str = DEFAULT
    folder: str = "."
    """Where files were last picked."""
    theme: str = ""

    @classmethod
    def load(cls) -> Preferences:
        """What the last session left, or the defaults."""
        try:
            return cls.model_validate_json(preferences_path().read_bytes())
        except (OSError, ValidationError):
            return cls()

    def without_missing(self) -> Preferences:
        """The same, with the defaults for files and folders that have gone."""
        return Preferences(
            sources=self.sources if all(map(source_exists, self.sources)) else (DEFAULT,),
            model=self.model if Path(self.model).is_file() else DEFAULT,
            folder=self.folder if Path(self.folder).is_dir() else ".",
            theme=self.theme,
        )

    def save(self) -> None:
        """Keep it; a folder that cannot be written is no reason to complain."""
        path = preferences_path()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(path) as file:
                file.write(self.model_dump_json(indent=1).encode())
        except OSError:
            return


def preferences_path() -> Path:
    """Where they are kept."""
    return data_folder() / "last-session.json"
