"""The grid of the preview: rows before and after, found, sorted, copied and acted on."""
