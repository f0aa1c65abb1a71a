"""What stands beside a mention of time in English: as of, since, than in, the clause it belongs to, datelines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_context import Around
from transforms.claims.period_lexicon import alternation, load_toml

if TYPE_CHECKING:
    from transforms.claims.period_mentions import Mention

REACH = 80  # characters before a mention in which its numbers stand
SPACE = re.compile(r"\\ | ")
LEAD = 44
AHEAD_LEAD = 90
CLAUSE_REACH = 200  # characters searched for the ends of the clause around a mention
COMPARING = frozenset(["from", "than", "comp", "vers", "vs", "vs.", "agai"])  # first letters of words that compare
RELATIVE = frozenset(["and", "but", "which", "who", "whose", "where", "if"])
CLAUSE_BREAK = re.compile(r"[,;:](?!\d)|[—()]|\s[-–]\s")
OPENING_ADVERB = re.compile(r"\s*[A-Z][a-z]+,\s?")
RELATIVES = (" that ", " which ", " who ")
TIMING = frozenset({"when", "once"})  # a clause that opens with one tells when the rest happens
# a relative clause of the subject, and the verb of the sentence behind it
SUBJECT_TOLD = re.compile(r"\s*(?:[“\"(]?[\w’'-]+\s){1,6}?(?:that|which|who)\s[a-z][^,;:.]{0,60}$")
MAIN_VERB_AFTER = re.compile(r"[^,;:.]{0,40}?\s(?:has|have|had|is|are|was|were|will|would|could|may|must)\b")
# entries and exits in 2022: two nouns of one number
JOINED_NOUN = re.compile(r"[a-z]+s\s(?:in|for|during|over|by)\s(?:the\s)?$")
DATELINE_BEFORE = re.compile(r"(?:^|\n)\s*[A-Z][\w.’' ]{2,30}(?:,\s[A-Z][\w.]{1,12}){0,2},?\s\(?$")
DATELINE_AFTER = re.compile(r"\s?(?:\([A-Z][\w ]+\)\s?)?(?:[-–—]|:\s)")
# What "for June" stands before: the month of a contract, when nothing happened.
CONTRACT_AFTER = re.compile(
    r"[-\s](?:delivery|contracts?|futures|settlement|expiry|crude|options|loading)\b", re.IGNORECASE
)
CONTRACT_BEFORE = re.compile(r"\b(?:futures|contracts?|crude|delivery|options)\s(?:for|in)\s$", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s\s")
OWNED_AFTER = re.compile(r"['’]s\s(?:[\w-]+\s){0,4}?(?:of\s)?[$€£]?\d[\d.,]*")  # January's 7.04% peak
PRESENT_AFTER = re.compile(r";[^;.0-9]{0,60}\b(?:is|are|has|have|remains?)\b")
LEVELS_AFTER = re.compile(r"\s(?:levels?|figures?|totals?|highs?|peaks?|averages?)\b")  # 85% of 2019 levels
# more than double its 2021 low: a level of another time
OTHER_LEVEL = re.compile(r"\s(?:low|high|peak|level)s?\b(?P<own>\sof\s[$€£]?\d[\d.,]*)?")
OWNER_BEFORE = re.compile(r"\b(?:its|their|the|a|his|her)\s$")
OR_ASIDE = re.compile(r",\sor\s[^,;]{1,30},\s$")  # $186 million, or $1.19 a share, a year earlier
NUMBER_BEFORE = re.compile(r"[$€£]?\d[\d.,]*%?(?:\s[a-z]+)?\s?$")


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of [around] in periods_en.toml that are read word by word, and patterns made of them."""

    edges: dict[str, str]
    vague_edges: frozenset[str]
    no_edges: frozenset[str]
    compared: frozenset[str]
    compared_relative: frozenset[str]
    narrative: frozenset[str]
    skipped: frozenset[str]
    prepositions: frozenset[str]
    event: frozenset[str]
    telling: frozenset[str]
    announcing: frozenset[str]
    separator: re.Pattern[str]  # between an earlier number and the one a mention owns
    wall: re.Pattern[str]  # between numbers before it and a mention that is not theirs
    subordinate: re.Pattern[str]  # how a clause begins whose time is only its own
    joined: re.Pattern[str]  # commas that part no clause: 58 points, or 1.4%, on Wednesday
    ahead: re.Pattern[str]
    guess: re.Pattern[str]
    compared_number: re.Pattern[str]
    record: re.Pattern[str]


