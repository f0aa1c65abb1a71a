"""What commands print for people."""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from transforms.records import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from flows.dataset.findings import Report
    from flows.dataset.paths import DatasetPaths
    from flows.dataset.repair import Repair
    from flows.dry_run import DryRun
    from flows.summary import RunSummary
    from transforms.claims.explain import Token
    from transforms.document import Document
    from transforms.records import Article, Claim
    from transforms.table_spec import TableSpec

ARTICLE_FIELDS = (
    "subtitle",
    "authors",
    "editors",
    "source_name",
    "site_name",
    "published_at",
    "published_date",
    "published_precision",
    "modified_at",
    "language",
    "categories",
    "tags",
    "page_type",
    "rights",
    "canonical_url",
    "image_url",
    "description",
)
SHOWN_SOURCES = 10
SIGNS = {"eq": "", "approx": "≈ ", "gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ ", "range": ""}


def _console() -> Console:
    console = Console(highlight=False)
    # Into a pipe or file there is no edge to fold lines at.
    return console if console.is_terminal else Console(highlight=False, width=160)


def print_summary(summary: RunSummary, seconds: float) -> None:
    """What a run read, wrote and refused, and what to type next."""
    console = _console()
    output = shlex.quote(summary.output)
    counts = summary.counts
    named = ", ".join(f"{root} as {name}" for root, name in summary.names.items())
    console.print(Text(f"Read {named}" if named else "Read again what had been refused"))
    parts = ", ".join(f"{counts[name]:,} {name}" for name in ("new", "changed", "unchanged", "rejected", "skipped"))
    console.print(f"{_counted(counts['discovered'], 'page')}: {parts} ({seconds:.1f} s)")
    if summary.moved_count:
        console.print(f"{_counted(summary.moved_count, 'page')} moved inside a source, and the rows with it")
    if summary.pruned_count:
        console.print(f"{_counted(summary.pruned_count, 'page')} no longer there: rows removed")
    elif summary.vanished_count:
        console.print(f"{_counted(summary.vanished_count, 'page')} no longer there: rows stay until --prune")
    for warning in summary.warnings:
        console.print(f"Warning: {warning}", markup=False)
    console.print()
    rows = Table("table", "rows", "files", box=None, pad_edge=False)
    rows.columns[1].justify = "right"
    for name, number in summary.row_counts.items():
        rows.add_row(name, f"{number:,}", Text(f"{summary.output}/{name}/*.parquet"))
    console.print(rows)
    if summary.reject_codes:
        codes = ", ".join(f"{code} {number:,}" for code, number in summary.reject_codes.items())
        console.print(f"\nRejects: {codes}")
    console.print("\nNext:", style="bold")
    steps = [(f"figures rejects {output}", "why pages or rows were refused")] if summary.reject_codes else []
    steps.append(("figures tables claims", f"what the columns mean (all: {summary.output}/README.md)"))
    code = f"import pandas as pd; print(pd.read_parquet('{summary.output}/claims'))"
    # Double quotes read better, where the shell finds nothing in them to expand.
    quoted = shlex.quote(code) if any(char in summary.output for char in "\"'$`\\!") else f'"{code}"'
    steps.append((f"python -c {quoted}", ""))
    for command, why in steps:
        console.print(Text(f"  {command}" + (f"   # {why}" if why else "")), soft_wrap=True)


