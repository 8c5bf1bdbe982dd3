"""Things on a screen: data in by reactives and calls, wishes out by messages."""
