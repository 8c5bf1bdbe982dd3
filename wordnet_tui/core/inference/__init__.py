"""Using a network, measuring it, and the baselines that it must beat."""
