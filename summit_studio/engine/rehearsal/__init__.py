"""Crash rehearsal: a person's own pipeline, on a sample, killed at every step and resumed."""
