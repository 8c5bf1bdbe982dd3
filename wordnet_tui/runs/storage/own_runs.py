"""Whether this user began a run, on this machine: only then is its OUT written unasked.

A run's folder may come from a stranger, and names the model file that is overwritten at its
end. So the manifest carries a signature of OUT, by a key that each user has in their own data
folder: HMAC-SHA256, RFC 2104.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from wordnet_tui.core.formats.directory import Directory
from wordnet_tui.core.formats.folder_file import PRIVATE, FolderFile
from wordnet_tui.core.paths import data_folder
from wordnet_tui.runs.storage.manifest import Manifest

KEY_BYTES = 32
KEY_NAME = "run-key"


def signature(out: str, created_at: float) -> str:
    """Of a run that is begun here, in hexadecimal; empty if no key can be kept.

    Args:
        out: Path of the model file that it is to write.
        created_at: When it was begun, in seconds since 1970.
    """
    try:
        return _signed(_key(make=True), out, created_at)
    except OSError:
        return ""


def is_own(manifest: Manifest) -> bool:
    """Whether this user began the run, and OUT is as it was then."""
    try:
        expected = _signed(_key(make=False), manifest.out, manifest.created_at)
    except OSError:
        return False
    return hmac.compare_digest(expected.encode(), manifest.out_signature.encode())


def _signed(key: bytes, out: str, created_at: float) -> str:
    text = f"{created_at!r} {out}".encode("utf-8", "surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _key(*, make: bool) -> bytes:
    """The user's key; raises OSError if there is none and none can be made."""
    folder: Path = data_folder()
    file = FolderFile(Directory(folder), KEY_NAME)
    key = b""
    with suppress(FileNotFoundError):
        key = file.read(KEY_BYTES)
    if len(key) != KEY_BYTES:  # none, or half of one that a kill left
        if not make:
            raise FileNotFoundError(str(file))
        folder.mkdir(parents=True, exist_ok=True)
        with file.open_new(PRIVATE) as writer:
            writer.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        key = file.read(KEY_BYTES)  # of another process, if that was later
    return key
