"""WARC archives of crawls: responses with HTML, by the address they were fetched from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from flows.sources import SourceItem, refused
from flows.sources.places import open_place, stamp
from flows.sources.records import dumps, moment_of
from flows.sources.warc_damage import end_of_record, is_by_record, next_record
from flows.sources.warc_index import cached
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fastwarc.warc import WarcRecord

RECORDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
OK = 200
NOT_BY_RECORD = "the file is packed as a whole, not record by record; mend it: fastwarc recompress"
HTML = ("text/html", "application/xhtml+xml")
# More than HTTP servers accept; a record whose head is longer is damaged.
MOST_HEADER_BYTES = 256 * 1024


@dataclass(slots=True)
class WarcSource:
    """The pages in WARC files: answers of status 200 with HTML. `indexes` keeps what was found in each file."""

    name: str
    root: str
    files: Mapping[str, str]  # place of each file → what stands before URIs of records without an address
    scope: str | None  # None from the first damage on: what it hides has not vanished
    indexes: Path | None = None

    def discover(self) -> Iterator[SourceItem]:
        """Pages by their order in each file; a record that is damaged is refused, and the next one read on.

        A revisit record stands for the record with its hash in any of the files, and is no page where there is none.
        """
        wanted = {entry["digest"] for _, _, _, entry in self._entries() if entry.get("is_revisit")}
        originals: dict[str, tuple[str, dict[str, Any]]] = {}
        for place, _, _, entry in self._entries() if wanted else ():
            if not entry.get("is_revisit") and entry.get("digest") in wanted:
                originals[entry["digest"]] = place, entry
        for place, prefix, mark, entry in self._entries():
            if "problem" in entry or "damage" in entry:
                self.scope = None
            if "problem" in entry:
                yield refused(prefix.rstrip("/"), RejectError("read", "unreadable", entry["problem"]))
            elif "damage" in entry:
                reason = _damaged(place, entry["offset"], entry["damage"])
                yield refused(f"{prefix}byte-{entry['offset']}", reason, byte_offset=entry["offset"])
            elif not entry.get("is_revisit"):
                yield self._item(place, mark, entry, entry)
            elif original := originals.get(entry["digest"]):
                yield self._item(original[0], mark, original[1], entry)

    def _entries(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Place, prefix and mark of each file with each entry of its index."""
        for place, prefix in self.files.items():
            try:
                mark = stamp(place)
                for entry in cached(self.indexes, place, mark, index):
                    yield place, prefix, mark, entry
            except OSError as error:
                message = f"{place} cannot be read: {error.strerror or error}."
                yield place, prefix, "", {"problem": message}

    def _item(self, place: str, mark: str, record: dict[str, Any], capture: dict[str, Any]) -> SourceItem:
        return SourceItem(
            uri=f"{self.name}/{capture['url']}",
            # The same page in another crawl is as it was, where the crawler has noted its hash.
            fingerprint=record["digest"] or f"{mark}@{record['offset']}",
            opener="warc",
            location=dumps(place, record["offset"]),
            url=capture["url"],
            charset=record["charset"],
            fetched_at=capture["fetched_at"],
            byte_offset=record["offset"],
        )


def index(place: str) -> Iterator[dict[str, Any]]:
    """Of each page of a WARC file: offset, url, charset, fetched_at, digest; of each damage: offset, damage."""
    with open_place(place) as stream:
        if not is_by_record(stream):
            yield {"offset": 0, "damage": NOT_BY_RECORD}
            return
    start: int | None = 0
    while start is not None:
        last: dict[str, Any] | None = None  # held back until the record turns out to be whole
        at = None
        with open_place(place) as stream:
            stream.seek(start)
            try:
                for record in _records(stream):
                    if last:
                        yield last
                    at, last = record.stream_pos, _entry(record)
                if at is None or end_of_record(stream, at) > at:
                    if last:
                        yield last
                    return
                damage = "the file ends in the middle of the record"
            except OSError as error:
                damage = str(error)
        with open_place(place) as stream:
            offset = start if at is None else end_of_record(stream, at)
            if last and offset != at:
                yield last
            yield {"offset": offset, "damage": damage}
            start, others = next_record(stream, offset, place.lower())
        yield from ({"offset": other, "damage": "a record begins here that cannot be read"} for other in others)


def read_record(location: str, limit: int) -> bytes:
    """The page of the record at an offset, unpacked, at most one byte more than `limit`; OSError, RejectError."""
    place, offset = json.loads(location)
    with open_place(place) as stream:
        stream.seek(offset)
        try:
            record = next(iter(_records(stream)))
            # A digest is of the whole block, which is read into memory for it.
            has_digest = record.headers.get("WARC-Block-Digest") and record.content_length <= 2 * limit
            if has_digest and not record.verify_block_digest(consume=False):
                raise _damaged(place, offset, "the block has another digest than its WARC-Block-Digest")
            if record.record_type == WarcRecordType.response:
                record.parse_http(auto_decode="all")
            return bytes(record.reader.read(limit + 1))
        except (OSError, StopIteration, ValueError) as error:
            raise _damaged(place, offset, str(error) or "the file ends there") from error


def _damaged(place: str, offset: int, detail: str) -> RejectError:
    message = f"{place} is damaged at byte {offset}: a record cannot be read. Fetch the file again."
    return RejectError("read", "corrupt_record", message, detail)


def _records(stream: Any) -> Any:
    return ArchiveIterator(
        stream, record_types=RECORDS, parse_http=False, max_header_len=MOST_HEADER_BYTES, fsspec_args=False
    )


def _entry(record: WarcRecord) -> dict[str, Any] | None:
    """What the index says of a record; None for one that is no page."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not url.lower().startswith(("http://", "https://")):
        return None
    entry = {
        "offset": record.stream_pos,
        "url": url,
        "charset": None,
        "fetched_at": moment_of(record.record_date),
        "digest": record.headers.get("WARC-Payload-Digest"),
    }
    if record.record_type == WarcRecordType.revisit:
        return entry | {"is_revisit": True} if entry["digest"] else None
    kind = record.headers.get("Content-Type") or ""
    if record.record_type == WarcRecordType.response:
        try:
            record.parse_http()
        except OSError as error:
            return {"offset": record.stream_pos, "damage": f"the head of the HTTP answer: {error}"}
        if record.http_headers is None or record.http_headers.status_code != OK:
            return None
        kind, entry["charset"] = record.http_content_type or "", record.http_charset
    is_html = not kind or kind.partition(";")[0].strip().lower() in HTML
    return entry if is_html else None
