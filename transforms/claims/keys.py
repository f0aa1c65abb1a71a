"""Folded forms of metrics and subjects, for joining rows across articles."""

from __future__ import annotations

import unicodedata


def fold_key(name: str | None) -> str | None:
    """The name without case, width and spacing differences; None for none.

    >>> fold_key("Net  Income"), fold_key("ＧＭＶ")
    ('net income', 'gmv')
    """
    if not name:
        return None
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split()) or None
