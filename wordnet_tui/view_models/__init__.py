"""What a screen shows, as pure functions and frozen records."""
