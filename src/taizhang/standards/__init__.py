"""Standards and compliance: every school against the limits, what it lacks, the balance between schools, data quality."""
