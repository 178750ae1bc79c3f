"""Parquet: surveys of files, reading and writing."""
