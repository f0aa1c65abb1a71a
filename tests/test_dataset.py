"""Commits to a dataset on disk, without Prefect: what is written, what is left alone, what survives a kill."""

from __future__ import annotations

import json
import shutil
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.dataset.discovery import Discovery
from flows.dataset.ledger import Ledger
from flows.dataset.limits import CommitLimits
from flows.dataset.lock import writing
from flows.dataset.paths import PART_TABLES
from flows.dataset.rebuild import reconcile
from flows.errors import DatasetError, LimitError, LockedError, StorageError
from tests.builders import NOW, make_rows
from tests.datasets import Crash, Harness
from transforms.ids import stable_id
from transforms.tables import TABLES
from transforms.validate import find_violations
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path


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
    assert counts == {"unchanged": 4, "rejected": 1, "known_rejects": 0, "row_rejects": 0, "moved": 0}
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
    assert counts == {"new": 1, "rejected": 1, "known_rejects": 0, "row_rejects": 0, "moved": 0}
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


def run_row(run_id: str) -> dict[str, Any]:
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
    assert counts == {"unchanged": 5, "rejected": 1, "known_rejects": 0, "row_rejects": 0, "moved": 0}
    assert dataset.files() == before


def test_a_deleted_part_is_extracted_again(dataset: Harness) -> None:
    documents = [make_rows(f"posts/{i}.html") for i in range(5)]
    dataset.write(*documents)
    shutil.rmtree(dataset.paths.table("claims"))
    with Ledger(dataset.paths.ledger) as ledger:
        assert reconcile(dataset.paths, ledger) == 5
    assert len(dataset.find(*(d.article.source_uri for d in documents))) == 5
    dataset.write(*documents)
    assert len(dataset.read("claims")) == 5


def test_ledger_decides_what_to_read(dataset: Harness) -> None:
    document = make_rows("a")
    dataset.write(document, rejects=(("bad", "reject"), ("gone", "reject")))
    with Ledger(dataset.paths.ledger) as ledger:

        def find(extractor: str = "0.1.0", **how: bool) -> dict[str, str | None]:
            ledger.do("DROP TABLE IF EXISTS discovered")
            found = Discovery(ledger, extractor, **how)
            items = [("a", "1-1", "old"), ("bad", "2-2", "B"), ("new", "1-1", "N"), ("a", "1-1", "A")]
            found.add((*item, "") for item in items)
            assert (found.given, found.count) == (4, 3)
            return dict(found.pending())

        everything = {"A": None, "B": None, "N": None}
        assert find() == {"B": sha256(b"bad").hexdigest(), "N": None}
        assert find(rehash=True)["A"] == document.article.content_sha256
        assert find(force=True) == find("0.2.0") == everything
        assert find("0.2.0", keep_old=True) == find()
        assert ledger.extract_again(article_ids=[stable_id("a")]) == 1
        assert "A" in find(keep_old=True), "rows that are missing are no matter of the version"
        assert Discovery(ledger, "0.1.0").settled() == {}
        for run_id, newly in (("run-2", 1), ("run-3", 0)):
            Discovery(ledger, "0.1.0").mark_vanished(["go"], run_id)
            assert ledger.newly_vanished(run_id) == newly


def test_content_at_a_new_path_has_moved(dataset: Harness) -> None:
    old = [make_rows(f"posts/{i}.html", f"{i}：收入886.66亿元") for i in range(7)]
    dataset.write(*old)
    dataset.find(*(f"posts/{i}.html" for i in (0, 2, 3, 4, 5, 6)))  # posts/1.html is missed
    moved = make_rows("posts/2022/1.html", "1：收入886.66亿元")
    counts = dataset.write(moved, make_rows("posts/new.html", "新：收入886.66亿元"))
    assert (counts["new"], counts["changed"], counts["moved"]) == (1, 1, 1)
    assert "posts/1.html" not in dataset.uris()
    parts = [pq.read_table(path)["source_uri"].to_pylist() for path in dataset.paths.parts("articles")]
    assert "posts/2022/1.html" in parts[0]
    assert "posts/new.html" in parts[2]
    assert {c["article_id"] for c in dataset.read("claims")} == {a["article_id"] for a in dataset.read("articles")}
    with Ledger(dataset.paths.ledger) as ledger:
        assert set(ledger.states(["posts/1.html", "posts/2022/1.html"])) == {"posts/2022/1.html"}


def test_two_copies_of_one_vanished_page_are_one_move_and_one_new_page(dataset: Harness) -> None:
    dataset.write(make_rows("a"))
    dataset.find("b", "c")
    counts = dataset.write(make_rows("b"), make_rows("c"))
    assert (counts["new"], counts["changed"], counts["moved"]) == (1, 1, 1)
    originals = {row["source_uri"]: row["duplicate_of"] for row in dataset.read("articles")}
    assert originals == {"b": None, "c": stable_id("b")}


