"""Scores claims on the annotated articles: `python -m tests.annotated [tune|held_out] [--misses]`.

A row that is key matches an annotated claim whose characters it overlaps; it is right when value and unit agree. The
attributes are scored over the rows that are right. Metric, subject and attribution agree when they share most of their
characters with one of the wordings annotated. Rows on mentions annotated as marginal count neither way.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from transforms import extract

FOLDER = Path(__file__).parent / "corpus" / "annotated"
ATTRIBUTES = (
    "kind", "comparator", "change", "role", "basis", "modality", "metric", "subject", "attribution", "period",
)  # fmt: skip
_DEFAULTS = {"comparator": "eq", "role": "level", "modality": "actual"}
_SHARED_CHARS = 0.6
_NAMED_FREELY = {"count", "rank", "score", "index"}


@dataclass
class Score:
    """Counts over articles: annotated claims, rows given, rows right, and attributes right of those looked at."""

    gold: int = 0
    rows: int = 0
    right: int = 0
    attributes: Counter[str] = field(default_factory=Counter)
    confident: int = 0
    confident_right: int = 0
    misses: list[str] = field(default_factory=list)
    rules: Counter[tuple[str, bool]] = field(default_factory=Counter)  # (rule and kind, whether right) → rows

    @property
    def precision(self) -> float:
        return self.right / self.rows if self.rows else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.rows + self.gold) if self.right else 0.0

    def share(self, attribute: str) -> float:
        """Share of the right rows whose attribute agrees."""
        return self.attributes[attribute] / self.right if self.right else 0.0


@cache
def articles() -> dict[str, dict[str, Any]]:
    """The annotated articles: language, split and day of publication by name."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "docs.json").read_text("utf-8"))
    return found


def body_lines(page: bytes) -> list[tuple[str, bool]]:
    """The text of each block of the article, whitespace collapsed, and whether it is the article's title."""
    soup = BeautifulSoup(page, "lxml")
    blocks = soup.select("article :is(h1,h2,h3,h4,h5,h6,p,li,td,th,figcaption,blockquote,caption)")
    lines = [(" ".join(block.get_text().split()), block.name == "h1") for block in blocks if not block.find("p")]
    return [line for line in lines if line[0]]


