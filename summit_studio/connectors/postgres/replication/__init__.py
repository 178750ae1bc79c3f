"""Changes out of PostgreSQL's log: slots and publications, what the log says, and rows of it."""
