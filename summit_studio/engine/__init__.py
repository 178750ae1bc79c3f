"""Runs a plan: streams, back-pressure, the row ledger, publishing, events. Knows no node type."""
