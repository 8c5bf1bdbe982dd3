"""The order of a training: steps, update rules, validation, what is reported."""
