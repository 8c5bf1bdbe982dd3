"""How cross-entropies and baselines are shown, in columns and as JSON."""

from __future__ import annotations

import math

from wordnet_tui.core.inference.baselines import Baseline


def figures(cross_entropy: float, perplexity: float) -> tuple[str, str]:
    """A cross-entropy in nats a word and the perplexity that it is, as both are shown."""
    return f"{cross_entropy:.4f}", f"{perplexity:.2f}"


def baseline_row(baseline: Baseline) -> tuple[str, str, str]:
    """A baseline's name and figures, as shown."""
    return baseline.name, *figures(baseline.cross_entropy, math.exp(baseline.cross_entropy))


def baseline_payload(baseline: Baseline) -> dict[str, object]:
    """A baseline as JSON."""
    return {**baseline._asdict(), "perplexity": math.exp(baseline.cross_entropy)}
