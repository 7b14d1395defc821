"""Files of every format become a :class:`~taizhang.reading.model.Source`: text, and what the format knew of it."""

from taizhang.reading.formats.sniff import load, load_bytes

__all__ = ["load", "load_bytes"]
