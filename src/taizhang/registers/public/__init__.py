"""The public door: people without an account open a case, follow it by a code, and say once how it was handled.

A register opens it with ``public:``. Nothing here reads or lists by person: the code is the only way to a case.
"""
