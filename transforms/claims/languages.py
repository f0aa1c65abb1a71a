"""Each language's readers, imported and built when a text first needs them: a Chinese page loads no English."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transforms.claims.bare_en import BareCounts
    from transforms.claims.changes import ChangeReader
    from transforms.claims.credits import CreditFinder
    from transforms.claims.credits_en import EnglishCredits
    from transforms.claims.credits_zh import ChineseCredits
    from transforms.claims.period_atoms import Atom
    from transforms.claims.period_context import Around
    from transforms.claims.period_mentions import Mention
    from transforms.claims.scan_en import EnglishScanner
    from transforms.claims.scan_zh import ChineseScanner
    from transforms.claims.subjects_en import EnglishTopics
    from transforms.claims.subjects_zh import ChineseTopics

# Every function of a language code reads "zh" as Chinese and anything else as English.


def scanner_of(language: str) -> ChineseScanner | EnglishScanner:
    """What finds a language's numbers."""
    return chinese_scanner() if language == "zh" else english_scanner()


def credits_of(language: str) -> CreditFinder:
    """What finds a language's sources."""
    return chinese_credits() if language == "zh" else english_credits()


@cache
def changes_of(language: str) -> type[ChangeReader]:
    """What reads a language's words of change."""
    if language == "zh":
        from transforms.claims.changes_zh import ChineseChanges

        return ChineseChanges
    from transforms.claims.changes_en import EnglishChanges

    return EnglishChanges


@cache
def dates_of(language: str) -> Callable[[str], Iterable[Atom]]:
    """What finds a language's mentions of time in a text."""
    if language == "zh":
        from transforms.claims import period_scan_zh

        return period_scan_zh.scan
    from transforms.claims import period_scan_en

    return period_scan_en.scan


@cache
def around_of(language: str) -> Callable[[str, Mention, int], Around | None]:
    """What reads the words beside a mention of time, back to the end of the mention before it."""
    if language == "zh":
        from transforms.claims.period_around_zh import around_zh

        return around_zh
    from transforms.claims.period_around_en import around_en

    return around_en


@cache
def chinese_scanner() -> ChineseScanner:
    """What finds numbers in Chinese text, over zh.toml."""
    from transforms.claims.lexicon import load_lexicon
    from transforms.claims.scan_zh import ChineseScanner

    return ChineseScanner(load_lexicon("zh"))


@cache
def english_scanner() -> EnglishScanner:
    """What finds numbers in English text, over en.toml."""
    from transforms.claims.lexicon import load_lexicon
    from transforms.claims.scan_en import EnglishScanner

    return EnglishScanner(load_lexicon("en"))


@cache
def english_bare_counts() -> BareCounts:
    """What reads counts whose noun is left out in English text."""
    from transforms.claims.bare_en import BareCounts

    return BareCounts()


@cache
def chinese_credits() -> ChineseCredits:
    """What finds sources in Chinese text."""
    from transforms.claims.credits_zh import ChineseCredits

    return ChineseCredits()


@cache
def english_credits() -> EnglishCredits:
    """What finds sources in English text."""
    from transforms.claims.credits_en import EnglishCredits

    return EnglishCredits()


@cache
def chinese_topics() -> ChineseTopics:
    """What reads metrics and subjects in Chinese text."""
    from transforms.claims.subjects_zh import ChineseTopics

    return ChineseTopics()


@cache
def english_topics() -> EnglishTopics:
    """What reads metrics and subjects in English text."""
    from transforms.claims.subjects_en import EnglishTopics

    return EnglishTopics()
