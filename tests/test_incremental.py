"""Later runs of the flow: what moved, what vanished, what was refused, what another run was doing."""

from __future__ import annotations

import json
import os
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.dataset.ledger import Ledger
from flows.dataset.lock import writing
from flows.dataset.paths import DatasetPaths
from flows.errors import DatasetError, LimitError, LockedError
from flows.progress import Listener, watched_by
from tests.flow_runs import page, read, run
from transforms.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.html").write_bytes(page(f"{number}"))
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def uris(output: Path, table: str = "articles") -> list[str]:
    return sorted(row["source_uri"] for row in read(output, table))


def last_run(output: Path) -> dict[str, Any]:
    return max(read(output, "runs"), key=lambda row: row["started_at"])


def replace_unnoticed(path: Path, data: bytes) -> None:
    """Another content of the same size and time."""
    stat = path.stat()
    path.write_bytes(data[: stat.st_size].ljust(stat.st_size))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_page_at_another_path_is_moved_and_not_doubled(posts: Path, output: Path) -> None:
    run(posts, output=output)
    (posts / "archive").mkdir()
    (posts / "1.html").rename(posts / "archive" / "one.html")
    summary = run(posts, output=output)
    assert (summary.moved_count, summary.vanished_count, summary.counts["new"]) == (1, 0, 0)
    assert uris(output) == ["posts/0.html", "posts/2.html", "posts/3.html", "posts/archive/one.html"]
    assert {row["article_id"] for row in read(output, "claims")} == {stable_id(uri) for uri in uris(output)}
    assert last_run(output)["moved_count"] == 1


def test_vanished_pages_stay_until_they_are_pruned(posts: Path, output: Path) -> None:
    run(posts, output=output)
    (posts / "1.html").unlink()
    (posts / "2.html").unlink()
    assert run(posts, output=output).vanished_count == 2
    assert run(posts, output=output).vanished_count == 0
    assert len(uris(output)) == 4
    (posts / "2.html").write_bytes(page("2"))
    pruned = run(posts, output=output, prune=True)
    assert pruned.pruned_count == last_run(output)["pruned_count"] == 1
    assert uris(output) == ["posts/0.html", "posts/2.html", "posts/3.html"]
    for name in ("metadata", "headings", "blocks", "claims"):
        assert stable_id("posts/1.html") not in {row["article_id"] for row in read(output, name)}


def test_a_run_after_which_many_rows_are_gone_warns(posts: Path, output: Path) -> None:
    run(posts, output=output)
    before = len(read(output, "claims"))
    for number in (1, 2):
        (posts / f"{number}.html").unlink()
    summary = run(posts, output=output, prune=True)
    assert len(summary.warnings) == 5  # of every table of the articles
    assert f"claims has {before // 2} rows fewer than before this run ({before} → {before // 2})." in summary.warnings
    assert run(posts, output=output).warnings == ()


def test_rehash_finds_what_size_and_time_do_not_show(posts: Path, output: Path) -> None:
    run(posts, output=output)
    replace_unnoticed(posts / "1.html", page("1", "Marlow reported revenue of $299.9 million, up 1.1% from 2022."))
    assert run(posts, output=output).counts["unchanged"] == 4
    assert run(posts, output=output, rehash=True).counts["changed"] == 1
    assert "$299.9 million" in {row["quote"] for row in read(output, "claims")}


