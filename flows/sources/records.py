"""Tables of pages: JSON Lines and Parquet files with the HTML in one column and its address in another."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Names that crawlers and datasets give these columns, the first one found is taken.
URL = ("url", "uri", "link", "target_uri", "page_url", "canonical_url")
HTML = ("html", "raw_html", "page_html", "html_content", "content", "body", "raw_content")
KEY = ("id", "_id", "doc_id", "key")
FETCHED = ("fetched_at", "fetch_time", "crawled_at", "crawl_date", "download_time", "timestamp", "date_crawled")
CHARSET = ("charset", "encoding")


def first_of(names: tuple[str, ...], there: Iterable[str]) -> str | None:
    """The first of these column names that a file has, whatever its case."""
    by_lower = {name.lower(): name for name in there}
    return next((by_lower[name] for name in names if name in by_lower), None)


def text_of(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """What a row has under the first of these names, as text; None where it is empty."""
    name = first_of(names, row)
    value = row[name] if name else None
    return str(value).strip() or None if isinstance(value, str | int) else None


def moment_of(value: object) -> str | None:
    """A moment in UTC, from ISO 8601 or from epoch seconds or milliseconds, as crawlers write it; None for others."""
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, int | float):
            moment = datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        elif isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def html_bytes(value: object, where: str) -> bytes:
    """The page's bytes; RejectError where there are none. Text is UTF-8, whatever the page itself says."""
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
    else:
        data = b""
    if not data:
        raise RejectError("read", "empty", f"{where} has no HTML.")
    return data


def page_url(row: Mapping[str, Any]) -> str | None:
    """The address of a row's page where it is one of the web."""
    url = text_of(row, URL)
    return url if url and url.lower().startswith(("http://", "https://")) else None


def page_key(row: Mapping[str, Any]) -> str | None:
    """What identifies a row's page inside its source: its address, else its key; None where it has neither."""
    return text_of(row, URL) or text_of(row, KEY)


def dumps(*values: object) -> str:
    """A location."""
    return json.dumps(values, ensure_ascii=True)
