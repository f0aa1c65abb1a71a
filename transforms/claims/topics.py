"""What an article speaks of: its names, and what its last number was about, for sentences that leave it out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Counting looks no further than this: a name of the article has come up by then.
MAX_COUNTED_CHARS = 20_000
_TITLE_WEIGHT = 4
_STEM_COUNT = 2  # a stem comes up more often than this
# Endings of places and companies: a title that names one need not say it again.
_NAMED = ("省", "市", "县", "州", "公司", "集团")
_LATIN_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9+&.-]*(?: (?:[A-Z][A-Za-z0-9+.-]*|\d[\w+-]*))*")
_CAPITAL_INSIDE = re.compile(r"[a-z,] ([A-Z][\w’'&-]*)")
_SMALL = re.compile(r"\b[a-z][a-z-]+\b")
_CHINESE_MODEL = re.compile(r"[\u4e00-\u9fff]{2}\d{3,4}(?![\d.,，年月日号%％万亿元个名家人多余])")  # 含光800
_QUOTED = re.compile(r"[“「『《\"](?P<name>[^“”「」『』《》\"，。；：！？,;]{2,14})[”」』》\"]")


def _stem(name: str, body: str) -> str | None:
    """The longest beginning of a Chinese name that the body says again and again: 澄州第三批土拍 → 澄州."""
    if name.isascii():
        return None
    stems = (name[:length] for length in range(len(name) - 1, 1, -1))
    return next((stem for stem in stems if body.count(stem) > _STEM_COUNT), None)


@dataclass(slots=True)
class Topic:
    """The last subject and metric, and the sentence (its start) the metric stood in."""

    subject: str | None = None
    metric: str | None = None
    sentence: int = -1
    text: str = ""  # the article's words, title first
    counts: dict[str, int] = field(default_factory=dict)
    said: str | None = None  # the subject of the number before
    said_block: str = ""  # the text that number stood in
    company: str | None = None  # the last subject that is a company by its name
    metric_block: str = ""
    subject_block: str = ""  # the text the last subject stood in
    block: str = ""  # the text read last: a new one is a new paragraph
    read_to: int = 0  # where reading of the block has come to
    by_kind: dict[str, str] = field(default_factory=dict)  # the last metric of each kind of unit
    _spelled: tuple[frozenset[str], frozenset[str]] | None = None
    _titled: frozenset[str] | None = None
    _main: str | None = None
    _is_main_known: bool = False

    def count(self, name: str) -> int:
        """How often the article says the name."""
        count = self.counts.get(name)
        if count is None:
            count = self.counts[name] = self.text.count(name)
        return count

    def is_in_title(self, name: str, title_names: Callable[[str], list[str]]) -> bool:
        """Whether the article's title names it."""
        if self._titled is None:
            self._titled = frozenset(title_names(self.text.partition("\n")[0]))
        return name in self._titled

    def spelled(self) -> tuple[frozenset[str], frozenset[str]]:
        """Words the article capitalises inside sentences, and words it writes small."""
        if self._spelled is None:
            inside = frozenset(m.group(1) for m in _CAPITAL_INSIDE.finditer(self.text))
            self._spelled = inside, frozenset(_SMALL.findall(self.text))
        return self._spelled

    def enter(self, block: str) -> None:
        """Begins a paragraph, unless it is the one being read."""
        if block is not self.block:
            self.block, self.read_to = block, 0

    def main(
        self, title_names: Callable[[str], list[str]], may_name: Callable[[str], bool] | None = None
    ) -> str | None:
        """The name the article is about: said in the title and again and again; None where nothing stands out.

        `may_name` refuses what a text capitalises without naming anything: October.
        """
        if not self._is_main_known:
            self._is_main_known = True
            title, _, body = self.text.partition("\n")
            body = body.removeprefix(title)  # a page's heading says it again
            scores: dict[str, float] = {}
            for place, name in enumerate(title_names(title)):
                if name.isascii() and " " not in name and name.lower() in self.spelled()[1]:
                    continue  # Sports in a title is no name where the text writes sports
                is_model = any(ch.isascii() and ch.isalpha() for ch in name) and any(map(str.isdigit, name))
                said = body.count(name)
                if said or is_model or not body or name.endswith(_NAMED):
                    scores[name] = (said + 1) * (_TITLE_WEIGHT + min(len(name), 14) * 0.5) - place * 0.1
            for pattern in (_LATIN_NAME, _QUOTED, _CHINESE_MODEL):
                for found in dict.fromkeys(pattern.findall(body, 0, 4000)):
                    name = found if pattern is _QUOTED else found.strip(" .-")
                    if not 2 < len(name) <= 24 or (name.isascii() and name.lower() in self.spelled()[1]):
                        continue  # The
                    if self.count(name) > 3 and (may_name is None or may_name(name)):
                        scores.setdefault(name, float(self.count(name)))
            if not scores:
                stems = (_stem(name, body) for name in title_names(title))
                scores = {stem: float(len(stem)) for stem in stems if stem is not None}
            best = max(scores, key=lambda name: scores[name]) if scores else None
            models = (name for name in scores if best is not None and best in name and any(map(str.isdigit, name)))
            self._main = next(models, best)  # 一加 Ace 6 rather than 一加
        return self._main
