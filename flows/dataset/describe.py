"""The data dictionary beside the tables, and how many rows they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from transforms.dictionary import data_package, dictionary_markdown
from transforms.tables import TABLES

if TYPE_CHECKING:
    from flows.dataset.paths import DatasetPaths


def descriptions(paths: DatasetPaths) -> dict[str, str]:
    """The files that describe the dataset as it is now: their texts by name."""
    return {"README.md": dictionary_markdown(), "datapackage.json": data_package()}


def write_descriptions(paths: DatasetPaths) -> None:
    """Writes README.md and datapackage.json into the output folder, where they differ from what is there."""
    for name, text in descriptions(paths).items():
        target = paths.root / name
        if target.exists() and target.read_bytes() == text.encode():
            continue
        unfinished = paths.state / f"{name}.writing"
        unfinished.write_bytes(text.encode())
        unfinished.replace(target)


def row_counts(paths: DatasetPaths) -> dict[str, int]:
    """Rows of each table, from the files' footers."""
    return {name: sum(pq.read_metadata(path).num_rows for path in paths.parts(name)) for name in TABLES}
