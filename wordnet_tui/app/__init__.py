"""The app: its frame, what it reads and trains, and the ways out."""
