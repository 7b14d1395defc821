"""Packs that ship with the program: data, no code."""
