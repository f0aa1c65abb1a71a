"""The choice of the title and of the site's name, which decide each other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from transforms.choices import Choice, ranked
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import is_outlet
from transforms.titles import CONFIRMED, cut_site, is_site, overlap, split_title, squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.observations import Clue

HEADING_RULES = frozenset({"html:h1", "html:h1_article", "html:heading"})
_ENDS = " -–—_|·:»/"
LONE_HEADING_CHARS = 15  # of a heading no title in the head confirms
GENERIC_LABELS = frozenset(
    {"blog", "news", "www2", "blogspot", "wordpress", "github", "com", "co", "org", "net", "gov", "edu"}
)


def choose_title(seen: Sequence[Clue]) -> Choice:
    """The whole title without the site's name: a heading that the head confirms, else the head's longest form."""
    stated = [item for item in ranked(seen, "title") if item.value.strip()]
    if not stated:
        return Choice()
    if stated[0].rule == "front_matter:title":
        return Choice((stated[0].value,), (stated[0],))
    sites = site_spellings(seen)
    tag = next((item for item in stated if item.rule == "html:title"), None)
    whole = tag.value if tag else ""
    pieces = split_title(whole)
    names = {squash(pieces[-1])} if len(pieces) > 1 else set()
    if names and _ends_with_title(stated, pieces, sites):
        names = {squash(pieces[0])}  # the site stands first, and a heading says what the last piece is
    head = [
        item
        for item in stated
        if item.rule not in HEADING_RULES
        and item.rule not in {"html:title", "json_ld:name"}
        and len(squash(item.value)) >= 2
        and squash(cut_site(item.value, sites)) not in names
    ]
    headings = [
        item
        for item in stated
        if item.rule in HEADING_RULES and squash(item.value) not in names and not is_site(item.value, sites)
    ]
    others = [item.value for item in head] + ([cut_site(whole, sites)] if whole else [])
    confirmed = [item for item in headings if overlap(item.value, others) >= CONFIRMED or not others]
    # A title set in other elements (h2, a class) counts where no h1 is the title.
    confirmed = [item for item in confirmed if item.rule != "html:heading"] or confirmed
    best = max(confirmed, key=lambda item: overlap(item.value, others) * min(40, len(item.value)), default=None)
    if best is None:
        lone = [item for item in headings if item.rule == "html:h1_article" and len(item.value) >= LONE_HEADING_CHARS]
        best = lone[0] if len(lone) == 1 else None
    addressed = _addressed(seen, best, head, pieces)
    if addressed is not None:
        return Choice((cut_site(addressed[0], sites),), (addressed[1] or tag or stated[0],))
    if best is not None:
        short = next((item for item in head if is_headline_with_rest(best.value, item.value, whole)), None)
        picked = short or best
        return Choice((_complete(cut_site(picked.value, sites), others, sites),), (picked,))
    for item in head:
        value = cut_site(item.value, sites)
        complete = _complete(value, [whole], sites)
        return Choice((complete,), (tag if tag and complete != value else item,))
    if tag:
        value = cut_site(whole, sites)
        if value == whole.strip() and len(pieces) > 1:
            value = _without_tail(value, pieces)
        if squash(value):
            return Choice((value,), (tag,))
    return Choice((stated[0].value,), (stated[0],))


def site_spellings(seen: Sequence[Clue]) -> list[str]:
    """The ways the site's name is written on the page, its host's among them."""
    names = [item.value for item in seen if item.field == "site_name" and item.source != "front_matter"]
    hosts = [item.value for item in seen if item.rule == "url:host"]
    return names + [
        label for host in hosts for label in host.split(".")[-3:-1] if len(label) > 3 and label not in GENERIC_LABELS
    ]


def _ends_with_title(stated: Sequence[Clue], pieces: Sequence[str], sites: Sequence[str]) -> bool:
    """Whether the last piece of the <title> is the article's: a heading says so, and the first is a site's name."""
    last, first = squash(pieces[-1]), pieces[0].strip()
    if not any(item.rule in HEADING_RULES and squash(item.value) == last for item in stated):
        return False
    return is_outlet(first) or (is_site(first, sites) and not is_site(pieces[-1], sites))


def _addressed(
    seen: Sequence[Clue], best: Clue | None, head: Sequence[Clue], pieces: Sequence[str]
) -> tuple[str, Clue | None] | None:
    """What the page's address is made of, where that is not the heading but another title or a piece of one.

    Blogs set their own name as h1, `Four Years On » Archive » Small integers` at /2019/10/small-integers/.
    """
    address = next((item.value for item in seen if item.rule in {"url:page", "html:canonical"}), "")
    slug = read_slug(address)
    if not slug or (best is None and head):
        return None
    if best is not None:
        if best.rule == "html:h1_article":
            return None
        own = squash(best.value)
        names_blog = own in [squash(piece) for piece in pieces] if len(pieces) > 1 else False
        agreed = Counter(squash(item.value) for item in head)
        if (
            overlap(slug, [best.value]) > 0.3
            or own in agreed
            or not (names_blog or max(agreed.values(), default=0) > 1)
        ):
            return None
    candidates = [(item.value, item) for item in head] + [(piece, None) for piece in pieces if len(pieces) > 1]
    value, item = max(candidates, key=lambda pair: overlap(slug, [pair[0]]), default=("", None))
    is_other = best is None or squash(best.value) not in squash(value) or len(split_title(value)) < 2
    return (value.strip(), item) if is_other and overlap(slug, [value]) >= 0.7 else None


def read_slug(url: str) -> str:
    """The words that name the page in its address, "" where there are fewer than two.

    >>> read_slug("https://example.org/2019/10/21/small-integers-in-python.html")
    'small integers in python'
    """
    path = unquote(url.partition("?")[0]).rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_+.]", path.rpartition(".")[0] or path) if word.isalpha()]
    return " ".join(words) if len(words) >= 2 else ""


def is_headline_with_rest(heading: str, headline: str, whole: str) -> bool:
    """Whether a heading holds the headline and a subtitle, kicker or date, which the titles of the head leave out."""
    own, short, stated = squash(heading), squash(headline), squash(whole)
    return (
        len(headline) >= 16
        and len(short) < len(own)
        and (own.endswith(short) or (own.startswith(short) and heading[len(headline) : len(headline) + 1].isspace()))
        and short in stated
        and own not in stated
    )


def _complete(value: str, others: Sequence[str], sites: Sequence[str]) -> str:
    """The longer form where `value` was cut off: by an ellipsis, or at a quotation mark a template did not escape."""
    stem = re.sub(r"\s*(?:…|\.\.\.)$", "", value)
    for other in others:
        if len(other) > len(stem) and other.startswith(stem) and len(stem) >= 2:
            if stem == value and other[len(stem)] not in "\"'“”":
                continue
            if stem == value and re.match(r"[\"'“”]\s*(?:[|_–—-]|$)", other[len(stem) :]):
                continue
            longer = cut_site(other, sites)
            pieces = split_title(longer)
            longer = _without_tail(longer, pieces) if len(pieces) > 1 and longer == other else longer
            if len(longer) > len(value) and not longer.endswith(("…", "...")):
                return longer
    return value


def _without_tail(title: str, pieces: Sequence[str]) -> str:
    """The title before the piece that names a site we do not know.

    With _ and | all that follows the first piece is sections and sites; a dash may belong to the title.
    """
    if re.search(r"[_|｜]", title[len(pieces[0]) : len(pieces[0]) + 4]) or len(pieces) == 2:
        longest = max(pieces, key=len)
        if longest != pieces[0] and len(pieces[0]) < 12 and len(longest) >= 2 * len(pieces[0]):
            return longest.strip()
        return pieces[0].strip()
    end = title.rfind(pieces[-1])
    return re.sub(r"[\s|_–—·•»:/~-]+$", "", title[:end])


def choose_site(seen: Sequence[Clue], title: str | None) -> Choice:
    """The name of the site that published the page."""
    lexicon = load_metadata_lexicon()
    mirrored = mirrored_site(seen)
    if mirrored:
        return Choice((lexicon.site_aliases.get(mirrored.value.lower(), mirrored.value),), (mirrored,))
    for item in ranked([*seen, *_title_tails(seen, title or "")], "site_name"):
        value = item.value.lstrip("@").strip()
        if item.rule == "front_matter:author" or not value or len(value) > 80:
            continue
        if item.rule in {"html:title_tail", "html:copyright"} and squash(value) == squash(title or ""):
            continue
        if re.match(r"https?://", value) or value.lower() in lexicon.no_names:
            continue
        return Choice((lexicon.site_aliases.get(value.lower(), value),), (item,))
    return Choice()


def _title_tails(seen: Sequence[Clue], title: str) -> list[Clue]:
    """The site's name as the last piece of the <title>, or the first where the article's title ends it.

    Beside a heading any dash or colon is a separator.
    """
    whole = next((item for item in seen if item.rule == "html:title"), None)
    if whole is None:
        return []
    headings = [item.value for item in seen if item.field == "title" and item.rule in HEADING_RULES]
    rest = next((whole.value[len(text) :] for text in headings if len(text) > 5 and whole.value.startswith(text)), "")
    before = whole.value[: -len(title)] if len(title) > 5 and whole.value.endswith(title) else ""
    first = split_title(before)[0].strip(_ENDS + ":：") if re.search(r"(?:\s[-–—|»/]|[:：_|»])\s*$", before) else ""
    if first and not rest.strip() and (is_outlet(first) or is_site(first, [*site_spellings(seen), *headings])):
        pieces = [first]
    else:
        pieces = split_title(rest.strip(_ENDS)) if rest.strip() else split_title(whole.value)[1:]
    han = [piece for piece in pieces if re.search(r"[\u3400-\u9fff]", piece)]
    tail = (han or pieces or [""])[-1].strip(_ENDS + ":：")
    return [replace(whole, field="site_name", value=tail, rule="html:title_tail")] if 2 <= len(tail) <= 40 else []


def mirrored_site(seen: Sequence[Clue]) -> Clue | None:
    """The front matter's author where it is the feed's or site's name and no writer."""
    lexicon = load_metadata_lexicon()
    categories = {item.value.lower() for item in seen if item.rule == "front_matter:categories"}
    names = {name.lower() for name in (*lexicon.sites.values(), *lexicon.site_aliases, *lexicon.site_aliases.values())}
    bylines = {item.value for item in seen if item.field == "authors" and item.source == "byline"}
    for item in seen:
        if item.rule == "front_matter:author" and item.field == "authors":
            low = item.value.lower()
            if low in categories or low in names or is_outlet(item.value) or (bylines and item.value not in bylines):
                return item
    return None
