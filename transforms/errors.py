"""Exceptions and the stable reject codes of the transforms."""

from __future__ import annotations


class TransformError(Exception):
    """Something a caller must mend: a broken lexicon, a table that breaks its declaration."""


class LexiconError(TransformError):
    """A lexicon file is wrong; names the file and the key."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"lexicon {file}: [{key}] {problem}")
        self.file = file
        self.key = key


class TableError(TransformError):
    """Rows do not fit a table's declaration; names the table, the column and the first bad rows."""

    def __init__(self, table: str, column: str, problem: str) -> None:
        super().__init__(f"table {table}, column {column}: {problem}")
        self.table = table
        self.column = column


class RejectError(Exception):
    """Nothing usable is in these bytes; expected trouble of one page, a row of the rejects table.

    `stage` is the step that gave up (decode, front_matter, page, body …), `code` a short stable word that
    run summaries count, `message` a sentence for people: what happened and what to do next, and `detail` the
    technical rest (a parser's words, a byte count) or None.
    """

    def __init__(self, stage: str, code: str, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.stage = stage
        self.code = code
        self.message = message
        self.detail = detail

    def __reduce__(self) -> tuple[type[RejectError], tuple[str, str, str, str | None]]:
        # Exceptions cross process pools: rebuild from all four parts, not from the message alone.
        return type(self), (self.stage, self.code, self.message, self.detail)
