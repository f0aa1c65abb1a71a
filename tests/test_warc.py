"""WARC files: which records are pages, and what happens where a file is damaged."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest
import zstandard

from flows.sources.openers import read_item
from flows.sources.warc import WarcSource
from tests.flow_runs import page
from tests.warcs import damaged, packed, record, response
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.sources import SourceItem

LIMIT = 1_000_000
PACKS: dict[str, Callable[[bytes], bytes]] = {
    "crawl.warc.gz": gzip.compress,
    "crawl.warc.zst": zstandard.ZstdCompressor().compress,
    "crawl.warc": bytes,
}


def found(*paths: Path, indexes: Path | None = None) -> list[SourceItem]:
    places = {str(path): f"crawl/{path.name}/" for path in paths}
    return list(WarcSource("crawl", str(paths[0]), places, "crawl/", indexes).discover())


def write(path: Path, *records: bytes) -> Path:
    path.write_bytes(packed(list(records), PACKS[path.name])[0])
    return path


def refusal(item: SourceItem) -> RejectError:
    with pytest.raises(RejectError) as caught:
        read_item(item, LIMIT)
    return caught.value


@pytest.mark.parametrize("name", PACKS)
def test_answers_with_html_are_pages(tmp_path: Path, name: str) -> None:
    path = write(
        tmp_path / name,
        record("warcinfo", "", b"software: x\r\n", "application/warc-fields", "2024-05-06T07:08:09Z"),
        record("request", "https://e.com/a", b"GET / HTTP/1.1\r\n\r\n", "application/http", "2024-05-06T07:08:09Z"),
        response("https://e.com/a", "<p>营收</p>".encode("gbk"), kind="text/html; charset=GBK"),
        response("https://e.com/moved", b"", status=301),
        response("https://e.com/none", b"<p>no</p>", status=404),
        response("https://e.com/picture", b"\x89PNG", kind="image/png"),
        response("https://e.com/b", b"<p>b</p>", kind="application/xhtml+xml", date="2024-05-07T00:00:00Z"),
        record("resource", "https://e.com/c", b"<p>c</p>", "text/html", "2024-05-06T07:08:09Z"),
        response("dns:e.com", b"1.2.3.4", kind="text/dns"),
    )
    items = found(path)
    assert [item.uri for item in items] == [f"crawl/https://e.com/{letter}" for letter in "abc"]
    assert items[0].charset == "gbk"
    assert items[1].fetched_at == "2024-05-07T00:00:00+00:00"
    assert items[0].url == "https://e.com/a"
    assert [read_item(item, LIMIT) for item in items] == ["<p>营收</p>".encode("gbk"), b"<p>b</p>", b"<p>c</p>"]
    # One more than is wanted says that there is more.
    assert len(read_item(items[1], 3)) == 4


def test_packed_and_chunked_answers_are_unpacked_within_the_limit(tmp_path: Path) -> None:
    inner = gzip.compress(b"<p>" + b"a" * 5_000_000)
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(inner[n : n + 1000]), inner[n : n + 1000]) for n in range(0, len(inner), 1000)
    )
    head = b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    (item,) = found(write(tmp_path / "crawl.warc.gz", response("https://e.com/", chunks + b"0\r\n\r\n", head=head)))
    assert len(read_item(item, LIMIT)) == LIMIT + 1
    assert len(read_item(item, 6_000_000)) == 5_000_003


@pytest.mark.parametrize("how", ["flipped", "no head", "wrong checksum", "cut off", "zeros"])
@pytest.mark.parametrize("bad", [[0], [3], [7], [2, 3], [0, 3, 7]])
@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc.zst"])
def test_a_damaged_record_is_one_reject_with_its_offset(tmp_path: Path, name: str, bad: list[int], how: str) -> None:
    draw = random.Random(7)
    pack = PACKS[name] if name.endswith("gz") else zstandard.ZstdCompressor(write_checksum=True).compress
    records = [response(f"https://e.com/{number}", draw.randbytes(2500)) for number in range(8)]
    members = [pack(each) for each in records]
    members = [damaged(member, how) if number in bad else member for number, member in enumerate(members)]
    path = tmp_path / name
    path.write_bytes(b"".join(members))
    offsets = [sum(map(len, members[:number])) for number in range(8)]

    good, rejects = {}, {}
    for item in found(path):
        try:
            good[item.uri.rpartition("/")[2]] = read_item(item, LIMIT)
        except RejectError as error:
            assert error.code == "corrupt_record"
            assert item.byte_offset is not None
            rejects[item.byte_offset] = error
    assert set(good) == {str(number) for number in range(8) if number not in bad}
    reported = {offsets[number] for number in bad}
    if how in ("no head", "zeros") and bad == [2, 3]:
        # Where even the beginning of the second is gone, nothing tells that there were two.
        reported = {offsets[2]}
    assert set(rejects) == reported


@pytest.mark.parametrize("how", ["no head", "cut off", "zeros"])
def test_a_plain_file_goes_on_behind_damage(tmp_path: Path, how: str) -> None:
    records = [response(f"https://e.com/{number}", b"<p>%d</p>" % number * 500) for number in range(6)]
    members = [damaged(each, how) if number == 2 else each for number, each in enumerate(records)]
    path = tmp_path / "crawl.warc"
    path.write_bytes(b"".join(members))
    items = found(path)
    good = {item.uri for item in items if item.opener == "warc"}
    assert good == {f"crawl/https://e.com/{number}" for number in (0, 1, 3, 4, 5)}
    (bad,) = (item for item in items if item.opener == "refused")
    assert bad.byte_offset == len(records[0]) + len(records[1])
    assert "crawl.warc is damaged at byte" in refusal(bad).message


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
def test_a_file_that_ends_too_early(tmp_path: Path, name: str) -> None:
    data, offsets = packed([response(f"https://e.com/{n}", b"<p>x</p>" * 500) for n in range(4)], PACKS[name])
    path = tmp_path / name
    path.write_bytes(data[: offsets[3] + (len(data) - offsets[3]) // 2])
    items = found(path)
    assert [item.uri for item in items[:3]] == [f"crawl/https://e.com/{n}" for n in range(3)]
    assert [(item.byte_offset, refusal(item).code) for item in items[3:]] == [(offsets[3], "corrupt_record")]


def test_a_digest_that_is_another_is_damage(tmp_path: Path) -> None:
    whole = response("https://e.com/a", b"<p>12.5%</p>")
    whole = whole.replace(
        b"Content-Length", b"WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nContent-Length"
    )
    (item,) = found(write(tmp_path / "crawl.warc", whole))
    assert refusal(item).code == "corrupt_record"


def test_a_file_packed_as_a_whole_says_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(b"".join(response(f"https://e.com/{n}") for n in range(3))))
    (item,) = found(path)
    assert "fastwarc recompress" in (refusal(item).detail or "")


def test_a_revisit_is_the_page_it_refers_to(tmp_path: Path) -> None:
    first = write(tmp_path / "crawl.warc", response("https://e.com/a", b"<p>a</p>", digest="sha1:A"))
    again = [
        record(
            "revisit",
            f"https://e.com/{name}",
            b"HTTP/1.1 200 OK\r\n\r\n",
            "application/http",
            "2024-06-01T00:00:00Z",
            d,
        )
        for name, d in (("a", "sha1:A"), ("mirror", "sha1:A"), ("unknown", "sha1:B"))
    ]
    items = found(first, write(tmp_path / "crawl.warc.gz", *again))
    assert [item.uri[len("crawl/https://e.com/") :] for item in items] == ["a", "a", "mirror"]
    assert {read_item(item, LIMIT) for item in items} == {b"<p>a</p>"}
    assert items[1].fetched_at == "2024-06-01T00:00:00+00:00"
    assert items[1].fingerprint == items[0].fingerprint


def test_an_index_is_kept_while_the_file_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, indexes = tmp_path / "crawl.warc.gz", tmp_path / "indexes"
    write(path, *(response(f"https://e.com/{n}") for n in range(3)))
    first = found(path, indexes=indexes)
    with monkeypatch.context() as patch:
        patch.setattr("flows.sources.warc.index", lambda place: pytest.fail("read again"))
        assert found(path, indexes=indexes) == first
    (kept,) = indexes.iterdir()
    for broken in (b"", b"no gzip", kept.read_bytes()[:-20], gzip.compress(b"[]\n")):
        kept.write_bytes(broken)
        assert found(path, indexes=indexes) == first
    write(path, *(response(f"https://e.com/{n}") for n in range(4)))
    assert len(found(path, indexes=indexes)) == 4
    assert len(list(indexes.iterdir())) == 1


@pytest.mark.usefixtures("prefect_server")
def test_a_run_takes_the_latest_capture_and_counts_damage(tmp_path: Path) -> None:
    from tests.flow_runs import read, run

    records = [
        response("https://e.com/a", page("a", "Revenue fell 3% to $290 million."), date="2024-06-01T00:00:00Z"),
        response("https://e.com/b"),
        response("https://e.com/c"),
        response("https://e.com/a", date="2024-05-01T00:00:00Z"),
    ]
    members = [gzip.compress(each) for each in records]
    members[1] = damaged(members[1], "flipped")
    (tmp_path / "crawl.warc.gz").write_bytes(b"".join(members))
    output = tmp_path / "output"
    summary = run(tmp_path / "crawl.warc.gz", output=output)
    assert summary.counts == {"discovered": 4, "new": 2, "changed": 0, "unchanged": 0, "rejected": 1, "skipped": 1}
    assert {row["source_uri"] for row in read(output, "articles")} == {
        "crawl.warc.gz/https://e.com/a", "crawl.warc.gz/https://e.com/c",
    }  # fmt: skip
    assert "$290 million" in {row["quote"] for row in read(output, "claims")}
    (reject,) = read(output, "rejects")
    assert (reject["code"], reject["byte_offset"]) == ("corrupt_record", len(members[0]))
    again = run(tmp_path / "crawl.warc.gz", output=output)
    assert (again.counts["unchanged"], again.counts["rejected"]) == (3, 0)


@pytest.mark.usefixtures("prefect_server")
def test_pages_that_damage_hides_are_not_pruned(tmp_path: Path) -> None:
    from tests.flow_runs import read, run

    members = [gzip.compress(response(f"https://e.com/{name}", page(name))) for name in "abc"]
    path, output = tmp_path / "crawl.warc.gz", tmp_path / "output"
    path.write_bytes(b"".join(members))
    assert run(path, output=output).counts["new"] == 3
    path.write_bytes(members[0] + damaged(members[1], "flipped") + members[2])
    assert run(path, output=output, prune=True).pruned_count == 0
    assert len(read(output, "articles")) == 3
    path.write_bytes(members[0] + members[2])
    assert run(path, output=output, prune=True).pruned_count >= 1
    assert len(read(output, "articles")) == 2
