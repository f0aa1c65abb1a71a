"""What is given on the command line, as sources: the kind of each is told by how it is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import SourceError
from flows.sources.local import SUFFIXES, LocalSource, readable_path, resolve, walk
from flows.sources.names import is_address, name_roots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.settings import RunSettings
    from flows.sources import Source

# Files that hold many pages, by the end of their name: module and class of their source.
CONTAINERS = {
    (".zip",): ("archives", "ZipSource"),
    (".warc", ".warc.gz", ".warc.zst"): ("warc", "WarcSource"),
    (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst"): ("json_lines", "JsonLinesSource"),
    (".parquet",): ("parquet_rows", "ParquetSource"),
}
# What may stand before an address or a file, and the kind of source that makes of it.
WEB = {"page": "page", "urls": "list", "feed": "feed", "sitemap": "sitemap"}
CONTAINER_SUFFIXES = tuple(suffix for suffixes in CONTAINERS for suffix in suffixes)


@dataclass(frozen=True, slots=True)
class _Given:
    """One thing given, resolved."""

    text: str
    root: str  # what its name is made of
    base: Path | None = None  # local: what paths in URIs are relative to
    files: tuple[Path, ...] | None = None  # local: None for all of a folder
    is_pattern: bool = False
    kind: str | None = None  # web: page, list, feed, sitemap; None: what the address answers tells
    is_web: bool = False

    @property
    def is_one_container(self) -> bool:
        return self.root != os.fspath(self.base or "")


@dataclass(frozen=True, slots=True)
class Context:
    """What sources may know of the run they are opened for."""

    indexes: Path | None = None  # a folder for what is found in large files
    downloads: Path = Path()  # a folder for what is fetched
    is_settled: Callable[[str, str], bool] = lambda _uri, _fingerprint: False  # such a page will not be read again


def open_sources(
    settings: RunSettings, known: Mapping[str, str] | None = None, context: Context | None = None
) -> list[Source]:
    """Sources for what is in the settings, in their order; SourceError for one that is missing or has no pages.

    `known` are the names that sources had in earlier runs, and their places.
    """
    given = [_resolved(text) for text in settings.sources]
    names = name_roots([each.root for each in given], settings.source_names, known or {})
    context = context or Context()
    return [source for each in given for source in _sources(each, names[each.root], settings, context)]


def _resolved(text: str) -> _Given:
    scheme, _, rest = text.partition(":")
    if scheme in WEB:
        from flows.sources.web import place_of, root_of

        place = place_of(rest)
        return _Given(place, root_of(place), kind=WEB[scheme], is_web=True)
    if text.startswith(("http://", "https://")):
        from flows.sources.web import root_of

        return _Given(text, root_of(text), is_web=True)
    if is_address(text):
        from flows.sources.remote import split_pattern

        return _Given(text, split_pattern(text)[0])
    base, files = resolve(text)
    is_pattern = files is not None and [file.name for file in files] != [Path(text).name]
    # A file of many pages is a source of its own, by its own name; a page is one of its folder's.
    is_container = files is not None and not is_pattern and _container(files[0].name) is not None
    root = files[0] if files and is_container else base
    return _Given(text, os.fspath(root), base, files, is_pattern)


def _sources(given: _Given, name: str, settings: RunSettings, context: Context) -> Sequence[Source]:
    """The sources of one thing given: one a kind of file."""
    without, indexes = settings.output.resolve(), context.indexes
    if given.is_web:
        return [_web(given, name, settings, context)]
    if given.base is None:
        return [_remote(given, name, indexes)]
    if given.files is None:
        source = LocalSource(name, given.base, None, without)
        if next(walk(given.base, without, SUFFIXES), None) is None:
            raise SourceError(_no_pages(given, without))
        return [source]
    by_kind: dict[tuple[str, str] | None, list[Path]] = {}
    for file in given.files:
        by_kind.setdefault(_container(file.name), []).append(file)
    sources: list[Source] = []
    for kind, files in by_kind.items():
        if kind is None:
            sources.append(LocalSource(name, given.base, tuple(files), without, is_glob=given.is_pattern))
            continue
        prefixes = {os.fspath(file): _prefix(given, name, file) for file in files}
        scope = f"{name}/" if given.is_one_container else None
        sources.append(_container_source(kind, name, given.root, prefixes, scope, indexes))
    return sources


def _web(given: _Given, name: str, settings: RunSettings, context: Context) -> Source:
    from flows.sources.web import WebContext, WebSource

    web = WebContext(settings.fetch, settings.max_page_bytes, context.downloads, context.is_settled)
    return WebSource(name, given.root, given.text, given.kind, web)


def _remote(given: _Given, name: str, indexes: Path | None) -> Source:
    from flows.sources.remote import RemoteSource, list_files, split_pattern

    root, pattern = split_pattern(given.text)
    kind = _container(given.text.partition("::")[0])
    if kind is None:
        return RemoteSource(name, root, pattern)
    places = {
        place: f"{name}/{readable_path(path)}/" if pattern else f"{name}/"
        for place, path, _ in list_files(root, pattern)
    }
    return _container_source(kind, name, given.root, places, None if pattern else f"{name}/", indexes)


def _container(name: str) -> tuple[str, str] | None:
    """Module and class for a file of many pages; None for any other."""
    return next((kind for suffixes, kind in CONTAINERS.items() if name.lower().endswith(suffixes)), None)


def _container_source(
    kind: tuple[str, str], name: str, root: str, places: dict[str, str], scope: str | None, indexes: Path | None
) -> Source:
    module, class_name = kind
    # Their libraries are loaded by the run that needs them.
    source_class: Any = getattr(import_module(f"flows.sources.{module}"), class_name)
    options = {"indexes": indexes} if class_name == "WarcSource" else {}
    source: Source = source_class(name, root, places, scope, **options)
    return source


def _prefix(given: _Given, name: str, file: Path) -> str:
    """What stands before the paths of a file's pages: the name, and the file's place where there are several."""
    if given.is_one_container or given.base is None:
        return f"{name}/"
    return f"{name}/{readable_path(file.relative_to(given.base).as_posix())}/"


def _no_pages(given: _Given, without: Path) -> str:
    assert given.base is not None
    message = f"{given.text} has no pages: no file below it ends in {' '.join(SUFFIXES)}"
    found = list(islice(walk(given.base, without, CONTAINER_SUFFIXES), 1))
    if found:
        suffix = next(s for s in CONTAINER_SUFFIXES if found[0].name.lower().endswith(s))
        message += f". There is {found[0].name}: give such files by name or as '{given.text.rstrip('/')}/**/*{suffix}'"
    return message
