"""The inspector: a form for the selected node, made from its params class."""
