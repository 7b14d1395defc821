"""Finding things again: the search over everything, saved views of lists, and what is done to many found rows at once."""
