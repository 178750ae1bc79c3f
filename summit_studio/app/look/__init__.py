"""How everything looks: themes, colours, icons."""
