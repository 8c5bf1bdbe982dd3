"""Pictures made of character cells."""
