"""Snapshots: what a reader of ours sees while a run commits, after one was killed, and where it may not write."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from flows.dataset import snapshot as module
from flows.dataset.ledger import Ledger
from flows.dataset.paths import DatasetPaths
from flows.dataset.snapshot import Snapshot, open_snapshot
from flows.errors import DatasetError
from tests.builders import make_rows
from tests.datasets import Crash, Harness
from transforms.tables import CLAIMS, DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def dataset(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "output")


def uris(snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.table("articles", ["source_uri"])["source_uri"].to_pylist())


def assert_fits(snapshot: Snapshot) -> None:
    """The tables are of one moment: the same articles in all, as many claims as each article says, keys once."""
    articles = snapshot.table("articles", ["article_id", "claim_count", "content_sha256"])
    ids = articles["article_id"].to_pylist()
    assert len(ids) == len(set(ids)) == snapshot.rows("articles")
    for name in DOCUMENT_TABLES[1:]:
        assert set(snapshot.table(name, ["article_id"])["article_id"].to_pylist()) == set(ids), name
    assert snapshot.rows("claims") == (pc.sum(articles["claim_count"]).as_py() or 0)


def write_rounds(root: str, rounds: int) -> None:
    """Runs that add, change and remove articles."""
    dataset = Harness(Path(root))
    dataset.runs = 1000
    for number in range(rounds):
        tried = range(number % 3, 8 + number, 2)
        refused = ((f"posts/{number % 5}.html", "reject"),) if number % 5 not in tried else ()
        dataset.write(*(make_rows(f"posts/{i}.html", f"{number}：收入886.66亿元") for i in tried), rejects=refused)


def test_tables_fit_each_other_while_runs_commit(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(7)))
    writer = multiprocessing.get_context("spawn").Process(target=write_rounds, args=(str(dataset.paths.root), 20))
    writer.start()
    seen = set()
    try:
        while writer.is_alive():
            with open_snapshot(dataset.paths, with_ledger=True) as snapshot:
                assert_fits(snapshot)
                assert snapshot.ledger is not None
                known = snapshot.ledger.execute("SELECT source_uri FROM sources WHERE state = 'article' ORDER BY 1")
                assert uris(snapshot) == [row[0] for row in known]
                seen.add(snapshot.rows("articles"))
    finally:
        writer.join(60)
    assert writer.exitcode == 0
    assert len(seen) > 3  # the readers saw the dataset grow


@pytest.mark.parametrize("step", ["staged", "committed", "moved", "done"])
def test_a_killed_commit_is_read_as_it_will_be(dataset: Harness, step: str) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(4)), rejects=(("bad", "reject"),))
    with pytest.raises(Crash):
        dataset.write(make_rows("posts/1.html", title="新"), make_rows("new"), make_rows("bad"), crash_at=step)
    before = {str(p): p.read_bytes() for p in dataset.paths.root.rglob("*") if p.is_file()}
    with open_snapshot(dataset.paths) as snapshot:
        assert_fits(snapshot)
        found = {name: snapshot.table(name) for name in TABLES}
    assert {str(p): p.read_bytes() for p in dataset.paths.root.rglob("*") if p.is_file()} == before
    assert ("new" in found["articles"]["source_uri"].to_pylist()) == (step != "staged")
    with dataset.run():
        pass
    for name, table in found.items():
        assert table.to_pylist() == dataset.read(name), name


def test_a_snapshot_stays_what_it_was(dataset: Harness) -> None:
    dataset.write(make_rows("a"), make_rows("b"))
    with open_snapshot(dataset.paths) as snapshot:
        dataset.write(make_rows("a", title="新"), make_rows("c"), rejects=(("b", "reject"),))
        assert uris(snapshot) == ["a", "b"]
        assert snapshot.table("articles", ["title"])["title"].to_pylist() == ["标题", "标题"]
        assert_fits(snapshot)
    with open_snapshot(dataset.paths) as snapshot:
        assert uris(snapshot) == ["a", "c"]


def test_no_commit_passes_while_the_parts_are_opened(dataset: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset.write(make_rows("a"))
    allow = module._allow_files

    def commit_meanwhile(count: int) -> None:
        writer = sqlite3.connect(dataset.paths.ledger, isolation_level=None, timeout=0)
        with closing(writer), pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.execute("INSERT INTO moves VALUES ('x', 'y')")
        allow(count)

    monkeypatch.setattr(module, "_allow_files", commit_meanwhile)
    with open_snapshot(dataset.paths) as snapshot:
        assert uris(snapshot) == ["a"]
    # The read transaction is over: nobody waits for a snapshot that is open.
    with open_snapshot(dataset.paths, ()), sqlite3.connect(dataset.paths.ledger, timeout=0) as writer:
        writer.execute("DELETE FROM moves")


def test_rows_come_in_the_declared_schema_and_in_order(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(7)))
    # A file of an earlier version: a column less, a column more.
    path = dataset.paths.part("claims", 1)
    old = pq.read_table(path)
    old = old.drop_columns(["metric"]).append_column("forgotten", pa.array(["x"] * old.num_rows))
    pq.write_table(old, path)
    with open_snapshot(dataset.paths) as snapshot:
        assert [part.number for part in snapshot.parts["claims"]] == [0, 1, 2]
        assert snapshot.table("claims").schema.equals(CLAIMS.schema, check_metadata=True)
        assert snapshot.table("claims", ["unit", "metric"]).column_names == ["unit", "metric"]
        assert snapshot.table("claims")["article_id"].to_pylist() == [r["article_id"] for r in dataset.read("claims")]
        assert snapshot.table("runs").num_rows == snapshot.rows("runs") == 0
        assert all(batch.schema == CLAIMS.schema for batch in snapshot.batches("claims"))
        assert snapshot.parts["claims"][1].size == path.stat().st_size


def test_a_copy_of_the_tables_alone_is_read_as_it_stands(dataset: Harness, tmp_path: Path) -> None:
    dataset.write(make_rows("a"), make_rows("b"))
    copy = DatasetPaths(tmp_path / "copy")
    shutil.copytree(dataset.paths.table("claims"), copy.table("claims"))
    with open_snapshot(copy, with_ledger=True) as snapshot:
        assert (snapshot.rows("claims"), snapshot.rows("articles"), snapshot.ledger) == (2, 0, None)
    assert not copy.state.exists()
    with open_snapshot(copy, ["articles"]) as snapshot:
        assert snapshot.rows("articles") == 0


@contextmanager
def unable_to_write(root: Path) -> Iterator[None]:
    """The folder read-only, and we nobody where we were root, whom no permission stops."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    files = [path for path in root.rglob("*") if path.is_file()]
    for path in files:
        path.chmod(0o444)
    for path in folders:
        path.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionError):
            (root / "probe").touch()
        yield
    finally:
        os.seteuid(user)
        for path in folders:
            path.chmod(0o755)


