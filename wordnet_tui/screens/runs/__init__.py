"""Runs: all trainings, compared, watched, continued and branched off."""
