"""Plans become tasks with units, deadlines, targets and progress."""
