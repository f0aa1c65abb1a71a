"""Whole runs of the Prefect flow over real files: what is read, written, refused and left alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.flow_runs import page, read, run
from transforms.ids import stable_id
from transforms.tables import TABLES
from transforms.validate import find_violations

if TYPE_CHECKING:
    from pathlib import Path

    from flows.summary import RunSummary

pytestmark = pytest.mark.usefixtures("prefect_server")

POST = """---
title: 腾讯广告
date: Thu, 16 Jun 2022 00:00:00 GMT
---
<p>2021年，腾讯网络广告业务全年收入高达886.66亿元，同比增长8%。</p>
<p>其中社交及其他广告收入达到753亿元，同比增长11%，媒体广告收入有所下降，公司正在调整策略。</p>
"""
BROKEN_YAML = POST.replace("title: 腾讯广告", 'title: "腾讯\nbad: [')


def write_sources(folder: Path) -> tuple[Path, Path]:
    """Two folders with the same files in them, and all that can go wrong in one of them."""
    here, there = folder / "here" / "posts", folder / "there" / "posts"
    for site in (here, there):
        (site / "2023").mkdir(parents=True)
        for number in range(5):
            (site / "2023" / f"{number}.html").write_bytes(page(f"{number}-of-{site.parent.name}"))
        (site / "same.html").write_bytes(page("same"))
        (site / "post.md").write_text(POST, encoding="utf-8")
    (here / "empty.html").touch()
    (here / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (here / "no-body.html").write_text("<html><body><nav><a href=/>Home</a></nav></body></html>", encoding="utf-8")
    (here / "broken-yaml.md").write_text(BROKEN_YAML, encoding="utf-8")
    (here / "gbk.html").write_bytes(POST.split("---\n", 2)[2].encode("gbk"))
    (here / "large.html").write_bytes(b"<p>" + b"word " * 50_000)
    (here / "loop.html").symlink_to("loop.html")
    (here / ".hidden.html").write_bytes(page("hidden"))
    (here / "notes.txt").write_text("no page", encoding="utf-8")
    return here, there


def files_of(output: Path, *names: str) -> dict[Path, tuple[int, int, bytes]]:
    return {
        path: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        for name in names or TABLES
        for path in (output / name).iterdir()
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunSummary, Path, tuple[Path, Path]]:
    """One run over everything; the tests of this module look at it, and those that run again copy it."""
    folder = tmp_path_factory.mktemp("flow")
    sources = write_sources(folder)
    output = folder / "output"
    return run(*sources, output=output, max_page_bytes=100_000), output, sources


def test_every_page_is_an_article_or_a_reject_with_a_code(first: tuple[RunSummary, Path, Any]) -> None:
    summary, output, _ = first
    refused = {row["source_uri"]: row["code"] for row in read(output, "rejects") if row["table_name"] is None}
    articles = {row["source_uri"] for row in read(output, "articles")}
    assert summary.counts["discovered"] == len(articles) + len(refused) == 21
    assert summary.counts == {
        "discovered": 21, "new": 16, "changed": 0, "unchanged": 0, "rejected": 5, "skipped": 0,
    }  # fmt: skip
    assert set(refused) == {f"here/posts/{n}.html" for n in ("empty", "picture", "no-body", "large", "loop")}
    assert refused["here/posts/large.html"] == "too_large"
    assert refused["here/posts/loop.html"] == "unreadable"
    assert refused["here/posts/no-body.html"] == "no_body"
    assert summary.reject_codes == dict.fromkeys(refused.values(), 1)
    assert {"here/posts/broken-yaml.md", "here/posts/gbk.html"} <= articles


def test_no_row_breaks_its_declaration(first: tuple[RunSummary, Path, Any]) -> None:
    _, output, _ = first
    tables = {name: pq.read_table(output / name) for name in TABLES}
    for name, spec in TABLES.items():
        assert find_violations(spec, tables[name], tables) == []
        for path in (output / name).iterdir():
            assert pq.read_schema(path).equals(spec.schema, check_metadata=True)


def test_folders_of_one_name_stay_apart(first: tuple[RunSummary, Path, Any]) -> None:
    summary, output, (here, there) = first
    assert summary.names == {str(here): "here/posts", str(there): "there/posts"}
    rows = {row["source_uri"]: row for row in read(output, "articles")}
    ours, theirs = rows["here/posts/same.html"], rows["there/posts/same.html"]
    assert ours["canonical_url"] == theirs["canonical_url"] == "https://news.example.com/same"
    assert (ours["duplicate_of"], theirs["duplicate_of"]) == (None, stable_id("here/posts/same.html"))


def test_all_readers_agree(first: tuple[RunSummary, Path, Any]) -> None:
    summary, output, _ = first
    for name in TABLES:
        glob = f"{output}/{name}/*.parquet"
        counts = {
            len(pd.read_parquet(output / name)),
            pq.read_table(output / name).num_rows,
            duckdb.sql(f"SELECT count(*) FROM '{glob}'").fetchall()[0][0],
            pl.read_parquet(glob).height,
        }
        assert counts == {summary.row_counts[name]}, name
    assert all(summary.row_counts.values())
    values = duckdb.sql(f"SELECT value FROM '{output}/claims/*.parquet' WHERE quote = '886.66亿元'").fetchall()
    assert set(values) == {(88_666_000_000.0,)}


def test_run_row_says_what_was_done(first: tuple[RunSummary, Path, Any]) -> None:
    summary, output, _ = first
    (row,) = read(output, "runs")
    assert row["run_id"] == summary.run_id
    assert (row["status"], row["discovered_count"], row["article_count"]) == ("completed", 21, 16)
    assert json.loads(row["parameters"])["max_page_bytes"] == 100_000
    assert json.loads(row["versions"])["prefect"].startswith("3.")


def test_descriptions_stand_beside_the_tables(first: tuple[RunSummary, Path, Any]) -> None:
    _, output, _ = first
    assert (output / "README.md").read_text(encoding="utf-8").startswith("# Data dictionary")
    package = json.loads((output / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    assert not list((output / "_state").rglob("*.parquet"))


def test_later_runs_read_and_write_only_what_changed(tmp_path: Path) -> None:
    here, there = write_sources(tmp_path)
    output = tmp_path / "output"
    limit = {"max_page_bytes": 100_000}
    run(here, there, output=output, part_size=7, shard_size=4, **limit)
    assert len(list((output / "articles").iterdir())) == 3
    before = files_of(output, "articles", "metadata", "headings", "blocks", "claims", "rejects")

    again = run(here, there, output=output, part_size=7, **limit)
    # The link to itself cannot be read, so it is tried every time; the other rejects are known.
    assert (again.counts["unchanged"], again.counts["rejected"], again.refused_count) == (20, 1, 5)
    assert files_of(output, "articles", "metadata", "headings", "blocks", "claims", "rejects") == before
    assert len(read(output, "runs")) == 2

    os.utime(here / "2023" / "0.html", (1, 1))  # same content
    (here / "2023" / "1.html").write_bytes(page("1", "Revenue fell 3% to $290 million."))
    (here / "2023" / "2.html").unlink()
    (here / "no-body.html").write_bytes(page("mended"))
    (there / "new.html").write_bytes(page("new"))
    (there / "post.md").write_bytes(b"")
    third = run(here, there, output=output, part_size=7, **limit)
    assert third.counts == {
        "discovered": 21, "new": 2, "changed": 1, "unchanged": 16, "rejected": 2, "skipped": 0,
    }  # fmt: skip
    assert third.vanished_count == 1
    rows = {row["source_uri"]: row for row in read(output, "articles")}
    assert rows["here/posts/2023/0.html"]["run_id"] != third.run_id == rows["here/posts/2023/1.html"]["run_id"]
    assert "here/posts/2023/2.html" in rows
    assert "there/posts/post.md" not in rows
    quotes = {r["quote"] for r in read(output, "claims") if r["article_id"] == stable_id("here/posts/2023/1.html")}
    assert "$290 million" in quotes and "$312.6 million" not in quotes
    refused = {row["source_uri"] for row in read(output, "rejects")}
    assert "here/posts/no-body.html" not in refused
    assert "there/posts/post.md" in refused
    tables = {name: pq.read_table(output / name) for name in TABLES}
    assert [v for name, spec in TABLES.items() for v in find_violations(spec, tables[name], tables)] == []

    forced = run(here, there, output=output, part_size=7, force=True, **limit)
    assert (forced.counts["changed"], forced.counts["unchanged"], forced.counts["rejected"]) == (0, 16, 5)


def test_a_page_over_a_limit_is_read_again_under_another(tmp_path: Path) -> None:
    path = tmp_path / "posts" / "a.html"
    path.parent.mkdir()
    path.write_bytes(page("a"))
    output = tmp_path / "output"
    counts = [run(path.parent, output=output, max_page_bytes=size).counts for size in (10, 10, 1_000_000)]
    assert [(c["new"], c["unchanged"], c["rejected"]) for c in counts] == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    assert len(read(output, "articles")) == 1
    assert read(output, "rejects") == []


def test_one_page_is_enough_and_texts_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "posts" / "a.html"
    path.parent.mkdir()
    path.write_bytes(page("a"))
    output = tmp_path / "out put"
    summary = run(path, output=output, keep_text=False)
    assert (summary.names, summary.problem) == ({str(path.parent): "posts"}, None)
    (row,) = read(output, "articles")
    assert (row["text"], row["source_uri"]) == (None, "posts/a.html")
    assert row["char_count"] > 100
    assert set(pq.read_table(output / "blocks")["text"].to_pylist()) == {None}
    assert all(row["quote"] for row in read(output, "claims"))
    # The texts are wanted after all: what is extracted differs, so the page is read again.
    assert run(path, output=output).counts["changed"] == 1
    assert read(output, "articles")[0]["text"]
    assert pa.types.is_string(pq.read_schema(output / "rejects" / "part-00000.parquet").field("code").type)


def test_a_run_that_fails_leaves_its_row_and_no_staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.dataset import commit

    source = tmp_path / "posts"
    source.mkdir()
    (source / "a.html").write_bytes(page("a"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(commit.Commit, "_stage", full)
        with pytest.raises(OSError, match="No space"):
            run(source, output=tmp_path / "output")
    assert [row["status"] for row in read(tmp_path / "output", "runs")] == ["failed"]
    assert read(tmp_path / "output", "articles") == []
    assert not (tmp_path / "output" / "_state" / "staging").exists()
    assert run(source, output=tmp_path / "output").counts["new"] == 1


def test_a_killed_run_is_found_by_the_next(tmp_path: Path) -> None:
    from flows.dataset.ledger import Ledger
    from flows.dataset.paths import DatasetPaths

    source = tmp_path / "posts"
    source.mkdir()
    (source / "a.html").write_bytes(page("a"))
    paths = DatasetPaths(tmp_path / "output")
    with Ledger(paths.ledger) as ledger:
        ledger.begin_run("killed", "2022-06-17T03:15:02+00:00", "{}", "{}", None)
        ledger.save_counts("killed", {"discovered": 9, "new": 3})
    (paths.staging / "killed").mkdir(parents=True)
    (paths.staging / "killed" / "batch.arrows").write_bytes(b"half")
    summary = run(source, output=paths.root)
    rows = [(row["run_id"], row["status"], row["discovered_count"]) for row in read(paths.root, "runs")]
    assert rows == [("killed", "interrupted", 3), (summary.run_id, "completed", 1)]
    assert not paths.staging.exists()
