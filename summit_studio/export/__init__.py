"""Bundles: folders that run a pipeline on a machine without the editor."""
