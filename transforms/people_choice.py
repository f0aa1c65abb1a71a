"""The choice of authors, editors and the source a text is credited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.choices import Choice, ranked
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names, has_han, is_agency, is_desk, is_latin_name, is_organisation, is_outlet
from transforms.title_choice import mirrored_site, site_spellings
from transforms.titles import is_site, squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.observations import Clue

    Groups = dict[str, tuple[list[str], list[Clue]]]

# Head tags name the outlet as often as the writer; visible bylines name people even when they share the site's name.
HEAD_RULES = frozenset({"meta:author", "open_graph:author", "json_ld:author", "json_ld:person", "json_ld:creator"})
UNSEEN_RULES = frozenset({"meta:unseen", "open_graph:unseen", "json_ld:unseen"})  # the same, not shown to readers
HIDDEN_RULES = HEAD_RULES | UNSEEN_RULES | {"microdata:author"}
OWN_NAME_RULES = frozenset({"byline:body", "byline:label", "byline:reporter", "byline:by", "html:byline"})
MAX_SIGN_CHARS = 5  # of a paper's or agency's sign; longer words in capitals are names
# What a reader sees at the top of the article: where the second author stands whom the head leaves out.
SHOWN_RULES = ("byline:by", "html:byline", "html:author", "html:author_link", "html:rel_author", "meta:author")


def choose_source(seen: Sequence[Clue]) -> Choice:
    """The outlet or account the text is credited to; an agency or company in the author's place is that."""
    sites = {squash(item.value) for item in seen if item.field == "site_name"}
    for item in ranked(seen, "source_name"):
        is_own = item.rule == "json_ld:organization" and (squash(item.value) in sites or is_desk(item.value))
        if not is_own:
            return Choice((item.value,), (item,))
    for item in ranked(seen, "authors"):
        if is_agency(item.value):
            return Choice((item.value,), (item,))
    return Choice()


def choose_authors(seen: Sequence[Clue], site: str | None, language: str | None) -> Choice:
    """The writers by the most trusted source that names any; outlets and the site itself are none."""
    groups = _groups(seen, site, is_han=language == "zh")
    groups = {rule: group for rule, group in groups.items() if _is_supported(rule, groups)}
    if not groups:
        return _account_as_author(seen, site)
    if language == "zh":  # a person before an institution: 作者：药剂科 may be followed by the writer's name
        persons = (rule for rule, (names, _) in groups.items() if not all(is_outlet(name) for name in names))
        rule = next(persons, next(iter(groups)))
    else:
        votes = {
            rule: _votes(names, [other for key, (other, _) in groups.items() if key != rule])
            for rule, (names, _) in groups.items()
        }
        best = max(votes.values())
        rule = _fullest(next(rule for rule in groups if votes[rule] == best), groups)
    names, used = groups[rule]
    spellings = site_spellings(seen)
    persons_only = [name for name in names if not (is_desk(name) or _is_employer(name, spellings))]
    return Choice(tuple(persons_only or names), tuple(used))


def _is_employer(name: str, spellings: Sequence[str]) -> bool:
    """Whether this is the paper a writer's name is followed by: "By Jane Doe, The Harbor Ledger", "John Roe, GNN"."""
    is_sign = name.isascii() and name.isupper() and " " not in name and len(name) <= MAX_SIGN_CHARS
    return is_sign or name.startswith("The ") or (" " in name and is_site(name, spellings) and not is_latin_name(name))


def _groups(seen: Sequence[Clue], site: str | None, *, is_han: bool) -> Groups:
    """The names each rule gives, most trusted rule first, without the site's own."""
    mirrored = mirrored_site(seen)
    items = [item for item in ranked(seen, "authors") if item != mirrored]
    sites = {squash(item.value) for item in seen if item.field == "site_name"}
    if site:
        sites.add(squash(site))
    spellings = site_spellings(seen)
    hosts = {squash(name) for name in spellings}
    groups: Groups = {}
    likely_sites: Groups = {}  # a person's site bears the person's name, but so does a paper's
    for rule in dict.fromkeys(item.rule for item in items):
        used = [item for item in items if item.rule == rule]
        is_head = rule in HEAD_RULES or rule in UNSEEN_RULES
        names: list[str] = []
        is_like_site = False
        for name in dict.fromkeys(name for item in used for name in clean_names(item.value)):
            is_latin = is_latin_name(name)
            if rule not in OWN_NAME_RULES and squash(name) in sites and not (rule == "json_ld:person" and is_latin):
                is_like_site = True
                continue
            if is_head and (
                (not is_latin and is_site(name, spellings)) or (is_han and is_outlet(name)) or is_organisation(name)
            ):
                continue
            is_like_site = is_like_site or squash(name) in hosts
            names.append(name)
        if is_han and is_like_site and all(is_outlet(name) for name in names):
            continue
        if names:
            (likely_sites if is_head and is_like_site else groups)[rule] = names, used
    return groups or likely_sites


def _is_supported(rule: str, groups: Groups) -> bool:
    """Whether a name that only the head gives may be an author's: readers see it, or another source has it.

    Templates fill the head with whoever uploads: a lone nickname, a name that stands nowhere on the page.
    """
    names = groups[rule][0]
    if rule not in HIDDEN_RULES:
        return True
    own = {squash(name) for name in names}
    others = [key for key, (other, _) in groups.items() if key != rule and own & {squash(name) for name in other}]
    if rule in UNSEEN_RULES:
        return bool(others)
    is_nickname = all(" " not in name and not has_han(name) for name in names)
    return not is_nickname or any(key not in HIDDEN_RULES for key in others)


def _votes(names: Sequence[str], others: Sequence[Sequence[str]]) -> int:
    """How many other sources name the same people."""
    own = {squash(name) for name in names}
    return sum({squash(name) for name in other} == own for other in others)


def _fullest(rule: str, groups: Groups) -> str:
    """The rule whose names are all of this one's and more persons: heads often state the first author alone."""
    for other in SHOWN_RULES:
        if other not in groups:
            continue
        mine, more = {squash(name) for name in groups[rule][0]}, {squash(name) for name in groups[other][0]}
        added = [name for name in groups[other][0] if squash(name) not in mine]
        if mine < more and all(is_latin_name(name) and not is_desk(name) for name in added):
            rule = other
    return rule


def _account_as_author(seen: Sequence[Clue], site: str | None) -> Choice:
    """On a self-publishing platform the account is the author."""
    lexicon = load_metadata_lexicon()
    addresses = [item.value for item in seen if item.field == "canonical_url"]
    if site in lexicon.platform_names or any(part in address for part in lexicon.platforms for address in addresses):
        for item in ranked(seen, "source_name"):
            return Choice((item.value,), (item,))
    return Choice()


def choose_editors(seen: Sequence[Clue]) -> Choice:
    """The editors by the most trusted source that names any."""
    items = ranked(seen, "editors")
    for rule in dict.fromkeys(item.rule for item in items):
        used = [item for item in items if item.rule == rule]
        names = list(dict.fromkeys(name for item in used for name in clean_names(item.value)))
        if names:
            return Choice(tuple(names), tuple(used))
    return Choice()
