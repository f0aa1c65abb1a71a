"""Metadata of an article: observations from every source, and one value chosen for each field."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from transforms import choices, date_choice, people_choice, title_choice
from transforms.bylines import read_closing, read_credits, read_dateline, read_edited, read_reporters
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names, is_chinese_name, is_desk
from transforms.observations import (
    MAX_OBSERVATIONS,
    Clue,
    clue,
    observe_head,
    observe_json_ld,
    observe_url,
    site_of_host,
    unwrap_image,
)
from transforms.visible import observe_visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transforms.page import Page
    from transforms.records import Block, Observation

BYLINE_BLOCKS_FIRST, BYLINE_BLOCKS_LAST = 8, 12  # of an article, where its credits stand
MAX_LINKS = 300
MAX_CREDIT_LINE = 160  # characters of a line that names who wrote and edited
MAX_TEXT, MIN_TEXT = 400_000, 300  # of the page, where the names of its head are looked for
_LINK_HOST = re.compile(r"""\x20href="(?:https?:)?//([\w.-]+)""")
# Where the rule's name in the orders of trust is not the field's.
FRONT_MATTER_RULES = {
    "published_at": "date",
    "modified_at": "updated",
    "image_url": "image",
    "authors": "author",
    "page_type": "type",
}


@dataclass(frozen=True, slots=True)
class SeenValue:
    """An observation as the metadata table shows it, before it knows its article."""

    field: str
    position: int
    value: str
    source: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Metadata:
    """The chosen value of every field, named as the columns of articles, and all that was observed."""

    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    site_name: str | None = None
    source_name: str | None = None
    published_at: datetime | None = None
    published_date: date | None = None
    published_precision: str | None = None  # day, minute, second
    modified_at: datetime | None = None
    canonical_url: str | None = None
    language: str | None = None
    description: str | None = None
    image_url: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    section: str | None = None
    page_type: str | None = None
    rights: str | None = None
    observations: tuple[SeenValue, ...] = ()

    @property
    def published_month(self) -> str | None:
        """Year and month of publication, `2022-06`."""
        return self.published_date.strftime("%Y-%m") if self.published_date else None


def observe_page(page: Page, *, url: str | None = None) -> tuple[Clue, ...]:
    """Everything the page states about itself; nothing is chosen yet. Reads the tree and does not change it."""
    url = url or page.url
    head = list(islice(observe_head(page), MAX_OBSERVATIONS))
    linked = list(islice(observe_json_ld(page), MAX_OBSERVATIONS))
    titles = [seen.value for seen in (*linked, *head) if seen.field == "title"]
    linked, head = _mark_unseen(page, linked), _mark_unseen(page, head)
    seen = [*linked, *head, *islice(observe_visible(page, titles), MAX_OBSERVATIONS)]
    seen += (Clue("published_at", value, "html", "html:script") for _key, value in page.script_dates[:5])
    seen += _script_credits(page)
    seen += observe_url(url)
    if not url:
        seen += _own_host(page, seen)
    return tuple(dict.fromkeys(seen))


def _mark_unseen(page: Page, seen: list[Clue]) -> list[Clue]:
    """The same observations, authors that stand nowhere on the page under a rule of their own."""
    stated = [item for item in seen if item.field == "authors" and item.rule in people_choice.HEAD_RULES]
    body = next(page.tree.find("body"), None) if stated else None
    if body is None:
        return seen
    text = page.tree.text(body)[:MAX_TEXT]
    squeezed = ""  # for names that are written in other letters or over several elements
    unseen: set[Clue] = set()
    for item in stated:
        names = clean_names(item.value)
        if any(name in text or is_desk(name, only_collective=True) for name in names):
            continue
        squeezed = squeezed or "".join(text.casefold().split())
        if len(squeezed) < MIN_TEXT:  # filled in by scripts
            return seen
        if not any("".join(name.casefold().split()) in squeezed for name in names):
            unseen.add(item)
    return [replace(item, rule=f"{item.source}:unseen") if item in unseen else item for item in seen]


