"""Sheets as people send them: understood, shown once for confirmation, remembered, and given back as they were."""
