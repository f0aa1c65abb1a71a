"""Articles that have rows in more than one part, and the part that each belongs to."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from flows.dataset.check_files import UNREADABLE
from flows.dataset.check_rows import id_numbers
from flows.dataset.rows import open_part
from transforms.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.dataset.ledger import Ledger, SourceState
    from flows.dataset.paths import DatasetPaths

LONG_AGO = datetime.min.replace(tzinfo=UTC)
Places = dict[str, list[tuple[bool, datetime, int]]]  # article → is it home, when it was extracted, the part


class Homes:
    """Which part each article belongs to, as the tables and the ledger say when this is made."""

    def __init__(self, paths: DatasetPaths, ledger: Ledger, numbers: Iterable[int]) -> None:
        self._paths = paths
        self._ids = {number: self._read_ids(number) for number in numbers}  # the articles of each part, as numbers
        self.strangers: dict[int, set[str]] = defaultdict(set)  # by part, articles that belong to another
        for key, places in self._places(ledger).items():
            # The part the ledger names, else the rows that were extracted last.
            home = max(places)[2]
            for _, _, number in places:
                if number != home:
                    self.strangers[number].add(key)

    def nowhere_but(self, number: int, states: list[SourceState]) -> list[SourceState]:
        """Those of these sources whose article is in no part but perhaps this one."""
        if not states:
            return []
        numbers, _ = id_numbers(pa.chunked_array([[stable_id(state.source_uri) for state in states]]))
        others = [np.empty(0, np.uint64), *(ids for other, ids in self._ids.items() if other != number)]
        is_there = np.logical_or.reduce([np.isin(numbers, ids) for ids in others])
        return [state for state, there in zip(states, is_there, strict=True) if not there]

    def _read_ids(self, number: int) -> Any:
        try:
            ids = open_part(self._paths.part("articles", number)).read(columns=["article_id"])
            return id_numbers(ids["article_id"])[0]
        except (*UNREADABLE, KeyError):
            return np.empty(0, np.uint64)

    def _places(self, ledger: Ledger) -> Places:
        everything = np.sort(np.concatenate([np.empty(0, np.uint64), *map(np.unique, self._ids.values())]))
        suspects = everything[1:][everything[1:] == everything[:-1]]
        places: Places = {}
        for number, ids in self._ids.items():
            if not np.isin(ids, suspects).any():
                continue
            names = ["article_id", "source_uri", "extracted_at"]
            rows = open_part(self._paths.part("articles", number)).read(columns=names)
            numbers, is_id = id_numbers(rows["article_id"])
            rows = rows.filter(pa.array(is_id)).filter(pa.array(np.isin(numbers, suspects)))
            states = ledger.states(rows["source_uri"].to_pylist())
            for row in rows.to_pylist():
                state = states.get(row["source_uri"])
                is_home = state is not None and state.part == number
                places.setdefault(row["article_id"], []).append((is_home, row["extracted_at"] or LONG_AGO, number))
        return places
