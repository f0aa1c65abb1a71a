"""Files wherever they are: a path of this machine, or an address that fsspec reads (`s3://bucket/posts/a.html`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from flows.errors import SourceError
from flows.sources.names import is_address

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

# What a file system may say of a file's content, most telling first: a hash, or when it was written.
MARKS = (
    "ETag",
    "etag",
    "md5Hash",
    "checksum",
    "crc32c",
    "LastModified",
    "last_modified",
    "mtime",
    "updated",
    "created",
)
# What to install for addresses that fsspec knows and has no package for.
PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs", "sftp": "paramiko"}


def open_place(place: str) -> BinaryIO:
    """The file's bytes as a stream; OSError where it cannot be opened."""
    if not is_address(place):
        return Path(place).open("rb")
    system, path = file_system(place)
    return cast("BinaryIO", system.open(path, "rb"))


def stamp(place: str) -> str:
    """Changes when the file's content may have changed; OSError where it cannot be told."""
    if not is_address(place):
        found = Path(place).stat()
        return f"{found.st_size}-{found.st_mtime_ns}"
    system, path = file_system(place)
    return stamp_of_info(system.info(path))


def stamp_of_info(info: dict[str, object]) -> str:
    """The same from what a listing says of a file."""
    mark = next((info[name] for name in MARKS if info.get(name)), "")
    return f"{info.get('size')}-{mark}"


def file_system(place: str) -> tuple[AbstractFileSystem, str]:
    """What reads an address, and the path it has there; SourceError where nothing does."""
    from fsspec.core import split_protocol

    try:
        return _file_system(place)
    except ImportError as error:
        protocol = split_protocol(place)[0] or ""
        package = PACKAGES.get(protocol.partition("::")[0])
        then = f"pip install {package}" if package else str(error)
        raise SourceError(f"{place}: addresses of the kind {protocol}:// need another package: {then}") from error
    except ValueError as error:
        raise SourceError(f"{place} cannot be read: {error}") from error


@lru_cache(maxsize=64)
def _file_system(place: str) -> tuple[AbstractFileSystem, str]:
    from fsspec.core import url_to_fs

    # Listings are not kept: the next run of a schedule is to see what has come.
    system, path = url_to_fs(place, use_listings_cache=False)
    return system, str(path)
