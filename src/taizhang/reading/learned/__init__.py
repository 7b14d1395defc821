"""Which numbers of a text belong together, weighed by what many hands have written (ADR 0024).

The finders of :mod:`taizhang.reading.numbers` know what a wording asserts. Here every combination of the numbers around a
result is a hypothesis; weights learned from sentences whose arithmetic is known say how well the words, the places and the
units speak for each, and the arithmetic says which of them the printed numbers can mean.
"""
