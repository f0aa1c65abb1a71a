"""A batch in a worker: limits, failures and lost workers cost the page that did it and no other."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows import shards, worker
from flows.dataset.staging import read_batches
from flows.settings import RunSettings
from flows.sources import SourceItem
from flows.worker import Batch, WorkerSettings, extract_batch
from tests.builders import make_rows
from tests.flow_runs import page
from transforms import extract as extract_page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SETTINGS = WorkerSettings("run-1", datetime(2022, 6, 17, tzinfo=UTC), None, True, 1_000_000, 30.0)


def item(folder: Path, name: str, data: bytes | None = None) -> SourceItem:
    path = folder / name
    path.write_bytes(page(name) if data is None else data)
    return SourceItem(f"posts/{name}", "1-1", "file", str(path))


def work(
    tmp_path: Path, *items: SourceItem, settings: WorkerSettings = SETTINGS
) -> tuple[dict[str, str], dict[str, str]]:
    """Result and reject code by source_uri."""
    batch = Batch(tuple((i, None) for i in items), tmp_path / "batch.arrows", settings)
    extract_batch(batch)
    tables = read_batches([batch.result])
    results = {row["source_uri"]: row["result"] for row in tables["outcomes"].to_pylist()}
    return results, {row["source_uri"]: row["code"] for row in tables["rejects"].to_pylist()}


def misbehaving(behaviour: Any) -> Any:
    """`extract`, but for pages that say "misbehave"."""
    good = extract_page

    def extract(data: bytes, **options: Any) -> Any:
        return behaviour() if b"misbehave" in data else good(data, **options)

    return extract


def test_a_page_over_its_time_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spin() -> None:
        while True:
            time.sleep(0.01)

    extract_page(page("warm"))  # the first page loads the lexicons
    monkeypatch.setattr(worker, "extract", misbehaving(spin))
    settings = replace(SETTINGS, page_seconds=2.0)
    results, codes = work(
        tmp_path, item(tmp_path, "a.html"), item(tmp_path, "b.html", b"<p>misbehave"), settings=settings
    )
    assert results == {"posts/a.html": "article", "posts/b.html": "reject"}
    assert codes == {"posts/b.html": "time_limit"}


def test_a_bug_is_one_pages_reject_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(worker, "extract", misbehaving(fail))
    results, codes = work(tmp_path, item(tmp_path, "a.html"), item(tmp_path, "b.html", b"<p>misbehave"))
    assert results["posts/a.html"] == "article"
    assert codes == {"posts/b.html": "internal_error"}


def test_rows_that_fit_no_table_are_one_pages_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "extract", misbehaving(lambda: make_rows("posts/b.html", char_count="many")))
    results, codes = work(tmp_path, item(tmp_path, "a.html"), item(tmp_path, "b.html", b"<p>misbehave"))
    assert results == {"posts/a.html": "article", "posts/b.html": "reject"}
    assert codes == {"posts/b.html": "bad_rows"}


def test_an_article_that_breaks_its_declaration_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "extract", misbehaving(lambda: make_rows("posts/b.html", body_confidence=7.0)))
    results, codes = work(tmp_path, item(tmp_path, "a.html"), item(tmp_path, "b.html", b"<p>misbehave"))
    assert results == {"posts/a.html": "article", "posts/b.html": "reject"}
    assert codes == {"posts/b.html": "confidence"}


def test_limits_and_missing_files(tmp_path: Path) -> None:
    gone = SourceItem("posts/gone.html", "1-1", "file", str(tmp_path / "gone.html"))
    folder = SourceItem("posts/folder.html", "1-1", "file", str(tmp_path))
    results, codes = work(tmp_path, gone, folder, item(tmp_path, "large.html", b"x" * 1_000_001))
    assert results == {"posts/gone.html": "gone", "posts/folder.html": "unread", "posts/large.html": "reject"}
    assert codes == {"posts/folder.html": "unreadable", "posts/large.html": "too_large"}


def test_a_batch_whose_worker_hangs_is_done_again_without_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "GRACE_SECONDS", 2.0)
    os.mkfifo(tmp_path / "pipe.html")  # reading it waits for ever, in the kernel
    items = [item(tmp_path, f"{n}.html") for n in range(11)]
    items.insert(5, SourceItem("posts/pipe.html", "1-1", "file", str(tmp_path / "pipe.html")))
    shard = tmp_path / "shard-00000"
    (listed,) = shards.write_shards(tmp_path, [(i.to_json(), None) for i in items], 100)
    assert listed == shard
    done: list[int] = []
    settings = RunSettings(sources=("unused",), workers=1)
    # Generous for the good pages: a busy machine is no reject.
    staged = shards.extract_shard(shard, settings, replace(SETTINGS, page_seconds=3.0), done.append)
    tables = read_batches(staged)
    results = {row["source_uri"]: row["result"] for row in tables["outcomes"].to_pylist()}
    assert results == {i.uri: "reject" if i.uri == "posts/pipe.html" else "article" for i in items}
    assert [row["code"] for row in tables["rejects"].to_pylist()] == ["time_limit"]
    assert sum(done) == 12


def test_items_survive_json() -> None:
    one = SourceItem("posts/文\u2028.html", "1", "file", "/x/文", "https://example.com/", "gbk")
    assert SourceItem.from_json(json.loads(json.dumps(one.to_json()))) == one
