"""Files that came in or go out, by hash, and what the reader found in them."""