def mentions(name: str, lines: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    """The annotated mentions, their offsets counted in their line (`line`); those of the title are left out."""
    starts = [0]
    for text, _ in lines:
        starts.append(starts[-1] + len(text) + 1)
    found = []
    for raw in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(raw)
        line = max(i for i, start in enumerate(starts) if start <= gold["start"])
        text, is_title = lines[line]
        gold["start"], gold["end"], gold["line"] = gold["start"] - starts[line], gold["end"] - starts[line], line
        if text[gold["start"] : gold["end"]] != gold["quote"]:
            raise ValueError(f"{name}.jsonl: {gold['quote']!r} does not stand where it says")
        if not is_title:
            found.append(gold)
    return found


def score(name: str, total: Score) -> None:
    """Adds one article to the counts."""
    page = (FOLDER / articles()[name]["file"]).read_bytes()
    lines = body_lines(page)
    document = extract(page, published=articles()[name]["published"]).to_dict()
    places: dict[int, int] = {}
    after = 0
    for block in document["blocks"]:
        line = next(
            (i for i in range(after, len(lines)) if lines[i][0] == " ".join((block["text"] or "").split())), None
        )
        if line is not None:
            places[block["block_position"]], after = line, line + 1
    gold = mentions(name, lines)
    core = [mention for mention in gold if mention["label"] == "core"]
    total.gold += len(core)
    used: set[int] = set()
    for row in document["claims"]:
        if row["salience"] != "key":
            continue
        over = [m for m in gold if m["line"] == places.get(row["block_position"]) and _overlaps(row, m)]
        if over and all(mention["label"] == "marginal" for mention in over):
            continue
        total.rows += 1
        total.confident += row["confidence"] >= 0.9
        match = next((m for m in over if m["label"] == "core" and id(m) not in used), None)
        if match is not None:
            used.add(id(match))
        is_right = match is not None and _same_value(row, match) and _same_unit(row, match)
        total.rules[f"{row['rule'].partition(':')[0]} {row['kind']}", is_right] += 1
        if match is None or not is_right:
            total.misses.append(f"{name}: {row['quote']} is {row['value']} {row['unit']}, {row['rule']}")
            continue
        total.right += 1
        total.confident_right += row["confidence"] >= 0.9
        for attribute in ATTRIBUTES:
            total.attributes[attribute] += agrees(attribute, row, match)
    total.misses += [f"{name}: {mention['quote']} missed" for mention in core if id(mention) not in used]


def agrees(attribute: str, row: dict[str, Any], gold: dict[str, Any]) -> bool:
    """Whether a row's attribute is as annotated."""
    if attribute == "period":
        given = [str(row["period_start"] or "")[:10], str(row["period_end"] or "")[:10]]
        return given == (gold["period"] or ["", ""])
    if attribute in {"metric", "subject", "attribution"}:
        wordings = [gold[attribute]] if isinstance(gold[attribute], str) else gold[attribute] or []
        given_text = _bare(row[attribute])
        return max((_likeness(given_text, _bare(w)) for w in wordings), default=float(not given_text)) >= _SHARED_CHARS
    default = _DEFAULTS.get(attribute)
    return bool((row[attribute] or default) == (gold[attribute] or default))


def _bare(text: str | None) -> str:
    return "".join((text or "").split())


def _likeness(a: str, b: str) -> float:
    return 2 * sum((Counter(a) & Counter(b)).values()) / (len(a) + len(b)) if a else 0.0


def _overlaps(row: dict[str, Any], gold: dict[str, Any]) -> bool:
    return bool(max(row["char_start"], gold["start"]) < min(row["char_end"], gold["end"]))


def _same_value(row: dict[str, Any], gold: dict[str, Any]) -> bool:
    is_range = gold["low"] is not None and gold["high"] is not None and gold["comparator"] == "range"
    if gold["value"] is not None and not is_range:
        return _close(row["value"], gold["value"])
    bounds = [(row["value_low"], gold["low"]), (row["value_high"], gold["high"])]
    return all(want is None or _close(given, want) for given, want in bounds)


def _close(given: Any, want: Any) -> bool:
    return given is not None and math.isclose(float(given), float(want), rel_tol=1e-6, abs_tol=1e-9)


def _same_unit(row: dict[str, Any], gold: dict[str, Any]) -> bool:
    given, want = ((str(unit or "").split("/")[0]).lower() for unit in (row["unit"], gold["unit"]))
    return given == want or (gold["kind"] in _NAMED_FREELY and row["kind"] == gold["kind"])


def totals(split: str, language: str) -> Score:
    """The counts over the articles of a split (tune or held_out) in one language (zh or en)."""
    total = Score()
    for name, about in articles().items():
        if about["split"] == split and about["lang"] == language:
            score(name, total)
    return total


def _print_rules() -> None:
    """Rows of each rule, and how many of them are right: what transforms/lexicons/confidence.toml is fitted to."""
    rules: Counter[tuple[str, bool]] = Counter()
    for split in ("tune", "held_out"):
        for language in ("zh", "en"):
            rules += totals(split, language).rules
    for rule in sorted({rule for rule, _ in rules}):
        right, wrong = rules[rule, True], rules[rule, False]
        print(f"{rule:<40} {right + wrong:>5} rows {right:>5} right {(right + 5.4) / (right + wrong + 6):.2f}")


def main() -> None:
    if "--rules" in sys.argv:
        _print_rules()
        return
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or ["tune", "held_out"]
    head = ("split", "lang", "gold", "rows", "P", "R", "F1", "≥0.9", "right", *(a[:6] for a in ATTRIBUTES))
    print(" ".join(f"{column:>8}" for column in head))
    for split in names:
        for language in ("zh", "en"):
            total = totals(split, language)
            cells = [split, language, str(total.gold), str(total.rows)]
            sure = total.confident_right / total.confident if total.confident else 0.0
            figures = [total.precision, total.recall, total.f1, total.confident / max(total.rows, 1), sure]
            cells += [f"{value:.3f}" for value in (*figures, *(total.share(a) for a in ATTRIBUTES))]
            print(" ".join(f"{cell:>8}" for cell in cells))
            if "--misses" in sys.argv:
                print("\n".join(f"    {miss}" for miss in total.misses))


if __name__ == "__main__":
    main()
