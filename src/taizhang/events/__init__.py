"""The append-only log of what was done: audit and, for later stages, the outbox."""
