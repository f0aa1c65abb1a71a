"""What came of one kind of fault, and the table of all of them."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = {
    "kind": "fault",
    "times": "times",
    "wrong_rows": "wrong rows",
    "duplicate_keys": "duplicate keys",
    "files_left": "files left",
    "processes_left": "processes left",
    "bad_messages": "errors that name no path or cause",
    "reader_errors": "readers' errors",
    "cured": "cured by a second try",
    "seconds": "seconds",
}


@dataclass(slots=True)
class Tally:
    """Counts of one kind of fault; `problems` are what must not be, `notes` what is good to know."""

    kind: str
    times: int = 0
    wrong_rows: int = 0
    duplicate_keys: int = 0
    files_left: int = 0
    processes_left: int = 0
    bad_messages: int = 0
    reader_errors: int = 0
    cured: int = 0
    seconds: float = 0.0
    skipped: str = ""  # why it was not done
    problems: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def is_right(self) -> bool:
        """Whether nothing happened that must not; a fault that was skipped is right."""
        must_be_none = (self.wrong_rows, self.duplicate_keys, self.files_left, self.processes_left, self.bad_messages)
        return not any(must_be_none) and not self.problems

    def add(self, count: str, problems: list[str], where: str) -> None:
        """Counts problems under one of the columns and keeps what they say."""
        setattr(self, count, getattr(self, count) + len(problems))
        self.problems += [f"{self.kind}, {where}: {problem}" for problem in problems]

    @contextmanager
    def timed(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - begun

    def to_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Tally:
        return cls(**{**values, "notes": Counter(values["notes"])})


def summary(tallies: list[Tally]) -> str:
    """A Markdown table, then notes and problems."""
    lines = ["| " + " | ".join(COLUMNS.values()) + " |", "| --- " + "| ---: " * (len(COLUMNS) - 1) + "|"]
    for tally in tallies:
        if tally.skipped:
            lines.append(f"| {tally.kind} | skipped: {tally.skipped} " + "| " * (len(COLUMNS) - 2) + "|")
            continue
        cells = [f"{getattr(tally, name):,.0f}" for name in COLUMNS if name != "kind"]
        lines.append("| " + " | ".join([tally.kind, *cells]) + " |")
    for tally in tallies:
        if tally.notes or tally.problems:
            lines += ["", f"{tally.kind}:"]
            lines += [f"  {count:>7,}  {note}" for note, count in sorted(tally.notes.items())]
            lines += [f"  WRONG  {problem}" for problem in tally.problems[:20]]
            if len(tally.problems) > 20:
                lines.append(f"  WRONG  and {len(tally.problems) - 20} more")
    return "\n".join(lines)
