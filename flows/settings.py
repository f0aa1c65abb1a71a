"""What a run is asked to do, checked before anything starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from transforms.limits import LIMITS
from transforms.version import EXTRACTOR_VERSION

Engine = Literal["local", "dask"]


class FetchSettings(BaseModel):
    """How pages are fetched from the web; frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: Annotated[
        str | None, Field(description="Address in the user agent for those who run the sites: a page or an e-mail.")
    ] = None
    delay: Annotated[float, Field(ge=0, description="Seconds between requests to one host.")] = 1.0
    hosts: Annotated[int, Field(ge=1, description="Hosts that are asked at the same time.")] = 16
    seconds: Annotated[float, Field(gt=0, description="A page that takes longer is given up.")] = 60.0
    retries: Annotated[int, Field(ge=0, description="Further tries where the first fails in a way that may pass.")] = 2
    backoff: Annotated[float, Field(ge=0, description="Seconds before the second try; they double with each.")] = 2.0
    redirects: Annotated[int, Field(ge=0, description="How often an address may lead on.")] = 10
    obey_robots: Annotated[bool, Field(description="Leave out what robots.txt forbids; only for one's own hosts.")] = (
        True
    )
    allow_private: Annotated[
        bool, Field(description="Fetch from private addresses too: this machine, the local network.")
    ] = False
    most_pages: Annotated[int, Field(ge=1, description="Pages a source fetches a run; the rest is for the next.")] = (
        5_000
    )
    keep_bytes: Annotated[
        int, Field(ge=0, description="What was fetched is kept up to so many bytes, to be extracted again.")
    ] = 2_000_000_000


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
    dask_address: Annotated[
        str | None, Field(description="Scheduler of a Dask cluster: tcp://host:8786. Without: one on this machine.")
    ] = None
    timezone: Annotated[
        str | None, Field(description="Zone of pages whose stamps name none; default: the language's.")
    ] = None
    rehash: Annotated[bool, Field(description="Compare contents even where size and time are as before.")] = False
    force: Annotated[bool, Field(description="Extract everything again.")] = False
    keep_old: Annotated[
        bool, Field(description="Leave articles of an earlier extractor, or of other settings, as they are.")
    ] = False
    limit: Annotated[
        int | None, Field(ge=0, description="Pages to read at most; the rest is left to the next run.")
    ] = None
    sample: Annotated[float, Field(gt=0, le=1, description="Share of the pages to read: the same ones every time.")] = (
        1.0
    )
    prune: Annotated[bool, Field(description="Remove the rows of sources that are no longer there.")] = False
    retry_rejects: Annotated[bool, Field(description="Instead of sources, read all that was refused again.")] = False
    keep_text: Annotated[bool, Field(description="Write the texts of articles and blocks.")] = True
    max_page_bytes: Annotated[int, Field(ge=1, description="Larger pages are rejected.")] = LIMITS.page_bytes
    page_scale: Annotated[
        float, Field(gt=0, description="Factor on the other limits of a page: tags, elements, numbers, Markdown.")
    ] = 1.0
    page_seconds: Annotated[float, Field(gt=0, description="Pages that take longer are rejected.")] = 30.0
    fetch: Annotated[FetchSettings, Field(description="How pages are fetched from the web.")] = FetchSettings()
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
            raise ValueError("give at least one source: a folder, a file, an address")
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
    def engine_name(self) -> Engine:
        """An address of a Dask cluster says that it shall be used."""
        return "dask" if self.dask_address else self.engine

    @property
    def worker_count(self) -> int:
        """Processes to work with."""
        if self.workers:
            return self.workers
        # Not all processors of the machine may be ours (containers, taskset); macOS cannot say.
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