def test_a_refused_page_moves_too(dataset: Harness) -> None:
    dataset.write(rejects=(("bad", "reject"),))
    dataset.find("else")
    moved = [("else", stable_id("else"), "1-1", sha256(b"bad").hexdigest(), "reject", None, "{}")]
    with dataset.run() as commit:
        batch = dataset.stage(commit.run_id, (), (("else", "reject"),), outcomes=moved)
        assert commit.shard([batch], "0.1.0", {})["moved"] == 1
    assert dataset.uris("rejects") == ["else"]


def test_prune_removes_what_has_vanished_below_the_places_looked_at(dataset: Harness) -> None:
    documents = [make_rows(f"{site}/{i}", f"{site}{i}：收入886.66亿元") for site in "ab" for i in range(4)]
    dataset.write(*documents, rejects=(("a/bad", "reject"),))
    dataset.find("a/1", scope="a/")
    before = dataset.files()
    with dataset.run() as commit:
        assert commit.prune(["b/"], {}) == 0
        assert dataset.files() == before
        assert commit.prune(["a/"], {}) == 4
        assert commit.prune(["a/"], {}) == 0
    assert dataset.uris() == ["a/1", "b/0", "b/1", "b/2", "b/3"]
    assert dataset.uris("rejects") == []
    assert len(dataset.read("claims")) == 5
    dataset.write(make_rows("a/9", "9：收入886.66亿元"))
    assert "a/9" in dataset.uris()


def test_a_part_that_was_emptied_keeps_its_number(dataset: Harness) -> None:
    dataset.write(*(make_rows(f"{i}", f"{i}：收入886.66亿元") for i in range(4)))
    dataset.find("0", "1", "2")
    with dataset.run() as commit:
        assert commit.prune([""], {}) == 1
    dataset.write(make_rows("5", "5：收入886.66亿元"))
    assert [pq.read_metadata(p).num_rows for p in dataset.paths.parts("articles")] == [3, 1]


def test_rejects_are_found_again_with_their_places(dataset: Harness) -> None:
    dataset.write(make_rows("a"), make_rows("b"), rejects=(("bad", "reject"),))
    dataset.write(rejects=(("b", "unread"),))
    with Ledger(dataset.paths.ledger) as ledger:
        ledger.do("UPDATE sources SET item = NULL WHERE source_uri = 'b'")
        found = Discovery(ledger, "0.1.0", force=True)
        assert found.add_rejects() == 1
        assert [json.loads(item)["uri"] for item, _ in found.pending()] == ["bad"]


def test_a_shard_of_mostly_rejects_is_not_written(dataset: Harness) -> None:
    dataset.write(make_rows("a"))
    before = dataset.files()
    rejects = tuple((f"bad/{i}", "reject") for i in range(3))
    with dataset.run() as commit:
        commit.limits = CommitLimits(reject_share=0.5, reject_share_from=4)
        with pytest.raises(LimitError, match=r"3 of 4 pages.*no_body.*bad/0"):
            commit.shard([dataset.stage(commit.run_id, (make_rows("b"),), rejects)], "0.1.0", {})
        assert dataset.files() == before
        commit.limits = CommitLimits(reject_share=0.5, reject_share_from=5)
        commit.shard([commit.paths.staging / commit.run_id / "batch.arrows"], "0.1.0", {})
    assert dataset.uris() == ["a", "b"]


def test_a_commit_without_room_is_refused_before_it_begins(dataset: Harness) -> None:
    with dataset.run() as commit:
        commit.limits = CommitLimits(min_free_bytes=10**18)
        with pytest.raises(StorageError, match=r"output: the commit needs up to .* are free"):
            commit.shard([dataset.stage(commit.run_id, (make_rows("b"),), ())], "0.1.0", {})
    assert dataset.read("articles") == []


def earlier_version(dataset: Harness, table: str, without: str, version: int = 0) -> None:
    """Takes a column from a table's files and gives all files, and the ledger, an earlier version."""
    for name in TABLES:
        for path in dataset.paths.parts(name):
            rows = pq.read_table(path)
            rows = rows.drop_columns([without]) if name == table else rows
            pq.write_table(rows.replace_schema_metadata({"schema_version": str(version)}), path)
    with Ledger(dataset.paths.ledger) as ledger:
        ledger.do("DELETE FROM parts")
        ledger.schema_version = version


