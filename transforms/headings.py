"""Headings of an article: h1 to h6, and the paragraphs that serve as headings."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from transforms.boilerplate import is_related_label, read_words
from transforms.ids import stable_id
from transforms.numbering import Numbering, read_numbering
from transforms.records import Block, Heading
from transforms.titles import split_title

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATOR = " > "
_MAX_REAL_CHARS = 300  # an h-tag around more than this is a paragraph in large type
_MAX_STYLED_WEIGHT = 150  # UTF-8 bytes: some 50 Chinese characters
_FOLD = re.compile(r"[\W_]+")
_NO_HEADING_END = re.compile(r"[。，；、,;]$|(?<!\bvs)(?<!\d)\.$")
_BYLINE = re.compile(r"(?:记者|通讯员|实习生|特约撰稿)(?:[\s/|丨]+\w{2,4})+$|^\w{0,8}(?:记者|通讯员)\s")
_FRONT_BLOCKS = 8
_PROSE_BYTES = 120
_MIN_SUMMARY_CHARS = 20
_SENTENCE = re.compile(r"(?:\S+\s+){8,}\S+[.!…]$|[\u3040-\u9fff].{23,}[。！…]$")
_HAS_WORD = re.compile(r"[^\W\d_]")


class _Found(NamedTuple):
    level: int
    numbering: Numbering | None
    is_styled: bool


def extract_headings(
    blocks: Sequence[Block], *, article_id: str, title: str | None = None, summaries: Sequence[str] = ()
) -> tuple[tuple[Heading, ...], tuple[Block, ...]]:
    """The headings in order, and the blocks with `heading_id` set and pseudo-headings turned into headings.

    The title repeated as a heading, labels of boilerplate ("相关阅读") and a standfirst under the title, which may be
    one of the `summaries` that the page states, are no headings.
    """
    blocks = _settle_front(blocks, title or "", summaries)
    found = _find_real(blocks, _fold(title or ""))
    found.update(_find_styled(blocks, found, _fold(title or "")))
    headings: list[Heading] = []
    out: list[Block] = []
    open_: list[Heading] = []
    seen: dict[str, int] = {}
    current: str | None = None
    for i, block in enumerate(blocks):
        here = found.get(i)
        if here is not None:
            while open_ and open_[-1].level >= here.level:
                open_.pop()
            occurrence = seen.get(block.text, 0)
            seen[block.text] = occurrence + 1
            above = open_[-1].path if open_ else title
            heading = Heading(
                heading_id=stable_id(article_id, "heading", block.text, str(occurrence)),
                article_id=article_id,
                position=len(headings) + 1,
                level=here.level,
                text=block.text,
                numbering=here.numbering.text if here.numbering else None,
                path=f"{above}{_SEPARATOR}{block.text}" if above else block.text,
                parent_heading_id=open_[-1].heading_id if open_ else None,
                anchor=block.anchor,
                is_styled=here.is_styled,
                block_position=block.block_position,
            )
            headings.append(heading)
            open_.append(heading)
            current = heading.heading_id
            out.append(replace(block, kind="heading", level=here.level, heading_id=current))
        elif block.kind == "heading" and len(block.text) > _MAX_REAL_CHARS:
            out.append(replace(block, kind="paragraph", level=None, heading_id=current))
        else:
            out.append(replace(block, heading_id=current) if current is not None else block)
    return tuple(headings), tuple(out)


def _settle_front(blocks: Sequence[Block], title: str, summaries: Sequence[str]) -> Sequence[Block]:
    """The blocks with what is set as a heading before any prose, but is a standfirst or the title, made a paragraph."""
    pieces = {_fold(piece) for piece in split_title(title)}
    told = [folded for text in summaries if len(folded := _fold(text)) >= _MIN_SUMMARY_CHARS]
    out: list[Block] | None = None
    for i, block in enumerate(blocks[:_FRONT_BLOCKS]):
        if block.kind != "heading":
            if block.kind != "caption" and len(block.text.encode("utf-8", "replace")) >= _PROSE_BYTES:
                break
            continue
        folded = _fold(block.text)
        is_standfirst = len(folded) >= _MIN_SUMMARY_CHARS and (
            any(text.startswith(folded) or folded.startswith(text) for text in told)
            or _SENTENCE.search(block.text) is not None
        )
        if is_standfirst or (len(folded) >= 8 and folded in pieces):
            out = list(blocks) if out is None else out
            out[i] = replace(block, kind="paragraph", level=None)
    return blocks if out is None else out


def _find_real(blocks: Sequence[Block], title: str) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for i, block in enumerate(blocks):
        if block.kind != "heading" or len(block.text) > _MAX_REAL_CHARS or not _FOLD.sub("", block.text):
            continue
        if _is_title(block.text, title) or is_related_label(block.text) or _is_credit(block.text):
            continue
        found[i] = _Found(block.level or 2, read_numbering(block.text), is_styled=False)
    return found


def _find_styled(blocks: Sequence[Block], real: dict[int, _Found], title: str) -> dict[int, _Found]:
    """Pseudo-headings: bold short paragraphs that head something, and numbered lines in a series."""
    start = _title_lines(blocks, title)
    bold = [i for i, b in enumerate(blocks) if i >= start and i not in real and b.is_bold and _could_head(b, title)]
    bold = _drop_runs(blocks, bold, real)
    if real and len(real) >= 2:
        bold = [i for i in bold if read_numbering(blocks[i].text)]
    numbered = _find_series(blocks, real, title)
    chosen = sorted({*bold, *numbered})
    if not chosen:
        return {}
    prose = sum(len(block.text) for block in blocks if block.kind in ("paragraph", "quote", "list_item"))
    if 3 * sum(len(blocks[i].text) for i in chosen) > prose:
        return {}
    has_top = any((n := read_numbering(blocks[i].text)) and n.depth == 0 for i in chosen)
    found: dict[int, _Found] = {}
    level_above = 1
    at = 0
    reals = sorted(real)
    for i in chosen:
        while at < len(reals) and reals[at] < i:
            level_above = real[reals[at]].level
            at += 1
        number = read_numbering(blocks[i].text)
        depth = (number.depth if number else 1) if has_top else 0
        found[i] = _Found(min(level_above + 1 + depth, 6), number, is_styled=True)
    return found


def _is_credit(text: str) -> bool:
    """Whether an h-tag holds a credit or the caption of a table or figure."""
    folded = text.lower()
    if folded.startswith(_credit_words("always")):
        return True
    word = next((word for word in _credit_words("numbered") if folded.startswith(word)), None)
    return word is not None and folded[len(word) :].lstrip()[:1].isdigit() and len(text) > len(word) + 4


def _could_head(block: Block, title: str) -> bool:
    text = block.text
    if block.kind != "paragraph" or len(text.encode("utf-8", "replace")) > _MAX_STYLED_WEIGHT or len(text) < 2:
        return False
    if _NO_HEADING_END.search(text) or _BYLINE.search(text) or not _HAS_WORD.search(text):
        return False
    folded = text.lower().lstrip(" （([【")
    if (
        folded.startswith(_credit_words("starts"))
        or text.rstrip(" ）)】]").endswith(_credit_words("ends"))
        or is_related_label(text)
    ):
        return False
    return not _is_title(text, title)


def _drop_runs(blocks: Sequence[Block], candidates: list[int], real: dict[int, _Found]) -> list[int]:
    """Candidates with something to head: prose follows, at once or after one more candidate."""
    chosen = set(candidates)
    out: list[int] = []
    for i in candidates:
        first = i
        while first - 1 in chosen:
            first -= 1
            if i - first > 3:
                break
        last = i
        while last + 1 in chosen:
            last += 1
            if last - i > 3:
                break
        if last - first > 2:
            continue
        after = last + 1
        while after < len(blocks) and blocks[after].kind == "caption":
            after += 1
        if after >= len(blocks) or after in real or blocks[after].kind == "heading":
            continue
        follower = blocks[after]
        if follower.kind == "paragraph" and (follower.is_bold or len(follower.text) < 12):
            continue
        out.append(i)
    return out


def _find_series(blocks: Sequence[Block], real: dict[int, _Found], title: str) -> list[int]:
    """Plain lines 「一、…」 「二、…」 that count up from one and have prose between them."""
    series: dict[str, list[tuple[int, int]]] = {}
    for i, block in enumerate(blocks):
        if i in real or block.kind != "paragraph" or len(block.text) > 50:
            continue
        number = read_numbering(block.text)
        if number is None or number.value is None or number.series in ("number", "number-bracket"):
            continue
        if len(block.text) <= len(number.text) + 1 or not _could_head(block, title):
            continue
        if i + 1 >= len(blocks) or blocks[i + 1].kind == "heading" or i + 1 in real:
            continue
        series.setdefault(number.series, []).append((i, number.value))
    out: list[int] = []
    for name, members in series.items():
        starts_at_one = members[0][1] == 1
        places = [i for i, _ in members]
        has_prose = all(b - a > 1 for a, b in pairwise(places))
        counts_up = name == "han-bracket" or all(b[1] == a[1] + 1 for a, b in pairwise(members))
        if len(members) >= 2 and starts_at_one and has_prose and counts_up:
            out.extend(places)
    return out


def _is_title(text: str, title: str) -> bool:
    folded = _FOLD.sub("", text).lower()
    return bool(folded) and (
        folded == title or (len(folded) >= 8 and title.startswith(folded) and len(title) < 1.3 * len(folded))
    )


def _title_lines(blocks: Sequence[Block], title: str) -> int:
    """How many lines at the head of the text are the title set over several lines."""
    count = 0
    while count < min(len(blocks), 4) and len(part := _fold(blocks[count].text)) >= 6 and part in title:
        count += 1
    return count


def _fold(title: str) -> str:
    return _FOLD.sub("", title).lower()


@cache
def _credit_words(key: str) -> tuple[str, ...]:
    return tuple(read_words("not_headings", key))
