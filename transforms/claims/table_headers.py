"""A table's headers taken apart: what they name, the unit and scale they give, the period they are of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_scanner, english_scanner
from transforms.claims.lexicon import Unit, load_lexicon, load_units
from transforms.claims.periods import governs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.claims.periods import Period, PeriodReader
    from transforms.records import Block

_EXCEPT = re.compile(r",?\s*(?:except|unless)\b.*$", re.IGNORECASE)
_BRACKETS = re.compile(r"[（(\[](?P<inside>[^（）()\[\]]{1,24})[）)\]]")
_EN_SCALE = re.compile(
    r"\b(?P<scale>thousand|million|billion|trillion)s?\b|\b(?P<short>bn|mn|mln|[mMkKbB])\b|[$€£](?P<letter>bn|m|k)\b|(?P<zeros>['’]?000s?)\b",
    re.IGNORECASE,
)
_EN_SHORT = {"bn": 10**9, "b": 10**9, "mn": 10**6, "mln": 10**6, "m": 10**6, "k": 1000}
YEAR = re.compile(r"(?:19|20)\d\d")
MAX_CAPTION_CHARS = 80
MAX_TITLE_CHARS = 240  # of a caption that states a unit in brackets
_MIN_NAME = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """What a header or caption says of its numbers: 亿元, $ million, %."""

    unit: Unit
    factor: Decimal
    text: str
    is_pure: bool = False  # in thousands: of whatever the numbers are in


def percent_scale() -> Scale:
    return Scale(load_units()["percent"], Decimal(1), "%")


@dataclass(frozen=True, slots=True)
class Header:
    """A row's or column's header, taken apart."""

    text: str
    name: str | None  # without its unit; None for a period or nothing
    scale: Scale | None
    period: Period | None
    is_label: bool  # what stands under it is no figure: numbers, codes, dates
    is_change: bool
    is_percent: bool
    basis: str | None


class HeaderReader:
    """Reads the headers of one article's tables in one language."""

    def __init__(self, language: str, periods: PeriodReader) -> None:
        self.language = language
        self.periods = periods
        self.words = load_lexicon(language).data["tables"]

    def columns(self, cells: Sequence[Block], headed: int) -> dict[int, Header]:
        """Each column's header, of all its header rows."""
        columns: dict[int, Header] = {}
        last = max((cell.table_column or 0 for cell in cells), default=0)
        for index, cell in enumerate(cells):
            column = cell.table_column or 0
            following = cells[index + 1] if index + 1 < len(cells) else None
            stop = column + 1
            if (cell.table_row or 0) < headed:  # above another row of headers a cell may span columns
                is_same_row = following is not None and following.table_row == cell.table_row
                stop = following.table_column or stop if following is not None and is_same_row else last + 1
            for at in range(column, stop):
                header = self.read(cell.text)
                above = columns.get(at)
                if above is not None:  # 2022年 over 营收（万元）: each row of headers adds what it says
                    header = replace(
                        header,
                        name=header.name or above.name,
                        scale=header.scale or above.scale,
                        period=self._joined(above, header) or header.period or above.period,
                        is_label=header.is_label or above.is_label,
                    )
                columns[at] = header
        measure: str | None = None
        for at in sorted(columns):
            header = columns[at]
            if header.is_change and header.name is not None and self._is_plain_change(header.name):
                columns[at] = replace(header, name=measure)  # 销量 | 同比: the change of the column before
            elif not header.is_label and at > 1:
                measure = header.name
        return columns

    def _joined(self, above: Header, below: Header) -> Period | None:
        """The period that two headers name together: Three Months Ended June 30, over 2024; 2024年 over 1—6月."""
        if above.period is None or below.period is None:
            return None
        is_above_year = YEAR.fullmatch(above.text.strip().rstrip("年度")) is not None
        parts = (above.text, below.text) if self.language == "en" or is_above_year else (below.text, above.text)
        text = ", ".join(part.strip(" ,") for part in parts) if self.language == "en" else "".join(parts)
        found = [period for period in self.periods.read(text) if period.first is not None and governs(period)]
        return found[0] if len(found) == 1 else None

    def _is_plain_change(self, name: str) -> bool:
        """Whether a header says that something changed and not what: 同比增长, Change."""
        rest = name.lower()
        for word in sorted(
            [*self.words["change"], *self.words["basis"], *self.words["compared"]], key=len, reverse=True
        ):
            rest = rest.replace(word, "")
        return len(rest.strip(" ：:±+-–—%％(（)）/、.")) < _MIN_NAME

    def read(self, text: str) -> Header:
        """One header."""
        lower = text.lower().strip(" ：:*")
        bare = _BRACKETS.sub("", text).strip(" ：:*")
        scale = self.scale_of(text)
        found = self.periods.read(
            bare if YEAR.fullmatch(bare) is None else f"{bare}年" if self.language == "zh" else f"in {bare}"
        )
        period = next((p for p in found if p.first is not None and governs(p)), None)  # 比上年增长 is of no year
        rest = bare
        if period is not None and not YEAR.fullmatch(bare):
            rest = bare.replace(period.text, "").strip(" ：:，,/")
        is_nameless = rest.lower() in self.words["values"]
        is_nameless = is_nameless or (
            period is not None and (YEAR.fullmatch(bare) is not None or len(rest) < _MIN_NAME)
        )
        name = None if is_nameless else rest or None
        is_change = any(word in lower for word in self.words["change"])
        return Header(
            text=text,
            name=name,
            scale=scale,
            period=replace(period, text=bare) if period is not None and YEAR.fullmatch(bare) else period,
            is_label=lower in self.words["labels"],
            is_change=is_change,
            is_percent=any(word in lower for word in self.words["percent"]),
            basis=next((basis for word, basis in self.words["basis"].items() if word in lower), None),
        )

    def counted_in(self, *headers: Header | None) -> Unit:
        """The unit of bare numbers under a header that names what is counted: Population, 员工人数."""
        texts = [header.name.lower() for header in headers if header is not None and header.name]
        named = ((unit, word) for unit, words in self.words["counted_as"].items() for word in words)
        found = next((unit for unit, word in named if any(text.endswith(word) for text in texts)), "item")
        return load_units()[found]

    def scale_of(self, text: str | None) -> Scale | None:
        """What a header or caption gives to bare numbers: （亿元）, 单位：万元, in millions of dollars."""
        if not text or len(text) > MAX_TITLE_CHARS:
            return None
        candidates = [match["inside"] for match in _BRACKETS.finditer(text)]
        for label in self.words["unit_labels"] if len(text) <= MAX_CAPTION_CHARS * 2 else ():
            at = text.lower().find(label)
            if at >= 0:
                candidates.append(re.split(r"[，,。；;、（(）)]", text[at + len(label) :].strip(" ：:"))[0])
        return next((scale for c in candidates if (scale := self.read_scale(c.strip())) is not None), None)

    def read_scale(self, words: str) -> Scale | None:
        words = _EXCEPT.sub("", words)  # in millions, except per share data
        if not words or words[0].isdigit():
            return None
        if self.language == "zh":
            found = chinese_scanner().scan(chinese_scanner().lexicon.fold(f"1{words.removeprefix('人民币')}"))
            if found and found[0].start == 0 and found[0].unit is not None and found[0].end >= len(words):
                return Scale(found[0].unit, found[0].value or Decimal(1), words)
        lower = words.lower()
        scale = Decimal(1)
        match = _EN_SCALE.search(words)
        if match is not None:
            known = load_lexicon("en").data["scales"]
            scale = Decimal(
                known[match["scale"].lower()]
                if match["scale"]
                else 1000
                if match["zeros"]
                else _EN_SHORT[(match["short"] or match["letter"]).lower()]
            )
        unit = _currency_in(words)
        if unit is None:
            found = english_scanner().scan(f"2 {lower}")
            if found and found[0].unit is not None and found[0].start == 0 and found[0].unit.name != "item":
                unit = found[0].unit
            elif match is not None and "share" not in lower:
                return Scale(load_units()["item"], scale, words, is_pure=True)
        return Scale(unit, scale * (unit.factor if unit.kind != "count" else 1), words) if unit is not None else None


def is_unit_line(text: str) -> bool:
    """Whether a line before a table does nothing but state its unit: 单位：亿元, (in millions of dollars)."""
    lower = text.lower().strip(" （(")
    return (
        len(text) <= MAX_CAPTION_CHARS
        and not re.search(r"\d", text)
        and any(
            lower.startswith(label)
            for language in ("zh", "en")
            for label in load_lexicon(language).data["tables"]["unit_labels"]
        )
    )


@cache
def currency_words() -> dict[str, Unit]:
    units = load_units()
    signs = {**load_lexicon("zh").data["currency_signs"], **load_lexicon("en").data["currency_signs"]}
    known = english_scanner().amounts.units.items()
    words = {surface: unit for surface, unit in known if unit.kind == "money" and len(surface) > 2}
    return {**{sign.lower(): units[name] for sign, name in signs.items()}, **words}


def _currency_in(words: str) -> Unit | None:
    lower = words.lower()
    best = max((word for word in currency_words() if word in lower), key=len, default=None)
    return currency_words()[best] if best is not None else None
