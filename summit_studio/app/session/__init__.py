"""What is open and what happens to it: document, files, recovery, checks, previews, runs."""
