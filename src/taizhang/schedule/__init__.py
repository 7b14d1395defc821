"""The weekly work table (周次表): weeks of a term, what is done when, where and by whom; clashes, chains, paper, feeds."""
