"""The lexicons agree with Unicode and with each other, and every word in them does what it is there for."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest

from transforms import extract_claims
from transforms.claims.lexicon import load_units, read_lexicon

LANGUAGES = ("zh", "en")
# Digits of a number that Unicode gives no value, or another one.
NOT_IN_UNICODE = {"两": 2, "兆": 10**12}
# Frames in which a number with any unit is a figure of the text.
FRAMES = {"zh": "测得的结果是36{}。", "en": "The result was 36 {} in the trial."}
# A unit only beside a name of what is measured, or after a scale; as a plain word they are something else.
NEED_CONTEXT = {"times", "x", "p", "won", "second", "m", "l", "L", "g", "W", "w", "V", "个点"}


def lexicon(language: str) -> dict[str, Any]:
    return read_lexicon(f"{language}.toml")


def surfaces(language: str, table: str) -> list[Any]:
    return [
        pytest.param(language, name, surface, id=f"{language} {name} {surface}")
        for name, words in lexicon(language)[table].items()
        for surface in words
        if surface not in NEED_CONTEXT
    ]


@pytest.mark.parametrize("table", ["digits", "scales"])
def test_chinese_digits_agree_with_unicode(table: str) -> None:
    for character, value in lexicon("zh")[table].items():
        assert value == NOT_IN_UNICODE.get(character, unicodedata.numeric(character, None)), character


def test_variants_fold_one_character_to_one() -> None:
    fold = lexicon("zh")["fold"]
    assert len(fold["from"]) == len(fold["to"]) == len(set(fold["from"]))
    variants = dict(zip(fold["from"], fold["to"], strict=True))
    for variant, character in variants.items():
        assert variants.get(character, character) == character, f"{variant} folds to {character}, which folds again"


def test_every_unit_has_a_word_in_some_language() -> None:
    worded = set()
    for language in LANGUAGES:
        data = lexicon(language)
        worded |= set(data["units"]) | set(data["counts"]) | set(data["currency_signs"].values())
    # Counted things come from [counted_nouns] too; rank and index are read by rules of their own.
    worded |= set(lexicon("zh")["counted_nouns"])
    assert set(load_units()) - worded <= {"rank", "index_point", "score_point", "multiple", "ratio"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_names_a_unit_there_is(language: str) -> None:
    data = lexicon(language)
    named = set(data["units"]) | set(data["counts"]) | set(data["currency_signs"].values())
    assert named <= set(load_units())


def test_factors_are_exact_decimals() -> None:
    for name, row in read_lexicon("units.toml").items():
        for key in ("factor", "to_si", "offset"):
            assert isinstance(row.get(key, ""), str), f"{name}.{key} is no string: a float is not exact"
            Decimal(row.get(key, "1"))


@pytest.mark.parametrize(("language", "name", "surface"), [*surfaces("zh", "units"), *surfaces("en", "units")])
def test_every_unit_word_is_read(language: str, name: str, surface: str) -> None:
    text = FRAMES[language].format(surface)
    claims = [claim for claim in extract_claims(text, language=language) if claim.quote.endswith(surface)]
    assert [claim.unit for claim in claims] == [load_units()[name].symbol], text


def guarded() -> list[Any]:
    cases = []
    for language in LANGUAGES:
        for surface, guard in lexicon(language).get("guards", {}).items():
            cases += [
                pytest.param(surface, continuation, language, id=f"{language} {surface}|{continuation}")
                for continuation in guard.get("not_before", ())
            ]
    return cases


@pytest.mark.parametrize(("surface", "continuation", "language"), guarded())
def test_every_guard_guards(surface: str, continuation: str, language: str) -> None:
    space = "" if language == "zh" else " "
    text = f"12{space}{surface}{continuation}"
    for claim in extract_claims(text, language=language):
        assert not (claim.quote.endswith(surface) and claim.char_end == len(text) - len(continuation)), claim


@pytest.mark.parametrize("word", sorted(set(lexicon("zh")["masks"]["words"])))
def test_every_mask_hides_its_numerals(word: str) -> None:
    for text in (f"他说起{word}的事。", f"这就是{word}。"):
        assert [claim.quote for claim in extract_claims(text) if claim.salience == "key"] == []
