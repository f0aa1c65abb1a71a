"""What a check of a dataset found: findings with a code to count by, and how much was looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLES = 5
ERROR = "error"  # a reader of the tables, or the next run, would meet something wrong
WARNING = "warning"  # the tables are right; the next run puts it in order


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    severity: str
    code: str
    table: str | None
    file: str | None  # below the output folder
    rows: int  # 0 where it is not about rows
    message: str  # what happened and what to do
    examples: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """The findings of one check, in the order in which they were met."""

    output: str
    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == ERROR]

    @property
    def exit_code(self) -> int:
        return 1 if self.errors else 0

    def add(
        self,
        severity: str,
        code: str,
        message: str,
        *,
        table: str | None = None,
        file: str | None = None,
        rows: int = 0,
        examples: Iterable[object] = (),
    ) -> None:
        """Notes a finding; of the examples the first few are kept."""
        few = tuple(str(example) for example, _ in zip(examples, range(EXAMPLES), strict=False))
        self.findings.append(Finding(severity, code, table, file, rows, message, few))

    def to_dict(self) -> dict[str, Any]:
        """The report as `figures check --json` prints it."""
        return asdict(self) | {"errors": len(self.errors)}