def _script_credits(page: Page) -> Iterator[Clue]:
    """The source and the editor a script names; none where it names several, as lists of related news do."""
    found: dict[str, set[str]] = {}
    for key, value in page.script_credits:
        found.setdefault("editors" if "ditor" in key else "source_name", set()).add(value.strip())
    for field, values in found.items():
        value = next(iter(values))
        if len(values) == 1 and (field == "source_name" or is_chinese_name(value)):
            yield Clue(field, value, "html", "html:script")


def _own_host(page: Page, seen: list[Clue]) -> Iterator[Clue]:
    """The site of a page whose address is not known: by its canonical link, else by most of its links."""
    stated = next((item.value for item in seen if item.field == "canonical_url"), None)
    host = ""
    if stated:
        try:
            host = urlsplit(stated).hostname or ""
        except ValueError:
            host = ""
    if host:
        yield from (item for item in observe_url(stated) if item.field in {"site_name", "published_at"})
        return
    links = (match[1].lower() for i in page.tree.find("a") if (match := _LINK_HOST.search(page.tree.raws[i])))
    hosts = Counter(islice(links, MAX_LINKS))
    names = Counter[str]()
    for name_host, count in hosts.items():
        if name := site_of_host(name_host):
            names[name] += count
    if names:
        name, count = names.most_common(1)[0]
        if count * 3 >= sum(hosts.values()):
            yield Clue("site_name", name, "url", "url:known")


def observe_front_matter(fields: dict[str, object]) -> tuple[Clue, ...]:
    """What a post's front matter states; lists give one observation an item."""
    table = load_metadata_lexicon().front_matter
    seen: list[Clue] = []
    for key, value in fields.items():
        field = table.get(key.strip().lower())
        if field is None:
            continue
        for item in value[:100] if isinstance(value, list) else [value]:
            if isinstance(item, (dict, list, bool)) or item is None:
                item = item.get("name") if isinstance(item, dict) else None
            if isinstance(item, (datetime, date)):
                item = item.isoformat()
            found = clue(field, item, f"front_matter:{FRONT_MATTER_RULES.get(field, field)}")
            if found:
                seen.append(found)
    return tuple(dict.fromkeys(seen))


def observe_blocks(blocks: Sequence[Block]) -> tuple[Clue, ...]:
    """Credits in the article's own text: 作者：… 编辑：… 来源公众号：…, （记者 X）, the outlet that closes a flash."""
    texts = [
        block.text for block in blocks if block.kind in {"paragraph", "list_item", "quote", "heading"} and block.text
    ]
    if not texts:
        return ()
    seen: list[Clue] = []
    first, last = texts[:BYLINE_BLOCKS_FIRST], texts[max(BYLINE_BLOCKS_FIRST, len(texts) - BYLINE_BLOCKS_LAST) :]
    for text in (*first, *last):
        for line in text.split("\n"):
            if len(line) <= MAX_CREDIT_LINE and (found := read_credits(line)):
                seen += (Clue(item.field, item.value, "byline", "byline:body") for item in found)
            elif len(line) > MAX_CREDIT_LINE and (tail := re.search(r"[（(][^（）()]{4,60}[）)]\s*$", line)):
                seen += (Clue(item.field, item.value, "byline", item.rule) for item in read_credits(tail[0]))
            seen += (Clue(item.field, item.value, "byline", item.rule) for item in read_edited(_closing(line)))
            seen += (
                Clue(item.field, item.value, "byline", item.rule)
                for item in read_reporters(line[:120], is_short_line=len(line) <= 40)
            )
    rights = load_metadata_lexicon().rights_marks
    for text in last or first:
        if len(text) <= 200 and rights.search(text) and (found_rights := clue("rights", text, "byline:rights")):
            seen.append(found_rights)
    for text in reversed(texts[-3:]):
        if credit := read_closing(text):
            seen.append(Clue(credit.field, credit.value, "byline", credit.rule))
            break
    if credit := read_dateline(texts[0]):
        seen.append(Clue(credit.field, credit.value, "byline", credit.rule))
    return tuple(dict.fromkeys(seen))


