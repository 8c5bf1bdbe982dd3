"""wordnet-tui: a small neural network reads a few words and predicts the next one."""

__version__ = "0.1.0"
