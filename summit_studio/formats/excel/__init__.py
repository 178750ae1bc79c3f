"""Excel: cells as typed columns."""
