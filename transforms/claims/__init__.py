"""Numeric claims of a text: what `transforms.extract_claims` and `figures explain` call."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from transforms.claims.explain import Token, explain
from transforms.claims.extract import TextReader, extract_block_claims, finish

if TYPE_CHECKING:
    from transforms.records import Claim

__all__ = ["Token", "explain", "extract_block_claims", "extract_claims"]


def extract_claims(text: str, *, language: str | None = None, published: date | str | None = None) -> list[Claim]:
    """Numeric claims of a plain text in order; offsets count its code points.

    `language` ("zh", "en") is a hint and is found where it is None. `published` (a date, or "2022-06-16") is the day
    that relative periods are counted from; without it they keep their text and have no dates.

    >>> [(c.quote, c.value, c.unit) for c in extract_claims("2021年，网络广告收入886.66亿元")]
    [('886.66亿元', Decimal('88666000000.00'), 'CNY')]
    """
    day = date.fromisoformat(published[:10]) if isinstance(published, str) else published
    reader = TextReader(language=language, published=day)
    return finish(reader.read(text), "")