@pytest.fixture
def shared() -> Iterator[Harness]:
    """A dataset in a folder that others can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield Harness(folder / "output")
    shutil.rmtree(folder)


@pytest.mark.parametrize("step", [None, "committed", "moved"])
def test_a_folder_may_be_read_only(shared: Harness, step: str | None) -> None:
    shared.write(make_rows("a"))
    if step:
        with pytest.raises(Crash):
            shared.write(make_rows("b"), crash_at=step)
    with unable_to_write(shared.paths.root), open_snapshot(shared.paths, with_ledger=True) as snapshot:
        assert uris(snapshot) == (["a", "b"] if step else ["a"])
        assert_fits(snapshot)


def leave_hot_journal(ledger: Path) -> None:
    """What a kill in the middle of SQLite's own commit leaves: pages half written, and the journal to undo them."""
    kept = ledger.with_name("kept")
    with sqlite3.connect(ledger, isolation_level=None) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.executemany("INSERT INTO moves VALUES (?, 'nowhere')", ((f"{i}" * 500,) for i in range(500)))
        journal = ledger.with_name(f"{ledger.name}-journal")
        shutil.copy(ledger, kept)
        shutil.copy(journal, f"{kept}-journal")
        writer.execute("ROLLBACK")
    writer.close()
    kept.replace(ledger)
    Path(f"{kept}-journal").replace(journal)


