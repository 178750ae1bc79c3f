"""Runs relational nodes on Arrow batches in DuckDB, inside this process."""
