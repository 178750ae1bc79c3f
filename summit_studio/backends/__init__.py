"""Where a stage runs. Today: local, in DuckDB."""
