"""Our numeric claims beside Recognizers-Text, JioNLP and quantulum3: quality and speed, one table.

    python -m benchmarks.claims [--json] [--rounds N] [--chars N]
    python -m benchmarks.claims --growth [NAME …] [--limit SECONDS] [--megabytes N]

`make bench-peers` sets up the peers in .venv-peers and calls this; a system that is not there is left out. Quality is
F1 of value and unit on annotated articles, by the scorer in ../shared/eval where that is at hand. Speed is characters a
second in one process, the fastest pass; the systems take turns. With --growth: seconds for one long line, and by how
much a doubling of the line multiplies them: 2 is linear, 4 quadratic.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.generated import SEED, WORST_LINES, Article, articles, worst_line
from benchmarks.scorers import SCORERS, SHARED, in_columns, scorer
from benchmarks.systems import LANGUAGES_OF, Row, line_starts
from benchmarks.workers import MAX_REQUEST_SECONDS, OURS, ROOT, NoAnswerError, Process

PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
ANNOTATED = (SHARED / "corpus" / "claims", ROOT / "tests" / "corpus" / "annotated")
WARM_UP = {
    "zh": "去年营收86.4亿元，同比增长12.5%，约3.2万人、5公里。",
    "en": "Revenue rose 8.4% to £312.6 million over 5 km.",
}
NAMES = {"zh": "Chinese", "en": "English"}
GROWTH_START_BYTES, GROWTH_STEP = 40_000, 4
# Growth of less is noise.
MIN_SHOWN_SECONDS = 0.05


@dataclass(slots=True)
class About:
    """Which version a system is, and how long it took until it had answered for the first time."""

    version: str = ""
    languages: list[str] = field(default_factory=list)
    load_seconds: float = 0.0


class Worker(Process):
    """One system and the languages it has been loaded for."""

    def __init__(self, name: str) -> None:
        python = OURS if name == "ours" else PEERS_PYTHON
        super().__init__("benchmarks.systems", name, python=python, install="make bench-peers")
        self.about = About()

    def load(self, language: str) -> None:
        said = self.ask("load", language, [Article([WARM_UP[language]])])
        self.about.version = said["version"]
        self.about.load_seconds += said["seconds"]
        self.about.languages.append(language)

    def ask(self, what: str, language: str, texts: list[Article], limit: float = MAX_REQUEST_SECONDS) -> dict[str, Any]:
        return self.send({"do": what, "language": language, "articles": [asdict(text) for text in texts]}, limit)


@dataclass(slots=True)
class Line:
    """One line of the table: a number for each system, and more about it for the JSON."""

    section: str
    label: str
    values: dict[str, float] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def ratio(self, peer: str) -> float | None:
        ours, theirs = self.values.get("ours"), self.values.get(peer)
        return ours / theirs if ours is not None and theirs else None


class Gold:
    """A folder of annotated articles, with the scorer beside it."""

    def __init__(self, folder: Path) -> None:
        # The tools look for their folder when they are imported.
        os.environ.setdefault("GOLD_DIR", str(folder))
        self.tools, self.scorer = scorer("goldtools"), scorer("score_claims")
        self.folder = folder
        self.tools.GOLD = folder
        self.label = f"{folder.parent.parent.name}/{folder.name}"
        docs = {name: about for name, about in self.tools.docs().items() if (folder / f"{name}.jsonl").exists()}
        self.articles = {name: self._article(name, about) for name, about in docs.items()}
        self.languages = {name: about["lang"] for name, about in docs.items()}

    def _article(self, name: str, about: dict[str, Any]) -> Article:
        meta = self.folder / f"{name}.meta.json"
        published = json.loads(meta.read_text(encoding="utf-8")).get("published") if meta.exists() else None
        lines = self.tools.body_text(about).split("\n")
        return Article(lines, about.get("title") or "", published or about.get("published"))

    def of(self, language: str) -> dict[str, Article]:
        return {name: self.articles[name] for name in self.articles if self.languages[name] == language}

    def score(self, found: dict[str, list[Row]], *, money: bool, bare: bool) -> dict[str, Any]:
        """Precision, recall and F1 of value and unit; with `money` only rows and annotations of that kind count."""
        self.tools.GOLD = self.folder
        read = self.scorer.gold_of
        if money:
            self.scorer.gold_of = lambda name: _money_only(*read(name))
        try:
            scored = {name: self._rows(name, rows, money, bare) for name, rows in found.items()}
            results = {name: self.scorer.score(name, rows) for name, rows in scored.items()}
        finally:
            self.scorer.gold_of = read
        report = self.scorer.report(results)
        precision, recall, f1 = report["value_unit"]
        counts = Counter(report["counts"])
        right, annotated = counts["value_unit"], counts["gold"]
        return {"precision": precision, "recall": recall, "f1": f1, "right": right, "annotated": annotated}

    def _rows(self, name: str, rows: list[Row], money: bool, bare: bool) -> list[Row]:
        """The rows as the scorer wants them: the quote and the text around it."""
        text, starts = "\n".join(self.articles[name].lines), line_starts(self.articles[name])
        scored = []
        for row in sorted(rows, key=lambda row: (row["line"], row["start"])):
            if (money and row["kind"] != "money") or (row["bare"] and not bare):
                continue
            start, end = starts[row["line"]] + row["start"], starts[row["line"]] + row["end"]
            around = {"left": text[max(0, start - 60) : start], "quote": text[start:end], "right": text[end : end + 60]}
            scored.append(row | around)
        return scored


def _money_only(text: str, gold: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Annotations of other kinds become numbers that are no claims."""
    return text, [g | {"label": "none"} if g["label"] == "core" and g["kind"] != "money" else g for g in gold]


