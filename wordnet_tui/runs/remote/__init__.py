"""A run that another process trains: looked at and steered by its folder."""
