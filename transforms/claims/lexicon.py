"""The words of numeric claims in one language, loaded once from the lexicon files and compiled."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from transforms.claims.fold import Folder
from transforms.claims.phrases import phrase_pattern
from transforms.errors import LexiconError

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement, a currency, or a counted noun."""

    name: str
    symbol: str
    kind: str
    dimension: str
    factor: Decimal = _ONE  # into `symbol`: 0.01 for cents
    si: str | None = None
    to_si: Decimal = _ONE
    offset: Decimal = Decimal(0)

    @property
    def currency(self) -> str | None:
        return self.symbol if self.kind == "money" else None


@dataclass(frozen=True, slots=True)
class Cue:
    """What a word of context says: the class of rule it feeds, and its value there."""

    role: str  # bound, increase, decrease, unchanged, basis, share, level, forecast, target, hypothetical, negation …
    value: str


def read_lexicon(name: str) -> dict[str, Any]:
    """The tables of a lexicon file; LexiconError when it is no valid TOML."""
    try:
        return tomli.loads(files("transforms.lexicons").joinpath(name).read_text(encoding="utf-8"))
    except tomli.TOMLDecodeError as error:
        raise LexiconError(name, "-", f"is no valid TOML: {error}") from error


@cache
def load_units() -> dict[str, Unit]:
    """Every unit of units.toml by name."""
    units: dict[str, Unit] = {}
    for name, row in read_lexicon("units.toml").items():
        try:
            kind = row["kind"]
            target = row.get("canonical", name)
            symbol = row.get("symbol", target) if "canonical" not in row else _symbol_of(units, target)
            units[name] = Unit(
                name=name,
                symbol=symbol,
                kind=kind,
                dimension=row.get("dimension", kind),
                factor=Decimal(row.get("factor", "1")),
                si=row.get("si") if "canonical" not in row else units[target].si,
                to_si=Decimal(row.get("to_si", "1")) if "canonical" not in row else units[target].to_si,
                offset=Decimal(row.get("offset", "0")),
            )
        except (KeyError, ArithmeticError) as error:
            raise LexiconError("units.toml", name, f"lacks or misspells {error}") from error
    return units


def _symbol_of(units: dict[str, Unit], name: str) -> str:
    return units[name].symbol


class Lexicon:
    """One language's words, compiled: dictionaries for what a word means, expressions for where words stand."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.file = f"{language}.toml"
        data = read_lexicon(self.file)
        self.data = data
        self.units = self._unit_words(data)
        self.signs = self._sign_words(data)
        # What an amount may be per, word → unit symbol.
        self.denominators: dict[str, str] = {w: unit for unit, words in data["denominators"].items() for w in words}
        variants = data.get("fold", {"from": "", "to": ""})
        self.fold = Folder(dict(zip(variants["from"], variants["to"], strict=True)))
        self.cues = self._cue_words(data)
        self.bounds_after: dict[str, str] = {
            word: comparator for comparator, words in data["bounds"]["after"].items() for word in words
        }

    def _unit_words(self, data: dict[str, Any]) -> dict[str, Unit]:
        known = load_units()
        words: dict[str, Unit] = {}
        for table in ("units", "counts"):
            for name, surfaces in data[table].items():
                unit = known.get(name)
                if unit is None:
                    raise LexiconError(self.file, f"{table}.{name}", "is no unit of units.toml; add it there first")
                for surface in surfaces:
                    if surface in words and words[surface] is not unit:
                        raise LexiconError(
                            self.file, f"{table}.{name}", f"{surface!r} already means {words[surface].name}"
                        )
                    words[surface] = unit
        for sign, name in data["currency_signs"].items():
            if not sign[0].isascii():
                words.setdefault(sign, known[name])  # 500 ₭
        codes = data["currency_codes"]
        for name, unit in known.items():
            if unit.currency == name and name not in codes["not_money"]:
                words.setdefault(name, unit)
                for letter, factor in codes["prefixes"].items():  # 30 MUSD
                    words.setdefault(letter + name, replace(unit, factor=Decimal(factor)))
        return words

    def _sign_words(self, data: dict[str, Any]) -> dict[str, Unit]:
        known = load_units()
        signs = {sign: known[name] for sign, name in data["currency_signs"].items()}
        codes = data["currency_codes"]
        for letter in ("", *codes["prefixes"]):
            signs |= {letter + code: self.units[letter + code] for code in codes["before_number"]}
        return signs

    def _cue_words(self, data: dict[str, Any]) -> dict[str, tuple[Cue, ...]]:
        cues: dict[str, list[Cue]] = {}

        def add(words: list[str], role: str, value: str) -> None:
            for word in words:
                cues.setdefault(word, []).append(Cue(role, value))

        for comparator, words in data["bounds"]["before"].items():
            add(words, "bound", comparator)
        for direction, forms in data["change"].items():
            add(forms["verbs"], "verb", direction)
            add(forms.get("to", []), "to", direction)
            for complement in data.get("change_to", {}).get("complements", []):
                add([v + complement for v in forms["verbs"] if v + complement not in forms["to"]], "to", direction)
            add(forms["nouns"], "noun", direction)
        for basis, words in data["basis"].items():
            add(words, "basis", basis)
        add(data["roles"]["share"], "share", "share")
        for modality, words in data["modality"].items():
            add(words, "modality", modality)
        add(data["negation"]["words"], "negation", "negated")
        add(data["neutral"]["words"], "neutral", "")
        return {word: tuple(found) for word, found in cues.items()}

    def verbs_of_change(self) -> str:
        """Source of an expression for every verb that says that something grew or shrank."""
        change = self.data["change"]
        return phrase_pattern(verb for way in ("increase", "decrease") for verb in change[way]["verbs"])

    def bounds_before(self) -> str:
        """Source of an expression for every word that bounds the number behind it."""
        return phrase_pattern(word for words in self.data["bounds"]["before"].values() for word in words)

    def guards(self) -> dict[str, dict[str, list[str]]]:
        """What must or must not follow a word.

        Guards with only_before_digit are written out: 块 before 五 and one of its words (七块五一斤, 7块5，).
        """
        guards: dict[str, dict[str, list[str]]] = {
            word: dict(guard) for word, guard in self.data.get("guards", {}).items()
        }
        digits = [*self.data["digits"], *string.digits]
        for guard in guards.values():
            behind = guard.pop("only_before_digit", ())
            if behind:
                guard["only_before"] = [*guard["only_before"], *(digit + word for digit in digits for word in behind)]
        return guards


@cache
def load_lexicon(language: str) -> Lexicon:
    """The compiled lexicon of "zh" or "en"."""
    return Lexicon(language)
