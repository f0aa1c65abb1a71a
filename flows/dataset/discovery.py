"""What a run found, beside what the ledger knows: what must be read, what is as it was, what is missed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from flows.dataset.ledger import end_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.dataset.ledger import Ledger

FOUND = """
CREATE TEMP TABLE IF NOT EXISTS discovered (
    source_uri  TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    item        TEXT NOT NULL,
    fetched_at  TEXT NOT NULL,
    number      INTEGER NOT NULL
) WITHOUT ROWID
"""
# A page that a crawl has several times is as it was last.
NOTE = """
INSERT INTO discovered VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, item = excluded.item,
    fetched_at = excluded.fetched_at, number = excluded.number
WHERE excluded.fetched_at >= discovered.fetched_at
"""
PENDING = """
FROM discovered d LEFT JOIN sources s USING (source_uri)
WHERE s.source_uri IS NULL OR s.fingerprint NOT IN (d.fingerprint, d.fingerprint || :limits)
   OR (s.extractor <> :extractor AND NOT (:keep_old AND s.extractor <> '')) OR :force OR :rehash
"""
# Of those the ones that this run shall read.
CHOSEN = f"""
FROM (SELECT d.* {PENDING}) d LEFT JOIN sources s USING (source_uri)
WHERE :share >= 1 OR share_of(d.source_uri) < :share ORDER BY d.number LIMIT :most
"""
# With a hash, equal bytes need no extraction.
KNOWN_HASH = """
CASE WHEN NOT :force AND (s.extractor = :extractor OR (:keep_old AND s.extractor <> '')) THEN s.content_sha256 END
"""


@dataclass(slots=True)
class Discovery:
    """The sources one run found; they live in a temporary table of the ledger's connection.

    `limits` marks the fingerprints of pages that limits refused: under the same limits they are known. At most `most`
    of the pages to read are read, and of all pages only a `share`, the same ones every time.
    """

    ledger: Ledger
    extractor: str
    force: bool = False
    rehash: bool = False
    keep_old: bool = False
    limits: str = ""
    most: int | None = None
    share: float = 1.0
    given: int = 0

    def __post_init__(self) -> None:
        self.ledger.do(FOUND)
        self.ledger.connection.create_function("share_of", 1, share_of, deterministic=True)

    def add(self, items: Iterable[tuple[str, str, str, str]]) -> None:
        """Notes uri, fingerprint, item and moment of fetching ("" for none, else UTC) of everything found.

        Of several with one uri the one fetched last counts, or else the one given last.
        """

        def counted() -> Iterator[tuple[str, str, str, str, int]]:
            for item in items:
                self.given += 1
                yield *item, self.given

        with self.ledger.transaction():
            self.ledger.do_many(NOTE, counted())

    def add_rejects(self) -> int:
        """Notes all sources that were refused or could not be read; returns of how many the place is not known."""
        refused = "FROM sources WHERE (state = 'reject' OR fingerprint = '')"
        self.given += self.ledger.do(
            "INSERT OR IGNORE INTO discovered "
            "SELECT source_uri, json_extract(item, '$.fingerprint'), item, '', row_number() OVER (ORDER BY source_uri) "
            f"{refused} AND item IS NOT NULL"
        )
        return self.ledger.number(f"SELECT COUNT(*) {refused} AND item IS NULL")

    @property
    def count(self) -> int:
        """How many sources were found; fewer than `given` where some were given twice."""
        return self.ledger.number("SELECT COUNT(*) FROM discovered")

    def pending(self) -> Iterator[tuple[str, str | None]]:
        """Items to read and their known hashes, in the order they were found: in a large file, that of its bytes."""
        yield from self.ledger.connection.execute(f"SELECT d.item, {KNOWN_HASH} {CHOSEN}", self._how())

    def is_settled(self, source_uri: str, fingerprint: str) -> bool:
        """Whether a source that was found with this fingerprint would need no reading."""
        known = "SELECT COUNT(*) FROM sources s WHERE s.source_uri = :uri AND s.fingerprint = :fingerprint "
        as_wanted = "AND (s.extractor = :extractor OR (:keep_old AND s.extractor <> '')) AND NOT :force AND NOT :rehash"
        asked = self._how() | {"uri": source_uri, "fingerprint": fingerprint}
        return bool(self.ledger.number(known + as_wanted, asked))

    def __len__(self) -> int:
        """How many pages this run is to read."""
        return self.ledger.number(f"SELECT COUNT(*) FROM (SELECT 1 {CHOSEN})", self._how())

    def counts_below(self, prefix: str) -> tuple[int, int, int]:
        """Of the sources with this prefix: how many there are, how many are new, and how many need reading."""
        here = {"low": prefix, "high": end_of(prefix)} | self._how()
        within = "d.source_uri >= :low AND d.source_uri < :high"
        pending = f"FROM (SELECT d.source_uri, s.source_uri AS known {PENDING}) d WHERE {within}"
        return (
            self.ledger.number(f"SELECT COUNT(*) FROM discovered d WHERE {within}", here),
            self.ledger.number(f"SELECT COUNT(*) {pending} AND d.known IS NULL", here),
            self.ledger.number(f"SELECT COUNT(*) {pending}", here),
        )

    @property
    def left(self) -> int:
        """How many pages are to be read and are left to other runs, by `most` and `share`."""
        if self.most is None and self.share >= 1:
            return 0
        return self.ledger.number(f"SELECT COUNT(*) {PENDING}", self._how()) - len(self)

    def settled(self) -> dict[str, int]:
        """How many of the sources found need no reading, by state (article, reject)."""
        return dict(
            self.ledger.all(
                "SELECT state, COUNT(*) FROM discovered JOIN sources USING (source_uri) "
                f"WHERE source_uri NOT IN (SELECT d.source_uri {PENDING}) GROUP BY state",
                self._how(),
            )
        )

    def mark_vanished(self, scopes: Iterable[str], run_id: str) -> None:
        """Marks sources below these prefixes that this run did not find, and no more those that it did."""
        with self.ledger.transaction():
            self.ledger.do(
                "UPDATE sources SET vanished_run = NULL WHERE vanished_run IS NOT NULL "
                "AND source_uri IN (SELECT source_uri FROM discovered)"
            )
            for scope in scopes:
                self.ledger.do(
                    "UPDATE sources SET vanished_run = ? WHERE vanished_run IS NULL "
                    "AND source_uri >= ? AND source_uri < ? AND source_uri NOT IN (SELECT source_uri FROM discovered)",
                    (run_id, scope, end_of(scope)),
                )

    def _how(self) -> dict[str, Any]:
        return {
            "extractor": self.extractor,
            "force": self.force,
            "rehash": self.rehash,
            "keep_old": self.keep_old,
            "limits": self.limits,
            "share": self.share,
            "most": -1 if self.most is None else self.most,
        }


def share_of(source_uri: str) -> float:
    """A number from 0 to 1 that is a uri's own: those below a tenth are a tenth of all, and always the same."""
    return int.from_bytes(blake2b(source_uri.encode("utf-8", "replace"), digest_size=6).digest()) / 2**48
