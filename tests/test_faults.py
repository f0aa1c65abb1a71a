"""The quick part of the fault tests; `make faults` runs them at full length."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.full_disk import full_disks
from tests.faults.interpose import FAULTS
from tests.faults.kills import named_kills, random_kills
from tests.faults.nth import chosen, nth_faults
from tests.faults.readers import looping_readers
from tests.faults.scratch import scratch_folder
from tests.faults.shards import Plan, batch_tables, history, look_at
from tests.faults.tally import Tally, summary
from tests.faults.writers import concurrent_writers

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=scratch_folder()) as name:
        yield Path(name)


def assert_right(*tallies: Tally) -> None:
    if all(tally.skipped for tally in tallies):
        pytest.skip(tallies[0].skipped)
    assert all(tally.is_right for tally in tallies), "\n" + summary(list(tallies))
    assert all(tally.times for tally in tallies)


def test_a_commit_survives_kills_at_random_moments(folder: Path) -> None:
    assert_right(random_kills(folder, 5, shards=8, most_seconds=0.4))


def test_a_commit_survives_kills_at_its_named_points(folder: Path) -> None:
    assert_right(named_kills(folder, shards=(4,), every=6))


def test_a_commit_survives_errors_and_kills_at_file_calls(folder: Path) -> None:
    assert_right(*nth_faults(folder, [Plan(1, 4, new=1, touched=1)], list(FAULTS), every=25))


def test_a_full_disk_leaves_the_old_rows(folder: Path) -> None:
    assert_right(full_disks(folder, 2, shards=4))


def test_writers_at_once_write_what_one_after_the_other_would(folder: Path) -> None:
    assert_right(concurrent_writers(folder, 1))


def test_readers_never_see_a_wrong_row_during_commits(folder: Path) -> None:
    assert_right(*looping_readers(folder, 200))


def test_what_is_wrong_with_rows_is_seen() -> None:
    """The checks themselves: torn, stale, foreign and missing rows."""
    tables = batch_tables(next(history(1)), "run")
    columns = tables["claims"].to_pydict()
    assert look_at("claims", columns).wrong == []
    for name, value in (("sentence", "elsewhere v1：886.66亿元"), ("value", 7.0), ("char_end", 3)):
        broken = columns | {name: [value, *columns[name][1:]]}
        assert look_at("claims", broken).wrong, name
    assert look_at("claims", {name: values[1:] for name, values in columns.items()}).wrong
    assert look_at("blocks", {n: v * 2 for n, v in tables["blocks"].to_pydict().items()}).wrong


def test_the_middle_of_a_row_of_writes_is_left_out() -> None:
    assert chosen(["open a", *["write a"] * 6, "fsync a", "write a"]) == [1, 2, 3, 7, 8, 9]
