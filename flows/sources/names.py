"""Names of sources: two folders with the same files inside must not become one source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from flows.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def name_roots(roots: Sequence[str], given: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """A name for each root: a folder, a file or an address.

    `given` names (--source-name) go to the roots in order. Others are named by as many of their last path
    components as tell them apart from the roots named beside them, and from folders in `known` (name → folder)
    that still exist on this machine; a root that is known keeps its name. A folder that has moved, or is on
    another machine, keeps its name too, as the old place is not there.
    """
    distinct = list(dict.fromkeys(roots))
    if given and len(given) != len(roots):
        raise SourceError(
            f"{len(given)} --source-name for {len(roots)} sources: give one for each source, in the same order"
        )
    names: dict[str, str] = {}
    for root, name in zip(roots, given, strict=False):
        if names.setdefault(root, name) != name:
            raise SourceError(f"{root} is given two names, {names[root]!r} and {name!r}")
    if repeated := [name for name, times in Counter(names.values()).items() if times > 1]:
        raise SourceError(
            f"the name {repeated[0]!r} is given to two folders: files with the same path would be taken for one"
        )
    if given:
        return names
    by_root = {root: name for name, root in known.items()}
    names = {root: by_root[root] for root in distinct if root in by_root}
    unnamed = [root for root in distinct if root not in names]
    taken = set(names.values()) | {name for name, root in known.items() if _is_there(root)}
    depth = dict.fromkeys(unnamed, 1)
    while True:
        tails = {root: _tail(root, depth[root]) for root in unnamed}
        times = Counter(tails.values())
        clashing = [r for r in unnamed if (times[tails[r]] > 1 or tails[r] in taken) and depth[r] < len(_parts(r))]
        if not clashing:
            taken_twice = [root for root in unnamed if tails[root] in taken]
            if taken_twice:
                raise SourceError(
                    f"{taken_twice[0]} would share the name {tails[taken_twice[0]]} with another folder here: "
                    "name it with --source-name"
                )
            return names | tails
        for root in clashing:
            depth[root] += 1


def _tail(root: str, depth: int) -> str:
    """The last components of a path; the whole file system is called "root"."""
    return "/".join(_parts(root)[-depth:]) or "root"


def _parts(root: str) -> tuple[str, ...]:
    """Components of a path or an address, without the first slash or the scheme."""
    path: PurePath = PurePosixPath(root) if is_address(root) else PurePath(root)
    return path.parts[1:]


def _is_there(root: str) -> bool:
    """Whether a place of an earlier run still is one; an address always may be."""
    return is_address(root) or Path(root).exists()


def is_address(root: str) -> bool:
    """Whether a place is an address (`s3://bucket/posts`) and not a path of this machine."""
    return "://" in root
