"""Text files of rows: what their dialect is, where to cut them, how to read them exactly."""
