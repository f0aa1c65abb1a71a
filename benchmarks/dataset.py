"""Seconds and memory of the dataset layer on generated articles, without Prefect and without extraction.

    python -m benchmarks.dataset [--articles 10000,100000] [--shard-size N] [--part-size N] [--folder DIR]

Files, discovery, ledger and parts are real; the rows of a shard come from `generated_rows` instead of pages. At each
number of articles further commits are made, each on a copy of the dataset. Every commit has a process of its own.
100,000 articles take some minutes and 4 GB of disk.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from benchmarks.generated_rows import GeneratedRows, page, page_path
from benchmarks.measured import measured
from benchmarks.rerun import nothing, rerun
from flows.dataset.ledger import Ledger
from flows.dataset.paths import DatasetPaths
from flows.dataset.staging import OUTCOMES, write_batch
from flows.run import Run, begin_run, commit_one_shard, finish_run, plan_run
from flows.settings import RunSettings
from flows.shards import BATCH_PAGES
from flows.sources import SourceItem
from transforms.duplicates import key_of
from transforms.tables import REJECTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCE = "generated"
RERUNS = 5
MB = 1_000_000
MOST_GROWTH = 1.2  # of memory from the first shard to the last

Versions = dict[tuple[str, str], tuple[int, int]]  # table and file name → inode and time: another when it is replaced


@dataclass(frozen=True, slots=True)
class Line:
    """One commit."""

    what: str
    before: int  # articles in the dataset
    seconds: float
    processor: float
    resident: int
    anonymous: int
    replaced: int  # files that were there and are others now, in the table that has most of them
    added: int  # files that are new, in all tables

    def __str__(self) -> str:
        return (
            f"{self.what:34}{self.before:>10,}{self.seconds:>9.2f}{self.processor:>10.2f}{self.resident / MB:>10.0f}"
            f"{self.anonymous / MB:>11.0f}{self.replaced:>10}{self.added:>7}"
        )


HEADER = (
    f"{'commit of':34}{'onto':>10}{'seconds':>9}{'processor':>10}{'peak MB':>10}{'anonymous':>11}"
    f"{'replaced':>10}{'added':>7}"
)


class Bench:
    """A dataset that grows, the files it is said to come from, and what was measured."""

    def __init__(self, folder: Path, shard_size: int, part_size: int) -> None:
        self.folder, self.articles = folder, 0
        (pages := folder / "pages").mkdir()
        self.settings = RunSettings(
            sources=(str(pages),), source_names=(SOURCE,), output=folder / "output",
            shard_size=shard_size, part_size=part_size,
        )  # fmt: skip
        self.rows = GeneratedRows()
        self.generating = 0.0

    @property
    def paths(self) -> DatasetPaths:
        return DatasetPaths(self.settings.output)

    def grow(self, articles: int) -> Iterator[Line]:
        """A run that finds so many articles in all, those that were there before included."""
        for number in range(self.articles, articles):
            path = self.folder / "pages" / page_path(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page(number))
        with begin_run(self.settings) as run:
            plan = plan_run(run)
            counts = plan.counts
            for shard in plan.shards:
                lines = (shard / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
                items = [SourceItem.from_json(item) for item, _ in map(json.loads, lines)]
                found = [(int(Path(item.uri).stem), item.fingerprint) for item in items]
                line, counts = self._commit(run, shard, found, counts, what=f"{len(found):,} new articles")
                self.articles += len(found)
                yield line
            finish_run(run, plan, counts)

    def on_copy(
        self, what: str, numbers: Iterable[int], *, revision: int = 0, is_empty: bool = False, after: Iterable[int] = ()
    ) -> Line:
        """A commit of these articles on a copy of the dataset, or on an empty one; `after` others, if given."""
        with self._copy(is_empty) as output:
            settings = self.settings.model_copy(update={"output": output})
            with begin_run(settings) as run:
                before, line = 0 if is_empty else self.articles, None
                for position, batch in enumerate(filter(None, (list(after), list(numbers)))):
                    found = [(number, f"copy-{revision}") for number in batch]
                    shard = run.paths.staging / run.run_id / f"shard-{position:05d}"
                    shard.mkdir(parents=True)
                    line, _ = self._commit(run, shard, found, {}, what=what, revision=revision, before=before)
                    before += len(found)
        assert line is not None
        return line

    def _commit(
        self, run: Run, shard: Path, found: list[tuple[int, str]], counts: dict[str, int], *,
        what: str, revision: int = 0, before: int | None = None,
    ) -> tuple[Line, dict[str, int]]:  # fmt: skip
        staged = self._stage(run, shard, found, revision)
        was = versions(run.paths)
        done = measured(commit_one_shard, run, staged, counts)
        now = versions(run.paths)
        replaced = [sum(now.get(key) != version for key, version in was.items() if key[0] == name) for name in TABLES]
        onto = self.articles if before is None else before
        added = len(now.keys() - was.keys())
        took = done.seconds, done.processor, done.resident, done.anonymous
        return Line(what, onto, *took, max(replaced), added), done.result

    def _stage(self, run: Run, shard: Path, found: list[tuple[int, str]], revision: int) -> list[Path]:
        """Batches as workers write them."""
        start = time.perf_counter()
        staged = []
        for first in range(0, len(found), BATCH_PAGES):
            batch = found[first : first + BATCH_PAGES]
            stamp: Any = {"run_id": run.run_id, "extracted_at": run.started_at}
            tables = self.rows.tables((number for number, _ in batch), revision=revision, source=SOURCE, **stamp)
            path = shard / f"batch-{first // BATCH_PAGES:05d}.arrows"
            outcomes = outcome_rows(tables["articles"], [fingerprint for _, fingerprint in batch])
            write_batch(path, {"outcomes": outcomes, **tables, "rejects": REJECTS.schema.empty_table()})
            staged.append(path)
        self.generating += time.perf_counter() - start
        return staged

    @contextmanager
    def _copy(self, is_empty: bool) -> Iterator[Path]:
        output = self.folder / "copy"
        if not is_empty:
            # Parts are never written to, so a second name does for a copy; the ledger is.
            shutil.copytree(self.paths.root, output, copy_function=os.link, ignore=shutil.ignore_patterns("_state"))
            shutil.copytree(self.paths.state, DatasetPaths(output).state)
        try:
            yield output
        finally:
            shutil.rmtree(output)

    def measure(self) -> tuple[list[Line], list[str]]:
        """Commits on copies at the present number of articles, and what is said of runs that find nothing changed."""
        size, articles = self.settings.shard_size, self.articles
        more = range(articles, articles + size)
        spread = range(0, articles, max(1, -(-articles // size)))
        lines = [
            self.on_copy(f"the same {size:,} new articles", more, is_empty=True),
            self.on_copy(f"the same {size:,} new articles", more),
            self.on_copy("one changed article", [articles // 2], revision=1),
            self.on_copy("one new article", [articles]),
            self.on_copy(f"one new after {size:,} new articles", [articles + size], after=more),
            self.on_copy(f"{len(spread):,} changed articles, all parts", spread, revision=1),
        ]
        return lines, [*self._reruns(), *sizes(self.paths), *readers(self.paths)]

    def _reruns(self) -> Iterator[str]:
        was = versions(self.paths)
        runs = [measured(rerun, self.settings) for _ in range(RERUNS)]
        now = versions(self.paths)
        rewritten = sum(now.get(key) != version for key, version in was.items() if key[0] != "runs")
        fastest = min(runs, key=lambda run: run.seconds)
        yield f"nothing changed of {self.articles:,}: {fastest.seconds:.2f} s, the fastest of {RERUNS} re-runs"
        steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in fastest.result.items())
        yield f"  {steps} s; peak {fastest.resident / MB:.0f} MB, anonymous {fastest.anonymous / MB:.0f} MB"
        yield f"  parts rewritten by re-runs: {rewritten}, and that of runs"


def versions(paths: DatasetPaths) -> Versions:
    """Every part that there is."""
    found = {(name, path.name): path.stat() for name in TABLES for path in paths.parts(name)}
    return {key: (stat.st_ino, stat.st_mtime_ns) for key, stat in found.items()}


def outcome_rows(articles: pa.Table, fingerprints: list[str]) -> pa.Table:
    """What a worker says of articles that it has read; `fingerprints` in the order of the articles."""
    keys = zip(articles["canonical_url"].to_pylist(), articles["content_sha256"].to_pylist(), strict=True)
    columns = {name: articles[name].to_pylist() for name in ("source_uri", "article_id", "content_sha256")}
    columns |= {"fingerprint": fingerprints, "result": ["article"] * len(fingerprints)}
    columns["item"] = [None] * len(fingerprints)
    columns["duplicate_key"] = [key_of(url, digest) for url, digest in keys]
    return pa.table([pa.array(columns[name], pa.string()) for name in OUTCOMES.names], schema=OUTCOMES)


def sizes(paths: DatasetPaths) -> Iterator[str]:
    """Size on disk, table by table."""
    with Ledger(paths.ledger) as ledger:
        rows = ledger.row_counts()
    total = 0
    for name in TABLES:
        size = sum(path.stat().st_size for path in paths.parts(name))
        total += size
        per_article = size / max(1, rows.get("articles", 0))
        yield f"  {name:10}{rows.get(name, 0):>12,} rows{size / MB:>10.1f} MB{per_article:>9.0f} bytes an article"
    per_article = (total + paths.ledger.stat().st_size) / max(1, rows.get("articles", 0))
    ledger_size = f"ledger {paths.ledger.stat().st_size / MB:.1f} MB"
    yield f"  all tables {total / MB:.1f} MB, {ledger_size}, {per_article:.0f} bytes an article"


def readers(paths: DatasetPaths) -> Iterator[str]:
    """How long others take to count claims by kind."""
    start = time.perf_counter()
    pd.read_parquet(paths.table("claims"), columns=["kind"])["kind"].value_counts()
    yield f"claims by kind: pandas {time.perf_counter() - start:.2f} s"
    if importlib.util.find_spec("duckdb"):
        import duckdb

        start = time.perf_counter()
        duckdb.sql(f"SELECT kind, count(*) FROM '{paths.table('claims')}/*.parquet' GROUP BY kind").fetchall()
        yield f"claims by kind: DuckDB {time.perf_counter() - start:.2f} s"


def flatness(lines: list[Line], shard_size: int) -> Iterator[str]:
    """How much more memory the hungriest full shard takes than the most modest."""
    full = [line for line in lines if line.what == f"{shard_size:,} new articles"]
    kinds = {"all": full, "open part extended": [line for line in full if line.replaced]}
    kinds["new part"] = [line for line in full if not line.replaced]
    for kind, alike in kinds.items():
        memory = [line.anonymous for line in alike]
        if len(memory) > 1 and min(memory):
            growth = max(memory) / min(memory)
            verdict = "flat" if growth <= MOST_GROWTH else "NOT FLAT"
            yield f"anonymous memory of {len(memory)} shards ({kind}), most over least: x{growth:.2f}, {verdict}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="10000,100000", help="where to measure, smallest first")
    parser.add_argument("--shard-size", type=int, default=10_000)
    parser.add_argument("--part-size", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, help="where the dataset is made and left; default: removed at the end")
    options = parser.parse_args(arguments)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="bench-dataset-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run(Bench(folder.resolve(), options.shard_size, options.part_size), map(int, options.articles.split(",")))
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


def run(bench: Bench, milestones: Iterable[int]) -> None:
    """Prints as it goes: the whole takes minutes."""
    base = measured(nothing)
    memory = f"{base.resident / MB:.0f} MB, anonymous {base.anonymous / MB:.0f} MB"
    print(f"A process that has only imported the code: {memory}")
    grown: list[Line] = []
    for articles in milestones:
        print(HEADER)
        for line in bench.grow(articles):
            grown.append(line)
            print(line, flush=True)
        print("\n".join(flatness(grown, bench.settings.shard_size)))
        lines, remarks = bench.measure()
        print("\n".join([f"on copies of the {articles:,} articles", *map(str, lines), *remarks]), flush=True)
    print(f"({bench.generating:.0f} s went into making the rows, which are counted nowhere)")


if __name__ == "__main__":
    main()
