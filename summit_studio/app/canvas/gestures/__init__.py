"""Mouse gestures, one object each: they preview while they last and commit one edit at the end."""
