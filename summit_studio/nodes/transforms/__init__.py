"""Node types that change rows."""
