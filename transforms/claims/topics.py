"""What an article speaks of so far, for sentences that leave it out."""

from __future__ import annotations

from dataclasses import dataclass, field

# Counting looks no further than this: a name of the article has come up by then.
MAX_COUNTED_CHARS = 20_000


@dataclass(slots=True)
class Topic:
    """The last subject and metric, and the sentence (its start) the metric stood in."""

    subject: str | None = None
    metric: str | None = None
    sentence: int = -1
    text: str = ""  # the article's words, title first
    counts: dict[str, int] = field(default_factory=dict)

    def is_recurring(self, name: str) -> bool:
        """Whether the article says the name more than once: what it is about recurs, chance words do not."""
        count = self.counts.get(name)
        if count is None:
            count = self.counts[name] = self.text.count(name)
        return count > 1
