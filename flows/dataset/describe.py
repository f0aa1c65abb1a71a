"""The data dictionary beside the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dataset.storage import make_folder, naming, remove_folder
from transforms.dictionary import data_package, dictionary_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.dataset.ledger import PartFile
    from flows.dataset.paths import DatasetPaths


def descriptions(files: Mapping[tuple[str, int], PartFile]) -> dict[str, bytes]:
    """README.md and datapackage.json of a dataset of these files."""
    listed: dict[str, list[dict[str, str | int]]] = {}
    for (table, number), file in sorted(files.items()):
        entry: dict[str, str | int] = {"path": f"{table}/part-{number:05d}.parquet"}
        entry |= {"bytes": file.bytes, "hash": f"sha256:{file.sha256}", "rows": file.rows}
        listed.setdefault(table, []).append(entry)
    return {"README.md": dictionary_markdown().encode(), "datapackage.json": data_package(listed).encode()}


def write_descriptions(paths: DatasetPaths, files: Mapping[tuple[str, int], PartFile]) -> None:
    """Writes both into the output folder, where they differ from what is there."""
    for name, content in descriptions(files).items():
        target = paths.root / name
        with naming(target):
            if target.exists() and target.read_bytes() == content:
                continue
            make_folder(paths.staging)
            unfinished = paths.staging / name
            unfinished.write_bytes(content)
            unfinished.replace(target)
    remove_folder(paths.staging)
