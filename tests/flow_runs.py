"""Runs of the flow over pages written for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from flows.summary import RunSummary

PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<link rel="canonical" href="https://news.example.com/{slug}">
<meta property="article:published_time" content="2023-10-24T06:45:00+01:00"></head>
<body><article><h1>{title}</h1><p>{text}</p>
<p>The maker of sensors said orders had grown in every region, and that it would hire engineers this year.</p>
<h2>Outlook</h2><p>Sales should reach $1.2 billion in 2024, the chief executive told reporters on Tuesday.</p>
</article></body></html>"""


def page(slug: str, text: str = "Marlow reported revenue of $312.6 million, up 8.4% from a year earlier.") -> bytes:
    """An English article of two sections."""
    return PAGE.format(title=f"Marlow lifts outlook: {slug}", slug=slug, text=text).encode()


def run(*sources: Path, output: Path, **options: Any) -> RunSummary:
    """One run of the flow; the caller has a Prefect server (fixture `prefect_server`)."""
    from flows.extract_articles import extract_articles

    return extract_articles([str(source) for source in sources], output=output, **{"workers": 2, **options})


def read(output: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    rows: list[dict[str, Any]] = pq.read_table(output / table).to_pylist()
    return rows
