"""What a commit does to the ledger, and which parts it touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flows.dataset.ledger import Ledger, SourceState
from flows.errors import BalanceError

if TYPE_CHECKING:
    from collections.abc import Iterable

UNREAD = ""  # the fingerprint of a source that could not be read: it never matches, so the next run tries again
SOURCE_COUNTS = ("new", "changed", "unchanged", "rejected", "skipped")


@dataclass(slots=True)
class PartChange:
    """What a commit does to one part."""

    tried: set[str] = field(default_factory=set)  # sources whose rejects are made anew
    kept: set[str] = field(default_factory=set)  # of these, sources whose article stays as it is
    article_ids: set[str] = field(default_factory=set)  # articles of these sources
    replaced: set[str] = field(default_factory=set)  # articles whose rows leave; new ones may come


class Changes:
    """Parts to change, and duplicate_of of the articles for which it may."""

    def __init__(self) -> None:
        self.parts: dict[int, PartChange] = {}
        self.duplicates: dict[str, str | None] = {}
        self.same: set[str] = set()  # articles that came out as they were; known when all parts are merged

    def touch(self, state: SourceState, *, keeps_article: bool = False) -> None:
        """Notes that a source was tried, or is to be removed."""
        change = self.parts.setdefault(state.part, PartChange())
        change.tried.add(state.source_uri)
        change.article_ids.add(state.article_id)
        (change.kept if keeps_article else change.replaced).add(state.source_uri if keeps_article else state.article_id)

    def regroup(self, ledger: Ledger, keys: Iterable[str | None]) -> None:
        """Notes the articles whose duplicate_of changes with the groups of these keys."""
        for state in ledger.regroup_duplicates({key for key in keys if key}):
            self.parts.setdefault(state.part, PartChange())
            self.duplicates[state.article_id] = state.duplicate_of


class Removals(Changes):
    """Sources that leave, with all their rows."""

    def __init__(self, ledger: Ledger, states: Iterable[SourceState]) -> None:
        super().__init__()
        self.states = list(states)
        for state in self.states:
            self.touch(state)
        ledger.remove(self.states)
        self.regroup(ledger, (state.duplicate_key for state in self.states))


class ShardChanges(Changes):
    """The outcomes of a shard applied to the ledger, inside the caller's transaction.

    A source keeps the part it has; one that is the content of a vanished source under another name takes the place
    of that; any other goes to the open part.
    """

    def __init__(self, ledger: Ledger, outcomes: list[dict[str, Any]], extractor: str, part_size: int) -> None:
        super().__init__()
        self.outcomes = outcomes
        self.before = ledger.states(o["source_uri"] for o in outcomes)
        self.moved = self._moved(ledger)  # new name → what it was under the old one
        states = [
            _next_state(o, self.before.get(o["source_uri"]), extractor, part)
            for o, part in self._placed(ledger, part_size)
        ]
        results = {o["source_uri"]: o["result"] for o in outcomes}
        for state in states:
            known, result = self.before.get(state.source_uri), results[state.source_uri]
            # A source that could not be read before, and now can and is as it was, must leave the rejects.
            is_back = result == "unchanged" and known is not None and known.fingerprint == UNREAD
            if is_back or result != "unchanged":
                stays = is_back or (result == "unread" and state.state == "article")
                self.touch(state, keeps_article=stays)
        for state in self.moved.values():
            self.touch(state)
        ledger.remove(self.moved.values())
        ledger.upsert(states)
        earlier = (*self.before.values(), *self.moved.values())
        self.regroup(ledger, (state.duplicate_key for state in (*earlier, *states)))
        tried = ledger.states(state.source_uri for state in states if state.state == "article")
        self.duplicates |= {state.article_id: state.duplicate_of for state in tried.values()}

    def counts(self) -> Counter[str]:
        """Sources by what became of them; asked when all parts are merged."""
        counts = Counter(self._count(outcome) for outcome in self.outcomes)
        unchanged = (self.before.get(o["source_uri"]) for o in self.outcomes if o["result"] == "unchanged")
        counts["known_rejects"] = sum(known is not None and known.state == "reject" for known in unchanged)
        counts["moved"] = len(self.moved)
        return counts

    def _count(self, outcome: dict[str, Any]) -> str:
        known = self.before.get(outcome["source_uri"]) or self.moved.get(outcome["source_uri"])
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

    def _moved(self, ledger: Ledger) -> dict[str, SourceState]:
        unknown = [
            o for o in self.outcomes if o["source_uri"] not in self.before and o["result"] in ("article", "reject")
        ]
        vanished: dict[str, list[SourceState]] = {}
        for state in ledger.vanished_with(o["content_sha256"] for o in unknown if o["content_sha256"]):
            vanished.setdefault(state.content_sha256 or "", []).append(state)
        moved = {}
        for outcome in sorted(unknown, key=lambda outcome: outcome["source_uri"]):
            if candidates := vanished.get(outcome["content_sha256"]):
                moved[outcome["source_uri"]] = candidates.pop(0)
        return moved

    def _placed(self, ledger: Ledger, part_size: int) -> Iterable[tuple[dict[str, Any], int]]:
        part, held = ledger.open_part()
        for outcome in self.outcomes:
            known = self.before.get(outcome["source_uri"]) or self.moved.get(outcome["source_uri"])
            if outcome["result"] == "gone":
                continue
            if known is not None:
                yield outcome, known.part
                continue
            if held >= part_size:
                part, held = part + 1, 0
            held += 1
            yield outcome, part


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
        item=outcome["item"],
    )
    match outcome["result"]:
        case "unchanged" if known:
            return replace(known, fingerprint=fresh.fingerprint)
        case "unread":
            return replace(known or fresh, fingerprint=UNREAD, item=fresh.item)
        case "article" | "reject":
            return fresh
    raise BalanceError(f"{fresh.source_uri}: unexpected outcome {outcome['result']!r}: please report this")