@cache
def words_en() -> Words:
    """The lists, loaded once."""
    data = load_toml("periods_en.toml")["around"]
    subordinate = alternation(data["subordinate"])
    separator = alternation(data["separators"])
    # before tax, before dawn are no clauses
    walls = SPACE.sub(r"\\s", alternation(set(data["separators"]) - RELATIVE))
    joined = SPACE.sub(r"\\s", alternation(data["joined"]))
    comparing = alternation({*data["compared_before"], "from", "against"})
    return Words(
        edges={word: edge for edge in ("start", "end") for word in data[edge]},
        vague_edges=frozenset(data["vague_edge"]),
        no_edges=frozenset(data["no_edge"]),
        compared=frozenset(data["compared_before"]),
        compared_relative=frozenset(data["compared_relative"]),
        narrative=frozenset(data["narrative_before"]),
        skipped=frozenset(data["skipped"]),
        prepositions=frozenset(data["prepositions"]),
        event=frozenset(data["event_before"]),
        telling=frozenset(data["telling"]),
        announcing=frozenset(data["announcing"]),
        separator=re.compile(
            rf"[,;—)]\s|\(|\b(?:{separator})\s(?!tax\b|dawn|noon|interest\b|items\b|midnight)", re.IGNORECASE
        ),
        # "5% and 6% in 2019" is one time for both, "cut 5% and now targets 9% by 2027" is not
        wall=re.compile(
            rf"""[;:—(]\s?
              | ,\s(?!(?:{joined}|even)\s|(?:and\s|or\s)?[$€£]?\d)
              | \b(?:and\s(?!(?:\S+\s)?[$€£]?\d)|(?:{walls})\s(?!tax|dawn|noon|interest|items|midnight))""",
            re.IGNORECASE | re.VERBOSE,
        ),
        subordinate=re.compile(rf"\s*(?:and\s|but\s)?(?:{subordinate})\b", re.IGNORECASE),
        joined=re.compile(rf",?\s(?:{alternation(data['joined'])})\s", re.IGNORECASE),
        ahead=re.compile(rf"\b(?:{alternation(data['ahead'])})\b", re.IGNORECASE),
        guess=re.compile(rf"(?:\s[a-z]+)?\s(?:{alternation(data['guess_after'])})\b", re.IGNORECASE),
        compared_number=re.compile(
            rf"\b(?:{comparing})\s(?:[a-z]+\s){{0,2}}[$€£]?\d[^,;()]{{0,30}}$",
            re.IGNORECASE,
        ),
        record=re.compile(rf"\b(?:{alternation(data['record'])})\b[^,;.]*$", re.IGNORECASE),
    )


