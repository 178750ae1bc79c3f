"""The canvas: where pipelines are drawn, moved and connected."""
