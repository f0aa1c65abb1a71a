"""Zip archives, JSON Lines, Parquet, packed pages and storages: what is a page, and what is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from flows.errors import SourceError
from flows.settings import RunSettings
from flows.sources.openers import read_item
from flows.sources.opening import open_sources
from flows.sources.records import moment_of
from tests.flow_runs import page
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.sources import SourceItem

LIMIT = 2_000_000
UP = ".."


def found(*given: str | Path, **options: Any) -> list[SourceItem]:
    settings = RunSettings(sources=tuple(map(str, given)), output=Path("no-such-output"), **options)
    return [item for source in open_sources(settings) for item in source.discover()]


def pages(items: list[SourceItem]) -> dict[str, bytes | str]:
    """What each item gives: bytes, or the code of its reject."""
    read: dict[str, bytes | str] = {}
    for item in items:
        try:
            read[item.uri] = read_item(item, LIMIT)
        except RejectError as error:
            read[item.uri] = error.code
    return read


# ---------------------------------------------------------------- packed pages


def test_packed_pages_are_unpacked(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.html.gz").write_bytes(gzip.compress(b"<p>a</p>") + gzip.compress(b"<p>b</p>"))
    (folder / "b.MD.zst").write_bytes(zstandard.compress(b"# b"))
    (folder / "broken.html.gz").write_bytes(gzip.compress(page("x"))[:-30])
    (folder / "broken.html.zst").write_bytes(b"no zstd at all")
    (folder / "plain.html.gz").write_bytes(b"<p>not packed</p>")
    (folder / "bomb.html.gz").write_bytes(gzip.compress(bytes(40_000_000)))
    (folder / "bomb.html.zst").write_bytes(zstandard.compress(bytes(40_000_000)))
    (folder / "notes.txt.gz").write_bytes(gzip.compress(b"x"))
    read = pages(found(folder))
    assert read == {
        "posts/a.html.gz": b"<p>a</p><p>b</p>",
        "posts/b.MD.zst": b"# b",
        "posts/bomb.html.gz": bytes(LIMIT + 1),
        "posts/bomb.html.zst": bytes(LIMIT + 1),
        "posts/broken.html.gz": "corrupt_file",
        "posts/broken.html.zst": "corrupt_file",
        "posts/plain.html.gz": "corrupt_file",
    }
    # Where much larger pages are allowed, the ratio tells.
    bombs = [item for item in found(folder) if "bomb" in item.uri]
    for item in bombs:
        with pytest.raises(RejectError, match="unpacks to more than 200 times"):
            read_item(item, 1_000_000_000)


# ---------------------------------------------------------------- links


def test_links_out_of_a_folder_are_refused(tmp_path: Path) -> None:
    folder, other = tmp_path / "posts", tmp_path / "secrets"
    (folder / "2024").mkdir(parents=True)
    other.mkdir()
    (other / "s.html").write_bytes(b"secret")
    (folder / "2024" / "a.html").write_bytes(b"a")
    (folder / "inside.html").symlink_to("2024/a.html")
    (folder / "out.html").symlink_to(other / "s.html")
    (folder / "twice.html").symlink_to("out.html")
    (folder / "there").symlink_to(other)
    expected = {
        "posts/2024/a.html": b"a", "posts/inside.html": b"a",
        "posts/out.html": "link_outside", "posts/twice.html": "link_outside",
    }  # fmt: skip
    assert pages(found(folder)) == expected
    assert pages(found(f"{folder}/*/*.html")) == {"posts/2024/a.html": b"a", "posts/there/s.html": "link_outside"}
    # One that is given by its own name is meant.
    assert pages(found(folder / "out.html")) == {"posts/out.html": b"secret"}


def test_names_of_files_are_printable(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    for name in ("a\nb.html", "tab\t.html", os.fsdecode(b"\xe5\xff.html")):
        (folder / name).write_bytes(b"x")
    assert set(pages(found(folder))) == {"posts/a\\nb.html", "posts/tab\\t.html", "posts/\\xe5\\xff.html"}
    assert set(pages(found(folder)).values()) == {b"x"}


# ---------------------------------------------------------------- zip


def write_zip(path: Path, members: dict[str, bytes], **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_members_of_an_archive_are_pages(tmp_path: Path) -> None:
    members = {"a.html": b"a", "2024/文章.md": b"b", "c.html.gz": gzip.compress(b"c"), "notes.txt": b"no"}
    path = write_zip(tmp_path / "posts.zip", members)
    assert pages(found(path)) == {"posts.zip/a.html": b"a", "posts.zip/2024/文章.md": b"b", "posts.zip/c.html.gz": b"c"}
    before = {item.uri: item.fingerprint for item in found(path)}
    write_zip(path, members | {"a.html": b"other"})
    changed = {item.uri for item in found(path) if before[item.uri] != item.fingerprint}
    assert changed == {"posts.zip/a.html"}
    write_zip(tmp_path / "more.zip", {"a.html": b"m"})
    assert set(pages(found(f"{tmp_path}/*.zip"))) == {
        f"{tmp_path.name}/{rest}"
        for rest in ("more.zip/a.html", "posts.zip/a.html", "posts.zip/2024/文章.md", "posts.zip/c.html.gz")
    }


def test_members_that_are_traps_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "posts.zip"
    traps = (f"{UP}/{UP}/etc/a.html", "/etc/a.html", "C:\\a.html", f"{UP}\\a.html")
    write_zip(path, {**dict.fromkeys(traps, b"x"), "bomb.html": bytes(30_000_000), "dir\\a.html": b"fine"})
    read = pages(found(path))
    assert list(read.values()) == ["unsafe_name"] * 4 + [bytes(LIMIT + 1), b"fine"]
    assert "posts.zip/dir/a.html" in read
    (bomb,) = (item for item in found(path) if "bomb" in item.uri)
    with pytest.raises(RejectError, match=r"bomb.html in .*posts.zip unpacks to more than 200 times"):
        read_item(bomb, 1_000_000_000)


def test_an_archive_with_damage(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "posts.zip", {"a.html": page("a"), "b.html": page("b")}).read_bytes()
    spoiled = bytearray(whole)
    spoiled[60:80] = bytes(20)
    (tmp_path / "posts.zip").write_bytes(spoiled)
    assert pages(found(tmp_path / "posts.zip")) == {"posts.zip/a.html": "corrupt_file", "posts.zip/b.html": page("b")}
    encrypted = bytearray(whole)
    for at in (whole.find(b"PK\x01\x02") + 8, 6):
        encrypted[at] |= 1
    (tmp_path / "locked.zip").write_bytes(encrypted)
    assert pages(found(tmp_path / "locked.zip"))["locked.zip/a.html"] == "encrypted"
    (tmp_path / "cut.zip").write_bytes(whole[:-40])
    assert pages(found(tmp_path / "cut.zip")) == {"cut.zip": "corrupt_file"}


def test_names_of_members_in_gbk_are_read(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("x" * 8 + ".html")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"a")
    data = buffer.getvalue().replace(b"x" * 8, "财报分析".encode("gbk"))
    (tmp_path / "posts.zip").write_bytes(data)
    assert pages(found(tmp_path / "posts.zip")) == {"posts.zip/财报分析.html": b"a"}


def test_of_two_members_with_one_name_the_last_counts(tmp_path: Path) -> None:
    from flows.dataset.discovery import Discovery
    from flows.dataset.ledger import Ledger

    path = tmp_path / "posts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", b"old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.html", b"new")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        discovery = Discovery(ledger, "1")
        discovery.add((item.uri, item.fingerprint, item.to_json(), "") for item in found(path))
        ((item, _),) = discovery.pending()
    assert json.loads(json.loads(item)["location"])[2] == 1


# ---------------------------------------------------------------- JSON Lines


LINES: list[Any] = [
    {"url": "https://e.com/a", "html": "<p>营收</p>", "fetched_at": "2024-05-06T07:08:09+08:00"},
    {"URL": "https://e.com/b", "raw_html": "<p>b</p>", "timestamp": 1714979289},
    {"id": 17, "content": "<p>c</p>"},
    {"html": "<p>d</p>"},
    {"url": "https://e.com/none", "html": ""},
    {"url": "https://e.com/text", "text": "no html"},
    ["no object"],
]


@pytest.mark.parametrize("name", ["pages.jsonl", "pages.ndjson.gz", "pages.jsonl.zst"])
def test_lines_with_html_are_pages(tmp_path: Path, name: str) -> None:
    text = "\ufeff" + "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES) + "\n\n{broken\n"
    pack = gzip.compress if name.endswith("gz") else zstandard.compress if name.endswith("zst") else bytes
    (tmp_path / name).write_bytes(pack(text.encode()))
    items = found(tmp_path / name)
    assert pages(items) == {
        f"{name}/https://e.com/a": "<p>营收</p>".encode(),
        f"{name}/https://e.com/b": b"<p>b</p>",
        f"{name}/17": b"<p>c</p>",
        f"{name}/line-4": b"<p>d</p>",
        f"{name}/line-5": "empty",
        f"{name}/line-6": "no_html",
        f"{name}/line-7": "corrupt_record",
        f"{name}/line-9": "corrupt_record",
    }
    assert (items[0].url, items[0].charset) == ("https://e.com/a", "utf-8")
    assert [item.fetched_at for item in items[:2]] == ["2024-05-05T23:08:09+00:00", "2024-05-06T07:08:09+00:00"]
    assert items[-1].byte_offset == text.encode().index(b"{broken")
    # In any order, and from the beginning again.
    assert [read_item(items[n], LIMIT) for n in (3, 0, 2)] == [b"<p>d</p>", "<p>营收</p>".encode(), b"<p>c</p>"]


def test_a_line_that_never_ends_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.sources.json_lines.MOST_LINE_BYTES", 1000)
    monkeypatch.setattr("flows.sources.json_lines.SKIPPED_BYTES", 100)
    lines = [json.dumps({"url": f"https://e.com/{n}", "html": "x" * size}) for n, size in enumerate((10, 5000, 20))]
    (tmp_path / "p.jsonl").write_text("\n".join(lines))
    assert pages(found(tmp_path / "p.jsonl")) == {
        "p.jsonl/https://e.com/0": b"x" * 10,
        "p.jsonl/line-2": "too_large",
        "p.jsonl/https://e.com/2": b"x" * 20,
    }


def test_a_packed_file_that_is_cut_off_gives_what_is_there(tmp_path: Path) -> None:
    lines = b"".join(
        json.dumps({"url": f"https://e.com/{n}", "html": os.urandom(900).hex()}).encode() + b"\n" for n in range(99)
    )
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress(lines)[:-20_000])
    items = found(tmp_path / "p.jsonl.gz")
    assert len(items) > 50
    assert [item.uri for item in items if item.opener == "refused"] == ["p.jsonl.gz/end"]


# ---------------------------------------------------------------- Parquet


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary()])
def test_rows_with_html_are_pages(tmp_path: Path, kind: pa.DataType) -> None:
    html: list[Any] = [f"<p>{n}</p>" for n in range(300)]
    html[7] = None
    if pa.types.is_binary(kind):
        html = [text and text.encode() for text in html]
    table = pa.table(
        {
            "url": [f"https://e.com/{n}" for n in range(300)],
            "html": pa.array(html, kind),
            "crawled_at": pa.array([datetime(2024, 5, 6, tzinfo=UTC)] * 300, pa.timestamp("ms", "UTC")),
            "charset": ["gbk"] * 300,
        }
    )
    path = tmp_path / "pages.parquet"
    pq.write_table(table, path, row_group_size=100)
    items = found(path)
    read = pages(items)
    assert len(read) == 300
    assert read.pop("pages.parquet/https://e.com/7") == "empty"
    assert read == {f"pages.parquet/https://e.com/{n}": f"<p>{n}</p>".encode() for n in range(300) if n != 7}
    assert items[0].charset == ("gbk" if pa.types.is_binary(kind) else "utf-8")
    assert items[0].fetched_at == "2024-05-06T00:00:00+00:00"
    assert [read_item(items[n], LIMIT) for n in (299, 0, 150, 149)] == [
        b"<p>299</p>",
        b"<p>0</p>",
        b"<p>150</p>",
        b"<p>149</p>",
    ]


def test_parquet_files_that_are_none_say_so(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "no.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    assert pages(found(tmp_path / "no.parquet", tmp_path / "broken.parquet")) == {
        "no.parquet": "no_html", "broken.parquet": "corrupt_file",
    }  # fmt: skip
    with pytest.raises(RejectError, match=r"none of the columns html, raw_html") as caught:
        read_item(found(tmp_path / "no.parquet")[0], LIMIT)
    assert caught.value.detail == "columns: text"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"), ("2024-05-06", "2024-05-06T00:00:00+00:00"),
        (1714979289, "2024-05-06T07:08:09+00:00"), (1714979289000, "2024-05-06T07:08:09+00:00"),
        ("yesterday", None), (None, None), (float("nan"), None), (1e30, None), ([], None),
    ],
)  # fmt: skip
def test_moments_as_crawlers_write_them(written: object, moment: str | None) -> None:
    assert moment_of(written) == moment


# ---------------------------------------------------------------- storages


@pytest.fixture
def memory() -> Iterator[Any]:
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield system
    system.store.clear()


def test_a_storage_is_read_like_a_folder(memory: Any, tmp_path: Path) -> None:
    memory.pipe("/bucket/posts/2024/a.html", b"a")
    memory.pipe("/bucket/posts/b.md.gz", gzip.compress(b"b"))
    memory.pipe("/bucket/posts/notes.txt", b"no")
    memory.pipe("/bucket/other/a.html", b"other")
    expected = {"posts/2024/a.html": b"a", "posts/b.md.gz": b"b"}
    assert pages(found("memory://bucket/posts")) == pages(found("memory://bucket/posts/")) == expected
    assert pages(found("memory://bucket/posts/2024/a.html")) == {"2024/a.html": b"a"}
    assert pages(found("memory://bucket/*/a.html")) == {"bucket/other/a.html": b"other"}
    before = {item.uri: item.fingerprint for item in found("memory://bucket/posts")}
    memory.pipe("/bucket/posts/2024/a.html", b"changed")
    assert {i.uri for i in found("memory://bucket/posts") if before[i.uri] != i.fingerprint} == {"posts/2024/a.html"}
    write_zip(tmp_path / "z.zip", {"a.html": b"z"})
    memory.pipe("/bucket/z.zip", (tmp_path / "z.zip").read_bytes())
    assert pages(found("memory://bucket/z.zip")) == {"z.zip/a.html": b"z"}
    with pytest.raises(SourceError, match="does not exist"):
        found("memory://bucket/none")
    with pytest.raises(SourceError, match="has no pages"):
        found("memory://bucket/*/none.html")


def test_two_storages_of_one_name_stay_apart(memory: Any) -> None:
    from flows.sources.names import name_roots

    assert name_roots(["memory://b/posts"], [], {"posts": "memory://a/posts"}) == {"memory://b/posts": "b/posts"}


def test_a_storage_that_nothing_reads_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(SourceError, match="pip install gcsfs"):
        found("gs://bucket/posts")
    with pytest.raises(SourceError, match="cannot be read"):
        found("nothing://bucket/posts")


def test_a_folder_of_archives_says_how_to_give_them(tmp_path: Path) -> None:
    write_zip(tmp_path / "posts.zip", {"a.html": b"a"})
    with pytest.raises(SourceError, match=r"has no pages.* There is posts.zip: give such files by name or as"):
        found(tmp_path)


@pytest.mark.usefixtures("prefect_server")
def test_a_run_over_all_kinds(tmp_path: Path) -> None:
    from flows.dataset.check import check_dataset
    from flows.dataset.paths import DatasetPaths
    from tests.flow_runs import read, run

    write_zip(tmp_path / "z.zip", {"z.html": page("z"), f"bad/{UP}/{UP}/x.html": b"x"})
    rows = [{"url": f"https://e.com/{n}", "html": page(f"j{n}").decode()} for n in range(3)]
    (tmp_path / "j.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    pq.write_table(
        pa.Table.from_pylist([row | {"html": page(f"p{n}").decode()} for n, row in enumerate(rows)]),
        tmp_path / "p.parquet",
    )
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(page("gz")))
    given = [tmp_path / name for name in ("z.zip", "j.jsonl.gz", "p.parquet", "a.html.gz")]
    output = tmp_path / "output"
    summary = run(*given, output=output)
    assert (summary.counts["new"], summary.counts["rejected"]) == (8, 1)
    again = run(*given, output=output)
    assert again.counts["unchanged"] == 9
    assert {row["source_uri"] for row in read(output, "articles")} >= {"p.parquet/https://e.com/0", "z.zip/z.html"}
    assert {r["canonical_url"] for r in read(output, "articles") if r["source_uri"] == "j.jsonl.gz/https://e.com/1"}
    assert check_dataset(DatasetPaths(output)).exit_code == 0
