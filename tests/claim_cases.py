"""The claim corpus as records: cases with marked spans, and the variations that must not matter."""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = Path(__file__).parent / "corpus" / "claims"

# A case's short name for a column, where they differ.
COLUMNS = {"low": "value_low", "high": "value_high"}
VERBATIM = {"metric", "subject", "attribution", "period_text", "unit_text"}
CASE_KEYS = {"label", "texts", "claims", "published", "language", "source", "table", "caption"}
CLAIM_KEYS = {
    *("value", "low", "high", "kind", "comparator", "unit", "unit_text", "dimension", "currency"),
    *("is_currency_inferred", "role", "change", "change_pct", "basis", "metric", "metric_key", "subject"),
    *("subject_key", "period", "period_text", "attribution", "modality", "is_negated", "salience"),
}
EXACT = {"value", "low", "high", "change_pct"}

FULL_WIDTH = {ord(digit): ord(digit) - ord("0") + ord("０") for digit in "0123456789"}
NO_BREAK = {ord(" "): "\N{NO-BREAK SPACE}"}


@dataclass(frozen=True)
class Case:
    """One case of a corpus file; `claims` hold only the fields the case is about."""

    file: str
    label: str
    texts: tuple[str, ...]
    claims: tuple[dict[str, Any], ...]
    published: str | None = None
    language: str | None = None
    table: tuple[tuple[str, ...], ...] = ()
    caption: str | None = None


@dataclass(frozen=True)
class Sample:
    """One text of a case in one variation, marks removed: what a test runs."""

    case: Case
    variation: str
    text: str
    spans: tuple[tuple[int, int], ...]
    fold: Callable[[str], str] = field(default=str)  # does to expected words what the variation did to the text

    @property
    def name(self) -> str:
        return f"{self.case.label} [{self.text[:24]}] {self.variation}"


def read_cases(file: str) -> list[Case]:
    """Cases of one corpus file, in order; an unknown key is an error, so that a typing slip cannot pass a test."""
    cases = []
    for raw in tomllib.loads((CORPUS / f"{file}.toml").read_text("utf-8")).get("case", []):
        unknown = set(raw) - CASE_KEYS | {key for claim in raw.get("claims", []) for key in claim} - CLAIM_KEYS
        if unknown:
            raise ValueError(f"{file}.toml, case {raw.get('label')!r}: unknown keys {sorted(unknown)}")
        cases.append(
            Case(
                file=file,
                label=raw["label"],
                texts=tuple(raw.get("texts", ())),
                claims=tuple(raw.get("claims", ())),
                published=raw.get("published"),
                language=raw.get("language"),
                table=tuple(tuple(row) for row in raw.get("table", ())),
                caption=raw.get("caption"),
            )
        )
    return cases


def strip_marks(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without its ⟦⟧, and the spans they marked.

    >>> strip_marks("about ⟦3 km⟧")
    ('about 3 km', ((6, 10),))
    """
    text, spans, start = "", [], -1
    for piece in re.split("([⟦⟧])", marked):
        if piece == "⟦":
            if start >= 0:
                raise ValueError(f"nested ⟦ in {marked!r}")
            start = len(text)
        elif piece == "⟧":
            if start < 0:
                raise ValueError(f"⟧ without ⟦ in {marked!r}")
            spans.append((start, len(text)))
            start = -1
        else:
            text += piece
    if start >= 0:
        raise ValueError(f"⟦ without ⟧ in {marked!r}")
    return text, tuple(spans)


def is_chinese(text: str) -> bool:
    """Whether Chinese words frame the text well: a name in an English sentence does not make it Chinese."""
    return 3 * len(re.findall(r"[\u4e00-\u9fff]", text)) > len(re.findall("[A-Za-z]", text))


def samples(case: Case) -> Iterator[Sample]:
    """Every text of the case, as written and under each change that must not matter to it."""
    for marked in case.texts:
        text, spans = strip_marks(marked)
        yield Sample(case, "as written", text, spans)
        if re.search("[0-9]", text):
            yield Sample(case, "full-width digits", text.translate(FULL_WIDTH), spans, _to_full_width)
        if " " in text:
            yield Sample(case, "no-break spaces", text.translate(NO_BREAK), spans, _to_no_break)
        if not case.claims:
            continue  # what stands at the start of a line (一、) is a number of a list only there
        before, after = ("据了解，", "编辑部会继续关注。") if is_chinese(text) else ("However, ", " Work went on.")
        moved = tuple((start + len(before), end + len(before)) for start, end in spans)
        yield Sample(case, "text around", before + text + after, moved)


def _to_full_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def _to_no_break(text: str) -> str:
    return text.translate(NO_BREAK)


def table_page(case: Case, *, caption_inside: bool) -> str:
    """A small article page around the case's table, marks removed."""
    rows = "".join(
        "<tr>" + "".join(f"<{tag}>{html.escape(strip_marks(cell)[0])}</{tag}>" for cell in row) + "</tr>"
        for row, tag in zip(case.table, ["th"] + ["td"] * len(case.table), strict=False)
    )
    caption = html.escape(case.caption or "")
    inside = f"<caption>{caption}</caption>" if caption and caption_inside else ""
    before = f"<p>{caption}</p>" if caption and not caption_inside else ""
    chinese = is_chinese("".join(cell for row in case.table for cell in row))
    title = "各项数据一览" if chinese else "The figures at a glance"
    lead = (
        "编辑部整理了各方公布的资料，读者可以从下面的表格里看到详细情况，后文不再逐项说明。"
        if chinese
        else "The newsroom has put together what was made public; readers find the details in the table below."
    )
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head><body><article>"
        f"<h1>{title}</h1><p>{lead}</p>{before}<table>{inside}{rows}</table></article></body></html>"
    )


def table_quotes(case: Case) -> list[str]:
    """The marked quotes of a table, in reading order."""
    found = []
    for row in case.table:
        for cell in row:
            text, spans = strip_marks(cell)
            found += [text[start:end] for start, end in spans]
    return found


def differences(expected: dict[str, Any], claim: dict[str, Any], fold: Callable[[str], str] = str) -> list[str]:
    """What is wrong with a claim, one line a field; nothing when all the named fields are right."""
    wrong = []
    for key, want in expected.items():
        if key == "period":
            got: Any = [_day(claim["period_start"]), _day(claim["period_end"])]
            days = [None, None] if want == "null" else want
            right = all(have in (day.split("|") if day else [None]) for have, day in zip(got, days, strict=True))
        else:
            got = claim[COLUMNS.get(key, key)]
            choices = want if isinstance(want, list) else [want]
            if key in VERBATIM:
                choices = [fold(choice) for choice in choices]
            right = any(_is_equal(key, choice, got, claim) for choice in choices)
        if not right:
            wrong.append(f"{key}: expected {want!r}, found {got!r}")
    return wrong


def _is_equal(key: str, want: Any, got: Any, claim: dict[str, Any]) -> bool:
    if want == "null":
        return got is None
    if key not in EXACT:
        return bool(got == want)
    if got is None:
        return False
    if "/" in want:  # a fraction has no exact decimal
        return abs(float(got) - float(Fraction(want))) < 1e-6
    is_exact = key != "value" or claim.get("value_text") is None or Decimal(claim["value_text"]) == Decimal(want)
    return is_exact and float(got) == float(want)


def _day(value: Any) -> str | None:
    return None if value is None else str(value)[:10]
