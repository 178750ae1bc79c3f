"""Alembic's folder: how an older state database becomes one of this version."""
