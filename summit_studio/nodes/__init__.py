"""The catalogue of node types: one file a type, found by looking."""
