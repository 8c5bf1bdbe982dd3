"""What was used last, so that the app opens with it again; ignored when it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from wordnet_tui.core.formats.atomic import atomic_writer
from wordnet_tui.core.paths import data_folder, source_exists
from wordnet_tui.core.regular_file import read_regular

DEFAULT = "chitchat"
"""The corpus, and the network, of a first session."""
_LARGEST = 2**24  # bytes; a command line can name thousands of files


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
            return cls.model_validate_json(read_regular(preferences_path(), _LARGEST))
        except (OSError, ValidationError):
            return cls()

    def without_missing(self) -> Preferences:
        """The same, with the defaults for files and folders that have gone."""
        return Preferences(
            sources=self.sources if all(map(source_exists, self.sources)) else (DEFAULT,),
            # Path's own raise where a name is too long.
            model=self.model if os.path.exists(self.model) else DEFAULT,  # noqa: PTH110
            folder=self.folder if os.path.isdir(self.folder) else ".",  # noqa: PTH112
            theme=self.theme,
        )

    def save(self) -> None:
        """Keep it; a folder that cannot be written is no reason to complain.

        A link in the place of the file is replaced, not followed: whoever put it there, no
        other file is overwritten. The folder itself may be a link.
        """
        path = preferences_path()
        try:
            content = self.model_dump_json(indent=1).encode()
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                path.unlink()
            with atomic_writer(path) as file:
                file.write(content)
        except (OSError, ValueError):  # ValueError: the name of a file that is no text
            return


def preferences_path() -> Path:
    """Where they are kept."""
    return data_folder() / "last-session.json"
