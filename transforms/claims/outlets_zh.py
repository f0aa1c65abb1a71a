"""The outlet that closes a Chinese text: （证券时报）, 来源：财联社."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_zh import attribution_words, credit_words

_REACH = 40  # characters at a text's end that may name its outlet


def closing_outlet(text: str) -> str | None:
    """The outlet that a text names at its end; None for none.

    >>> closing_outlet("公司表示，产能将翻倍。（证券时报）")
    '证券时报'
    """
    tail = text[-_REACH:]
    if tail.isascii() or not ("）" in tail or ")" in tail or "来源" in tail):
        return None
    outlet, not_outlet = _expressions()
    match = outlet.search(tail)
    if match is None:
        return None
    name = (match["name"] or match["line"] or match["early"] or "").strip()
    return None if not name or not_outlet.search(name) else name


@cache
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = attribution_words()
    outlets = phrase_pattern(data["outlets"])
    labels = {where: phrase_pattern(words) for where, words in credit_words()["outlet_labels"].items()}
    outlet = re.compile(
        rf"[（(]{labels['in_brackets']}?[：:]?(?P<name>[^（）()\d：:，。、]{{1,12}}?(?:{outlets})|[^（）()\d：:，。、\s]{{4,10}})[）)]\s*$"
        rf"|(?<=。)（(?P<early>[^（）()\d：:，。、]{{1,12}}?(?:{outlets}))）(?=[^（）]{{1,16}}$)"
        rf"|^{labels['in_line']}[：:]\s*(?P<line>[^：:，。、\s]{{2,12}})\s*$"
    )
    return outlet, re.compile(phrase_pattern(data["not_outlets"]))
