"""What every layer shares: schemas, errors, problems, events and ids. Imports nothing of ours."""