def _closing(line: str) -> str:
    """A short line, or what a long paragraph has in brackets at its end."""
    if len(line) <= MAX_CREDIT_LINE:
        return line
    return line[line.rfind("(") :] if line.rstrip().endswith(")") else ""


def guess_title(observations: Sequence[Observation]) -> str | None:
    """The likely title before the body is known, for finding the body."""
    return title_choice.choose_title([item for item in observations if isinstance(item, Clue)]).value


def choose_metadata(
    observations: Sequence[Observation],
    *,
    blocks: Sequence[Block] = (),
    language_hint: str | None = None,
    url: str | None = None,
    published: date | datetime | None = None,
    fetched_at: datetime | None = None,
    timezone: str | None = None,
) -> Metadata:
    """One value a field, from the most trusted source that has a plausible one; none rather than a doubtful one.

    `published` stands in where the page states no date; `timezone` (an IANA name) is the page's zone where its
    language does not say; `fetched_at` rules out later dates.
    """
    seen = [item if isinstance(item, Clue) else Clue(item.field, item.value, item.source) for item in observations]
    text = "\n".join(block.text for block in blocks[:40])[:8_000]
    evidence = choices.Evidence(text=text, fetched_at=fetched_at, timezone=timezone)
    language = choices.choose_language(seen, evidence, language_hint)
    evidence = choices.Evidence(text=text, language=language.value, fetched_at=fetched_at, timezone=timezone)
    title = title_choice.choose_title(seen)
    site = title_choice.choose_site(seen, title.value)
    source = people_choice.choose_source(seen)
    authors = people_choice.choose_authors(seen, site.value, language.value)
    editors = people_choice.choose_editors(seen)
    dates = date_choice.choose_dates(seen, evidence)
    plain = {field: choices.choose_first(seen, field) for field in ("subtitle", "description", "section", "rights")}
    canonical = choices.choose_canonical(seen, url)
    image = choices.choose_first(seen, "image_url")
    categories = choices.choose_all(seen, "categories", "section")
    tags = choices.choose_all(seen, "tags")
    page_type = choices.choose_page_type(seen, is_dated=dates.published_date is not None)
    picked = (
        page_type,
        title,
        site,
        source,
        authors,
        editors,
        language,
        canonical,
        image,
        categories,
        tags,
        *plain.values(),
    )
    chosen = {item for choice in (*picked, dates.published, dates.modified) for item in choice.used}
    base = canonical.value or url
    published_date, published_at, precision = dates.published_date, dates.published_at, dates.precision
    if published_date is None and published is not None:
        if isinstance(published, datetime):
            published_date, precision = published.date(), "second"
            published_at = published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)
        else:
            published_date, precision = published, "day"
    return Metadata(
        title=title.value,
        subtitle=plain["subtitle"].value,
        authors=authors.values,
        editors=editors.values,
        site_name=site.value,
        source_name=source.value,
        published_at=published_at,
        published_date=published_date,
        published_precision=precision,
        modified_at=dates.modified_at,
        canonical_url=urljoin(url, canonical.value) if url and canonical.value else canonical.value,
        language=language.value,
        description=plain["description"].value,
        image_url=unwrap_image(image.value, base) if image.value else None,
        categories=categories.values,
        tags=tags.values,
        section=plain["section"].value,
        page_type=page_type.value,
        rights=plain["rights"].value,
        observations=_seen_values(seen, chosen),
    )


def _seen_values(seen: Sequence[Clue], chosen: set[Clue]) -> tuple[SeenValue, ...]:
    """One row a distinct field, value and source, in order of sight; positions count within a field."""
    rows: dict[tuple[str, str, str], bool] = {}
    for item in seen:
        key = (item.field, item.value, item.source)
        rows[key] = rows.get(key, False) or item in chosen
    positions: Counter[str] = Counter()
    values: list[SeenValue] = []
    for (field, value, source), is_chosen in rows.items():
        values.append(SeenValue(field, positions[field], value, source, is_chosen))
        positions[field] += 1
    return tuple(values)
