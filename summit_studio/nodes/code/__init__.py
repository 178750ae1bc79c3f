"""Node types that run a person's own code."""
