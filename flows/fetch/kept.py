"""What was fetched, kept as WARC, and what is known of each address: so that nothing is fetched twice without need.

The folder may be deleted at any time: then everything is fetched anew.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import uuid
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from fastwarc.warc import WarcRecord, WarcRecordType

from flows.dataset.storage import make_folder, naming
from flows.fetch.answers import Conditions
from flows.sources import SourceItem
from flows.sources.records import dumps
from flows.sources.warc import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

# A file is full at this size: the oldest go first when all of them are too much.
FILE_BYTES = 64 * 1024 * 1024
SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    url           TEXT PRIMARY KEY,   -- as it was asked for
    final_url     TEXT NOT NULL,      -- after redirects
    sha256        TEXT NOT NULL,      -- of the body
    content_type  TEXT NOT NULL,
    fetched_at    TEXT NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    mark          TEXT,               -- what the feed or sitemap said of its state
    file          TEXT NOT NULL,
    byte_offset   INTEGER NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A row of what is known of an address."""

    url: str
    final_url: str
    sha256: str
    content_type: str
    fetched_at: str
    etag: str | None
    last_modified: str | None
    mark: str | None
    file: str
    byte_offset: int

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.etag, self.last_modified)

    @property
    def charset(self) -> str | None:
        """The charset of the content type."""
        named = self.content_type.lower().partition("charset=")[2].partition(";")[0].strip().strip("\"'")
        return named or None

    def item(self, uri: str) -> SourceItem:
        """The page as a source gives it."""
        return SourceItem(
            uri=uri,
            fingerprint=self.sha256,
            opener="kept",
            location=dumps(self.file, self.byte_offset),
            url=self.final_url,
            charset=self.charset,
            fetched_at=self.fetched_at,
        )


class Kept:
    """The kept downloads of one dataset. Used by one thread of one writer."""

    def __init__(self, folder: Path, keep_bytes: int) -> None:
        self.folder = folder
        self.keep_bytes = keep_bytes
        make_folder(folder)
        with naming(folder):
            self.database = sqlite3.connect(folder / "index.sqlite", isolation_level=None)
            self.database.execute(SCHEMA)

    def page(self, url: str) -> KeptPage | None:
        """What is known of an address."""
        row = self.database.execute("SELECT * FROM pages WHERE url = ?", (url,)).fetchone()
        return KeptPage(*row) if row else None

    def has_body(self, page: KeptPage) -> bool:
        """Whether the page itself is still kept."""
        return Path(page.file).exists()

    def add(
        self, url: str, final_url: str, body: bytes, content_type: str, conditions: Conditions, mark: str | None
    ) -> KeptPage:
        """Keeps a page that was fetched just now; where it is as it was before, only that it was seen again."""
        digest = sha256(body).hexdigest()
        known = self.page(url)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if known and known.sha256 == digest and self.has_body(known):
            file, offset, fetched_at = known.file, known.byte_offset, known.fetched_at
        else:
            file, offset = self._write(final_url, body, content_type, now)
            fetched_at = now
        page = KeptPage(
            url,
            final_url,
            digest,
            content_type,
            fetched_at,
            conditions.etag,
            conditions.last_modified,
            mark,
            file,
            offset,
        )
        self._note(page)
        return page

    def seen_again(self, page: KeptPage, conditions: Conditions, mark: str | None) -> KeptPage:
        """Notes that a page is as it was."""
        again = replace(
            page,
            etag=conditions.etag or page.etag,
            last_modified=conditions.last_modified or page.last_modified,
            mark=mark,
        )
        self._note(again)
        return again

    def drop_oldest(self) -> None:
        """Deletes the files that were written first until the others are within the size to keep."""
        files = sorted(self.folder.glob("*.warc.gz"))
        size = sum(path.stat().st_size for path in files)
        for path in files:
            if size <= self.keep_bytes:
                return
            size -= path.stat().st_size
            path.unlink()

    def close(self) -> None:
        self.database.close()

    def _note(self, page: KeptPage) -> None:
        values = astuple(page)
        self.database.execute(f"INSERT OR REPLACE INTO pages VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def _write(self, url: str, body: bytes, content_type: str, now: str) -> tuple[str, int]:
        """File and offset of a new record."""
        path = self._open_file()
        with naming(path), path.open("ab") as file:
            # A killed run may have left half a record: readers find the next one behind it.
            offset = file.seek(0, os.SEEK_END)
            file.write(gzip.compress(_record(url, body, content_type, now), 6))
        return str(path), offset

    def _open_file(self) -> Path:
        files = sorted(self.folder.glob("*.warc.gz"))
        if files and files[-1].stat().st_size < FILE_BYTES:
            return files[-1]
        number = int(files[-1].name.partition(".")[0].rpartition("-")[2]) + 1 if files else 0
        return self.folder / f"downloads-{number:06d}.warc.gz"


@contextmanager
def open_kept(folder: Path, keep_bytes: int) -> Iterator[Kept]:
    """The kept downloads of a dataset; the oldest are dropped at the end where they are too many."""
    kept = Kept(folder, keep_bytes)
    try:
        yield kept
        kept.drop_oldest()
    finally:
        kept.close()


def read_kept(location: str, limit: int) -> bytes:
    """The page that was kept; OSError where it was dropped meanwhile: the next run fetches it again."""
    try:
        return read_record(location, limit)
    except FileNotFoundError as error:
        file, _ = json.loads(location)
        raise OSError(f"{file} is no longer kept (setting keep_bytes)") from error


def _record(url: str, body: bytes, content_type: str, now: str) -> bytes:
    """A WARC record of an answer as it was unpacked."""
    kind = _one_line(content_type) or "text/html"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    record = WarcRecord()
    record.init_headers(WarcRecordType.response, record_urn=f"uuid:{uuid.uuid4()}".encode())
    record.headers["WARC-Target-URI"] = _one_line(url)
    record.headers["WARC-Date"] = now.replace("+00:00", "Z")
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.set_bytes_payload(head.encode("latin-1", "replace") + body)
    buffer = BytesIO()
    record.write(buffer, checksum_data=True)
    return buffer.getvalue()


def _one_line(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
