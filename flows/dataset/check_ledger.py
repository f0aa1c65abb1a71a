"""The check of the ledger against the tables: every source has its row, every row its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.dataset.changes import UNREAD
from flows.dataset.findings import ERROR, WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from flows.dataset.check_files import Parts
    from flows.dataset.findings import Report
    from flows.dataset.ledger_view import KnownSource, LedgerView

FORGOTTEN = ""  # the extractor of a source that the next run extracts again, whatever it finds
SET_RIGHT = "--repair sets the ledger right"


class LedgerCheck:
    """Compares part after part with the ledger; `finish` notes what waits for the next run."""

    def __init__(self, report: Report, ledger: LedgerView, parts: Parts) -> None:
        self.report = report
        self.ledger = ledger
        self.parts = parts
        self.waiting: list[str] = []

    def part(self, number: int, keys: dict[str, pa.Table]) -> None:
        """Compares the rows of a part (see `RowCheck.part`) with the sources that belong in it."""
        sources = {source.source_uri: source for source in self.ledger.sources(number)}
        self.waiting += [u for u, s in sources.items() if s.extractor == FORGOTTEN and s.vanished_run is None]
        if "articles" in keys:
            self._articles(number, keys["articles"], sources)
        if "rejects" in keys:
            self._rejects(number, keys["rejects"], sources)

    def finish(self) -> None:
        if self.waiting:
            message = f"{len(self.waiting)} sources wait to be extracted again: figures run SOURCE… does it."
            self.report.add(WARNING, "to_extract", message, rows=len(self.waiting), examples=self.waiting)

    def _articles(self, number: int, articles: pa.Table, sources: dict[str, KnownSource]) -> None:
        names = ("source_uri", "content_sha256", "duplicate_of")
        rows = {row[names[0]]: row for row in articles.select(names).to_pylist()}
        known = {uri: source for uri, source in sources.items() if source.state == "article"}
        missing = [uri for uri in known.keys() - rows.keys() if known[uri].extractor != FORGOTTEN]
        both = [(rows[uri], known[uri]) for uri in known.keys() & rows.keys()]
        self._missing("articles", number, missing)
        self._unknown("articles", number, rows.keys() - known.keys())
        self._differ("articles", number, "content_sha256", both)
        self._differ("articles", number, "duplicate_of", both)

    def _rejects(self, number: int, rejects: pa.Table, sources: dict[str, KnownSource]) -> None:
        names = ("source_uri", "content_sha256", "table_name")
        rows = rejects.select(names).to_pylist()
        # A refused row of an article stands for a page only where it is the article's own row.
        pages = {row["source_uri"]: row for row in rows if row["table_name"] in (None, "articles")}
        known = {uri: source for uri, source in sources.items() if source.state == "reject"}
        # A source that cannot be read just now is a reject beside its article.
        unread = {uri for uri, source in sources.items() if source.fingerprint == UNREAD}
        uris = {row["source_uri"] for row in rows}
        missing = [uri for uri in known.keys() - uris if known[uri].extractor != FORGOTTEN]
        self._missing("rejects", number, missing)
        self._unknown("rejects", number, (pages.keys() - known.keys() - unread) | (uris - sources.keys()))
        # Where one side has no hash, the page could not be read or other limits may let it pass.
        both = [(pages[uri], known[uri]) for uri in pages.keys() & known.keys() - unread]
        both = [(row, source) for row, source in both if row["content_sha256"] and source.content_sha256]
        self._differ("rejects", number, "content_sha256", both)

    def _missing(self, table: str, number: int, uris: Sequence[str]) -> None:
        if uris:
            message = "Sources of the ledger have no row in their part: --repair has them extracted again."
            self._error("missing_row", table, number, len(uris), message, sorted(uris))

    def _unknown(self, table: str, number: int, uris: set[str]) -> None:
        if uris:
            message = f"Rows whose source the ledger does not have in this part: {SET_RIGHT}."
            self._error("unknown_row", table, number, len(uris), message, sorted(map(str, uris)))

    def _differ(
        self, table: str, number: int, column: str, both: list[tuple[dict[str, Any], KnownSource]]
    ) -> None:  # fmt: skip
        wrong = sorted(s.source_uri for row, s in both if row[column] != getattr(s, column))
        if wrong:
            message = f"{column} is not the one the ledger has: {SET_RIGHT}."
            self._error(f"ledger_{column}", table, number, len(wrong), message, wrong)

    def _error(self, code: str, table: str, number: int, rows: int, message: str, examples: Sequence[str]) -> None:
        file = self.parts.name(table, number)
        self.report.add(ERROR, code, message, table=table, file=file, rows=rows, examples=examples)
