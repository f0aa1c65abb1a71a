"""Claims of a table's cells: metric, subject and period from the headers, unit and scale from header or caption."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_topics
from transforms.claims.lexicon import Unit, load_units
from transforms.claims.mentions import Mention
from transforms.claims.periods import governs
from transforms.claims.table_headers import (
    MAX_TITLE_CHARS,
    YEAR,
    Header,
    HeaderReader,
    Scale,
    currency_words,
    percent_scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transforms.claims.periods import Period, PeriodReader
    from transforms.records import Block, Claim

# A cell that is a number and nothing else; accountants bracket what is negative.
_BARE = re.compile(
    r"\s*(?P<open>[(（])?(?P<sign>[-−–+])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<close>[)）])?\s*"
)
# The same with its currency, or in percent: $3,204, $(0.03), (0.4)%
_MARKED = re.compile(
    r"\s*(?P<minus>[-−–])?(?P<currency>[$€£¥])?\s?(?P<open>[(（])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?(?P<inner>[%％])?(?P<close>[)）])?\s?(?P<percent>[%％])?\s*"
)
_LAST_SENTENCE = re.compile(r"[^。！？]{1,80}[。！？：:]?\s*$")

_MIN_ROWS = 2  # of a table that has more than one row of headers


class TableReader:
    """Reads one table; `read_text` is the article's reader for cells that carry words or units of their own."""

    def __init__(self, language: str, periods: PeriodReader, read_text: Callable[[Block], list[Claim]]) -> None:
        self.language = "zh" if language == "zh" else "en"
        self.periods = periods
        self.read_text = read_text
        self.headers = HeaderReader(self.language, periods)
        self.words = self.headers.words
        self._told: Period | None = None  # of the whole table
        self._latest: Period | None = None  # of the changes in it
        self._currency: Unit | None = None  # of the table's money
        self._is_owned = False  # the rows are things, not measures

    def read(
        self, cells: Sequence[Block], caption: str | None, make: Callable[[Block, Mention, Period | None], Claim]
    ) -> list[Claim]:
        """Claims of the table's cells in order."""
        headed, labelled = self._shape(cells)
        whole = self.headers.scale_of(caption) if caption and len(caption) <= MAX_TITLE_CHARS else None
        self._currency = self._currency_of(cells)
        self._told = self._told_in(caption) if caption else None
        columns = self.headers.columns([cell for cell in cells if (cell.table_row or 0) <= headed], headed)
        rows: dict[int, Header] = {}
        for cell in cells:
            if (cell.table_row or 0) > headed and cell.table_column == 1 and labelled:
                rows[cell.table_row or 0] = self.headers.read(cell.text)
        units = {n for n, header in columns.items() if header.text.lower().strip(" ：:") in self.words["unit_columns"]}
        for cell in cells:  # 产品 | 单位 | 产量: a column that gives each row its unit
            if cell.table_column in units and (label := rows.get(cell.table_row or 0)) is not None:
                rows[cell.table_row or 0] = replace(
                    label, scale=label.scale or self.headers.read_scale(cell.text.strip())
                )
        corner = columns.get(1) if labelled else None
        if corner is not None:
            whole = whole or corner.scale  # (in millions)
            self._is_owned = (corner.name or "").lower() in self.words["owners"]
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
            following = first + 1  # 9月 over 绝对值 | 同比增长, in cells that are not marked as headers
            if len(by_row) > _MIN_ROWS and following in by_row and self._heads(by_row[following], by_row[first]):
                headed = following
        body = [cell for cell in cells if (cell.table_row or 0) > headed]
        labels = [cell for cell in body if cell.table_column == 1]
        others = [cell for cell in body if (cell.table_column or 0) > 1]
        labelled = bool(others) and sum(_BARE.fullmatch(cell.text) is None for cell in labels) * 2 >= len(labels)
        return headed, labelled

    @staticmethod
    def _currency_of(cells: Sequence[Block]) -> Unit | None:
        """The currency whose sign stands in the table's cells, often in the first row only."""
        signs = {match["currency"] for cell in cells if (match := _MARKED.fullmatch(cell.text)) is not None}
        known = currency_words()
        return known[signs.pop()] if len(signs := signs - {None}) == 1 else None

    def _told_in(self, caption: str) -> Period | None:
        """The time that the last sentence before the table gives: 表1 2022年主要产品产量."""
        last = _LAST_SENTENCE.search(caption)
        periods = self.periods.read(last.group()) if last is not None else ()
        return next((p for p in reversed(periods) if governs(p) and p.first is not None and p.kind != "day"), None)

    def _heads(self, row: Sequence[Block], above: Sequence[Block]) -> bool:
        """Whether a second row goes on with the headers of the first: no figure in it, and no label of a row."""
        starts_later = (row[0].table_column or 0) > (above[0].table_column or 0)
        return starts_later and not any(self._is_figure(cell.text) or cell.text[:1].isdigit() for cell in row)

    @staticmethod
    def _is_figure(text: str) -> bool:
        return _BARE.fullmatch(text) is not None and YEAR.fullmatch(text.strip()) is None

    # ------------------------------------------------------------ cells

    def _cell(
        self, cell: Block, column: Header | None, row: Header | None, whole: Scale | None,
        make: Callable[[Block, Mention, Period | None], Claim],
    ) -> list[Claim]:  # fmt: skip
        match = _BARE.fullmatch(cell.text)
        if match is None and (claim := self._marked(cell, column, row, whole, make)) is not None:
            return [claim]
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
                scale = header.scale or (percent_scale() if header.is_percent else None)
        if scale is None:
            scale = whole
        if scale is None:
            if column is None or row is None or (column.name is None and row.name is None):
                return []
            if YEAR.fullmatch(match["number"]):
                return []  # 发行时间 | 2001
            scale, rule = Scale(self.headers.counted_in(column, row), Decimal(1), ""), "cell: <number>"
        if scale.is_pure:
            scale = self._of_money(scale, column, row)
        start = match.start("sign") if match["sign"] and match["sign"] != "+" else match.start("number")
        mention = Mention(
            start, match.end("number"), number * scale.factor, rule, unit=scale.unit, unit_text=scale.text or None,
        )  # fmt: skip
        period = next((h.period for h in (column, row) if h is not None and h.period is not None), None)
        return [self._place(make(cell, mention, period), column, row)]

    def _marked(
        self, cell: Block, column: Header | None, row: Header | None, whole: Scale | None,
        make: Callable[[Block, Mention, Period | None], Claim],
    ) -> Claim | None:  # fmt: skip
        """A cell with its currency in a table that states its scale, or in accountants' brackets: $3,204, (0.4)%."""
        match = _MARKED.fullmatch(cell.text)
        if match is None or any(header is not None and header.is_label for header in (column, row)):
            return None
        is_bracketed = bool(match["open"] and match["close"])
        is_percent = bool(match["inner"] or match["percent"])
        scale = next((h.scale for h in (column, row) if h is not None and h.scale is not None), whole)
        if not is_bracketed and (is_percent or scale is None or not match["currency"]):
            return None
        number = Decimal(match["number"].replace(",", ""))
        if is_bracketed or match["minus"]:
            number = -number
        if is_percent:
            unit, factor = load_units()["percent"], Decimal(1)
        else:
            unit = currency_words().get(match["currency"] or "", self._currency) or load_units()["item"]
            pure = self._of_money(scale, column, row) if scale is not None and scale.is_pure else scale
            factor = (
                pure.factor
                if pure is not None and (scale is None or scale.is_pure or pure.unit is unit)
                else Decimal(1)
            )
        start = next(match.start(name) for name in ("minus", "currency", "open", "number") if match[name])
        end = max(match.end(name) for name in ("number", "inner", "close", "percent") if match[name])
        mention = Mention(start, end, number * factor, "cell: <number> under a unit", unit=unit)
        if not is_percent and self._is_per_share(column, row):
            mention.denominator = "share"
        period = next((h.period for h in (column, row) if h is not None and h.period is not None), None)
        return self._place(make(cell, mention, period), column, row)

    def _of_money(self, scale: Scale, column: Header | None, row: Header | None) -> Scale:
        """A bare scale in a table of money is of that money; figures per share are outside it."""
        if self._is_per_share(column, row):
            return Scale(self._currency or scale.unit, Decimal(1), scale.text)
        if self._currency is None or any(h is not None and self._counts(h.text) for h in (column, row)):
            return scale
        return replace(scale, unit=self._currency)

    def _is_per_share(self, column: Header | None, row: Header | None) -> bool:
        texts = [header.text.lower() for header in (column, row) if header is not None]
        return any(word in text for text in texts for word in self.words["per_share"])

    def _counts(self, text: str) -> bool:
        """Whether a header names things that are counted in a table of money: shares outstanding, employees."""
        lower = text.lower()
        return any(word in lower for word in self.words["counted"])

    def _place(self, claim: Claim, column: Header | None, row: Header | None) -> Claim:
        """The claim with metric, subject and change from its headers."""
        metric, subject = (column.name if column else None), (row.name if row else None)
        if column is not None and column.name is None:  # a column of a period: the row names what is measured, or whose
            metric, subject = (None, subject) if self._is_owned and subject else (subject, None)
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
