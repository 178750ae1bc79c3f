"""Node types that take rows out."""
