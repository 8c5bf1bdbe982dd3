"""A run that another process trains, or that is over: looked at and steered by its folder."""

from wordnet_tui.watching.watched_run import WatchedRun

__all__ = ["WatchedRun"]
