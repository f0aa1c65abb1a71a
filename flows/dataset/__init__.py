"""The Parquet dataset on disk: ledger, journal, parts. It knows files and keys, not what columns mean."""
