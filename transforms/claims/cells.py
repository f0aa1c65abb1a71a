"""Claims of a table's cells: metric, subject and period from the headers, unit and scale from header or caption."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_scanner, chinese_topics, english_scanner
from transforms.claims.lexicon import Unit, load_lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.periods import governs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transforms.claims.periods import Period, PeriodReader
    from transforms.records import Block, Claim

# A cell that is a number and nothing else; accountants bracket what is negative.
_BARE = re.compile(
    r"\s*(?P<open>[(（])?(?P<sign>[-−–+])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<close>[)）])?\s*"
)
_BRACKETS = re.compile(r"[（(\[](?P<inside>[^（）()\[\]]{1,24})[）)\]]")
_EN_SCALE = re.compile(
    r"\b(?P<scale>thousand|million|billion|trillion)s?\b|\b(?P<short>bn|mn|mln|[mMkKbB])\b|[$€£](?P<letter>bn|m|k)\b|(?P<zeros>['’]?000s?)\b",
    re.IGNORECASE,
)
_EN_SHORT = {"bn": 10**9, "b": 10**9, "mn": 10**6, "mln": 10**6, "m": 10**6, "k": 1000}
_LAST_SENTENCE = re.compile(r"[^。！？]{1,80}[。！？：:]?\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
MAX_CAPTION_CHARS = 80
_MIN_NAME = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """What a header or caption says of its numbers: 亿元, $ million, %."""

    unit: Unit
    factor: Decimal
    text: str


def _percent() -> Scale:
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


class TableReader:
    """Reads one table; `read_text` is the article's reader for cells that carry words or units of their own."""

    def __init__(self, language: str, periods: PeriodReader, read_text: Callable[[Block], list[Claim]]) -> None:
        self.language = "zh" if language == "zh" else "en"
        self.periods = periods
        self.read_text = read_text
        self.words = load_lexicon(self.language).data["tables"]
        self._told: Period | None = None  # of the whole table
        self._latest: Period | None = None  # of the changes in it

    def read(
        self, cells: Sequence[Block], caption: str | None, make: Callable[[Block, Mention, Period | None], Claim]
    ) -> list[Claim]:
        """Claims of the table's cells in order."""
        headed, labelled = self._shape(cells)
        whole = self._scale_of(caption) if caption and len(caption) <= MAX_CAPTION_CHARS else None
        self._told = self._told_in(caption) if caption else None
        columns = self._columns([cell for cell in cells if (cell.table_row or 0) <= headed], headed)
        rows: dict[int, Header] = {}
        for cell in cells:
            if (cell.table_row or 0) > headed and cell.table_column == 1 and labelled:
                rows[cell.table_row or 0] = self._header(cell.text)
        units = {n for n, header in columns.items() if header.text.lower().strip(" ：:") in self.words["unit_columns"]}
        for cell in cells:  # 产品 | 单位 | 产量: a column that gives each row its unit
            if cell.table_column in units and (label := rows.get(cell.table_row or 0)) is not None:
                rows[cell.table_row or 0] = replace(label, scale=label.scale or self._read_scale(cell.text.strip()))
        dates = {h.period.last: h.period for h in columns.values() if h.period is not None and h.period.last}
        if dates:
            self._latest = dates[max(dates)]  # 2022年 | 2021年 | 同比: the change is of 2022
        claims: list[Claim] = []
        for cell in cells:
            row, column = cell.table_row or 0, cell.table_column or 0
            if row <= headed or (column == 1 and labelled) or cell.is_header_cell or column in units:
                continue
            claims += self._cell(cell, columns.get(column), rows.get(row), whole, make)
        return claims

    def _shape(self, cells: Sequence[Block]) -> tuple[int, bool]:
        """How many rows are headers, and whether the first column labels its rows."""
        by_row: dict[int, list[Block]] = {}
        for cell in cells:
            by_row.setdefault(cell.table_row or 0, []).append(cell)
        headed = 0
        for number in sorted(by_row):
            if not all(cell.is_header_cell for cell in by_row[number]):
                break
            headed = number
        first = min(by_row)
        if headed == 0 and not any(self._is_figure(cell.text) for cell in by_row[first]):
            headed = first
        body = [cell for cell in cells if (cell.table_row or 0) > headed]
        labels = [cell for cell in body if cell.table_column == 1]
        others = [cell for cell in body if (cell.table_column or 0) > 1]
        labelled = bool(others) and sum(_BARE.fullmatch(cell.text) is None for cell in labels) * 2 >= len(labels)
        return headed, labelled

    def _columns(self, cells: Sequence[Block], headed: int) -> dict[int, Header]:
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
                header = self._header(cell.text)
                above = columns.get(at)
                if above is not None:  # 2022年 over 营收（万元）: each row of headers adds what it says
                    header = replace(
                        header,
                        name=header.name or above.name,
                        scale=header.scale or above.scale,
                        period=header.period or above.period,
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

    def _is_plain_change(self, name: str) -> bool:
        """Whether a header says that something changed and not what: 同比增长, Change."""
        rest = name.lower()
        for word in sorted(
            [*self.words["change"], *self.words["basis"], *self.words["compared"]], key=len, reverse=True
        ):
            rest = rest.replace(word, "")
        return len(rest.strip(" ：:±+-–—%％(（)）/、.")) < _MIN_NAME

    def _told_in(self, caption: str) -> Period | None:
        """The time that the last sentence before the table gives: 表1 2022年主要产品产量."""
        last = _LAST_SENTENCE.search(caption)
        periods = self.periods.read(last.group()) if last is not None else ()
        return next((p for p in reversed(periods) if governs(p) and p.first is not None and p.kind != "day"), None)

    @staticmethod
    def _is_figure(text: str) -> bool:
        return _BARE.fullmatch(text) is not None and _YEAR.fullmatch(text.strip()) is None

    # ------------------------------------------------------------ headers

    def _header(self, text: str) -> Header:
        lower = text.lower().strip(" ：:*")
        bare = _BRACKETS.sub("", text).strip(" ：:*")
        scale = self._scale_of(text)
        found = self.periods.read(
            bare if _YEAR.fullmatch(bare) is None else f"{bare}年" if self.language == "zh" else f"in {bare}"
        )
        period = next((p for p in found if p.first is not None and governs(p)), None)  # 比上年增长 is of no year
        rest = bare
        if period is not None and not _YEAR.fullmatch(bare):
            rest = bare.replace(period.text, "").strip(" ：:，,/")
        is_nameless = rest.lower() in self.words["values"]
        is_nameless = is_nameless or (
            period is not None and (_YEAR.fullmatch(bare) is not None or len(rest) < _MIN_NAME)
        )
        name = None if is_nameless else rest or None
        is_change = any(word in lower for word in self.words["change"])
        return Header(
            text=text,
            name=name,
            scale=scale,
            period=replace(period, text=bare) if period is not None and _YEAR.fullmatch(bare) else period,
            is_label=lower in self.words["labels"],
            is_change=is_change,
            is_percent=any(word in lower for word in self.words["percent"]),
            basis=next((basis for word, basis in self.words["basis"].items() if word in lower), None),
        )

    def _scale_of(self, text: str | None) -> Scale | None:
        """What a header or caption gives to bare numbers: （亿元）, 单位：万元, in millions of dollars."""
        if not text or len(text) > MAX_CAPTION_CHARS * 2:
            return None
        candidates = [match["inside"] for match in _BRACKETS.finditer(text)]
        for label in self.words["unit_labels"]:
            at = text.lower().find(label)
            if at >= 0:
                candidates.append(re.split(r"[，,。；;、（(）)]", text[at + len(label) :].strip(" ：:"))[0])
        return next((scale for c in candidates if (scale := self._read_scale(c.strip())) is not None), None)

    def _read_scale(self, words: str) -> Scale | None:
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
                unit = load_units()["item"]
        return Scale(unit, scale * (unit.factor if unit.kind != "count" else 1), words) if unit is not None else None

    # ------------------------------------------------------------ cells

    def _cell(
        self, cell: Block, column: Header | None, row: Header | None, whole: Scale | None,
        make: Callable[[Block, Mention, Period | None], Claim],
    ) -> list[Claim]:  # fmt: skip
        match = _BARE.fullmatch(cell.text)
        if match is None:
            if (column is not None and column.is_label) or (
                not any(ch.isdigit() for ch in cell.text) and len(cell.text) < 3
            ):
                return []
            own = self.read_text(cell)
            if len(own) == 1 and own[0].char_end - own[0].char_start >= len(cell.text.strip()) - 2:
                return [self._place(own[0], column, row)]
            return own
        if any(header is not None and header.is_label for header in (column, row)):
            return []
        number = Decimal(match["number"].replace(",", ""))
        if match["sign"] in {"-", "−", "–"} or (match["open"] and match["close"]):
            number = -number
        scale = None
        rule = "cell: <number> under a unit"
        for header in (column, row):  # a column of changes is in percent, whatever its row is in
            if scale is None and header is not None:
                scale = header.scale or (_percent() if header.is_percent else None)
        if scale is None:
            scale = whole
        if scale is None:
            if column is None or row is None or (column.name is None and row.name is None):
                return []
            scale, rule = Scale(load_units()["item"], Decimal(1), ""), "cell: <number>"
        start = match.start("sign") if match["sign"] and match["sign"] != "+" else match.start("number")
        mention = Mention(
            start, match.end("number"), number * scale.factor, rule, unit=scale.unit, unit_text=scale.text or None,
        )  # fmt: skip
        period = next((h.period for h in (column, row) if h is not None and h.period is not None), None)
        return [self._place(make(cell, mention, period), column, row)]

    def _place(self, claim: Claim, column: Header | None, row: Header | None) -> Claim:
        """The claim with metric, subject and change from its headers."""
        metric, subject = (column.name if column else None), (row.name if row else None)
        if column is not None and column.name is None:  # a column of a period: the row names what is measured
            metric, subject = subject, None
        elif row is not None and row.name is None:
            subject = None
        elif row is not None and row.is_change:
            subject = None  # 同比增长 names a change, nobody
        elif metric is not None and subject is not None and self._measures(subject) and not self._measures(metric):
            metric, subject = subject, metric
        period = next((h.period for h in (column, row) if h is not None and h.period is not None), None)
        changes = next((h for h in (column, row) if h is not None and h.is_change), None)
        if period is None and claim.period_text is None:
            period = (self._latest if changes is not None else None) or self._told
        role, change, change_pct, basis = claim.role, claim.change, claim.change_pct, claim.basis
        if (
            changes is not None
            and claim.kind in {"percent", "percentage_point", "multiple"}
            and claim.value is not None
        ):
            role, basis = "change", changes.basis or basis
            change = "increase" if claim.value > 0 else "decrease" if claim.value < 0 else "unchanged"
            change_pct = claim.value if claim.kind == "percent" else None
        return replace(
            claim, metric=metric, subject=subject, role=role, change=change, change_pct=change_pct, basis=basis,
            period_text=period.text if period else claim.period_text,
            period_start=period.first if period else claim.period_start,
            period_end=period.last if period else claim.period_end,
        )  # fmt: skip

    def _measures(self, name: str) -> bool:
        if self.language == "zh":
            return chinese_topics().is_metric(name)
        return any(word in name.lower() for word in self.words["measures"])


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
def _currency_words() -> dict[str, Unit]:
    units = load_units()
    signs = {**load_lexicon("zh").data["currency_signs"], **load_lexicon("en").data["currency_signs"]}
    known = english_scanner().amounts.units.items()
    words = {surface: unit for surface, unit in known if unit.kind == "money" and len(surface) > 2}
    return {**{sign.lower(): units[name] for sign, name in signs.items()}, **words}


def _currency_in(words: str) -> Unit | None:
    lower = words.lower()
    best = max((word for word in _currency_words() if word in lower), key=len, default=None)
    return _currency_words()[best] if best is not None else None
