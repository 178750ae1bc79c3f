"""Systems outside: the workspace, its connections and secrets, databases, and files made safely."""