def test_a_ledger_killed_while_it_was_written_is_undone_where_one_may_write(shared: Harness) -> None:
    shared.write(make_rows("a"))
    leave_hot_journal(shared.paths.ledger)
    with unable_to_write(shared.paths.root), pytest.raises(DatasetError, match="one more run"):
        open_snapshot(shared.paths)
    shared.paths.ledger.chmod(0o644)
    shared.paths.ledger.with_name("ledger.sqlite-journal").chmod(0o644)
    with open_snapshot(shared.paths) as snapshot:
        assert uris(snapshot) == ["a"]


def test_messages_say_what_is_wrong_and_what_to_do(dataset: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError, match="holds no tables yet: figures run"):
        open_snapshot(dataset.paths)
    assert not dataset.paths.root.exists()
    dataset.write(make_rows("a"))
    dataset.paths.part("blocks", 0).write_bytes(b"PAR1 and no more")
    with open_snapshot(dataset.paths) as snapshot:
        for look in (snapshot.rows, snapshot.table):
            with pytest.raises(DatasetError, match=r"blocks/part-00000.parquet cannot be read .*figures check OUTPUT"):
                look("blocks")
        assert snapshot.rows("claims") == 1
    with Ledger(dataset.paths.ledger) as ledger:
        ledger.add_moves([("_state/staging/lost.staged", "blocks/part-00007.parquet")])
    with pytest.raises(DatasetError, match=r"part-00007.parquet was committed and is not there"):
        open_snapshot(dataset.paths)
    with sqlite3.connect(dataset.paths.ledger) as writer:
        writer.execute("PRAGMA user_version = 99")
    with pytest.raises(DatasetError, match="later version of figures"):
        open_snapshot(dataset.paths)
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.0)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatasetError, match="try again when the run"):
        open_snapshot(dataset.paths)
    writer.close()
    dataset.paths.ledger.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatasetError, match=r"ledger.sqlite cannot be read .*figures check OUTPUT"):
        open_snapshot(dataset.paths)
    with open_snapshot(dataset.paths, trust_ledger=False) as snapshot:
        assert uris(snapshot) == ["a"]


def test_more_parts_than_open_files_are_allowed_at_first(dataset: Harness) -> None:
    resource = pytest.importorskip("resource")
    dataset.write(make_rows("a"))
    for number in range(1, 120):
        shutil.copy(dataset.paths.part("claims", 0), dataset.paths.part("claims", number))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, before[1]))
    try:
        with open_snapshot(dataset.paths) as snapshot:
            assert snapshot.rows("claims") == snapshot.table("claims").num_rows == 120
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, before[1]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_allow_files", lambda count: None)
            with pytest.raises(DatasetError, match="ulimit -n"):
                open_snapshot(dataset.paths)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_no_descriptor_is_left_open(dataset: Harness) -> None:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("needs /proc")
    dataset.write(make_rows("a"))

    def held() -> list[str]:
        links = [path.readlink() for path in folder.iterdir() if path.is_symlink()]
        return [str(link) for link in links if str(dataset.paths.root) in str(link)]

    with open_snapshot(dataset.paths, with_ledger=True) as snapshot:
        snapshot.table("claims")
        assert len(held()) == len(DOCUMENT_TABLES) + 1  # the parts of rejects too; nothing of the ledger
    assert held() == []
    dataset.paths.part("articles", 0).unlink()
    with Ledger(dataset.paths.ledger) as ledger:
        ledger.add_moves([("_state/staging/lost.staged", "runs/part-00007.parquet")])
    with pytest.raises(DatasetError):
        open_snapshot(dataset.paths)
    assert held() == []
