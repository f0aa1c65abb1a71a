"""Local folders, files and globs."""

from __future__ import annotations

import glob
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SourceError
from flows.sources import SourceItem
from flows.sources.names import name_roots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SUFFIXES = (".html", ".htm", ".xhtml", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A folder (all pages below it) or the files a path or glob names."""

    name: str
    folder: Path  # what paths in URIs are relative to
    files: tuple[Path, ...] | None = None  # None: everything below the folder with a known suffix
    without: Path | None = None  # a folder not to look into: the output

    @property
    def root(self) -> str:
        return os.fspath(self.folder)

    @property
    def scope(self) -> str | None:
        return f"{self.name}/" if self.files is None else None

    def discover(self) -> Iterator[SourceItem]:
        """Pages by path. Hidden files and folders are left out, and so is the output folder."""
        for path in self.files if self.files is not None else _walk(self.folder, self.without):
            try:
                found = path.stat()
            except OSError:
                # A dangling link or a file that has just gone: reading it will say so in rejects.
                fingerprint = "missing"
            else:
                fingerprint = f"{found.st_size}-{found.st_mtime_ns}"
            relative = _readable(path.relative_to(self.folder).as_posix())
            yield SourceItem(f"{self.name}/{relative}", fingerprint, "file", os.fspath(path))


def open_local(
    given: Sequence[str],
    *,
    names: Sequence[str] = (),
    known: Mapping[str, str] | None = None,
    output: Path | None = None,
) -> list[LocalSource]:
    """A source for each path or glob; SourceError for one that is missing or has no pages.

    `known` are the names given in earlier runs and their folders, see `name_roots`.
    """
    found = [_resolve(text) for text in given]
    named = name_roots([root for root, _ in found], names, known or {})
    without = output.resolve() if output else None
    sources = [LocalSource(named[root], root, files, without) for root, files in found]
    for text, source in zip(given, sources, strict=True):
        if source.files is None and next(_walk(source.folder, without), None) is None:
            raise SourceError(f"{text} has no pages: no file below it ends in {' '.join(SUFFIXES)}")
    return sources


def read_file(location: str, limit: int) -> bytes:
    """The file's bytes, at most one more than `limit`; OSError where it cannot be read."""
    with Path(location).open("rb") as file:
        return file.read(limit + 1)


def _resolve(text: str) -> tuple[Path, tuple[Path, ...] | None]:
    """Root folder, and the files where it is not simply all of the folder."""
    try:
        path = Path(text).expanduser()
        path.stat()
    except FileNotFoundError:
        pass
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceError(f"{text[:200]} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if path.is_dir():
        return path.resolve(), None
    if path.exists() and not path.is_file():
        raise SourceError(f"{text} is neither a file nor a folder")
    if path.exists():
        folder = path.parent.resolve()
        return folder, (folder / path.name,)
    if not glob.has_magic(text):
        raise SourceError(f"{text} does not exist. Give a folder, a file or a quoted glob such as 'posts/**/*.html'.")
    base = path
    while glob.has_magic(str(base)):
        base = base.parent
    root = base.resolve()
    pattern = path.relative_to(base).as_posix()
    files = sorted(path for path in root.glob(pattern) if path.is_file())
    if not files:
        raise SourceError(f"{text} matches no file")
    return root, tuple(files)


def _walk(folder: Path, without: Path | None) -> Iterator[Path]:
    """Pages below a folder in a fixed order; links to folders are not followed."""
    if folder == without:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError as error:
        raise SourceError(
            f"{folder} cannot be listed: {error.strerror}. Change its permissions or leave it out."
        ) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, without)
        elif entry.name.lower().endswith(SUFFIXES) and _is_file(entry):
            yield folder / entry.name


def _is_file(entry: os.DirEntry[str]) -> bool:
    """False for folders, pipes and devices, which could be read for ever. A broken link is for the rejects."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:  # a link to itself
        return True


def _readable(path: str) -> str:
    """The path as text that is the same on every machine: composed, and bytes that are no UTF-8 escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", text)
