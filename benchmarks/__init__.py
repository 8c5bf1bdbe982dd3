"""Timings of the engine, as ratios within one run. They print and assert nothing."""
