"""Dates and credits in the lines a reader sees, from the title to the foot of the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from transforms.bylines import read_by, read_credits, read_edited, read_reporters
from transforms.dates import find_date_spans
from transforms.metadata_lexicon import fold_label, load_metadata_lexicon
from transforms.names import is_outlet, is_person_name
from transforms.observations import Clue
from transforms.relative_dates import find_relative, names_today
from transforms.titles import match_titles, squash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OWNER_NOISE = re.compile(
    r"©|&copy;|\(c\)|copyright|版权所有|版權所有|著作权|all rights reserved.*|alle rechte vorbehalten.*"
    r"|tous droits.*|powered by.*|by\b"
    r"|[京沪粤浙苏湘鄂川渝津鲁闽皖豫冀晋陕甘辽吉黑桂琼云贵藏青宁新蒙赣]\s?(?:ICP|公网).*|(?:19|20)\d\d(?:\s*[-~–—至]\s*(?:(?:19|20)\d\d|now|present))?|version\s[\d.]+",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|&copy;|Copyright|\(c\)|版权所有|版權所有)", re.IGNORECASE)
# Begins with a set of characters, which is what the engine looks for fastest.
_YEAR = re.compile(r"[0-9〇○](?:(?<=2)0\d\d|(?<=1)9\d\d|\.\d\d?\.\d\d|(?<=[〇○]))")
_RANGE = re.compile(r"\s*(?:[-–—~至到]|bis|to|until|au|al|tot|до)\s*", re.IGNORECASE)  # days of an event
MAX_TEXT = 400_000
MAX_BESIDE_DATE = 80  # characters of a line that tells a date: names, a section, counts of readers
MAX_LINES = 6_000
LINES_BEFORE, LINES_AFTER = 8, 22  # of the title: where bylines and dates stand


def observe_lines(text: str, titles: Sequence[str]) -> Iterator[Clue]:
    """Observations of the page's text, one text node a line; `titles` are what the article's title may be."""
    text = text[:MAX_TEXT].replace("\xa0", " ").replace("\t", " ")
    lines = [line for raw in text.split("\n") if (line := raw.strip())][:MAX_LINES]
    at = _title_line(lines, titles)
    yield from _near_title(lines, at, titles)
    yield from _labelled_dates(lines, at or 0)
    yield from _credit_lines(lines, at)
    yield from _editors(lines, at or 0)
    yield from _copyright(lines)


def _title_line(lines: list[str], titles: Sequence[str]) -> int | None:
    """The line the title stands on: the first that is followed by a date or a credit, else the first."""
    wanted = [squash(title) for title in titles if title and len(squash(title)) >= 4]
    hits: list[int] = []
    firsts = {title[0] for title in wanted}
    for index, line in enumerate(lines):
        if len(line) > 300 or len(line) < 4:
            continue
        if line[0].casefold() not in firsts and (line[0].isalnum() or not firsts.intersection(line[1:4].casefold())):
            continue
        squashed = squash(line)
        if any(
            squashed == title
            or (len(squashed) >= 8 and title.startswith(squashed))
            or (len(title) >= 8 and squashed.startswith(title))
            for title in wanted
        ):
            following = "\n".join(part[:120] for part in lines[index + 1 : index + 9])
            if next(find_date_spans(following), None) or read_credits(following):
                return index
            hits.append(index)
            if len(hits) >= 8:
                break
    return hits[0] if hits else None


def _near_title(lines: list[str], at: int | None, titles: Sequence[str]) -> Iterator[Clue]:
    """Dates and Western bylines in the lines around the title."""
    if at is None:
        return
    for is_before, window in ((False, lines[at + 1 : at + LINES_AFTER]), (True, lines[max(0, at - LINES_BEFORE) : at])):
        yield from _dates_of(window, "html:near_title")
        yield from (
            Clue("published_at", told, "html", "html:relative") for line in window if (told := find_relative(line))
        )
        for index, line in enumerate(window):
            if len(line) > 160:
                continue
            following = window[index + 1] if index + 1 < len(window) else ""
            credits_ = read_by(line) or (
                read_by(f"{line} {following}") if len(following) < 60 and _is_opener(line) else []
            )
            for credit in credits_:
                yield Clue("authors", credit.value, "byline", credit.rule)
            if credits_ or is_before:
                break
    yield from _names_at_date(lines[at + 1 : at + 6], titles)
    by_far = load_metadata_lexicon().by_far
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if len(line) < 60 and by_far.match(line):
            following = lines[index + 1] if index + 1 < len(lines) and len(line) < 16 else ""
            credits_ = read_by(f"{line} {following}".strip())
            for credit in credits_:
                yield Clue("authors", credit.value, "byline", "byline:end")
            if credits_:
                break


def _is_opener(line: str) -> bool:
    """Whether the name is on the next line: this one is "By", or "dal nostro inviato"."""
    return len(line) < 16 or (len(line) < 40 and bool(load_metadata_lexicon().by.fullmatch(f"{line} ")))


def _names_at_date(window: list[str], titles: Sequence[str]) -> Iterator[Clue]:
    """A name between the title and the date, or on the date's line: `Jane Doe`, `25 Oct 2022`."""
    for index, line in enumerate(window[:4]):
        if len(line) > 80:
            return
        spans = list(find_date_spans(line))
        if spans:
            rest = (line[: spans[0][1]] + line[spans[-1][2] :]).strip(" |-–—•·,")
            outlet = re.sub(r"\s*[\[【(（][^\])】）]{1,8}[\])】）]$", "", rest)
            if (is_outlet(outlet) and len(outlet) <= 20) or (outlet != rest and 2 <= len(outlet) <= 20):
                yield Clue("source_name", outlet, "byline", "byline:beside_date")
            for name in (
                rest,
                window[index - 1] if index else "",
                window[index + 1] if index + 1 < len(window) else "",
            ):
                name = name.strip(" |-–—•·,")
                if is_person_name(name) and not match_titles(name, titles):
                    yield Clue("authors", name, "byline", "byline:beside_date")
                    return
            return