def around_en(text: str, mention: Mention, left: int) -> Around | None:
    """What stands before a mention in English, back to the end of the mention at its left; None where it is no time."""
    if mention.kind == "month" and is_contract(text, mention.start, mention.end):
        return None
    table = words_en()
    found = Around(mention.start, mention.end)
    lead = text[max(left, mention.start - LEAD, 0) : mention.start]
    words = lead.lower().split()
    if lead and not lead[-1].isspace() and lead[-1] not in "-–(":
        words = words[:-1]
    index = skip(words, len(words), table)
    if index > 1 and words[index - 1] == "of" and words[index - 2] in table.edges:
        if index > 2 and words[index - 3] in table.no_edges:
            index = len(words)  # the low end of its full-year guidance
        else:
            found.edge = table.edges[words[index - 2]]
            index -= 2
    elif index and words[index - 1] == "end-":
        found.edge = "end"
        index -= 1
    elif index and words[index - 1] in table.vague_edges:
        index -= 1
    index = skip(words, index, table)
    word = words[index - 1] if index else ""
    pair = f"{words[index - 2]} {word}" if index > 1 else ""
    found.is_event = word in table.event
    if pair in ("as of", "as at"):
        found.is_as_of = True
        index -= 2
    elif word == "since":
        found.is_since = True
        index -= 1
        found.is_record = table.record.search(lead[: lead.lower().rfind("since")]) is not None
    elif is_compared(words[:index], mention, lead) or (word == "of" and LEVELS_AFTER.match(text, mention.end)):
        found.is_compared = True
    if found.edge or found.is_as_of or found.is_since:
        found.start = mention.start - tail_length(lead, len(words) - index)
    if POSSESSIVE.match(text, mention.end):
        return possessive(text, mention, found)
    if mention.kind == "year" and (match := OTHER_LEVEL.match(text, mention.end)) and OWNER_BEFORE.search(lead):
        found.is_compared, found.is_narrative = True, False
        found.own = (mention.end, match.end()) if match["own"] else None
        return found
    if mention.part is None and mention.year is not None:
        found.is_narrative = word in table.narrative
    if mention.kind in ("day", "month", "quarter", "half"):
        tail = clause_tail(text[max(left, mention.start - AHEAD_LEAD, 0) : mention.start])
        found.is_ahead = table.ahead.search(tail) is not None
    if mention.kind == "day":
        found.is_dateline = is_dateline(text, mention, words[:index])
        if not table.announcing.isdisjoint(words[max(0, index - 2) : index]):
            found.scope = "sentence"  # 30 jets, executives announced Wednesday
    if not found.is_compared:
        is_own = word in ("until", "till", "before") or table.guess.match(text, mention.end) is not None
        if found.scope != "sentence":
            found.reach, found.scope = reach_of(text, mention, found.start, left, is_own=is_own)
            found.is_narrative = found.is_narrative and found.scope != "clause"
    if not (found.is_record or is_bare_comparison(words[:index], found, lead)):
        found.own = owned_before(text, found.start, left)
        if found.is_compared and word == "of" and LEVELS_AFTER.match(text, mention.end):
            found.own = None
        elif (
            found.is_compared
            and word == "of"
            and (match := NUMBER_BEFORE.search(text, max(0, mention.start - LEAD), mention.start - 3))
        ):
            found.own = (match.start(), mention.start)
    return found


def possessive(text: str, mention: Mention, found: Around) -> Around:
    """What is said of a mention with 's: it belongs to the noun behind it, and governs the figure of that at most."""
    match = OWNED_AFTER.match(text, mention.end)
    found.is_compared, found.is_narrative = True, False
    found.own = (mention.end, match.end()) if match else None
    return found


def is_bare_comparison(words: list[str], found: Around, lead: str) -> bool:
    """Whether no number stands between the comparing word and the period: 58% below the same week."""
    table = words_en()
    if table.compared_number.search(lead):
        return False
    last = words[-1] if words else ""
    return found.is_compared and (
        last in table.compared
        or last in table.compared_relative
        or last == "from"
        or " ".join(words[-2:]) in table.compared
        or (last in table.prepositions and words[-2:-1] != [] and words[-2] in table.compared)
    )


def clause_tail(lead: str) -> str:
    """What stands between the last break and the mention."""
    at = max(lead.rfind(", "), lead.rfind("; "), lead.rfind("— "), lead.rfind(". "))
    return lead[at + 1 :]


def is_dateline(text: str, mention: Mention, words: list[str]) -> bool:
    """LONDON, Feb 12 — …, and the day of a saying: he said on Tuesday."""
    last = [word for word in words[-2:] if word not in ("on", "late", "early")]
    if last and last[-1] in words_en().telling:
        return True
    if mention.start > 60 or mention.atom.form == "weekday":
        return False
    return (
        DATELINE_AFTER.match(text, mention.end) is not None
        and DATELINE_BEFORE.search(text[: mention.start]) is not None
    )


def is_contract(text: str, start: int, end: int) -> bool:
    """Whether a month is that of a futures contract: Brent for December delivery."""
    return (
        CONTRACT_AFTER.match(text, end) is not None
        or CONTRACT_BEFORE.search(text[max(0, start - 24) : start]) is not None
    )


def skip(words: list[str], index: int, table: Words) -> int:
    while index and words[index - 1] in table.skipped:
        index -= 1
    return index


