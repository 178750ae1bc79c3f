"""What text formats share: encodings."""
