"""Copies of the tables for programs that do not read Parquet: CSV, Excel, DuckDB."""
