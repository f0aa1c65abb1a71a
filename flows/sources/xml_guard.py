"""XML that declares entities is not read: neither feeds nor sitemaps need any, and attacks do."""

from __future__ import annotations

from transforms.errors import RejectError


def check_xml(data: bytes, place: str) -> None:
    """RejectError where a document declares entities or has a DTD from elsewhere, in whatever charset."""
    # UTF-16 and UTF-32 are ASCII with NULs in between.
    plain = data.replace(b"\0", b"").upper()
    start = plain.find(b"<!DOCTYPE")
    if b"<!ENTITY" in plain or (start >= 0 and b"SYSTEM" in plain[start : plain.find(b">", start)]):
        raise RejectError("fetch", "xml_entities", f"{place} declares XML entities and was not read.")
