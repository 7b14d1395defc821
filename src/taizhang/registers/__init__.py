"""Registers: records with states, versions and evidence, filled by hundreds of units and declared without code."""
