"""People's sessions, played by a real mouse and keyboard on a real display, and counted."""