def _dates_of(window: Sequence[str], rule: str | None) -> Iterator[Clue]:
    """Dates of these lines: labelled ones, and (under `rule`, if one is given) those without a label."""
    lexicon = load_metadata_lexicon()
    previous = ""
    for line in window:
        is_short = len(line) <= 200
        spans = list(find_date_spans(line if is_short else line[:40]))
        beside = len(line) - sum(end - start for _, start, end in spans)
        is_range = len(spans) == 2 and _RANGE.fullmatch(line[spans[0][2] : spans[1][1]]) is not None
        for _stamp, start, end in spans:
            before = (previous + " " + line[:start])[-48:]
            label = None
            for match in lexicon.date_label.finditer(before):
                label = match
            value = line[start:end]
            if is_short and lexicon.others_date.search(line[:start]):
                continue
            field = None
            if is_short and (suffix := lexicon.date_suffix.match(line, end)):
                field = lexicon.date_suffixes[suffix["suffix"]]
            elif label and len(before) - label.end() < 12 and is_short:
                field = lexicon.labels.get(fold_label(label["label"]), "published_at")
            if field:
                yield Clue(field, value, "html", "html:label" if field == "published_at" else "html:label_modified")
            elif rule and not is_range and not names_today(line[:start]) and (beside <= MAX_BESIDE_DATE or start < 3):
                yield Clue("published_at", value, "html", rule)
        previous = line[-40:]


def _labelled_dates(lines: Sequence[str], at: int) -> Iterator[Clue]:
    """The first labelled date of each kind from the title to the end of the page."""
    lexicon = load_metadata_lexicon()
    found: set[str] = set()
    for index in _lines_with(_YEAR, lines, at):
        if len(lines[index]) > 200:
            continue
        pair = lines[max(at, index - 1) : index + 1]
        if lexicon.date_label.search(" ".join(part[-80:] for part in pair)):
            for item in _dates_of(pair, None):
                if item.field not in found:
                    found.add(item.field)
                    is_published = item.field == "published_at"
                    yield replace(item, rule="html:far_label") if is_published else item
            if len(found) == 2:
                return


def _lines_with(pattern: re.Pattern[str], lines: Sequence[str], start: int) -> Iterator[int]:
    """Indexes of the lines that hold the pattern; one search of the whole text, since most lines hold none."""
    ends: list[int] | None = None
    last = -1
    for match in pattern.finditer("\n".join(lines[start:])):
        if ends is None:
            ends = list(accumulate(len(line) + 1 for line in lines[start:]))
        index = bisect_right(ends, match.start())
        if index != last:
            last = index
            yield start + index


def _credit_lines(lines: list[str], at: int | None) -> Iterator[Clue]:
    """Chinese credits from the title down, and labelled dates where none stands near the title."""
    start = max(0, at - 4) if at is not None else 0
    seen: set[tuple[str, str]] = set()
    last: dict[str, int] = {}  # field → line of its last credit
    lexicon = load_metadata_lexicon()
    for index in _lines_with(lexicon.label_word, lines, start):
        line = lines[index]
        is_short = len(line) <= 90
        piece = line if is_short else f"{line[:80]} {line[-60:]}"
        if not lexicon.label_word.search(piece):
            continue
        if is_short:
            following = lines[index + 1] if index + 1 < len(lines) and len(lines[index + 1]) <= 40 else ""
            found = read_credits(f"{line}\n{following}")
            found += read_reporters(line, is_short_line=True) or read_reporters(
                f"{line} {following}", is_short_line=True
            )
        else:
            tail = re.search(r"[（(][^（）()]*[）)]\s*$", line[-60:])
            found = (read_credits(tail[0]) if tail else []) + read_reporters(line[:80])
        for credit in found:
            # Credits of one article stand together; the next card on the page has its own.
            if index - last.setdefault(credit.field + credit.rule, index) > 1 or (credit.field, credit.value) in seen:
                continue
            seen.add((credit.field, credit.value))
            last[credit.field + credit.rule] = index
            yield Clue(credit.field, credit.value, "byline", credit.rule)


def _editors(lines: list[str], at: int) -> Iterator[Clue]:
    """The first line that names who edited: "Edited by:" and the name behind it or on the next line."""
    for index in _lines_with(load_metadata_lexicon().edited_word, lines, at):
        line = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) and len(lines[index + 1]) <= 40 else ""
        found = read_edited(line) or (read_edited(f"{line} {following}") if len(line) <= 20 and following else [])
        for credit in found:
            yield Clue(credit.field, credit.value, "byline", credit.rule)
        if found:
            return


def _copyright(lines: list[str]) -> Iterator[Clue]:
    """The copyright line at the page's end, and the owner it names."""
    tail = lines[-80:]
    for index in _lines_with(_COPYRIGHT, tail, 0):
        line = tail[index]
        if len(line) <= 200:
            value = line if len(line) > 16 else " ".join([line, *(part[:80] for part in tail[index + 1 : index + 3])])
            yield Clue("rights", value, "html", "html:copyright")
            owner = _OWNER_NOISE.sub(" ", value).strip(" .,·|-–—:：，。©")
            owner = re.split(r"\s{2,}|[|,，。·;；]|\s(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s", owner)[0].strip(
                " .-–—:："
            )
            if 2 <= len(owner) <= 40 and any(char.isalpha() for char in owner):
                yield Clue("site_name", owner, "html", "html:copyright")
            return
