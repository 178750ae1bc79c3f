"""CSV: dialects, layouts, exact records, conversion."""
