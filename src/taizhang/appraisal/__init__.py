"""Appraisal (考核): rounds, score sheets, vetoes, ranking; every point traced to its rule, its event and its evidence."""
