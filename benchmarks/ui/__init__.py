"""How the app does on a terminal: speed of the training, answers to keys, bytes, idleness."""
