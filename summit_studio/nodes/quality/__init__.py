"""Node types that judge rows."""
