"""The versions that decide what is done again."""

# A new number makes the next run extract unchanged sources again.
EXTRACTOR_VERSION = "0.3.0"
# The tables' columns and types. A new number makes the next run rewrite the files of an older dataset (columns it
# lacks become null), and keeps older programs from writing to a newer one. 0 is files without a number.
SCHEMA_VERSION = 1
