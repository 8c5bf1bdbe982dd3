"""A run that another process trains: watched and steered by its folder."""
