"""The check of a dataset's rows, part by part, in the memory of one part.

What must hold over all parts is kept as 64-bit numbers: an id is a hash of 24 hexadecimal digits, of which the
first 16 are enough to find suspects. Suspects are read again and compared whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset.check_files import UNREADABLE
from flows.dataset.findings import ERROR, EXAMPLES
from flows.dataset.paths import PART_TABLES
from transforms.ids import stable_id
from transforms.tables import DOCUMENT_TABLES, TABLES
from transforms.validate import find_violations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.dataset.check_files import Parts
    from flows.dataset.findings import Report
    from transforms.table_spec import TableSpec

BATCH_ROWS = 16 * 1024
REMOVED = "--repair removes these rows and has their pages extracted again by the next run"
SET_RIGHT = "--repair sets it right"
# Derived from other rows of the article.
COUNTS = {"heading_count": "headings", "claim_count": "claims"}
KEYED = tuple(name for name in PART_TABLES if len(TABLES[name].primary_key) == 1)
NIBBLES = np.full(256, 255, np.uint8)
for _value, _digit in enumerate(b"0123456789abcdef"):
    NIBBLES[_digit] = _value


def row_spec(spec: TableSpec) -> TableSpec:
    """The declaration without what cannot be seen in one part: duplicate_of points into any."""
    return replace(spec, foreign_keys=tuple(k for k in spec.foreign_keys if k.columns != ("duplicate_of",)))


def key_columns(spec: TableSpec) -> list[str]:
    """The columns that say which row it is, where it stands and what it points at."""
    names = [*spec.primary_key, spec.owner, *spec.sort_by]
    names += [name for key in spec.foreign_keys for name in key.columns]
    if spec.name in ("articles", "claims"):
        names.append("published_date")
    if spec.name == "articles":
        names += ["source_uri", "content_sha256", *COUNTS]
    if spec.name == "rejects":
        names += ["table_name", "content_sha256"]
    return list(dict.fromkeys(names))


def id_numbers(ids: pa.ChunkedArray) -> Any:
    """The first 16 of the 24 hexadecimal digits of each id as a number; the mask of those that are ids.

    >>> id_numbers(pa.chunked_array([["0000000000000000ffffffff", "00000000000000ffabcdef01", "x", None]]))
    (array([  0, 255], dtype=uint64), array([ True,  True, False, False]))
    """
    is_id = pc.fill_null(pc.equal(pc.binary_length(ids), 24), False).to_numpy(zero_copy_only=False).copy()
    packed = pa.concat_arrays(ids.filter(pa.array(is_id)).cast(pa.binary()).cast(pa.binary(24)).chunks or [
        pa.array([], pa.binary(24))
    ])  # fmt: skip
    digits = np.frombuffer(packed.buffers()[1] or b"", np.uint8)[packed.offset * 24 :][: len(packed) * 24]
    values = NIBBLES[digits.reshape(-1, 24)]
    is_hex = (values < 16).all(axis=1)
    is_id[np.flatnonzero(is_id)[~is_hex]] = False
    pairs = (values[is_hex, :16:2] << 4) | values[is_hex, 1:16:2]
    return np.ascontiguousarray(pairs).view(">u8").astype(np.uint64).reshape(-1), is_id


class RowCheck:
    """Checks parts one after another; `finish` compares what was kept of them."""

    def __init__(self, report: Report, parts: Parts, run_ids: pa.Table | None) -> None:
        self.report = report
        self.parts = parts
        self.run_ids = run_ids
        self.article_count = 0
        self._ids: dict[str, dict[int, Any]] = {name: {} for name in KEYED}
        self._originals: dict[int, Any] = {}

    def part(self, number: int) -> dict[str, pa.Table]:
        """Checks the rows of one part; returns the key columns of those tables that can be read."""
        keys: dict[str, pa.Table] = {}
        for name in PART_TABLES:
            if self.parts.has(name, number):
                try:
                    keys[name] = self.parts.read(name, number, key_columns(TABLES[name]))
                except UNREADABLE as error:
                    self.parts.put_out(self.report, name, number, error)
        for name in list(keys):
            try:
                self._violations(name, number, keys)
            except UNREADABLE as error:
                self.parts.put_out(self.report, name, number, error)
                del keys[name]
        for name, rows in keys.items():
            self._unique(name, number, rows)
        if "articles" in keys:
            self.article_count += keys["articles"].num_rows
            self._originals[number] = id_numbers(keys["articles"]["duplicate_of"].drop_null())[0]
            self._articles(number, keys)
        if "rejects" in keys:
            order = ([row[n] or "" for n in TABLES["rejects"].sort_by] for row in keys["rejects"].to_pylist())
            listed = list(order)
            self._misplaced("rejects", number, sum(a != b for a, b in zip(listed, sorted(listed), strict=True)))
        return keys

    def finish(self) -> None:
        """Keys that are not unique over all parts; duplicates of articles that are in no part."""
        for name, found in self._ids.items():
            self._repeated(name, found)
        if self.parts.has_all("articles") and self._originals:
            known = np.unique(np.concatenate([np.empty(0, np.uint64), *self._ids["articles"].values()]))
            for number, numbers in self._originals.items():
                missing = ~np.isin(numbers, known)
                if missing.any():
                    ids = self.parts.read("articles", number, ["article_id", "duplicate_of"])
                    ids = ids.filter(ids["duplicate_of"].is_valid())
                    self._error(
                        "unknown_reference", "articles", number, int(missing.sum()),
                        f"duplicate_of is no article of any part: {SET_RIGHT}.",
                        ids["article_id"].filter(pa.array(missing)).to_pylist()[:EXAMPLES],
                    )  # fmt: skip

    def _violations(self, name: str, number: int, keys: dict[str, pa.Table]) -> None:
        spec = row_spec(TABLES[name])
        others = dict(keys)
        if self.run_ids is not None:
            others["runs"] = self.run_ids
        texts = None
        if name == "claims":
            # Quotes are held against the texts of the blocks, a batch of articles at a time.
            others.pop("blocks", None)
            if self.parts.has("blocks", number):
                texts = self.parts.read("blocks", number, ["article_id", "block_position", "text"])
        rows: Counter[tuple[str, str]] = Counter()
        examples: dict[tuple[str, str], list[str]] = defaultdict(list)
        for batch in self.parts.batches(name, number, BATCH_ROWS):
            if texts is not None:
                of_batch = pc.is_in(texts["article_id"], value_set=pc.unique(batch["article_id"]))
                others["blocks"] = texts.filter(of_batch)
            for violation in find_violations(spec, batch, others):
                what = (violation.code, violation.message)
                rows[what] += 1
                if len(examples[what]) < EXAMPLES:
                    examples[what].append(violation.row_key)
        for (code, message), count in rows.items():
            # Keys are looked at over all rows, in `_unique` and `_repeated`.
            if code != "duplicate_key":
                advice = SET_RIGHT if code in ("published_month", "date_month") else REMOVED
                self._error(code, name, number, count, f"{message}: {advice}.", examples[code, message])

    def _unique(self, name: str, number: int, rows: pa.Table) -> None:
        """Keys of one column are kept for `finish`; those of several hold within their article's part."""
        spec = TABLES[name]
        if name in KEYED:
            numbers, is_id = id_numbers(rows[spec.primary_key[0]])
            self._ids[name][number] = numbers
            if not is_id.all():
                strange = rows[spec.primary_key[0]].filter(pa.array(~is_id))
                few = strange.slice(0, EXAMPLES).to_pylist()
                message = f"{spec.primary_key[0]} is no id of 24 hexadecimal digits: {REMOVED}."
                self._error("bad_id", name, number, len(strange), message, few)
            return
        codes = np.zeros(rows.num_rows, np.int64)
        for column in spec.primary_key:
            values = rows[column].combine_chunks().dictionary_encode()
            codes = codes * (len(values.dictionary) + 1) + pc.fill_null(values.indices, -1).to_numpy() + 1
        _, first = np.unique(codes, return_index=True)
        if len(first) < rows.num_rows:
            again = np.ones(rows.num_rows, bool)
            again[first] = False
            few = rows.select(list(spec.primary_key)).filter(pa.array(again)).slice(0, EXAMPLES).to_pylist()
            examples = [" / ".join(map(str, row.values())) for row in few]
            message = f"{' / '.join(spec.primary_key)} is not unique: {REMOVED}."
            self._error("duplicate_key", name, number, int(again.sum()), message, examples)

    def _repeated(self, name: str, found: dict[int, Any]) -> None:
        everything = np.sort(np.concatenate([np.empty(0, np.uint64), *found.values()]))
        suspects = np.unique(everything[1:][everything[1:] == everything[:-1]])
        if not len(suspects):
            return
        (column,) = TABLES[name].primary_key
        places: dict[str, list[int]] = defaultdict(list)
        for number, numbers in found.items():
            if np.isin(numbers, suspects).any():
                ids = self.parts.read(name, number, [column])[column]
                numbers, is_id = id_numbers(ids)
                for value in ids.filter(pa.array(is_id)).filter(pa.array(np.isin(numbers, suspects))).to_pylist():
                    places[value].append(number)
        twice = {key: numbers for key, numbers in places.items() if len(numbers) > 1}
        if twice:
            rows = sum(len(numbers) - 1 for numbers in twice.values())
            files = sorted({number for numbers in twice.values() for number in numbers})
            message = f"{column} is not unique (parts {', '.join(map(str, files[:5]))}): {REMOVED}."
            self._error("duplicate_key", name, files[-1], rows, message, twice)

    def _articles(self, number: int, keys: dict[str, pa.Table]) -> None:
        """What the rows of one article must agree on, and the order in which they stand."""
        articles = keys["articles"]
        ids = articles["article_id"].combine_chunks()
        pairs = zip(ids.to_pylist(), articles["source_uri"].to_pylist(), strict=True)
        wrong = [key for key, uri in pairs if key is not None and uri is not None and key != stable_id(uri)]
        if wrong:
            message = f"article_id does not follow from source_uri: {REMOVED}."
            self._error("article_id", "articles", number, len(wrong), message, wrong)
        order = [("published_date", "ascending"), ("article_id", "ascending")]
        self._misplaced("articles", number, _out_of_place(articles, order))
        for count, name in COUNTS.items():
            if name in keys:
                self._count(number, count, ids, articles, keys[name])
        for name in DOCUMENT_TABLES[1:]:
            if name in keys:
                rows = keys[name]
                rank = pc.index_in(rows["article_id"], value_set=ids)
                by = TABLES[name].sort_by
                ranked = pa.table({"rank": rank} | {column: rows[column] for column in by}).filter(rank.is_valid())
                self._misplaced(name, number, _out_of_place(ranked, [(n, "ascending") for n in ("rank", *by)]))
        if "claims" in keys:
            self._dates(number, articles, keys["claims"])

    def _count(self, number: int, column: str, ids: pa.Array, articles: pa.Table, rows: pa.Table) -> None:
        ranks = pc.index_in(rows["article_id"], value_set=ids).drop_null().to_numpy()
        wrong = np.bincount(ranks, minlength=len(ids)) != pc.fill_null(articles[column], -1).to_numpy()
        if wrong.any():
            message = f"{column} is not the number of its rows in {COUNTS[column]}: {SET_RIGHT}."
            self._error(column, "articles", number, int(wrong.sum()), message, ids.filter(pa.array(wrong)).to_pylist())

    def _dates(self, number: int, articles: pa.Table, claims: pa.Table) -> None:
        places = pc.index_in(claims["article_id"], value_set=articles["article_id"].combine_chunks())
        theirs = articles["published_date"].take(places)
        is_known = places.is_valid()
        same = pc.or_(
            pc.fill_null(pc.equal(claims["published_date"], theirs), False),
            pc.and_(claims["published_date"].is_null(), theirs.is_null()),
        )
        wrong = claims["claim_id"].filter(pc.and_(is_known, pc.invert(same)))
        if len(wrong):
            message = f"published_date is not that of the article: {SET_RIGHT}."
            few = wrong.slice(0, EXAMPLES).to_pylist()
            self._error("published_date", "claims", number, len(wrong), message, few)

    def _misplaced(self, name: str, number: int, rows: int) -> None:
        if rows:
            self._error("row_order", name, number, rows, f"Rows do not stand in the declared order: {SET_RIGHT}.", ())

    def _error(
        self, code: str, table: str, number: int, rows: int, message: str, examples: Iterable[object]
    ) -> None:  # fmt: skip
        file = self.parts.name(table, number)
        self.report.add(ERROR, code, message, table=table, file=file, rows=rows, examples=examples)


def _out_of_place(rows: pa.Table, order: list[tuple[str, str]]) -> int:
    """How many rows are not where a stable sort would leave them (nulls last)."""
    places = pc.sort_indices(rows, sort_keys=order).to_numpy()
    return int((places != np.arange(len(places))).sum())
