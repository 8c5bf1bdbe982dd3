"""Predict: words are chained."""
