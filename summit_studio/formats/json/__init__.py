"""JSON: strict texts, and values as typed columns."""
