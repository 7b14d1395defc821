"""The read side: registers projected to typed Parquet tables for DuckDB."""
