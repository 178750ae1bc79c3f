"""The folder a pipeline lives in: its connections, and whether it is trusted."""
