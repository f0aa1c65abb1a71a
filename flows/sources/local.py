"""Local folders, files and globs."""

from __future__ import annotations

import glob
import os
import unicodedata
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SourceError
from flows.sources import SourceItem, refused
from flows.sources.unpacking import PACKED, read_limited, unpacked
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = (".html", ".htm", ".xhtml", ".md", ".markdown")
SUFFIXES = (*PAGES, *map("".join, product(PAGES, PACKED)))


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A folder (all pages below it) or the pages a path or glob names."""

    name: str
    folder: Path  # what paths in URIs are relative to
    files: tuple[Path, ...] | None = None  # None: everything below the folder with a known suffix
    without: Path | None = None  # a folder not to look into: the output
    is_glob: bool = False

    @property
    def root(self) -> str:
        return os.fspath(self.folder)

    @property
    def scope(self) -> str | None:
        return f"{self.name}/" if self.files is None else None

    def discover(self) -> Iterator[SourceItem]:
        """Pages by path. Hidden files and folders are left out, and so is the output folder."""
        # Whoever may write a link into the folder may not read all of the machine with it; a path given is meant.
        is_guarded = self.files is None or self.is_glob
        for path in self.files if self.files is not None else walk(self.folder, self.without, SUFFIXES):
            uri = f"{self.name}/{readable_path(path.relative_to(self.folder).as_posix())}"
            if is_guarded and (self.is_glob or path.is_symlink()) and _leads_out(path, self.folder):
                yield refused(uri, _outside(path, self.folder))
                continue
            try:
                found = path.stat()
            except OSError:
                # A dangling link or a file that has just gone: reading it will say so in rejects.
                fingerprint = "missing"
            else:
                fingerprint = f"{found.st_size}-{found.st_mtime_ns}"
            yield SourceItem(uri, fingerprint, "file", os.fspath(path))


def read_file(location: str, limit: int) -> bytes:
    """The file's bytes, unpacked where its name says so, at most one more than `limit`; OSError, RejectError."""
    with Path(location).open("rb") as file:
        if not location.lower().endswith(PACKED):
            return file.read(limit + 1)
        size = os.fstat(file.fileno()).st_size
        return read_limited(unpacked(file, location), limit, packed_bytes=size, name=location)


def resolve(text: str) -> tuple[Path, tuple[Path, ...] | None]:
    """Root folder of a path or glob, and the files where it is not simply all of the folder; SourceError."""
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
    files = sorted(path for path in root.glob(path.relative_to(base).as_posix()) if path.is_file())
    if not files:
        raise SourceError(f"{text} matches no file")
    return root, tuple(files)


def walk(folder: Path, without: Path | None, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Files below a folder in a fixed order; links to folders are not followed."""
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
            yield from walk(folder / entry.name, without, suffixes)
        elif entry.name.lower().endswith(suffixes) and _is_file(entry):
            yield folder / entry.name


def readable_path(path: str) -> str:
    r"""The path as text that is the same on every machine: composed; what is no UTF-8 or no character is escaped.

    >>> readable_path("a\nb.html")
    'a\\nb.html'
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        char if unicodedata.category(char) != "Cc" else char.encode("unicode_escape").decode()
        for char in unicodedata.normalize("NFC", text)
    )


def _is_file(entry: os.DirEntry[str]) -> bool:
    """False for folders, pipes and devices, which could be read for ever. A broken link is for the rejects."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:  # a link to itself
        return True


def _leads_out(path: Path, folder: Path) -> bool:
    """Whether a file is really somewhere else, by a link of its own or of a folder above it."""
    return not Path(os.path.realpath(path)).is_relative_to(folder)


def _outside(path: Path, folder: Path) -> RejectError:
    return RejectError(
        "read",
        "link_outside",
        f"This is a link to a file outside {folder} and was not read. Give that file or its folder as a source.",
        os.path.realpath(path),
    )
