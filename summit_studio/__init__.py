"""Summit Studio: draw data pipelines, see real data at every step, run the same file anywhere."""

__version__ = "0.1.0"
