"""What bytes mean: one folder a format."""
