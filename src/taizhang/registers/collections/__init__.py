"""Collections (报送): rounds in which units fill a register for a period, and the way of a return to the ledger."""
