"""The pipeline as immutable data, the edits that change it, and the file it lives in."""
