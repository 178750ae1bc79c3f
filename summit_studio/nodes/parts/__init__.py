"""What node types share."""
