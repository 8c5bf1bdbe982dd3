"""The network: its settings, its equations, and a trained one with its origin."""
