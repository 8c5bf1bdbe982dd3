"""The curves of a run in bounded memory."""
