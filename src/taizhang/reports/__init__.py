"""Written documents in which every numeral is bound to what computed it."""
