"""The extractor's version: a new number makes the next run extract unchanged sources again."""

EXTRACTOR_VERSION = "0.3.0"
