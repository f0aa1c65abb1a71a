"""What is given on the command line, as sources: the kind of each is told by how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.sources.local import open_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.settings import RunSettings
    from flows.sources import Source


def open_sources(settings: RunSettings, known: Mapping[str, str] | None = None) -> list[Source]:
    """A source for each one in the settings, in their order; SourceError for one that is missing or has no pages.

    `known` are the names that sources had in earlier runs, and their places.
    """
    return list(open_local(settings.sources, names=settings.source_names, known=known, output=settings.output))
