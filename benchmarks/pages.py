"""Our reading of whole pages beside trafilatura, htmldate, newspaper4k, readability-lxml and GNE, in one table.

    python -m benchmarks.pages [--json] [--rounds N] [--sets NAME …] [--systems NAME …] [--limit N]

`make bench-pages` sets up the peers in .venv-page-peers and calls this; a system that is not there is left out. Quality
is what the scorer in ../shared/eval says of the annotated pages beside it; without them speed is measured on the pages
of tests/corpus. Speed counts processor time of one process in its fastest pass; the systems take turns.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.page_sets import (
    HEADING_MEASURES,
    MEASURES,
    Measure,
    PageSet,
    Scorer,
    annotated_sets,
    own_pages,
    post_sets,
)
from benchmarks.page_systems import SYSTEMS
from benchmarks.scorers import in_columns
from benchmarks.workers import OURS, ROOT, NoAnswerError, Process
from transforms.decode import decode

PEERS_PYTHON = ROOT / ".venv-page-peers" / "bin" / "python"
OUR_SYSTEMS = ("ours", "no claims")
BASE = "trafilatura"
# A system that takes longer than this a page of a set hangs.
MAX_PAGE_SECONDS, MIN_REQUEST_SECONDS = 5.0, 120.0


class Worker(Process):
    """One system and the sets it holds."""

    def __init__(self, name: str) -> None:
        python = OURS if name in OUR_SYSTEMS else PEERS_PYTHON
        super().__init__("benchmarks.page_systems", name, python=python, install="make bench-pages")
        self.system = SYSTEMS[name]
        self.version = ""
        self.held: set[str] = set()

    def read(self, pages: PageSet, *, wants_fields: bool) -> dict[str, Any]:
        """Seconds of one pass over the set, failures by their names, and what was found if that is asked for."""
        if pages.name not in self.held:
            rows = pages.pages if pages.ours is None or self.name not in OUR_SYSTEMS else pages.ours
            request = {"do": "hold", "set": pages.name, "pages": [self._sent(row) for row in rows]}
            self.version = self.send(request)["version"]
            self.held.add(pages.name)
        limit = max(MIN_REQUEST_SECONDS, MAX_PAGE_SECONDS * len(pages.pages))
        return self.send({"do": "read", "set": pages.name, "fields": wants_fields}, limit)

    def _sent(self, row: dict[str, Any]) -> dict[str, Any]:
        data: bytes = row["html_bytes"]
        # Whoever reads text only gets the right one: decoding is not what is compared.
        content = {"text": decode(data).text} if self.system.reads_text else {"bytes": base64.b64encode(data).decode()}
        return {"url": row["url"], "language": row.get("lang")} | content

    def stop(self) -> None:
        super().stop()
        self.held.clear()


@dataclass(slots=True)
class Line:
    """One line of the table: a number for each system."""

    section: str
    label: str
    values: dict[str, float] = field(default_factory=dict)
    digits: int = 3


class Comparison:
    """The systems that answer, their seconds, what they found, and what a reader has to know besides."""

    def __init__(self, names: list[str], scorer: Scorer | None = None) -> None:
        self.workers = {name: Worker(name) for name in names}
        self.scorer = scorer
        self.seconds: dict[str, dict[str, float]] = {}
        self.failures: dict[str, Counter[str]] = {name: Counter() for name in names}
        self.missing: dict[str, str] = {}
        self.notes: list[str] = []

    def turn(self, pages: PageSet, *, is_first: bool) -> None:
        """Every system reads the set once; the first time what it finds is kept to be scored."""
        for name, worker in self.workers.items():
            if name in self.missing or (not is_first and name not in self.seconds.get(pages.name, {})):
                continue
            wants_fields = is_first and self.scorer is not None and "gold" in pages.pages[0]
            try:
                said = worker.read(pages, wants_fields=wants_fields)
            except NoAnswerError as error:
                self._left_out(worker, pages, error)
                continue
            best = self.seconds.setdefault(pages.name, {})
            best[name] = min(best.get(name, said["seconds"]), said["seconds"])
            if is_first:
                self.failures[name].update(said["failures"])
            if wants_fields and self.scorer is not None:
                self.scorer.add(name, pages, said["fields"])

    def _left_out(self, worker: Worker, pages: PageSet, error: NoAnswerError) -> None:
        if worker.version:
            self.notes.append(f"{worker.name} failed on {pages.name}: {error}")
            self.seconds.get(pages.name, {}).pop(worker.name, None)
        else:
            self.missing[worker.name] = str(error)

    def seconds_of(self, sets: list[PageSet]) -> dict[str, float]:
        """Seconds for all the sets, of the systems that read every one of them."""
        best = [self.seconds.get(pages.name, {}) for pages in sets]
        return {name: sum(part[name] for part in best) for name in self.workers if all(name in part for part in best)}

    def close(self) -> None:
        for worker in self.workers.values():
            worker.stop()


def quality(comparison: Comparison, sets: list[PageSet]) -> list[Line]:
    """A line for each measure that is known of each set, and those of headings."""
    scorer = comparison.scorer
    if scorer is None:
        return []
    found = {name: rows for name, rows in scorer.found.items() if SYSTEMS[name].gives}
    lines = []
    for pages in sets:
        scores = {name: scorer.scores(name, pages) for name, rows in found.items() if pages.name in rows}
        lines += _judged(f"{pages.name}: {len(pages.pages)} pages", MEASURES, scores)
    scores = {name: scorer.heading_scores(name, sets) for name in found}
    return lines + _judged("headings, annotated pages of all sets", HEADING_MEASURES, scores)


def _judged(section: str, measures: tuple[Measure, ...], scores: dict[str, dict[str, Any]]) -> list[Line]:
    lines = []
    for measure in measures:
        judged = {name: measure.of(report) for name, report in scores.items() if measure.gives in SYSTEMS[name].gives}
        values = {name: value for name, (value, _) in judged.items() if value is not None}
        if values:
            pages = max(count for _, count in judged.values())
            lines.append(Line(section, f"{measure.label} ({pages})", values, measure.digits))
    return lines


def speed(comparison: Comparison, sets: list[PageSet]) -> list[Line]:
    """Pages and megabytes a second, and how many times as fast as trafilatura, for each group of sets."""
    groups: dict[str, list[PageSet]] = {}
    for pages in sets:
        if pages.group is not None:
            groups.setdefault(pages.group, []).append(pages)
    return [line for group, members in groups.items() for line in _rates(comparison, group, members)]


def _rates(comparison: Comparison, group: str, sets: list[PageSet]) -> list[Line]:
    count, size = sum(len(pages.pages) for pages in sets), sum(pages.size for pages in sets)
    section = f"speed, {group}: {count} of {size / count / 1000:.1f} kB"
    taken = comparison.seconds_of(sets)
    lines = [
        Line(section, "pages a second", {name: count / seconds for name, seconds in taken.items()}, 1),
        Line(section, "MB a second", {name: size / 1e6 / seconds for name, seconds in taken.items()}, 2),
    ]
    if BASE in taken:
        ratios = {name: taken[BASE] / seconds for name, seconds in taken.items()}
        lines.append(Line(section, f"times {BASE}", ratios, 2))
    return lines


def table(names: list[str], lines: list[Line]) -> str:
    """The lines as text, a column for each system."""
    rows = [["", *names]]
    section = ""
    for line in lines:
        if line.section != section:
            section = line.section
            rows.append([section])
        cells = [f"{line.values[name]:,.{line.digits}f}" if name in line.values else "-" for name in names]
        rows.append([f"  {line.label}", *cells])
    return in_columns(rows)


def remarks(comparison: Comparison) -> list[str]:
    """What stands under the table."""
    lines = []
    for name, worker in comparison.workers.items():
        if name in comparison.missing:
            lines.append(f"{name} left out: {comparison.missing[name]}")
            continue
        failures = ", ".join(f"{count} {kind}" for kind, count in comparison.failures[name].most_common())
        lines.append(f"{name} {worker.version}" + (f"; pages it failed on: {failures}" if failures else ""))
    lines.append("no claims: ours, its stage of claims taken out; htmldate looks for the date alone")
    lines.append("in brackets: pages that count; -: not looked for; processor time, fastest pass, systems in turn")
    return [*lines, *comparison.notes]


def to_dict(comparison: Comparison, sets: list[PageSet], lines: list[Line]) -> dict[str, Any]:
    return {
        "systems": {name: worker.version for name, worker in comparison.workers.items()},
        "missing": comparison.missing,
        "notes": comparison.notes,
        "failures": comparison.failures,
        "sets": {
            pages.name: {
                "pages": len(pages.pages), "bytes": pages.size, "seconds": comparison.seconds.get(pages.name, {}),
            }
            for pages in sets
        },
        "lines": [{"section": line.section, "label": line.label, "values": line.values} for line in lines],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="everything measured, seconds of each set too, as JSON")
    parser.add_argument("--rounds", type=int, default=3, help="turns each system takes with each set")
    parser.add_argument("--sets", nargs="+", help="only these sets")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--limit", type=int, help="only so many pages of each set: for a quick look")
    arguments = parser.parse_args()
    start = time.monotonic()
    annotated, reason = annotated_sets()
    sets = [*(annotated or [own_pages()]), *post_sets()]
    for pages in sets:
        pages.pages = pages.pages[: arguments.limit]
        pages.ours = pages.ours and pages.ours[: arguments.limit]
    sets = [pages for pages in sets if arguments.sets is None or pages.name in arguments.sets]
    comparison = Comparison(arguments.systems, Scorer() if annotated else None)
    comparison.notes += [reason] if reason else []
    try:
        for turn in range(arguments.rounds):
            for pages in sets:
                print(f"turn {turn + 1} of {arguments.rounds}: {pages.name}", file=sys.stderr)
                comparison.turn(pages, is_first=turn == 0)
    finally:
        comparison.close()
    lines = quality(comparison, [pages for pages in sets if pages in annotated]) + speed(comparison, sets)
    if arguments.json:
        print(json.dumps(to_dict(comparison, sets, lines), ensure_ascii=False, indent=2))
        return
    print(table(arguments.systems, lines))
    print()
    print("\n".join(remarks(comparison)))
    print(f"measured in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
