"""Runs that read some of the pages: --limit, --sample, --dry-run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.dry_run import dry_run
from flows.settings import RunSettings
from tests.flow_runs import page, read, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02d}.html").write_bytes(page(str(number)))
    return folder


def found(posts: Path, output: Path, **options: object) -> tuple[int, ...]:
    """Found, new, changed, unchanged, vanished, to read."""
    result = dry_run(RunSettings(sources=(str(posts),), output=output, **options))
    (source,) = result.sources
    return source.found, source.new, source.changed, source.unchanged, source.vanished, result.to_read


@pytest.mark.usefixtures("prefect_server")
def test_what_a_limit_leaves_is_read_by_later_runs(posts: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = run(posts, output=output, limit=15)
    assert first.counts == {"discovered": 40, "new": 15, "changed": 0, "unchanged": 0, "rejected": 0, "skipped": 25}
    assert (first.vanished_count, first.problem) == (0, None)
    assert any("25 pages that are new or have changed were left" in warning for warning in first.warnings)
    assert {row["source_uri"] for row in read(output, "articles")} == {f"posts/{n:02d}.html" for n in range(15)}
    assert found(posts, output) == (40, 25, 0, 15, 0, 25)
    second = run(posts, output=output, limit=15, prune=True)
    assert (second.counts["new"], second.counts["unchanged"], second.counts["skipped"]) == (15, 15, 10)
    assert (run(posts, output=output).counts["new"], len(read(output, "articles"))) == (10, 40)
    # Nothing is left, and nothing is told.
    assert run(posts, output=output, limit=15).warnings == ()
    nothing = run(posts, output=output, limit=0, force=True)
    assert (nothing.counts["skipped"], nothing.problem) == (40, None)


def test_a_sample_is_the_same_every_time(posts: Path, tmp_path: Path) -> None:
    def chosen(share: float) -> set[str]:
        return set(dry_run(RunSettings(sources=(str(posts),), output=tmp_path / "o", sample=share)).first)

    counts = [found(posts, tmp_path / "o", sample=share)[-1] for share in (0.1, 0.5, 1.0)]
    assert counts[0] < counts[1] < counts[2] == 40
    assert 10 < counts[1] < 30
    assert chosen(0.1) == chosen(0.1)
    assert chosen(0.1) <= {f"posts/{n:02d}.html" for n in range(40)}


@pytest.mark.usefixtures("prefect_server")
def test_a_dry_run_says_what_a_run_would_read_and_writes_nothing(posts: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert found(posts, output) == (40, 40, 0, 0, 0, 40)
    assert not output.exists()
    run(posts, output=output)
    (posts / "00.html").unlink()
    (posts / "01.html").write_bytes(page("other text"))
    (posts / "new.html").write_bytes(page("new"))
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    assert found(posts, output) == (40, 1, 1, 38, 1, 2)
    assert found(posts, output, force=True)[-1] == 40
    result = CliRunner().invoke(
        app, ["run", str(posts), "https://example.com/feed", "--output", str(output), "--dry-run"]
    )
    assert result.exit_code == 0
    for text in ("posts/01.html", "posts/new.html", "2 pages would be read", "https://example.com/feed: of the web"):
        assert text in result.output
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
