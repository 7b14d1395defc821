"""The sentences of the two halves: ``tune`` may be read while the reader is changed, ``report`` is only run."""
