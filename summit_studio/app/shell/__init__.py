"""The window and what stands around its work: menus, actions, docks, status, start and end."""