@pytest.mark.parametrize("is_ledger_lost", [False, True])
def test_files_of_an_earlier_schema_are_rewritten_in_one_commit(dataset: Harness, is_ledger_lost: bool) -> None:
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(5)), rejects=(("bad", "reject"),))
    before = {name: dataset.read(name) for name in PART_TABLES}
    earlier_version(dataset, "claims", without="attribution")
    if is_ledger_lost:
        shutil.rmtree(dataset.paths.state)
    with pytest.raises(Crash), dataset.run(crash_at="moved"):
        pass
    with dataset.run() as commit:
        assert commit.ledger.schema_version == SCHEMA_VERSION
        assert commit.upgrade() == 0
    for name in PART_TABLES:
        assert dataset.read(name) == [row | ({"attribution": None} if name == "claims" else {}) for row in before[name]]
        for path in dataset.paths.parts(name):
            assert pq.read_schema(path).equals(TABLES[name].schema, check_metadata=True)


@pytest.mark.parametrize("is_ledger_lost", [False, True])
def test_a_newer_dataset_is_refused(dataset: Harness, is_ledger_lost: bool) -> None:
    dataset.write(make_rows("a"))
    earlier_version(dataset, "claims", without="attribution", version=SCHEMA_VERSION + 1)
    if is_ledger_lost:
        shutil.rmtree(dataset.paths.state)
    with pytest.raises(DatasetError, match="Upgrade it"), dataset.run():
        pass


def test_a_ledger_of_the_first_version_is_taken_over(dataset: Harness) -> None:
    dataset.write(make_rows("a"), make_rows("b"))
    with Ledger(dataset.paths.ledger) as ledger:
        ledger.connection.executescript(
            "DROP TABLE parts; DROP TABLE facts; DROP INDEX sources_vanished; ALTER TABLE sources DROP COLUMN item;"
            "ALTER TABLE open_runs DROP COLUMN flow_run_id; PRAGMA user_version = 1"
        )
    assert dataset.write(make_rows("a"), make_rows("c"))["new"] == 1
    assert dataset.uris() == ["a", "b", "c"]
    with Ledger(dataset.paths.ledger) as ledger:
        assert {path for path, _ in ledger.parts()} == set(PART_TABLES)


@pytest.mark.parametrize("change", ["rewritten", "added"])
def test_a_file_that_something_else_changed_is_not_written_over(dataset: Harness, change: str) -> None:
    dataset.write(make_rows("a"), make_rows("b"))
    path = dataset.paths.part("claims", 0)
    number = 0 if change == "rewritten" else 7
    pq.write_table(pq.read_table(path).slice(1), path.with_name(f"part-{number:05d}.parquet"))
    with pytest.raises(DatasetError, match=rf"part-0000{number}.parquet is not as figures left it"), dataset.run():
        pass


def test_a_shard_is_merged_a_stretch_at_a_time(dataset: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come out the same however much is held at once."""
    from flows.dataset import rows, staging

    other = Harness(dataset.paths.root.with_name("other"), part_size=40)
    dataset.part_size = 40
    undated = {"published_date": None, "published_month": None, "published_precision": None}
    days = [
        {"published_date": date(2022, 1, 1 + i * 7 % 28), "published_month": "2022-01"} if i % 5 else undated
        for i in range(60)
    ]
    first = [make_rows(f"{i}", f"{i}：收入886.66亿元", **days[i]) for i in range(60)]
    second = [make_rows(f"{i}", f"{i}：收入886.66亿元，又", **days[-i]) for i in range(0, 60, 3)]
    for target, size in ((dataset, None), (other, 7)):
        if size:
            monkeypatch.setattr(rows, "ARTICLES_AT_ONCE", size)
            monkeypatch.setattr(rows, "rows_at_once", lambda _: 5)
            monkeypatch.setattr(staging, "ROW_GROUP_ROWS", 11)
        target.write(*first)
        target.write(*second, rejects=(("4", "reject"), ("50", "reject")))
    for name in PART_TABLES:
        assert dataset.read(name) == other.read(name)
        for path in dataset.paths.parts(name):
            assert find_violations(TABLES[name], pq.read_table(path), {}) == []
    assert pq.read_metadata(other.paths.part("claims", 0)).num_row_groups == 4
    dates = [row["published_date"] for row in pq.read_table(dataset.paths.part("articles", 0)).to_pylist()]
    assert dates == sorted(dates, key=lambda day: (day is None, day))


def test_a_second_writer_is_told_who_holds_the_lock(dataset: Harness) -> None:
    refused = pytest.raises(LockedError, match=r"run run-1 \(process \d+ on")
    with writing(dataset.paths, run_id="run-1"), refused, writing(dataset.paths, run_id="run-2"):
        pass
    with writing(dataset.paths, run_id="run-2"):
        pass


def test_a_ledger_that_is_none_says_what_to_do(dataset: Harness) -> None:
    dataset.paths.state.mkdir(parents=True)
    dataset.paths.ledger.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatasetError, match="--repair"):
        Ledger(dataset.paths.ledger)
