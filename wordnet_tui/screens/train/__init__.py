"""Train: the form, the curves, and the keys that steer a run."""