def gold_folders() -> tuple[list[Gold], str | None]:
    """The annotated articles at hand, and why there are none."""
    chosen = os.environ.get("GOLD_DIR")
    folders = (
        [Path(chosen).resolve()] if chosen else [folder for folder in ANNOTATED if (folder / "docs.json").exists()]
    )
    if not (SCORERS / "score_claims.py").exists():
        return [], f"no quality: the scorer is not at {os.path.relpath(SCORERS, ROOT)}"
    if not folders:
        return [], "no quality: no annotated articles at hand"
    return [Gold(folder) for folder in folders], None


class Comparison:
    """The systems that answer, the lines measured so far, and what a reader has to know besides."""

    def __init__(self, names: list[str]) -> None:
        self.workers = {name: Worker(name) for name in names}
        self.lines: list[Line] = []
        self.notes: list[str] = []
        self.missing: dict[str, str] = {}

    def systems(self, language: str) -> list[Worker]:
        """The systems for the language, ours first, loaded; one that cannot be loaded is noted once and left out."""
        ready = []
        for name, worker in self.workers.items():
            if language not in LANGUAGES_OF[name].split() or name in self.missing:
                continue
            try:
                if language not in worker.about.languages:
                    worker.load(language)
                ready.append(worker)
            except NoAnswerError as error:
                self.missing[name] = str(error)
        return ready

    def quality(self, gold: Gold, language: str) -> None:
        texts = gold.of(language)
        if not texts:
            return
        everything = Line("quality: F1 of value and unit", f"{gold.label}, {NAMES[language]}")
        money = Line(everything.section, f"{gold.label}, {NAMES[language]}, money alone")
        for worker in self.systems(language):
            try:
                said = worker.ask("rows", language, list(texts.values()))
            except NoAnswerError as error:
                self.notes.append(f"{worker.name} failed on {everything.label}: {error}")
                continue
            found = dict(zip(texts, said["rows"], strict=True))
            # Numbers without a unit are claims of items at best: counted or not, whichever is better for the system.
            readings = [gold.score(found, money=False, bare=bare) | {"bare": bare} for bare in (False, True)]
            everything.details[worker.name] = max(readings, key=lambda reading: float(reading["f1"]))
            everything.details[worker.name]["failed_lines"] = said["failures"]
            money.details[worker.name] = gold.score(found, money=True, bare=False)
            for line in (everything, money):
                line.values[worker.name] = line.details[worker.name]["f1"]
        for line in (everything, money):
            if line.details:
                line.label += f" ({next(iter(line.details.values()))['annotated']} claims)"
                self.lines.append(line)

    def speed(self, label: str, language: str, texts: list[Article], rounds: int) -> None:
        chars = sum(text.chars for text in texts)
        line = Line("speed: characters a second", f"{label}, {NAMES[language]}")
        seconds: dict[str, float] = {}
        systems = self.systems(language)
        for _ in range(rounds):
            for worker in list(systems):
                try:
                    taken = worker.ask("time", language, texts)["seconds"]
                except NoAnswerError as error:
                    self.notes.append(f"{worker.name} failed on {line.label}: {error}")
                    systems.remove(worker)
                    seconds.pop(worker.name, None)
                    continue
                seconds[worker.name] = min(seconds.get(worker.name, taken), taken)
        line.values = {name: chars / taken for name, taken in seconds.items()}
        line.details = {"chars": chars, "seconds": seconds}
        self.lines.append(line)

    def close(self) -> None:
        for worker in self.workers.values():
            worker.stop()

    def to_dict(self) -> dict[str, Any]:
        return {
            "systems": {name: asdict(worker.about) for name, worker in self.workers.items()},
            "missing": self.missing,
            "notes": self.notes,
            "lines": [
                asdict(line) | {"ratios": {name: line.ratio(name) for name in line.values if name != "ours"}}
                for line in self.lines
            ],
        }


