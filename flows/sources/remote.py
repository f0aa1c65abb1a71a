"""Pages in storages that fsspec reads: `s3://bucket/posts`, `gs://…`, `memory://…`, `zip://*.html::posts.zip`."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.errors import SourceError
from flows.sources import SourceItem
from flows.sources.local import SUFFIXES, readable_path
from flows.sources.places import file_system, open_place, stamp_of_info
from flows.sources.unpacking import read_limited, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """All pages below an address, or those a pattern there matches."""

    name: str
    root: str
    pattern: str | None = None

    @property
    def scope(self) -> str | None:
        return f"{self.name}/" if self.pattern is None else None

    def discover(self) -> Iterator[SourceItem]:
        """Pages by path; SourceError where there are none, or the address cannot be listed."""
        found = False
        for place, path, info in list_files(self.root, self.pattern):
            name = path.rpartition("/")[2]
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                found = True
                uri = f"{self.name}/{readable_path(path)}"
                yield SourceItem(uri, stamp_of_info(info), "remote", place)
        if not found:
            raise SourceError(f"{self.pattern or self.root} has no pages: no file there ends in {' '.join(SUFFIXES)}")


def read_remote(location: str, limit: int) -> bytes:
    """The file's bytes, unpacked where its name says so, at most one more than `limit`; OSError, RejectError."""
    with open_place(location) as file:
        return read_limited(unpacked(file, location), limit, name=location)


def split_pattern(address: str) -> tuple[str, str | None]:
    """The folder that an address is about, and the address itself where that means one page or has wildcards.

    >>> split_pattern("s3://bucket/posts/2022*/a.html")
    ('s3://bucket/posts', 's3://bucket/posts/2022*/a.html')
    >>> split_pattern("s3://bucket/posts/")
    ('s3://bucket/posts', None)
    """
    head, chain, container = address.partition("::")
    scheme, _, path = head.partition("://")
    parts = path.rstrip("/").split("/")
    special = (number for number, part in enumerate(parts) if glob.has_magic(part))
    first = next(special, len(parts) - 1 if parts[-1].lower().endswith(SUFFIXES) else None)
    if first is None:
        return f"{scheme}://{'/'.join(parts)}{chain}{container}", None
    return f"{scheme}://{'/'.join(parts[:first])}{chain}{container}", address


def list_files(root: str, pattern: str | None) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Address, path below the root and listing of each file there, by path."""
    system, base = file_system(root)
    chain = root.partition("::")[1] + root.partition("::")[2]
    protocol = root.partition("://")[0]
    try:
        if pattern is None:
            found = system.find(base, detail=True) if system.isdir(base) else {base: system.info(base)}
        else:
            found = system.glob(file_system(pattern)[1], detail=True)
    except FileNotFoundError as error:
        raise SourceError(f"{pattern or root} does not exist. Give a folder, a file or a quoted pattern.") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{pattern or root} cannot be listed: {error}") from error
    for path, info in sorted(found.items()):
        if info.get("type") == "file":
            below = path.removeprefix(base).lstrip("/") or path.rpartition("/")[2]
            yield f"{protocol}://{path.lstrip('/') if protocol != 'file' else path}{chain}", below, info
