"""What a column and a table can declare; the declarations themselves are in `tables`."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from transforms.version import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Tables that share a column list the same object."""

    name: str
    type: pa.DataType
    meaning: str
    example: str
    unit: str = ""
    rule: str = ""  # where the value comes from
    null_means: str = ""  # empty: never null
    allowed: tuple[str, ...] = ()  # empty: any value

    @property
    def is_nullable(self) -> bool:
        return bool(self.null_means)

    @property
    def description(self) -> str:
        """Meaning, unit, source rule and null meaning in one line; goes into the Parquet schema."""
        parts = [self.meaning]
        if self.unit:
            parts.append(f"Unit: {self.unit}.")
        if self.rule:
            parts.append(self.rule)
        if self.null_means:
            parts.append(f"Null: {self.null_means}.")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Values of `columns`, where none of them is null, are found in `references` of `table`."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its columns in order, keys, the order of its rows."""

    name: str
    meaning: str  # what one row is
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    sort_by: tuple[str, ...]  # within one article; articles themselves stand by date, then id
    foreign_keys: tuple[ForeignKey, ...] = ()
    volatile: tuple[str, ...] = ()  # columns that may differ though the content is the same
    owner: str = "article_id"  # the column that says whose rows these are
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def column(self, name: str) -> Column:
        """The column of that name; KeyError names the table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of every file of this table, descriptions in the field metadata."""
        fields = [
            pa.field(c.name, c.type, nullable=c.is_nullable, metadata={"description": c.description})
            for c in self.columns
        ]
        about = {"table": self.name, "description": self.meaning, "schema_version": str(SCHEMA_VERSION)}
        return pa.schema(fields, metadata=about)
