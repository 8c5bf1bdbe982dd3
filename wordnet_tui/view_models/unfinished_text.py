"""A run in a sentence, for people."""

from __future__ import annotations

from datetime import datetime

from wordnet_tui.core.errors import printable
from wordnet_tui.runs.listing import RunSummary


def unfinished(summary: RunSummary) -> str:
    """Which run was left before its end, and how far it had come."""
    manifest, status = summary.manifest, summary.status
    progress = status.view.progress if status else None
    words = ["The training"]
    if manifest is not None:
        began = datetime.fromtimestamp(manifest.created_at)
        words.append(f"of {began:%Y-%m-%d %H:%M} on {printable(manifest.data_name)}")
    words.append(f"was {summary.condition}")
    if progress is not None:
        words.append(f"at mini-batch {progress.batch:,} of {progress.batches:,}")
    return f"{' '.join(words)}."
