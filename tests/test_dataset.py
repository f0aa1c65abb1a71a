"""Commits to a dataset on disk, without Prefect: what is written, what is left alone, what survives a kill."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.dataset.commit import PART_TABLES, Commit
from flows.dataset.ledger import Ledger
from flows.dataset.lock import writing
from flows.dataset.paths import DatasetPaths
from flows.dataset.rebuild import reconcile
from flows.dataset.staging import OUTCOMES, write_batch
from flows.errors import DatasetError, LockedError
from tests.builders import NOW, make_rows
from transforms.duplicates import duplicate_key
from transforms.frames import document_frames, frames_to_tables, table_from_rows
from transforms.ids import stable_id
from transforms.tables import REJECTS, TABLES
from transforms.validate import find_violations, reject_row

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

    from tests.builders import Rows


class Crash(BaseException):
    """Stands for kill -9: nothing after the step is done."""


class Harness:
    """A dataset in a temporary folder, written run by run."""

    def __init__(self, root: Path, part_size: int = 3) -> None:
        self.paths = DatasetPaths(root)
        self.part_size = part_size
        self.runs = 0

    @contextmanager
    def run(self, crash_at: str | None = None) -> Iterator[Commit]:
        self.runs += 1

        def on_step(step: str) -> None:
            if step == crash_at:
                raise Crash(step)

        with Ledger(self.paths.ledger) as ledger:
            commit = Commit(self.paths, ledger, f"run-{self.runs}", self.part_size)
            commit.recover()
            reconcile(self.paths, ledger)
            ledger.begin_run(commit.run_id, NOW.isoformat(), "{}", "{}")
            commit.on_step = on_step
            yield commit

    def write(
        self, *documents: Rows, rejects: tuple[tuple[str, str], ...] = (), crash_at: str | None = None
    ) -> Counter:
        """One run of one shard: these documents, and these (uri, result) that gave none."""
        with self.run(crash_at) as commit:
            return commit.shard([self.stage(commit.run_id, documents, rejects)], "0.1.0", {})

    def stage(self, run_id: str, documents: tuple[Rows, ...], rejects: tuple[tuple[str, str], ...]) -> Path:
        folder = self.paths.staging / run_id
        folder.mkdir(parents=True)
        tables = frames_to_tables(document_frames(documents, run_id=run_id, extracted_at=NOW))
        outcomes = [
            (
                d.article.source_uri,
                d.article.article_id,
                "1-1",
                d.article.content_sha256,
                "article",
                duplicate_key(d.article),
            )
            for d in documents
        ]
        refused = []
        for uri, result in rejects:
            outcomes.append((uri, stable_id(uri), "1-1", sha256(uri.encode()).hexdigest(), result, None))
            if result in ("reject", "unread"):
                refused.append(
                    reject_row(uri, stage="body", code="no_body", message="No text.", run_id=run_id, first_seen_at=NOW)
                )
        columns = list(zip(*outcomes, strict=True)) or [()] * len(OUTCOMES)
        tables["outcomes"] = pa.table([pa.array(c, pa.string()) for c in columns], schema=OUTCOMES)
        tables["rejects"] = table_from_rows(REJECTS, refused)
        write_batch(folder / "batch.arrows", tables)
        return folder / "batch.arrows"

    def read(self, table: str) -> list[dict]:
        return [row for path in self.paths.parts(table) for row in pq.read_table(path).to_pylist()]

    def uris(self, table: str = "articles") -> list[str]:
        return sorted(row["source_uri"] for row in self.read(table))

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        return {
            str(p): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
            for p in sorted(self.paths.root.glob("*/*.parquet"))
        }


@pytest.fixture
def dataset(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "output")


def test_parts_fill_up_and_hold_the_same_articles_in_every_table(dataset: Harness) -> None:
    counts = dataset.write(*(make_rows(f"posts/{i}.html") for i in range(7)))
    assert counts["new"] == 7
    for part in range(3):
        ids = {
            name: set(pq.read_table(dataset.paths.part(name, part))["article_id"].to_pylist())
            for name in PART_TABLES
            if name != "rejects"
        }
        assert all(found == ids["articles"] for found in ids.values())
        assert len(ids["articles"]) == (3, 3, 1)[part]
    dataset.write(make_rows("posts/7.html"))
    assert [pq.read_metadata(p).num_rows for p in dataset.paths.parts("articles")] == [3, 3, 2]


def test_rows_stand_by_date_article_and_position(dataset: Harness) -> None:
    undated = {"published_date": None, "published_month": None, "published_precision": None}
    dataset.part_size = 10
    dataset.write(make_rows("z"), make_rows("a"), make_rows("n", **undated), make_rows("m"))
    articles = dataset.read("articles")
    assert articles[-1]["source_uri"] == "n"
    ids = [row["article_id"] for row in articles]
    assert ids[:3] == sorted(ids[:3])
    assert [(r["article_id"], r["block_position"]) for r in dataset.read("blocks")] == [
        (i, p) for i in ids for p in (0, 1)
    ]


def test_equal_content_rewrites_nothing(dataset: Harness) -> None:
    documents = [make_rows(f"posts/{i}.html") for i in range(4)]
    dataset.write(*documents, rejects=(("posts/bad.html", "reject"),))
    before = dataset.files()
    counts = dataset.write(*documents, rejects=(("posts/bad.html", "reject"),))
    assert counts == {"unchanged": 4, "rejected": 1, "known_rejects": 0, "row_rejects": 0}
    assert dataset.files() == before


def test_a_change_rewrites_only_the_files_it_touches(dataset: Harness) -> None:
    documents = [make_rows(f"posts/{i}.html") for i in range(6)]
    dataset.write(*documents)
    before = dataset.files()
    counts = dataset.write(make_rows("posts/1.html", title="新标题"))
    assert counts["changed"] == 1
    changed = {
        path.removeprefix(str(dataset.paths.root)) for path, state in dataset.files().items() if before[path] != state
    }
    assert changed == {"/articles/part-00000.parquet"}
    titles = {row["source_uri"]: (row["title"], row["run_id"]) for row in dataset.read("articles")}
    assert titles["posts/1.html"] == ("新标题", "run-2")
    assert titles["posts/2.html"] == ("标题", "run-1")


def test_changed_rows_replace_the_old_ones_in_the_same_part(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(5)))
    dataset.write(make_rows("posts/0.html", text="收入886.66亿元，全新的一句。"))
    assert dataset.uris() == sorted(f"posts/{i}.html" for i in range(5))
    assert len(dataset.read("claims")) == 5
    assert "posts/0.html" in pq.read_table(dataset.paths.part("articles", 0))["source_uri"].to_pylist()
    claims = [c for c in dataset.read("claims") if c["sentence"].endswith("全新的一句。")]
    assert len(claims) == 1


def test_rejects_leave_when_their_source_succeeds_and_the_other_way_round(dataset: Harness) -> None:
    dataset.write(make_rows("good"), rejects=(("bad", "reject"),))
    assert (dataset.uris(), dataset.uris("rejects")) == (["good"], ["bad"])
    counts = dataset.write(make_rows("bad"), rejects=(("good", "reject"),))
    assert counts == {"new": 1, "rejected": 1, "known_rejects": 0, "row_rejects": 0}
    assert (dataset.uris(), dataset.uris("rejects")) == (["bad"], ["good"])
    assert {c["article_id"] for c in dataset.read("claims")} == {stable_id("bad")}


def test_a_source_that_cannot_be_read_keeps_its_article_until_it_can(dataset: Harness) -> None:
    dataset.write(make_rows("a"))
    assert dataset.write(rejects=(("a", "unread"),))["rejected"] == 1
    assert (dataset.uris(), dataset.uris("rejects")) == (["a"], ["a"])
    assert dataset.write(rejects=(("a", "unchanged"),))["unchanged"] == 1
    assert (dataset.uris(), dataset.uris("rejects")) == (["a"], [])


def test_a_known_reject_keeps_when_it_was_first_seen(dataset: Harness) -> None:
    dataset.write(rejects=(("bad", "reject"),))
    dataset.write(make_rows("a"), rejects=(("bad", "reject"), ("worse", "reject")))
    assert {row["source_uri"]: row["run_id"] for row in dataset.read("rejects")} == {"bad": "run-1", "worse": "run-2"}


def test_duplicates_do_not_depend_on_the_order_of_arrival(dataset: Harness) -> None:
    url = {"canonical_url": "https://example.com/a/1.html"}
    dataset.write(make_rows("b", "1：收入886.66亿元", **url))
    dataset.write(
        make_rows("c", "2：收入886.66亿元", **url),
        make_rows("front", "3：收入886.66亿元", canonical_url="https://example.com/"),
    )
    assert (
        dataset.write(
            make_rows("a", "4：收入886.66亿元", **url),
            make_rows("front2", "5：收入886.66亿元", canonical_url="https://example.com/"),
        )["new"]
        == 2
    )

    def originals() -> dict[str, str | None]:
        return {row["source_uri"]: row["duplicate_of"] for row in dataset.read("articles")}

    first = stable_id("a")
    assert originals() == {"a": None, "b": first, "c": first, "front": None, "front2": None}
    # The first one goes: the next takes its place, in whatever part it lies.
    dataset.write(rejects=(("a", "reject"),))
    assert originals() == {"b": None, "c": stable_id("b"), "front": None, "front2": None}
    # The same bytes without a canonical address.
    dataset.write(make_rows("e"), make_rows("d"))
    assert originals()["e"] == stable_id("d")


def test_an_article_that_came_out_the_same_can_still_become_an_original(dataset: Harness) -> None:
    url = {"canonical_url": "https://example.com/a/1.html"}
    a, b = make_rows("a", "1：收入886.66亿元", **url), make_rows("b", "2：收入886.66亿元", **url)
    dataset.write(a, b)
    dataset.write(b, rejects=(("a", "reject"),))
    assert [row["duplicate_of"] for row in dataset.read("articles")] == [None]


@pytest.mark.parametrize("step", ["staged", "committed", "moved", "done"])
def test_a_killed_commit_is_all_or_nothing(dataset: Harness, step: str) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(4)), rejects=(("bad", "reject"),))
    with pytest.raises(Crash):
        dataset.write(make_rows("posts/1.html", title="新"), make_rows("new"), make_rows("bad"), crash_at=step)
    before = {f"posts/{i}.html" for i in range(4)}
    with dataset.run():
        pass
    expected = before if step == "staged" else before | {"new", "bad"}
    assert set(dataset.uris()) == expected
    assert len(dataset.read("claims")) == len(expected)
    assert dataset.uris("rejects") == (["bad"] if step == "staged" else [])
    assert not dataset.paths.staging.exists()
    # What was lost is simply done again.
    dataset.write(make_rows("posts/1.html", title="新"), make_rows("new"), make_rows("bad"))
    assert set(dataset.uris()) == before | {"new", "bad"}
    assert not list(dataset.paths.state.rglob("*.parquet"))


def run_row(run_id: str) -> dict:
    counts = dict.fromkeys((n for n in TABLES["runs"].names if n.endswith("_count")), 0)
    stamps = {"run_id": run_id, "started_at": NOW, "finished_at": NOW, "status": "completed"}
    return counts | stamps | {"parameters": "{}", "versions": "{}"}


def test_every_table_has_a_file_after_a_run(dataset: Harness) -> None:
    with dataset.run() as commit:
        commit.run_rows([run_row(commit.run_id)])
        assert commit.ledger.open_runs() == []
    for name, spec in TABLES.items():
        (path,) = dataset.paths.parts(name)
        assert pq.read_schema(path).equals(spec.schema, check_metadata=True)
        assert pq.read_table(path).num_rows == (1 if name == "runs" else 0)
    with dataset.run() as commit:
        commit.run_rows([run_row(commit.run_id)])
    assert len(dataset.read("runs")) == 2


def test_files_are_compressed_and_indexed(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(3)))
    column = pq.ParquetFile(dataset.paths.part("claims", 0)).metadata.row_group(0).column(1)
    assert column.compression == "ZSTD"
    assert column.has_dictionary_page
    assert column.has_column_index and column.has_offset_index


def test_whole_dataset_keeps_its_constraints(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(5)), rejects=(("bad", "reject"),))
    with dataset.run() as commit:
        commit.run_rows([run_row("run-1"), run_row(commit.run_id)])
    tables = {name: pa.concat_tables(map(pq.read_table, dataset.paths.parts(name))) for name in TABLES}
    for name, spec in TABLES.items():
        assert find_violations(spec, tables[name], tables) == []


def test_a_lost_ledger_is_rebuilt_from_the_files(dataset: Harness) -> None:
    documents = [make_rows(f"posts/{i}.html") for i in range(5)]
    dataset.write(*documents, rejects=(("bad", "reject"),))
    before = dataset.files()
    shutil.rmtree(dataset.paths.state)
    counts = dataset.write(*documents, rejects=(("bad", "reject"),))
    assert counts == {"unchanged": 5, "rejected": 1, "known_rejects": 0, "row_rejects": 0}
    assert dataset.files() == before


def test_a_deleted_part_is_extracted_again(dataset: Harness) -> None:
    documents = [make_rows(f"posts/{i}.html") for i in range(5)]
    dataset.write(*documents)
    shutil.rmtree(dataset.paths.table("claims"))
    with Ledger(dataset.paths.ledger) as ledger:
        assert reconcile(dataset.paths, ledger) == 5
        ledger.discover((d.article.source_uri, "1-1", "{}") for d in documents)
        assert len(list(ledger.pending("0.1.0", force=False, rehash=False))) == 5
    dataset.write(*documents)
    assert len(dataset.read("claims")) == 5


def test_ledger_decides_what_to_read(dataset: Harness) -> None:
    document = make_rows("a")
    dataset.write(document, rejects=(("bad", "reject"), ("gone", "reject")))
    with Ledger(dataset.paths.ledger) as ledger:
        found = [("a", "1-1", "A"), ("bad", "2-2", "B"), ("new", "1-1", "N"), ("a", "1-1", "A")]
        assert ledger.discover(found) == (4, 1)
        assert list(ledger.pending("0.1.0", force=False, rehash=False)) == [
            ("B", sha256(b"bad").hexdigest()),
            ("N", None),
        ]
        assert dict(ledger.pending("0.1.0", force=False, rehash=True))["A"] == document.article.content_sha256
        assert dict(ledger.pending("0.1.0", force=True, rehash=False)) == {"A": None, "B": None, "N": None}
        assert dict(ledger.pending("0.2.0", force=False, rehash=False)) == {"A": None, "B": None, "N": None}
        assert ledger.mark_vanished(["go"], "run-2") == 1
        assert ledger.mark_vanished(["go"], "run-3") == 0
        assert ledger.settled("0.1.0", force=False, rehash=False) == {"article": 1}


def test_a_second_writer_is_told_who_holds_the_lock(dataset: Harness) -> None:
    refused = pytest.raises(LockedError, match=r"run run-1 \(process \d+ on")
    with writing(dataset.paths, run_id="run-1"), refused, writing(dataset.paths, run_id="run-2"):
        pass
    with writing(dataset.paths, run_id="run-2"):
        pass


def test_a_ledger_that_is_none_says_what_to_do(dataset: Harness) -> None:
    dataset.paths.state.mkdir(parents=True)
    dataset.paths.ledger.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatasetError, match="Remove it"):
        Ledger(dataset.paths.ledger)
