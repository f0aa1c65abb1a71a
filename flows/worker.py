"""One batch of pages in a worker: read → extract → frames → validate → staged file."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flows.dataset.staging import OUTCOMES, write_batch
from flows.sources.openers import read_item
from transforms import extract
from transforms.duplicates import duplicate_key
from transforms.errors import RejectError, TableError
from transforms.frames import document_frames, frames_to_tables, table_from_rows
from transforms.ids import stable_id
from transforms.limits import LIMIT_CODES, LIMITS
from transforms.tables import REJECTS
from transforms.validate import reject_row, split_valid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flows.sources import SourceItem
    from transforms.document import Document
    from transforms.limits import Limits


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker must know of the run."""

    run_id: str
    started_at: datetime
    timezone: str | None
    keep_text: bool
    max_page_bytes: int
    page_seconds: float
    page_scale: float = 1.0

    @property
    def limits(self) -> str:
        """What marks the fingerprint of a page that these limits refused."""
        scale = "" if self.page_scale == 1 else f", x {self.page_scale:g}"
        return f";{self.max_page_bytes} bytes, {self.page_seconds:g} s{scale}"

    @property
    def page_limits(self) -> Limits:
        """The same for the extractor."""
        return replace(LIMITS.scaled(self.page_scale), page_bytes=self.max_page_bytes)


@dataclass(frozen=True, slots=True)
class Batch:
    """Items to extract, each with the hash of the content that is already in the dataset, or None."""

    items: tuple[tuple[SourceItem, str | None], ...]
    result: Path
    settings: WorkerSettings


@dataclass(frozen=True, slots=True)
class _Read:
    """One source's outcome: a document, or why there is none."""

    item: SourceItem
    result: str  # see staging.OUTCOMES
    sha256: str | None = None
    document: Document | None = None
    error: RejectError | None = None


# Rejects that say something of the run's limits, not of the page.
RUN_LIMITS = LIMIT_CODES | {"time_limit", "worker_died"}


def extract_batch(batch: Batch) -> int:
    """Number of sources whose outcome is now in `batch.result`."""
    return _stage(batch, [_read(item, known, batch.settings) for item, known in batch.items])


def refuse_batch(batch: Batch, code: str, detail: str) -> int:
    """The same for a batch whose worker was lost: every source of it is rejected, unread."""
    messages = {
        "time_limit": "The page took longer than the limit (--page-seconds) and was stopped.",
        "worker_died": "The process that read this page died, perhaps for want of memory.",
    }
    error = RejectError("extract", code, messages.get(code, "The page could not be extracted."), detail)
    return _stage(batch, [_Read(item, "reject", None, None, error) for item, _ in batch.items])


def _read(item: SourceItem, known_sha256: str | None, settings: WorkerSettings) -> _Read:
    try:
        data = read_item(item, settings.max_page_bytes)
    except RejectError as error:
        return _Read(item, "reject", error=error)
    except OSError as error:
        is_link = error.filename is not None and Path(error.filename).is_symlink()
        if isinstance(error, FileNotFoundError) and not is_link:
            return _Read(item, "gone")
        message = f"The source cannot be read: {error.strerror or error}. It is tried again by the next run."
        return _Read(item, "unread", error=RejectError("read", "unreadable", message, repr(error)))
    digest = sha256(data).hexdigest()
    if digest == known_sha256:
        return _Read(item, "unchanged", digest)
    try:
        with _time_limit(settings.page_seconds):
            document = extract(
                data, uri=item.uri, url=item.url, charset=item.charset, fetched_at=item.fetched,
                timezone=settings.timezone, limits=settings.page_limits,
            )  # fmt: skip
    except RejectError as error:
        return _Read(item, "reject", digest, error=error)
    except Exception as error:  # noqa: BLE001 - a bug met by one page is that page's reject, with its name
        message = "The extractor failed on this page. Please report it with the page."
        reject = RejectError("extract", "internal_error", message, f"{type(error).__name__}: {error}"[:1000])
        return _Read(item, "reject", digest, error=reject)
    return _Read(item, "article", digest, document)


def _stage(batch: Batch, read: list[_Read]) -> int:
    settings = batch.settings
    tables, read = _tables(read, settings)
    kept, violations = split_valid(tables)
    if not settings.keep_text:
        kept |= {name: _without_text(kept[name]) for name in ("articles", "blocks")}
    reject = partial(reject_row, run_id=settings.run_id, first_seen_at=settings.started_at)
    rejects = [
        reject(
            r.item.uri,
            stage=e.stage,
            code=e.code,
            message=e.message,
            detail=e.detail,
            content_sha256=r.sha256,
            byte_offset=r.item.byte_offset,
        )
        for r in read
        if (e := r.error) is not None
    ]
    uris = {r.document.article.article_id: r.item.uri for r in read if r.document}
    rejects += [
        reject(uris[v.article_id or ""], stage="validate", code=v.code, message=v.message, violation=v)
        for v in violations
    ]
    refused = {v.article_id for v in violations if v.table == "articles"}
    columns = zip(*(_outcome(r, refused, settings.limits) for r in read), strict=True)
    outcomes = pa.table([pa.array(list(values), pa.string()) for values in columns], schema=OUTCOMES)
    distinct = {row["reject_id"]: row for row in rejects}.values()
    write_batch(batch.result, {"outcomes": outcomes, **kept, "rejects": table_from_rows(REJECTS, distinct)})
    return len(read)


def _tables(read: list[_Read], settings: WorkerSettings) -> tuple[dict[str, pa.Table], list[_Read]]:
    """The rows of all documents; a document whose rows fit no table is turned into a reject."""
    stamp: Any = {"run_id": settings.run_id, "extracted_at": settings.started_at}
    try:
        frames = document_frames([r.document for r in read if r.document], **stamp)
    except TableError:
        read = [_fitting(r, stamp) for r in read]
        frames = document_frames([r.document for r in read if r.document], **stamp)
    return frames_to_tables(frames), read


def _fitting(read: _Read, stamp: Any) -> _Read:
    if read.document is None:
        return read
    try:
        document_frames([read.document], **stamp)
    except TableError as error:
        message = "The extractor made rows that fit no table. Please report it with the page."
        return replace(
            read, result="reject", document=None, error=RejectError("frames", "bad_rows", message, str(error))
        )
    return read


def _outcome(read: _Read, refused: set[str | None], limits: str) -> tuple[str | None, ...]:
    """A row of staging.OUTCOMES."""
    article_id = stable_id(read.item.uri)
    result = "reject" if article_id in refused else read.result
    key = duplicate_key(read.document.article) if read.document and result == "article" else None
    item = read.item.to_json() if result in ("reject", "unread") else None
    if read.error is not None and read.error.code in RUN_LIMITS:
        # Under other limits it may do: without a hash, and with the limits noted, a run with others tries again.
        return read.item.uri, article_id, read.item.fingerprint + limits, None, result, key, item
    return read.item.uri, article_id, read.item.fingerprint, read.sha256, result, key, item


def _without_text(table: pa.Table) -> pa.Table:
    index = table.schema.get_field_index("text")
    return table.set_column(index, table.schema.field(index), pa.nulls(table.num_rows, pa.string()))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises RejectError inside after this time, where Python code still runs; else the engine kills the worker."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise RejectError("extract", "time_limit", f"The page took longer than {seconds:g} seconds (--page-seconds).")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