def print_dry_run(found: DryRun) -> None:
    """What a run would read, source by source."""
    console = _console()
    table = Table("source", "place", "found", "new", "changed", "as before", "vanished", box=None, pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for source in found.sources:
        numbers = (source.found, source.new, source.changed, source.unchanged, source.vanished)
        table.add_row(source.name, Text(source.place), *(f"{number:,}" for number in numbers))
    console.print(table)
    for place in found.not_asked:
        console.print(Text(f"{place}: of the web, and not asked"))
    console.print(
        f"\n{_counted(found.to_read, 'page')} would be read" + (", the first of them:" if found.first else ".")
    )
    for uri in found.first:
        console.print(Text(f"  {uri}"), soft_wrap=True)


def print_document(document: Document) -> None:
    """One article: title, metadata, headings, claims."""
    console = _console()
    article = document.article
    console.print(Text(article.title or "(no title)", style="bold"))
    _print_fields(console, article)
    if document.headings:
        console.print("\nHeadings", style="bold")
    for heading in document.headings:
        mark = " (styled)" if heading.is_styled else ""
        console.print(Text(f"{'  ' * heading.level}{heading.text}{mark}"))
    keys = [claim for claim in document.claims if claim.salience == "key"]
    minor = len(document.claims) - len(keys)
    console.print(f"\nClaims: {len(keys)}" + (f", and {minor} minor (--json has all)" if minor else ""), style="bold")
    if keys:
        console.print(_claims_table(keys))


def print_tokens(tokens: Sequence[Token]) -> None:
    """What the reader saw, in order: numbers with their rule, dates, words that say something about numbers."""
    table = Table("token", "kind", "value", "rule", box=None, pad_edge=False)
    for token in tokens:
        table.add_row(Text(token.text), token.kind, Text(token.value), Text(token.rule))
    _console().print(table)
    _console().print()


def print_claims(claims: Sequence[Claim], text: str) -> None:
    """Each claim with its rule and every field that says something."""
    console = _console()
    if not claims:
        console.print("No numeric claim in this text.")
    for claim in claims:
        line = Text(text[: claim.char_start][-20:].replace("\n", " "), style="dim")
        line.append(claim.quote, style="bold")
        line.append(text[claim.char_end :][:20].replace("\n", " "), style="dim")
        console.print(line)
        for name in claim.__dataclass_fields__:
            value = getattr(claim, name)
            if name in {"quote", "sentence", "claim_id", "article_id", "block_position"} or value in (None, "", False):
                continue
            console.print(Text(f"  {name:<16}{_plain(value)}"))


def print_tables() -> None:
    """The tables and what a row of each is."""
    from transforms.tables import TABLES

    console = _console()
    table = Table("table", "columns", "one row is", box=None, pad_edge=False)
    for spec in TABLES.values():
        table.add_row(spec.name, str(len(spec.columns)), Text(spec.meaning))
    console.print(table)


def print_columns(spec: TableSpec) -> None:
    """The columns of a table."""
    console = _console()
    console.print(Text(spec.meaning))
    table = Table("column", "type", "meaning", "example", box=None, pad_edge=False)
    for column in spec.columns:
        values = f" One of {', '.join(column.allowed)}." if column.allowed else ""
        table.add_row(column.name, str(column.type), Text(column.description + values), Text(column.example))
    console.print(table)


def print_rejects(paths: DatasetPaths, code: str | None, limit: int) -> None:
    """Rejects by code, and the rows themselves."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from transforms.tables import REJECTS

    parts = [pq.ParquetFile(path).read() for path in paths.parts("rejects")]
    rows = pa.concat_tables([REJECTS.schema.empty_table(), *parts], promote_options="permissive").to_pylist()
    console = _console()
    codes = Counter(row["code"] for row in rows)
    if rows and code is not None and code not in codes:
        there = ", ".join(f"{name} ({count:,})" for name, count in codes.most_common())
        console.print(Text(f"Nothing was refused as {code}. Codes: {there}"), soft_wrap=True)
        return
    rows = [row for row in rows if code in (None, row["code"])]
    if not rows:
        console.print("Nothing was refused.")
        return
    table = Table("source", "stage", "code", "why", box=None, pad_edge=False)
    shown = rows[:limit] if limit else rows
    for row in shown:
        where = f" [{row['table_name']} {row['row_key']}]" if row["table_name"] else ""
        why = row["message"] + (f" ({row['detail']})" if row["detail"] else "")
        table.add_row(Text(row["source_uri"] + where), row["stage"], row["code"], Text(why))
    console.print(table)
    if len(shown) < len(rows):
        console.print(f"… and {len(rows) - len(shown):,} more (--limit 0 for all)")


def print_export(target: Path, rows: Mapping[str, int], notes: Iterable[str]) -> None:
    """What was written where, and what is otherwise there than in the tables."""
    console = _console()
    table = Table("table", "rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, number in rows.items():
        table.add_row(name, f"{number:,}")
    console.print(table)
    for note in notes:
        console.print(Text(f"Note: {note}"), soft_wrap=True)
    console.print(Text(f"Written to {target}"), soft_wrap=True)


def print_check(report: Report) -> None:
    """The findings of a check; one line where there are none."""
    console = _console()
    looked_at = f"{report.files:,} files, {report.rows:,} rows, {_size(report.bytes)} in {report.seconds:.1f} s"
    if not report.findings:
        console.print(Text(f"{report.output} is in order: {looked_at}"), soft_wrap=True)
        return
    _print_findings(console, report)
    count = len(report.errors)
    console.print(f"\n{count or 'No'} error{'' if count == 1 else 's'}: {looked_at}")
    if count:
        console.print("\nNext:", style="bold")
        console.print(Text(f"  figures check {shlex.quote(report.output)} --repair"), soft_wrap=True)


def print_repair(repair: Repair) -> None:
    """What a repair found, what it did, what only a run can bring back, and what nothing can."""
    console = _console()
    if not repair.before.findings:
        print_check(repair.before)
        return
    console.print("Found:", style="bold")
    _print_findings(console, repair.before)
    console.print("\nMended:", style="bold")
    for what, number in sorted(repair.mended.items()):
        console.print(Text(f"  {number:,} {what}"))
    for title, uris in (
        ("To be extracted again by the next run (figures run SOURCE…):", repair.again),
        ("Lost for good, because the source has vanished:", repair.lost),
    ):
        if uris:
            console.print(f"\n{title}", style="bold")
            for uri in sorted(uris)[:SHOWN_SOURCES]:
                console.print(Text(f"  {uri}"))
            if len(uris) > SHOWN_SOURCES:
                console.print(f"  … and {len(uris) - SHOWN_SOURCES:,} more (--json has all)")
    console.print("\nAfter that:", style="bold")
    print_check(repair.after)


def _print_findings(console: Console, report: Report) -> None:
    table = Table("severity", "code", "where", "rows", "what", box=None, pad_edge=False)
    table.columns[3].justify = "right"
    for finding in report.findings:
        examples = f" For example: {', '.join(finding.examples)}" if finding.examples else ""
        where = finding.file or finding.table or ""
        rows = f"{finding.rows:,}" if finding.rows else ""
        table.add_row(finding.severity, finding.code, Text(where), rows, Text(finding.message + examples))
    console.print(table)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _size(size: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"


def _print_fields(console: Console, article: Article) -> None:
    for name in ARTICLE_FIELDS:
        value = getattr(article, name)
        if value is not None:
            console.print(Text(f"{name:<20} {_plain(value)}"))
    console.print(
        Text(f"{'text':<20} {article.char_count:,} characters (body confidence {article.body_confidence:.2f})")
    )


def _claims_table(claims: Iterable[Claim]) -> Table:
    table = Table("quote", "value", "unit", "change", "metric", "subject", "period", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for claim in claims:
        change = " ".join(filter(None, (claim.change, claim.basis)))
        table.add_row(
            Text(claim.quote),
            _amount(claim),
            Text(claim.unit),
            change,
            Text(claim.metric or ""),
            Text(claim.subject or ""),
            Text(claim.period_text or ""),
        )
    return table


def _amount(claim: Claim) -> str:
    if claim.value is not None:
        return SIGNS.get(claim.comparator, "") + _number(claim.value)
    low, high = (_number(v) if v is not None else "…" for v in (claim.value_low, claim.value_high))
    return f"{low}-{high}"


def _number(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format_decimal(value) if isinstance(value, Decimal) else str(value)
