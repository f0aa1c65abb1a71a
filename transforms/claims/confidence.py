"""How sure a row's value and unit are, by the rule that made it; the figures are fitted, see confidence.toml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from transforms.claims.lexicon import read_lexicon

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention


class _Table:
    def __init__(self) -> None:
        data = read_lexicon("confidence.toml")
        self.rows: list[dict[str, Any]] = data["row"]
        self.default: float = data["default"]
        self.minor: float = data["minor"]
        self.known: dict[tuple[str, str, bool], float] = {}

    def of(self, rule: str, kind: str, is_spelled: bool) -> float:
        key = (rule, kind, is_spelled)
        found = self.known.get(key)
        if found is None:
            fitting = (
                row["value"]
                for row in self.rows
                if rule.startswith(row["rule"])
                and row.get("kind", kind) == kind
                and row.get("spelled", is_spelled) == is_spelled
            )
            found = self.known[key] = next(fitting, self.default)
        return found


_table = cache(_Table)


def confidence_of(mention: Mention) -> float:
    """0 to 1: the share of such rows that are right in value and unit on annotated articles."""
    table = _table()
    found = table.of(mention.rule, mention.unit.kind if mention.unit is not None else "", mention.is_spelled)
    return min(found, table.minor) if mention.is_minor else found
