"""What one shard does to the ledger, and which parts it touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.dataset.ledger import Ledger, SourceState
from flows.errors import BalanceError

if TYPE_CHECKING:
    from collections.abc import Iterable

UNREAD = ""  # the fingerprint of a source that could not be read: it never matches, so the next run tries again
SOURCE_COUNTS = ("new", "changed", "unchanged", "rejected", "skipped")


class ShardChanges:
    """The outcomes of a shard applied to the ledger, inside the caller's transaction.

    `parts` has the sources tried in each part that may change; a source keeps the part it has, a new one goes to
    the open part. `same` is filled while the parts are merged.
    """

    def __init__(self, ledger: Ledger, outcomes: list[dict[str, Any]], extractor: str, part_size: int) -> None:
        self.outcomes = outcomes
        self.before = ledger.states(o["source_uri"] for o in outcomes)
        self.parts: dict[int, list[SourceState]] = {}
        self.keeps: dict[str, str] = {}  # sources tried whose article stays as it is
        self.same: set[str] = set()  # articles that came out as they were
        states = [
            _next_state(outcome, self.before.get(outcome["source_uri"]), extractor, part)
            for outcome, part in self._placed(ledger, part_size)
        ]
        results = {o["source_uri"]: o["result"] for o in outcomes}
        for state in states:
            known, result = self.before.get(state.source_uri), results[state.source_uri]
            # A source that could not be read before, and now can and is as it was, must leave the rejects.
            is_back = result == "unchanged" and known is not None and known.fingerprint == UNREAD
            if is_back or (result == "unread" and state.state == "article"):
                self.keeps[state.source_uri] = state.article_id
            if is_back or result != "unchanged":
                self.parts.setdefault(state.part, []).append(state)
        ledger.upsert(states)
        self.duplicates = self._regrouped(ledger, states)

    def counts(self) -> Counter[str]:
        """Sources by what became of them; asked when all parts are merged."""
        counts = Counter(self._count(outcome) for outcome in self.outcomes)
        unchanged = (self.before.get(o["source_uri"]) for o in self.outcomes if o["result"] == "unchanged")
        counts["known_rejects"] = sum(known is not None and known.state == "reject" for known in unchanged)
        return counts

    def _count(self, outcome: dict[str, Any]) -> str:
        known = self.before.get(outcome["source_uri"])
        match outcome["result"]:
            case "unchanged":
                return "unchanged"
            case "gone":
                return "skipped"
            case "reject" | "unread":
                return "rejected"
        if known is None or known.state == "reject":
            return "new"
        return "unchanged" if outcome["article_id"] in self.same else "changed"

    def _placed(self, ledger: Ledger, part_size: int) -> Iterable[tuple[dict[str, Any], int]]:
        part, held = ledger.open_part()
        for outcome in self.outcomes:
            known = self.before.get(outcome["source_uri"])
            if outcome["result"] == "gone":
                continue
            if known is not None:
                yield outcome, known.part
                continue
            if held >= part_size:
                part, held = part + 1, 0
            held += 1
            yield outcome, part

    def _regrouped(self, ledger: Ledger, states: list[SourceState]) -> dict[str, str | None]:
        """duplicate_of of every article that was tried, and of others for which it changed by that."""
        before = (known.duplicate_key for known in self.before.values())
        changed = ledger.regroup_duplicates({key for key in (*before, *(s.duplicate_key for s in states)) if key})
        for state in changed:
            self.parts.setdefault(state.part, [])
        tried = ledger.states(s.source_uri for s in states if s.state == "article")
        return {s.article_id: s.duplicate_of for s in (*changed, *tried.values())}


def _next_state(outcome: dict[str, Any], known: SourceState | None, extractor: str, part: int) -> SourceState:
    """The ledger row after this outcome."""
    fresh = SourceState(
        source_uri=outcome["source_uri"],
        article_id=outcome["article_id"],
        fingerprint=outcome["fingerprint"],
        content_sha256=outcome["content_sha256"],
        extractor=extractor,
        state="article" if outcome["result"] == "article" else "reject",
        part=part,
        duplicate_key=outcome["duplicate_key"],
        duplicate_of=None,
    )
    match outcome["result"]:
        case "unchanged" if known:
            return replace(known, fingerprint=fresh.fingerprint)
        case "unread":
            return replace(known or fresh, fingerprint=UNREAD)
        case "article" | "reject":
            return fresh
    raise BalanceError(f"{fresh.source_uri}: unexpected outcome {outcome['result']!r}: please report this")
