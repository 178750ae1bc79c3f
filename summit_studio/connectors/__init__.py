"""Systems outside: one folder each."""
