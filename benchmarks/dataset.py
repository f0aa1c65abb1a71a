"""Seconds and memory of the dataset layer on generated articles, without Prefect and without extraction.

    python -m benchmarks.dataset [--articles 10000,100000] [--shard-size N] [--part-size N] [--folder DIR]

Files, discovery, ledger and parts are real; the rows of a shard come from `generated_rows` instead of pages. At each
number of articles further commits are made on copies of the dataset. Every commit is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.generated_rows import GeneratedRows, page, page_path
from benchmarks.measured import Measured, measured
from benchmarks.rerun import rerun
from flows.dataset.paths import DatasetPaths
from flows.dataset.staging import OUTCOMES, write_batch
from flows.run import Run, begin_run, commit_one_shard, finish_run, plan_run
from flows.settings import RunSettings
from flows.shards import BATCH_PAGES, manifest_items
from transforms.duplicates import key_of
from transforms.tables import REJECTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RERUNS = 5
