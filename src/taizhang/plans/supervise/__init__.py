"""督办 of tasks: the ladder of urging, its letters with receipts, and requests for more time."""