def compare(comparison: Comparison, *, rounds: int, chars: int) -> None:
    golds, reason = gold_folders()
    if reason:
        comparison.notes.append(reason)
    for gold in golds:
        for language in NAMES:
            comparison.quality(gold, language)
    for language in NAMES:
        annotated = [text for gold in golds for text in gold.of(language).values()]
        if annotated:
            comparison.speed("annotated articles", language, up_to(annotated, chars), rounds)
    for label, dense in (("dense with figures", True), ("prose, few figures", False)):
        for language in NAMES:
            comparison.speed(label, language, articles(language, dense=dense, chars=chars), rounds)


def up_to(texts: list[Article], chars: int) -> list[Article]:
    """Whole articles, evenly from all of them, of about so many characters."""
    step = max(1, round(sum(text.chars for text in texts) / chars))
    return texts[::step]


def table(comparison: Comparison) -> str:
    """The lines as text: a number for each system, and ours divided by it."""
    peers = [name for name in comparison.workers if name != "ours"]
    rows = [["", "ours", *(cell for name in peers for cell in (name, "ratio"))]]
    section = ""
    for line in comparison.lines:
        if line.section != section:
            section = line.section
            rows.append([section])
        cells = [f"  {line.label}", shown(line.values.get("ours"))]
        for name in peers:
            ratio = line.ratio(name)
            cells += [shown(line.values.get(name)), "" if ratio is None else f"x{ratio:.{1 if ratio >= 9.95 else 2}f}"]
        rows.append(cells)
    return in_columns(rows)


def shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def remarks(comparison: Comparison) -> list[str]:
    """What stands under the table."""
    lines = []
    for name, worker in comparison.workers.items():
        if name in comparison.missing:
            lines.append(f"{name} left out: {comparison.missing[name]}")
        elif worker.about.languages:
            languages = " and ".join(NAMES[language] for language in worker.about.languages)
            seconds = worker.about.load_seconds
            lines.append(f"{name} {worker.about.version}: {languages}; {seconds:.1f} s until its first answers")
    bare = sorted(
        {
            f"{name} in {line.label.split(', ')[1].split()[0]}"
            for line in comparison.lines
            for name, detail in line.details.items()
            if isinstance(detail, dict) and detail.get("bare") and name != "ours"
        }
    )
    if bare:
        lines.append(f"numbers without a unit are counted as claims where that is better for it: {'; '.join(bare)}")
    if any("money" in line.label for line in comparison.lines):
        lines.append("JioNLP reads amounts of money only: its line to compare is money alone")
    lines.append(f"ratio: ours divided by theirs; generated text of seed {SEED}; fastest pass, systems in turn")
    return [*lines, *comparison.notes]


