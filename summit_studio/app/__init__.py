"""The editor. The only part of Summit Studio that knows Qt."""
