"""Secrets: references in files, values only here and only while they are used. One file a store."""
