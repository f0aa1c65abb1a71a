"""Stable ids: hashes of what names a row, the same on every machine and in every run."""

from __future__ import annotations

from hashlib import blake2b

SEPARATOR = "\N{INFORMATION SEPARATOR ONE}"  # in no URI and no text, so ("ab", "c") differs from ("a", "bc")


def stable_id(*parts: str) -> str:
    """24 hexadecimal digits that name these parts in this order.

    >>> stable_id("folder/a.html") == stable_id("folder/a.html") != stable_id("folder/", "a.html")
    True
    >>> len(stable_id("x", "heading", "一、概况", "0"))
    24
    """
    # "surrogatepass": a file name read with surrogateescape is still a name.
    return blake2b(SEPARATOR.join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
