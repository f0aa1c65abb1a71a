"""The optional scorers beside the project, and text in columns for what they say."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.workers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHARED = ROOT.parent / "shared"
SCORERS = SHARED / "eval"


def scorer(name: str, folder: Path = SCORERS) -> Any:
    """The module of that name; it may import its neighbours."""
    sys.path.insert(0, str(folder))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(folder))


def in_columns(rows: list[list[str]]) -> str:
    """The first column to the left, the others to the right; a row of one cell alone is a heading.

    >>> print(in_columns([["", "ours"], ["speed"], ["  prose", "3,000"]]))
              ours
    speed
      prose  3,000
    """
    full = [row for row in rows if len(row) > 1]
    widths = [max(len(row[column]) for row in full) for column in range(len(full[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    )
