"""Units that a number leaves out and its surroundings state: 融资3亿, 跑分288万, 门店达到1260家."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_scanner
from transforms.claims.lexicon import load_lexicon, load_units
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

_HUNDRED = 100
_MILLION = 1_000_000
_NEXT_NAME = re.compile(r"[，、；]\s?[^，。；、\d]{1,10}?(?:则|也|分别)?(?:为|是|有|达)?(?:约|近|超)?")
_MIN_MONEY = 100_000_000  # so large a number without a unit is money where its sentence speaks of money


def imply_unit(text: str, sentence: Sentence, mention: Mention, reading: Reading, lexicon: Lexicon) -> None:
    """融资3亿, 1200万广角: an amount with a scale and no unit takes one from the words beside it."""
    units = load_units()
    if mention.kind == "digits":
        is_percent = (
            reading.role == "change"
            or reading.change is not None
            or (lexicon.language == "en" and _is_of_percent(text, sentence, mention))
        )
        mention.unit = units["percent"] if is_percent else units["item"]
        return
    if mention.unit is not None:
        return
    if lexicon.language != "zh":
        # 10.4 billion shares, versus an average of 10.7 billion
        earlier = [m for m in sentence.mentions[: sentence.mentions.index(mention)][-3:] if m.unit is not None]
        like = next((m for m in reversed(earlier) if m.unit and m.unit.kind in {"count", "measure"}), None)
        mention.unit = like.unit if like is not None else units["item"]
        return
    implied, clause = lexicon.data["implied"], sentence.clause_of(mention.start)
    before, after = text[clause[0] : mention.start], text[mention.end : min(clause[1], mention.end + 8)]

    def around(words: str, back: int | None = None) -> bool:
        near = before if back is None else before[-back:]
        return any(word in after or word in near for word in implied[words])

    mention.rule = "implied: <number> <scale>"
    if around("pixel", 8):
        mention.unit = units["pixel"]
    elif any(word in before for word in implied["score"]):
        mention.unit = units["score_point"]
    elif around("users", 10):
        mention.unit = units["user"]
    elif around("money") or after.startswith(tuple(implied["worth"])):
        mention.unit, mention.is_currency_inferred = units["CNY"], True
    elif around("person", 6):
        mention.unit = units["person"]
    elif (like := _listed_with(text, sentence, mention)) is not None:
        mention.unit, mention.is_currency_inferred = like.unit, like.is_currency_inferred
    elif (
        (mention.value or mention.low or 0) >= _MIN_MONEY and not around("counted", 8) and _is_of_money(text, sentence)
    ):
        mention.unit, mention.is_currency_inferred = units["CNY"], True
    else:
        mention.unit = units["item"]


def _listed_with(text: str, sentence: Sentence, mention: Mention) -> Mention | None:
    """The number before it, its unit implied, where only a name stands between: 淘宝DAU为4.08亿，拼多多3.96亿."""
    index = sentence.mentions.index(mention)
    before = sentence.mentions[index - 1] if index else None
    if before is None or before.unit is None or not before.rule.startswith("implied"):
        return None
    return before if _NEXT_NAME.fullmatch(text, before.end, mention.start) else None


def _is_of_percent(text: str, sentence: Sentence, mention: Mention) -> bool:
    # high-teens margins, growth in the mid-teens; a double-digit team is none
    words = load_lexicon("en").data["decades"]["percent_before"]
    if mention.high is None or mention.high >= _HUNDRED:
        return False
    around = text[sentence.start : sentence.end].lower()
    return "percent" in around or any(word in around for word in words)


def _is_of_money(text: str, sentence: Sentence) -> bool:
    """Whether a sentence speaks of money: one of its numbers is, or a word of two characters and more."""
    if any(mention.unit is not None and mention.unit.kind == "money" for mention in sentence.mentions):
        return True
    return _money_words().search(text, sentence.start, sentence.end) is not None


@cache
def _money_words() -> re.Pattern[str]:
    return re.compile(phrase_pattern(word for word in load_lexicon("zh").data["implied"]["money"] if len(word) > 1))


def name_unit(mention: Mention, metric: str | None) -> None:
    """门店达到1260家, 专利75项: the counted noun stands before the number."""
    amounts = chinese_scanner().amounts
    if metric is None or mention.unit_text not in amounts.named_by_metric or mention.head_end > mention.end:
        return
    for size in (4, 3, 2):
        unit = amounts.nouns.get(metric[-size:])
        if unit is not None:
            mention.unit = unit
            return


def share_scale(text: str, before: Mention, mention: Mention) -> None:
    """37.9 million from 29.8m: millions beside millions; touched 38.4C, up 9 degrees: of the same scale."""
    if mention.unit is not None and mention.unit.name == "degree":
        if before.unit is not None and before.unit.dimension == "temperature":
            mention.unit = before.unit
        return
    is_metres = mention.unit is not None and mention.unit.symbol == "m" and text[mention.end - 1] == "m"
    if not is_metres or not text[mention.end - 2].isdigit() or before.scale != _MILLION or mention.value is None:
        return
    if before.unit is not None and before.unit.kind not in {"count", "money"}:
        return
    mention.unit, mention.unit_text, mention.scale = before.unit, None, before.scale
    mention.value *= _MILLION
    mention.rule = "implied: <number> <scale>"
