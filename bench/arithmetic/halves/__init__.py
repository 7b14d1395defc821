"""The sentences of the two halves: ``tune*`` may be read while the reader is changed, ``report`` is only run.

``report`` is written by somebody who did not change the reader; while nobody has written one, it is empty.
"""
