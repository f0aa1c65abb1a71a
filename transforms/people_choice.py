"""The choice of authors, editors and the source a text is credited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.choices import Choice, ranked
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names, is_latin_name, is_outlet
from transforms.title_choice import mirrored_site, site_spellings
from transforms.titles import is_site, squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.observations import Clue

# Head tags name the outlet as often as the writer; visible bylines name people even when they share the site's name.
HEAD_RULES = frozenset({"meta:author", "open_graph:author", "json_ld:author", "json_ld:person", "json_ld:creator"})
OWN_NAME_RULES = frozenset({"byline:body", "byline:label", "byline:reporter", "byline:by", "html:byline"})


def choose_source(seen: Sequence[Clue]) -> Choice:
    """The outlet or account the text is credited to."""
    for item in ranked(seen, "source_name"):
        return Choice((item.value,), (item,))
    return Choice()


def choose_authors(seen: Sequence[Clue], site: str | None, language: str | None) -> Choice:
    """The writers by the most trusted source that names any; outlets and the site itself are none."""
    mirrored = mirrored_site(seen)
    items = [item for item in ranked(seen, "authors") if item != mirrored]
    sites = {squash(item.value) for item in seen if item.field == "site_name"}
    if site:
        sites.add(squash(site))
    spellings = site_spellings(seen)
    is_han = language == "zh"
    groups: dict[str, tuple[list[str], list[Clue]]] = {}
    for rule in dict.fromkeys(item.rule for item in items):
        used = [item for item in items if item.rule == rule]
        names: list[str] = []
        for item in used:
            for name in clean_names(item.value):
                is_own = rule not in OWN_NAME_RULES and squash(name) in sites
                is_own = is_own and not (rule == "json_ld:person" and is_latin_name(name))
                # A person's site bears the person's name: only what has no person's shape is the site by likeness.
                is_own = is_own or (rule in HEAD_RULES and not is_latin_name(name) and is_site(name, spellings))
                if is_own or name in names or (is_han and rule in HEAD_RULES and is_outlet(name)):
                    continue
                names.append(name)
        if names:
            groups[rule] = names, used
    if not groups:
        return _account_as_author(seen, site)
    if is_han:  # a person before an institution: 作者：药剂科 may be followed by the writer's name
        persons = (rule for rule, (names, _) in groups.items() if not all(is_outlet(name) for name in names))
        rule = next(persons, next(iter(groups)))
    else:
        votes = {
            rule: _votes(names, [other for key, (other, _) in groups.items() if key != rule])
            for rule, (names, _) in groups.items()
        }
        best = max(votes.values())
        rule = next(rule for rule in groups if votes[rule] == best)
    return Choice(tuple(groups[rule][0]), tuple(groups[rule][1]))


def _votes(names: Sequence[str], others: Sequence[Sequence[str]]) -> int:
    """How many other sources name the same people."""
    own = {squash(name) for name in names}
    return sum({squash(name) for name in other} == own for other in others)


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
