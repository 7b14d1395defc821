"""Taizhang 台账: one ledger for an education bureau's whole year."""
