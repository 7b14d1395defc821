"""Registers made in the browser: the desk that edits, checks, shows and releases a pack document."""