def tail_length(lead: str, count: int) -> int:
    """Characters that the last `count` words of the lead take, with the spaces after them."""
    at = len(lead)
    for _ in range(count):
        at = lead.rstrip()[:at].rstrip().rfind(" ") + 1
    return len(lead) - at


def is_compared(words: list[str], mention: Mention, lead: str) -> bool:
    """Whether the words before a mention compare with it: than in 2022, from a year earlier, the 233,000 of May."""
    table = words_en()
    if not words or (mention.kind == "rolling" and not mention.atom.word):
        return False
    if mention.kind == "day":
        return table.compared_number.search(lead) is not None  # up from 60% on Monday
    if words[-1] in table.prepositions and len(words) > 1 and words[-2] in table.compared:
        return True  # fewer than in 2022
    word = words[-1]
    if word in table.compared or " ".join(words[-2:]) in table.compared:
        return True
    is_relative = mention.atom.form in ("same", "ago") or (mention.year is not None and mention.year.base != "text")
    is_relative = is_relative or (mention.atom.form == "unit" and mention.atom.number < 0)
    if word in table.compared_relative:
        return is_relative or (
            word == "on" and mention.kind in ("month", "quarter", "half", "year")
        )  # down 12% on 2022
    if word == "from":
        return mention.to is None and (is_relative or mention.kind in ("year", "quarter", "month"))
    if word == "of" and words[-2:-1] and words[-2][0].isdigit():
        return True
    if table.compared_number.search(lead):
        return True  # compared with $1.44 billion in the third quarter
    # $14.40 a year ago, after "from": the year before what the text speaks of
    return mention.atom.form == "ago" and table.separator.search(clause_tail(lead)) is not None


def reach_of(text: str, mention: Mention, start: int, left: int, *, is_own: bool) -> tuple[tuple[int, int], str]:
    """Where numbers may stand that are of a mention's time: all that follow, and those before it up to a wall.

    "clause" where that is all of it: what only adds something (`which is spun off on June 1`, `down 11% this year`).
    """
    table = words_en()
    low = max(0, start - CLAUSE_REACH)
    begin, opener = low, ""
    for match in CLAUSE_BREAK.finditer(text, low, start):
        begin, opener = match.end(), match.group()
    stop = CLAUSE_BREAK.search(text, mention.end, mention.end + CLAUSE_REACH)
    end = stop.start() if stop else len(text)
    opening = table.subordinate.match(text, begin) if begin > low or low == 0 else None
    is_first = low == 0 and (begin == 0 or OPENING_ADVERB.fullmatch(text, 0, begin) is not None)
    if opening is not None and is_first and opening.group().strip().lower() in TIMING:
        opening = None  # When the timetable starts on Dec. 14, the operator will …
    if (
        is_first
        and any(text.find(word, begin, start) >= 0 for word in RELATIVES)
        and SUBJECT_TOLD.match(text, begin, start)
        and MAIN_VERB_AFTER.match(text, mention.end)
    ):
        return (begin, mention.end), "clause"  # A wildfire that started last Saturday near X has
    if opener == "(" or is_own or (opening and opening.end() <= start):
        return (begin, end), "clause"
    wall = low
    for match in table.wall.finditer(text, low, start):
        # a drop from Tuesday; 45% from 2010 levels by 2030
        if match.group()[:3] == "and" and JOINED_NOUN.fullmatch(text, match.end(), start):
            continue
        if match.end() < start and not (match.end() <= left and match.group()[:4].strip().lower() in COMPARING):
            wall = match.end()
    present = PRESENT_AFTER.search(
        text, mention.end, mention.end + CLAUSE_REACH
    )  # …; daily actives have crossed the 1 million mark
    return (wall, present.start() if present else len(text)), ""


def owned_before(text: str, start: int, left: int) -> tuple[int, int] | None:
    """Where numbers stand that an English mention after them governs: $800 million in 2019."""
    table = words_en()
    low = max(left, start - REACH)
    aside = OR_ASIDE.search(text, low, start) if text.startswith(", ", start - 2) else None
    for match in table.separator.finditer(text, low, start):
        if aside is not None and match.start() >= aside.start():
            break
        if match.group()[0] == "," and table.joined.match(text, match.start()):
            continue
        low = match.end()
    return (low, start) if low < start else None
