"""Runs on disk: the folder of a training, what lies in it, and who may write there."""
