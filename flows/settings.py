"""What a run is asked to do, checked before anything starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from transforms.limits import LIMITS
from transforms.version import EXTRACTOR_VERSION

Engine = Literal["local"]


class RunSettings(BaseModel):
    """The parameters of one run; frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: Annotated[tuple[str, ...], Field(description="Folders, files or globs to read.")] = ()
    output: Annotated[Path, Field(description="Folder of the dataset.")] = Path("output")
    source_names: Annotated[
        tuple[str, ...], Field(description="Names of the sources, one each; default: the folders' names.")
    ] = ()
    shard_size: Annotated[int, Field(ge=1, description="Articles a commit; a killed run loses at most these.")] = 10_000
    part_size: Annotated[int, Field(ge=1, description="Articles a Parquet file.")] = 20_000
    workers: Annotated[int | None, Field(ge=1, description="Processes; default: one a processor.")] = None
    engine: Annotated[Engine, Field(description="Where pages are extracted.")] = "local"
    timezone: Annotated[
        str | None, Field(description="Zone of pages whose stamps name none; default: the language's.")
    ] = None
    rehash: Annotated[bool, Field(description="Compare contents even where size and time are as before.")] = False
    force: Annotated[bool, Field(description="Extract everything again.")] = False
    keep_old: Annotated[
        bool, Field(description="Leave articles of an earlier extractor, or of other settings, as they are.")
    ] = False
    prune: Annotated[bool, Field(description="Remove the rows of sources that are no longer there.")] = False
    retry_rejects: Annotated[bool, Field(description="Instead of sources, read all that was refused again.")] = False
    keep_text: Annotated[bool, Field(description="Write the texts of articles and blocks.")] = True
    max_page_bytes: Annotated[int, Field(ge=1, description="Larger pages are rejected.")] = LIMITS.page_bytes
    page_scale: Annotated[
        float, Field(gt=0, description="Factor on the other limits of a page: tags, elements, numbers, Markdown.")
    ] = 1.0
    page_seconds: Annotated[float, Field(gt=0, description="Pages that take longer are rejected.")] = 30.0
    lock_seconds: Annotated[float, Field(ge=0, description="How long to wait for another run to end.")] = 3600.0
    reject_limit: Annotated[
        float, Field(ge=0, le=1, description="Share of rejects above which a shard is not written and the run fails.")
    ] = 0.5
    reject_limit_from: Annotated[int, Field(ge=1, description="The limit holds from this many sources on.")] = 100
    min_free_bytes: Annotated[int, Field(ge=0, description="What a commit must leave free on the disk.")] = 100_000_000
    row_drop_limit: Annotated[
        float, Field(ge=0, le=1, description="Share of a table's rows; a run after which more are gone warns.")
    ] = 0.1

    @model_validator(mode="after")
    def _has_sources(self) -> Self:
        if self.retry_rejects == bool(self.sources):
            raise ValueError("give sources to read, or retry_rejects and none")
        return self

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (OSError, ValueError, KeyError) as error:
                raise ValueError(f"{value!r} is no time zone; write one such as Asia/Shanghai") from error
        return value

    @field_validator("source_names")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not name.strip("/ ") for name in value):
            raise ValueError("a source name may not be empty")
        return tuple(name.strip("/ ") for name in value)

    @property
    def extractor(self) -> str:
        """Version and the settings that change what is extracted: when it changes, sources are extracted again."""
        parts = [EXTRACTOR_VERSION]
        if self.timezone:
            parts.append(f"timezone={self.timezone}")
        if not self.keep_text:
            parts.append("no-text")
        return ";".join(parts)

    @property
    def worker_count(self) -> int:
        """Processes to work with."""
        if self.workers:
            return self.workers
        # Not all processors of the machine may be ours (containers, taskset); macOS cannot say.
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
