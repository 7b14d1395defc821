"""Pages of plans: lists, the desk where a document becomes tasks, and a task's own page."""
