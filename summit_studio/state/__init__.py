"""What outlives a run: its history, statistics, checkpoints, watermarks and dead letters.

Importing this package or `store` and `recorder` costs nothing; SQLAlchemy comes with the first
`Store.open`, and Alembic only where the database is older than the program.
"""