def grow(names: list[str], *, limit: float, megabytes: float, as_json: bool) -> None:
    """Seconds for one line of each kind, four times as long each time, until the limit."""
    sizes = [GROWTH_START_BYTES]
    while sizes[-1] * GROWTH_STEP < megabytes * 1e6:
        sizes.append(sizes[-1] * GROWTH_STEP)
    sizes.append(int(megabytes * 1e6))
    results: dict[str, dict[str, list[float | None]]] = {}
    for name in names:
        worker = Worker(name)
        if not as_json:
            heads = "".join(f"{size / 1e6:>8.3g} MB" for size in sizes)
            print(f"{f'{name}, seconds for one line of':<30}{heads}   doubling")
        for kind in WORST_LINES:
            results.setdefault(name, {})[kind] = row = one_growth(worker, kind, sizes, limit)
            if not as_json:
                times = "".join(f"{f'> {limit:g}' if taken is None else f'{taken:.2f}':>11}" for taken in row)
                print(f"  {kind:<28}{times.ljust(11 * len(sizes))}   {doubling(sizes, row)}".rstrip(), flush=True)
        worker.stop()
    if as_json:
        print(json.dumps({"sizes": sizes, "seconds": results}, ensure_ascii=False, indent=2))


def doubling(sizes: list[int], taken: list[float | None]) -> str:
    """By how much twice the length multiplies the time, from the two longest lines that were read.

    >>> doubling([10, 40], [1.0, 16.0])
    'x4.0'
    """
    known = [(size, seconds) for size, seconds in zip(sizes, taken, strict=False) if seconds]
    if len(known) < 2 or known[-1][1] < MIN_SHOWN_SECONDS:
        return ""
    (size, seconds), (longer, more) = known[-2:]
    return f"x{(more / seconds) ** (math.log(2) / math.log(longer / size)):.1f}"


def one_growth(worker: Worker, kind: str, sizes: list[int], limit: float) -> list[float | None]:
    language = LANGUAGES_OF[worker.name].split()[0]
    if "English" in kind and "en" in LANGUAGES_OF[worker.name].split():
        language = "en"
    taken: list[float | None] = []
    for size in sizes:
        try:
            worker.load(language)
            taken.append(worker.ask("time", language, [Article([worst_line(kind, size)])], limit)["seconds"])
        except NoAnswerError as error:
            if not taken and not worker.about.version:
                sys.exit(f"{worker.name}: {error}")
            return [*taken, None]
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="everything measured, as JSON")
    parser.add_argument("--rounds", type=int, default=3, help="turns each system takes with each text")
    parser.add_argument("--chars", type=int, default=20_000, help="length of a text for speed")
    parser.add_argument("--systems", nargs="+", choices=LANGUAGES_OF, default=list(LANGUAGES_OF))
    parser.add_argument("--growth", action="store_true", help="ours, or --systems, on lines that are hard to read fast")
    parser.add_argument("--limit", type=float, default=5.0, help="with --growth: seconds until a line is given up")
    parser.add_argument("--megabytes", type=float, default=10.0, help="with --growth: the longest line")
    arguments = parser.parse_args()
    if arguments.growth:
        names = ["ours"] if arguments.systems == list(LANGUAGES_OF) else arguments.systems
        grow(names, limit=arguments.limit, megabytes=arguments.megabytes, as_json=arguments.json)
        return
    comparison = Comparison(["ours", *(name for name in arguments.systems if name != "ours")])
    start = time.monotonic()
    try:
        compare(comparison, rounds=arguments.rounds, chars=arguments.chars)
    finally:
        comparison.close()
    if arguments.json:
        print(json.dumps(comparison.to_dict(), ensure_ascii=False, indent=2))
        return
    print(table(comparison))
    print()
    print("\n".join(remarks(comparison)))
    print(f"measured in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
