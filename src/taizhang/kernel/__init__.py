"""Pure Python that every other package may use: errors, periods, the formula language. No Django."""
