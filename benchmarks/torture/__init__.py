"""What runs must survive: the program killed, hung up, starved and damaged, and counted."""