def test_a_new_extractor_reads_everything_but_where_the_old_is_to_be_kept(
    posts: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(posts, output=output)
    versions = {row["extractor_version"] for row in read(output, "articles")}
    with Ledger(DatasetPaths(output).ledger) as ledger:
        ledger.do("UPDATE sources SET extractor = '0.0.1'")
    (posts / "1.html").write_bytes(page("1", "Revenue fell 3% to $290 million."))
    kept = run(posts, output=output, keep_old=True)
    assert (kept.counts["changed"], kept.counts["unchanged"]) == (1, 3)
    with Ledger(DatasetPaths(output).ledger) as ledger:
        assert sorted(row[0] for row in ledger.all("SELECT extractor FROM sources"))[:3] == ["0.0.1"] * 3
    again = run(posts, output=output)
    assert again.counts["unchanged"] == 4  # they came out as they were
    with Ledger(DatasetPaths(output).ledger) as ledger:
        assert {row[0] for row in ledger.all("SELECT extractor FROM sources")} == versions


def test_rejects_are_tried_again_with_the_settings_of_the_last_run(posts: Path, output: Path) -> None:
    nothing = page("mended")
    (posts / "empty.html").write_bytes(b" " * len(nothing))
    (posts / "large.html").write_bytes(page("large") + b"<!-- -->" * 500)
    first = run(posts, output=output, max_page_bytes=3000, timezone="Asia/Shanghai")
    assert (first.counts["new"], first.counts["rejected"]) == (4, 2)
    replace_unnoticed(posts / "empty.html", nothing)
    assert run(posts, output=output, max_page_bytes=3000, timezone="Asia/Shanghai").counts["unchanged"] == 6
    done = CliRunner().invoke(app, ["rejects", str(output), "--retry"])
    assert done.exit_code == 0, done.output
    assert uris(output, "rejects") == ["posts/large.html"]
    assert "posts/empty.html" in uris(output)
    parameters = json.loads(last_run(output)["parameters"])
    assert parameters["retry_rejects"] and parameters["max_page_bytes"] == 3000
    assert "posts/large.html" in done.output
    # What another limit lets pass is a new page to the run over the folder.
    assert run(posts, output=output, timezone="Asia/Shanghai").counts["new"] == 1
    assert uris(output, "rejects") == []


def test_a_shard_beyond_the_limit_of_rejects_is_not_written(posts: Path, output: Path) -> None:
    run(posts, output=output)
    for number in range(5):
        (posts / f"bad-{number}.html").touch()
    with pytest.raises(LimitError, match=r"5 of 5 pages of a shard are rejects"):
        run(posts, output=output, reject_limit_from=5)
    assert uris(output, "rejects") == []
    assert len(uris(output)) == 4
    assert last_run(output)["status"] == "failed"
    assert run(posts, output=output, reject_limit_from=5, reject_limit=1.0).counts["rejected"] == 5


def test_a_run_needs_room_on_the_disk(posts: Path, output: Path) -> None:
    with pytest.raises(DatasetError, match=re.escape(str(output))):
        run(posts, output=output, min_free_bytes=10**18)


class Messages(Listener):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def phase(self, text: str) -> None:
        """Not asked for."""

    def pages(self, done: int, total: int) -> None:
        """Not asked for."""

    def message(self, text: str) -> None:
        self.texts.append(text)


@contextmanager
def writing_for(output: Path, seconds: float) -> Iterator[None]:
    """Another run holds the lock for so long."""
    begun, end = threading.Event(), threading.Event()

    def hold() -> None:
        with writing(DatasetPaths(output), run_id="other"):
            begun.set()
            end.wait(seconds)

    other = threading.Thread(target=hold)
    other.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        end.set()
        other.join()


def test_a_run_waits_for_another_and_says_so(posts: Path, output: Path) -> None:
    messages = Messages()
    with writing_for(output, 1.0), watched_by(messages):
        assert run(posts, output=output).counts["new"] == 4
    assert len(messages.texts) == 1
    assert re.search(r"run other \(process \d+ on .*waiting", messages.texts[0])


def test_a_run_that_may_not_wait_fails_at_once(posts: Path, output: Path) -> None:
    with writing_for(output, 60.0):
        with pytest.raises(LockedError, match=r"run other \(process \d+"):
            run(posts, output=output, lock_seconds=0.0)
        done = CliRunner().invoke(app, ["run", str(posts), "--output", str(output), "--no-wait"])
        assert (done.exit_code, "run other" in done.output) == (1, True)
    assert not (output / "articles").exists()


def test_a_killed_run_is_ended_in_prefect_too(posts: Path, output: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running

    from flows.extract_articles import extract_articles

    with get_client(sync_client=True) as client:
        killed = client.create_flow_run(extract_articles, parameters={"sources": ["posts"]}, state=Running())
        with Ledger(DatasetPaths(output).ledger) as ledger:
            ledger.begin_run("killed", "2022-06-17T03:15:02+00:00", "{}", "{}", str(killed.id))
            unknown = "00000000-0000-4000-8000-000000000000"  # of a server that is no more
            ledger.begin_run("older", "2022-06-16T03:15:02+00:00", "{}", "{}", unknown)
        run(posts, output=output)
        state = client.read_flow_run(killed.id).state
    assert state is not None and state.is_crashed()
    assert [row["status"] for row in read(output, "runs")] == ["interrupted", "interrupted", "completed"]
