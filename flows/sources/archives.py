"""Zip archives of pages. Members are read where they are; nothing is written to disk."""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from flows.sources import SourceItem, refused
from flows.sources.local import SUFFIXES, readable_path
from flows.sources.places import open_place, stamp
from flows.sources.unpacking import read_limited, unpacked
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENCRYPTED = 0x1
UTF8_NAME = 0x800


@dataclass(slots=True)
class ZipSource:
    """The pages in zip archives."""

    name: str
    root: str
    files: Mapping[str, str]  # place of each archive → what stands before its members' paths in URIs
    scope: str | None  # None from the first damage on: what it hides has not vanished

    def discover(self) -> Iterator[SourceItem]:
        """Pages by their order in each archive; an archive or member that cannot be used is refused."""
        for place, prefix in self.files.items():
            try:
                mark = stamp(place)
                archive = _opened(place, mark)
            except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
                message = f"{place} cannot be opened as a zip archive: it is damaged or cut off. Fetch it again."
                reason = RejectError("read", "corrupt_file", message, f"{type(error).__name__}: {error}")
                self.scope = None
                yield refused(prefix.rstrip("/"), reason)
                continue
            # Of two members with one name the last is meant, archives grow at their end; and the last given counts.
            for number, info in enumerate(archive.infolist()):
                if (name := member_name(info)).lower().endswith(SUFFIXES):
                    yield _item(info, place, mark, number, name, prefix)


def read_member(location: str, limit: int) -> bytes:
    """The bytes of an archive's member, at most one more than `limit`; OSError, RejectError."""
    place, mark, number = json.loads(location)
    archive = _opened(place, mark)
    info = archive.infolist()[number]
    name = f"{member_name(info)} in {place}"
    try:
        with archive.open(info) as member:
            stream = unpacked(cast("BinaryIO", member), info.filename)
            return read_limited(stream, limit, packed_bytes=info.compress_size, name=name)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
        message = f"{name} is damaged or packed in a way that is not supported. Pack it again."
        raise RejectError("read", "corrupt_file", message, str(error)) from error


@lru_cache(maxsize=4)
def _opened(place: str, mark: str) -> zipfile.ZipFile:
    """An archive, opened once a process: its directory may be long. `mark` changes with the file."""
    return zipfile.ZipFile(open_place(place))


def member_name(info: zipfile.ZipInfo) -> str:
    """Path of a member; names from Windows have other slashes, and Chinese ones often GBK bytes and no word of it."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = None
        for charset in ("utf-8", "gb18030") if raw else ():
            try:
                name = cast("bytes", raw).decode(charset)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _item(info: zipfile.ZipInfo, place: str, mark: str, number: int, name: str, prefix: str) -> SourceItem:
    uri = prefix + readable_path(name)
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        message = f"The member {name!r} of {place} names a place outside the archive and was not read."
        return refused(uri, RejectError("read", "unsafe_name", message))
    if info.flag_bits & ENCRYPTED:
        message = f"The member {name!r} of {place} is encrypted. Unpack the archive and give the folder."
        return refused(uri, RejectError("read", "encrypted", message))
    # Of the content alone: the same page in an archive packed anew is as it was.
    fingerprint = f"{info.file_size}-{info.CRC:08x}"
    return SourceItem(uri, fingerprint, "zip", json.dumps([place, mark, number]))
