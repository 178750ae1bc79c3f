"""Summit SQL: guarding, typing, lineage and quoting of the expressions people write."""
