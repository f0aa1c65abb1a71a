"""Fetching from a real server on loopback: politeness, limits, safety, and what is kept."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anyio
import brotli
import pytest
import zstandard

from flows.fetch.addresses import is_public
from flows.settings import FetchSettings, RunSettings
from flows.sources.openers import read_item
from flows.sources.opening import Context, open_sources
from tests.flow_runs import page
from tests.web_server import Reply, Site, serving_site
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.sources import SourceItem

LIMIT = 1_000_000
QUICK = {"delay": 0.0, "backoff": 0.01, "seconds": 1.0, "allow_private": True}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as served:
        yield served


def found(tmp_path: Path, *given: str, settled: bool = False, **fetch: Any) -> list[SourceItem]:
    settings = RunSettings(
        sources=given, output=tmp_path / "output", max_page_bytes=LIMIT, fetch=FetchSettings(**{**QUICK, **fetch})
    )
    context = Context(downloads=tmp_path / "downloads", is_settled=lambda _uri, _fingerprint: settled)
    return [item for source in open_sources(settings, context=context) for item in source.discover()]


def outcome(item: SourceItem) -> bytes | str:
    """What an item gives: bytes, the code of its reject, or "later"."""
    try:
        return read_item(item, LIMIT)
    except RejectError as error:
        return error.code
    except OSError:
        return "later"


def fetched(tmp_path: Path, *given: str, **fetch: Any) -> list[bytes | str]:
    return [outcome(item) for item in found(tmp_path, *given, **fetch)]


def urls(tmp_path: Path, site: Site, *paths: str) -> str:
    path = tmp_path / "list.txt"
    path.write_text("\ufeff# pages\n\n" + "\n".join(p if "://" in p else site.url + p for p in paths), encoding="utf-8")
    return f"urls:{path}"


# ---------------------------------------------------------------- a page


def test_a_page_is_fetched_kept_and_asked_for_again_only_whether_it_has_changed(tmp_path: Path, site: Site) -> None:
    site.replies["/a"] = Reply("<p>营收</p>".encode("gbk"), "text/html; charset=GBK", headers={"ETag": '"1"'})
    (item,) = found(tmp_path, f"{site.url}/a", contact="me@example.com")
    assert item.uri == f"127.0.0.1:{site.port}/{site.url}/a"
    assert (item.url, item.charset) == (f"{site.url}/a", "gbk")
    assert item.fetched_at and item.fetched_at.endswith("+00:00")
    assert outcome(item) == "<p>营收</p>".encode("gbk")
    assert site.asked[-1][2]["user-agent"].startswith("headline-figures/")
    assert site.asked[-1][2]["user-agent"].endswith(" (+me@example.com)")
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/a"]

    (again,) = found(tmp_path, f"{site.url}/a")
    assert site.asked[-1][2]["if-none-match"] == '"1"'
    assert again == item
    site.replies["/a"] = Reply(b"<p>changed</p>", headers={"ETag": '"2"'})
    (changed,) = found(tmp_path, f"{site.url}/a")
    assert changed.fingerprint != item.fingerprint
    assert outcome(changed) == b"<p>changed</p>"
    assert outcome(item) == "<p>营收</p>".encode("gbk")


def test_what_is_no_longer_kept_is_fetched_again_where_it_is_needed(tmp_path: Path, site: Site) -> None:
    site.replies["/a"] = Reply(b"<p>a</p>", headers={"ETag": '"1"'})
    (item,) = found(tmp_path, f"{site.url}/a", keep_bytes=0)
    assert outcome(item) == "later"
    (again,) = found(tmp_path, f"{site.url}/a", settled=True)
    assert site.asked[-1][2].get("if-none-match") == '"1"'
    assert again.fingerprint == item.fingerprint
    (anew,) = found(tmp_path, f"{site.url}/a")
    assert "if-none-match" not in site.asked[-1][2]
    assert outcome(anew) == b"<p>a</p>"


def test_redirects_are_followed_and_counted(tmp_path: Path, site: Site) -> None:
    site.replies["/a"] = Reply(status=301, headers={"Location": "b?x=1"})
    site.replies["/b?x=1"] = Reply(status=302, headers={"Location": f"{site.url}/c"})
    site.replies["/c"] = Reply(b"<p>c</p>")
    site.replies["/loop"] = Reply(status=307, headers={"Location": "/loop"})
    site.replies["/file"] = Reply(status=302, headers={"Location": "file:///etc/passwd"})
    (item,) = found(tmp_path, f"{site.url}/a")
    assert (outcome(item), item.url, item.uri.endswith("/a")) == (b"<p>c</p>", f"{site.url}/c", True)
    assert fetched(tmp_path, f"page:{site.url}/loop", redirects=3) == ["too_many_redirects"]
    assert len(site.times("/loop")) == 4
    assert fetched(tmp_path, f"{site.url}/file") == ["bad_url"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=404), "http_404"), (Reply(status=410), "http_410"), (Reply(status=403), "http_403"),
        (Reply(b"%PDF", "application/pdf"), "not_html"), (Reply(b"x" * (LIMIT + 1)), "too_large"),
        (Reply(b"x", headers={"Content-Encoding": "gzip"}), "corrupt_body"),
        (Reply(b"x", headers={"Content-Encoding": "compress"}), "unknown_encoding"),
        (Reply(b"x", headers={"Content-Encoding": "gzip, gzip, gzip"}), "unknown_encoding"),
        (Reply(status=500), "later"), (Reply(status=503), "later"),
        (Reply(b"<p>unknown kind</p>", "application/octet-stream"), b"<p>unknown kind</p>"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused(tmp_path: Path, site: Site, reply: Reply, code: bytes | str) -> None:
    site.replies["/a"] = reply
    assert fetched(tmp_path, f"page:{site.url}/a") == [code]
    assert len(site.times("/a")) == (3 if code == "later" else 1)


def test_a_page_that_was_there_is_not_lost_when_it_is_gone(tmp_path: Path, site: Site) -> None:
    site.replies["/a"] = Reply(b"<p>a</p>")
    assert fetched(tmp_path, f"{site.url}/a") == [b"<p>a</p>"]
    site.replies["/a"] = Reply(status=404)
    assert fetched(tmp_path, f"page:{site.url}/a") == ["later"]


def test_a_server_that_is_not_there_is_tried_again_later(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    (item,) = found(tmp_path, f"http://127.0.0.1:{port}/a")
    with pytest.raises(OSError, match=r"tried again by the next run"):
        read_item(item, LIMIT)


# ---------------------------------------------------------------- limits


DEFLATE = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress, "deflate": zlib.compress,
    "identity": bytes,
}  # fmt: skip


@pytest.mark.parametrize("encoding", PACKED)
def test_packed_answers_are_unpacked(tmp_path: Path, site: Site, encoding: str) -> None:
    body = page("a") * 40 + bytes(200_000)
    site.replies["/a"] = Reply(PACKED[encoding](body), headers={"Content-Encoding": encoding})
    assert fetched(tmp_path, f"{site.url}/a") == [body]


def test_raw_deflate_is_unpacked_too(tmp_path: Path, site: Site) -> None:
    body = page("a") * 20
    packer = zlib.compressobj(wbits=-15)
    site.replies["/a"] = Reply(packer.compress(body) + packer.flush(), headers={"Content-Encoding": "deflate"})
    assert fetched(tmp_path, f"{site.url}/a") == [body]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_bombs_end_at_the_limit(tmp_path: Path, site: Site, encoding: str) -> None:
    import resource

    bomb = PACKED[encoding](bytes(300_000_000))
    site.replies["/a"] = Reply(bomb, headers={"Content-Encoding": encoding})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert fetched(tmp_path, f"page:{site.url}/a", seconds=20.0) == ["too_large"]
    # The bomb itself was made here, and so nothing is left to see where it was unpacked in full before.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= before + 200_000


def drip(connection: socket.socket) -> None:
    """A head that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"a" * 65536)


def endless_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Header: " + b"a" * 1000 + b"\r\n")


@pytest.mark.parametrize(
    ("stream", "code"), [(drip, "later"), (drip_body, "later"), (endless, "too_large"), (endless_head, "later")]
)
def test_slow_and_endless_answers_end_at_the_limit(tmp_path: Path, site: Site, stream: Any, code: str) -> None:
    site.replies["/a"] = Reply(stream=stream)
    began = time.monotonic()
    assert fetched(tmp_path, f"page:{site.url}/a", seconds=0.5, retries=1) == [code]
    assert time.monotonic() - began < 5


# ---------------------------------------------------------------- politeness


def test_a_host_is_given_its_pauses(tmp_path: Path, site: Site) -> None:
    for name in "abc":
        site.replies[f"/{name}"] = Reply(name.encode())
    assert sorted(fetched(tmp_path, urls(tmp_path, site, "/a", "/b", "/c"), delay=0.2)) == [b"a", b"b", b"c"]
    times = [moment for _, moment, _ in site.asked]
    assert all(later - sooner > 0.18 for sooner, later in pairwise(times)), times


def test_hosts_are_asked_side_by_side(tmp_path: Path) -> None:
    with serving_site() as one, serving_site() as two:
        for each in (one, two):
            for name in ("/a", "/b", "/c"):
                each.replies[name] = Reply(b"x")
        given = urls(tmp_path, one, *(each.url + name for each in (one, two) for name in ("/a", "/b", "/c")))
        began = time.monotonic()
        assert len(fetched(tmp_path, given, delay=0.3)) == 6
        assert time.monotonic() - began < 1.7


def test_too_many_requests_are_answered_by_waiting(tmp_path: Path, site: Site) -> None:
    answers = [Reply(status=429, headers={"Retry-After": "1"}), Reply(b"<p>a</p>")]
    site.replies["/a"] = lambda _: answers.pop(0)
    site.replies["/b"] = Reply(b"<p>b</p>")
    assert fetched(tmp_path, urls(tmp_path, site, "/a", "/b")) == [b"<p>a</p>", b"<p>b</p>"]
    first, second = site.times("/a")
    assert 1.0 <= second - first < 3
    # Longer than a run waits: left to the next one, and not asked again now.
    site.replies["/a"] = Reply(status=429, headers={"Retry-After": "86400"})
    assert fetched(tmp_path / "other", f"page:{site.url}/a") == ["later"]
    assert len(site.times("/a")) == 3


def test_a_moment_to_come_back_is_understood() -> None:
    import email.utils

    import httpx

    from flows.fetch.politeness import wait_asked

    soon = email.utils.formatdate(time.time() + 100, usegmt=True)
    assert 97 < (wait_asked(httpx.Response(503, headers={"retry-after": soon})) or 0) < 101
    assert wait_asked(httpx.Response(503, headers={"retry-after": "soon"})) is None
    assert wait_asked(httpx.Response(503)) is None


def test_robots_are_obeyed(tmp_path: Path, site: Site) -> None:
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: headline-figures\nDisallow: /private\nCrawl-delay: 0.3\n"
    site.replies |= {"/robots.txt": Reply(robots.encode(), "text/plain"), "/a": Reply(b"a"), "/private/b": Reply(b"b")}
    site.replies["/c"] = Reply(status=302, headers={"Location": "/private/b"})
    assert sorted(map(str, fetched(tmp_path, urls(tmp_path, site, "/a", "/private/b", "/c")))) == [
        "b'a'",
        "robots",
        "robots",
    ]
    assert site.paths() == ["/a", "/c"]
    assert len(site.times("/robots.txt")) == 1
    assert site.times("/c")[0] - site.times("/a")[0] > 0.28
    assert fetched(tmp_path, f"page:{site.url}/private/b", obey_robots=False) == [b"b"]


@pytest.mark.parametrize(("status", "result"), [(404, b"a"), (403, b"a"), (500, "later"), (503, "later")])
def test_robots_that_cannot_be_read(tmp_path: Path, site: Site, status: int, result: bytes | str) -> None:
    site.replies |= {"/robots.txt": Reply(status=status), "/a": Reply(b"a")}
    assert fetched(tmp_path, f"page:{site.url}/a") == [result]


# ---------------------------------------------------------------- private addresses

NOTATIONS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0177.0.0.1", "0x7f000001", "0x7f.1", "0X7F.0.0.0x1",
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "0.0.0.0", "0", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.0.0.1",
    "172.16.5.4", "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "2852039166", "0xa9fea9fe",
    "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "[fe80::1]", "[fc00::1]", "224.0.0.1", "[ff02::1]", "255.255.255.255",
    "240.0.0.1", "168.63.129.16", "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①",
]  # fmt: skip


@pytest.mark.parametrize("host", NOTATIONS)
def test_no_notation_leads_to_a_private_address(tmp_path: Path, site: Site, host: str) -> None:
    site.replies["/a"] = Reply(b"secret")
    (code,) = fetched(tmp_path, f"page:http://{host}:{site.port}/a", allow_private=False, obey_robots=False, retries=0)
    # A notation that this machine's resolver does not know leads nowhere.
    assert code in ("private_address", "later", "bad_url")
    assert site.asked == []
    if host in ("127.0.0.1", "2130706433", "127.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"):
        assert code == "private_address"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254", "localhost"])
def test_no_redirect_leads_to_a_private_address(
    tmp_path: Path, site: Site, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.replies["/a"] = Reply(status=302, headers={"Location": f"http://{host}:{site.port}/secret"})
    site.replies["/secret"] = Reply(b"secret")
    public_first(monkeypatch, "public.example", site)
    code = fetched(
        tmp_path, f"page:http://public.example:{site.port}/a", allow_private=False, obey_robots=False, retries=0
    )
    assert code == ["private_address"]
    assert site.paths() == ["/a"]


def public_first(monkeypatch: pytest.MonkeyPatch, name: str, site: Site) -> list[str]:
    """Makes a name resolve to a public address, and connections to that address end at the test's server."""
    import httpcore

    resolve, asked = anyio.getaddrinfo, []

    async def getaddrinfo(host: Any, port: Any, **options: Any) -> Any:
        asked.append(host)
        if host == name:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]
        return await resolve(host, port, **options)

    class ToTheTest(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, *arguments: Any, **options: Any) -> Any:
            return await super().connect_tcp("127.0.0.1" if host == "93.184.216.34" else host, *arguments, **options)

    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    monkeypatch.setattr("httpcore.AnyIOBackend", ToTheTest)
    return asked


def test_a_name_that_resolves_to_something_else_the_second_time(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what was checked is what is connected to, and a new connection is checked anew."""
    site.replies["/a"] = Reply(b"secret")
    answers = ["93.184.216.34", "127.0.0.1", "127.0.0.1"]
    connected: list[str] = []

    async def getaddrinfo(_host: Any, port: Any, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    import httpcore

    class Noting(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, *_: Any, **__: Any) -> Any:
            connected.append(host)
            raise httpcore.ConnectError("unreachable")

    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    monkeypatch.setattr("httpcore.AnyIOBackend", Noting)
    code = fetched(tmp_path, f"page:http://rebind.example:{site.port}/a", allow_private=False, obey_robots=False)
    assert code == ["private_address"]
    assert connected == ["93.184.216.34"]
    assert site.asked == []


def test_one_private_address_of_several_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(_host: Any, port: Any, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    assert fetched(tmp_path, "page:http://both.example/a", allow_private=False) == ["private_address"]


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2002:808:808::"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://e.com/a", "http://", "http:///a", "http://user:word@127.0.0.1/a", "data:text/html,x",
     "javascript:alert(1)", "http://e.com:99999999/", "http://[::1/", "//e.com/a"],
)  # fmt: skip
def test_only_addresses_of_the_web_are_fetched(tmp_path: Path, site: Site, url: str) -> None:
    site.replies["/a"] = Reply(b"a")
    path = tmp_path / "list.txt"
    path.write_text(f"{url}\n{site.url}/a\n")
    assert sorted(map(str, fetched(tmp_path, f"urls:{path}"))) == ["b'a'", "bad_url"]


def test_the_environments_proxy_is_not_used(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.replies["/a"] = Reply(b"a")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetched(tmp_path, f"{site.url}/a") == [b"a"]


# ---------------------------------------------------------------- feeds and sitemaps

LONG = "<p>Marlow reported revenue of $312.6 million, up 8.4% from a year earlier.</p>" * 15
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Marlow News</title><link>{site}</link><language>en</language>
<item><title>Full &amp; whole</title><link>{site}/full</link><pubDate>Tue, 24 Oct 2023 06:45:00 GMT</pubDate>
<dc:creator>Imogen Clarke</dc:creator><content:encoded><![CDATA[{long}]]></content:encoded></item>
<item><title>Linked</title><link>/linked</link><description>A teaser.</description></item>
<item><title>Trap</title><link>file:///etc/passwd</link></item></channel></rss>"""


def test_a_feed_gives_whole_entries_and_fetches_the_others(tmp_path: Path, site: Site) -> None:
    site.replies["/feed"] = Reply(RSS.format(site=site.url, long=LONG).encode(), "application/rss+xml")
    site.replies["/linked"] = Reply(page("linked"))
    items = {item.uri.partition("/")[2]: item for item in found(tmp_path, f"{site.url}/feed")}
    (trap,) = set(items) - {f"{site.url}/full", f"{site.url}/linked"}
    assert (outcome(items[trap]), trap.endswith("etc/passwd")) == ("bad_url", True)
    assert outcome(items[f"{site.url}/linked"]) == page("linked")
    assert site.paths() == ["/feed", "/linked"]

    from transforms import extract

    whole = items[f"{site.url}/full"]
    document = extract(read_item(whole, LIMIT), uri=whole.uri, url=whole.url, charset=whole.charset)
    article = document.article
    assert (article.title, article.authors, str(article.published_date)) == (
        "Full & whole",
        "Imogen Clarke",
        "2023-10-24",
    )
    assert any(claim.quote == "$312.6 million" for claim in document.claims)

    # An entry that says the same is not fetched again.
    assert len(found(tmp_path, f"feed:{site.url}/feed")) == 3
    assert site.paths() == ["/feed", "/linked", "/feed"]
    site.replies["/feed"] = Reply(RSS.format(site=site.url, long=LONG).replace("teaser", "change").encode(), "text/xml")
    found(tmp_path, f"{site.url}/feed")
    assert site.paths()[-2:] == ["/feed", "/linked"]


def test_a_feed_may_be_a_file(tmp_path: Path, site: Site) -> None:
    site.replies["/linked"] = Reply(page("linked"))
    (tmp_path / "feed.xml").write_text(
        RSS.format(site=site.url, long=LONG).replace(">/linked<", f">{site.url}/linked<")
    )
    assert len(fetched(tmp_path, f"feed:{tmp_path}/feed.xml")) == 3


BOMB = """<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><rss version="2.0">&b;</rss>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss version="2.0"><channel/></rss>'


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("text", [BOMB, OUTSIDE, BOMB.partition("\n")[2]])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_xml_with_entities_is_refused(tmp_path: Path, site: Site, kind: str, text: str, charset: str) -> None:
    site.replies["/x"] = Reply(text.encode(charset), "text/xml")
    assert fetched(tmp_path, f"{kind}:{site.url}/x") == ["xml_entities"]


def sitemap(*pages: tuple[str, str | None], kind: str = "url") -> bytes:
    outer = "urlset" if kind == "url" else "sitemapindex"
    entries = "".join(
        f"<{kind}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{kind}>" for url, day in pages
    )
    return f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'.encode()


def test_a_sitemap_gives_its_pages_and_asks_for_those_that_changed(tmp_path: Path, site: Site) -> None:
    site.replies["/sitemap.xml"] = Reply(
        sitemap((f"{site.url}/one.xml.gz", None), (f"{site.url}/two.xml", None), kind="sitemap"), "application/xml"
    )
    one = sitemap((f"{site.url}/a", "2024-01-01"), (f"{site.url}/b", None))
    site.replies["/one.xml.gz"] = Reply(gzip.compress(one), "application/gzip")
    site.replies["/two.xml"] = Reply(sitemap((f"{site.url}/c", "2024-01-01")), "text/xml")
    for name in "abc":
        site.replies[f"/{name}"] = Reply(name.encode())
    assert sorted(map(str, fetched(tmp_path, f"{site.url}/sitemap.xml"))) == ["b'a'", "b'b'", "b'c'"]
    # One that is missing costs none of the others.
    packed = site.replies.pop("/one.xml.gz")
    assert sorted(map(str, fetched(tmp_path / "o", f"{site.url}/sitemap.xml"))) == ["b'c'", "http_404"]
    site.replies["/one.xml.gz"] = packed
    site.asked.clear()
    assert len(found(tmp_path, f"sitemap:{site.url}/sitemap.xml")) == 3
    assert site.paths() == ["/sitemap.xml", "/one.xml.gz", "/two.xml", "/b"]
    site.replies["/two.xml"] = Reply(sitemap((f"{site.url}/c", "2024-02-01")), "text/xml")
    found(tmp_path, f"{site.url}/sitemap.xml")
    assert site.paths()[-1] == "/c" or "/c" in site.paths()


def test_sitemaps_that_never_end(tmp_path: Path, site: Site) -> None:
    site.replies["/s.xml"] = Reply(sitemap((f"{site.url}/s.xml", None), kind="sitemap"), "text/xml")
    assert fetched(tmp_path, f"sitemap:{site.url}/s.xml") == ["too_deep"]
    site.replies["/big.xml"] = Reply(sitemap(*((f"{site.url}/{n}", None) for n in range(12))), "text/xml")
    assert len(found(tmp_path, f"sitemap:{site.url}/big.xml", most_pages=5)) == 5
    site.replies["/none.xml"] = Reply(b"<html><p>no sitemap</p></html>", "text/xml")
    assert fetched(tmp_path, f"sitemap:{site.url}/none.xml") == ["no_links"]
    assert fetched(tmp_path, f"feed:{site.url}/none.xml") == ["not_a_feed"]


# ---------------------------------------------------------------- whole runs


@pytest.mark.usefixtures("prefect_server")
def test_runs_over_a_feed(tmp_path: Path, site: Site) -> None:
    from flows.dataset.check import check_dataset
    from flows.dataset.paths import DatasetPaths
    from flows.extract_articles import extract_articles
    from tests.flow_runs import read

    site.replies["/feed"] = Reply(RSS.format(site=site.url, long=LONG).encode(), "application/rss+xml")
    site.replies["/linked"] = Reply(page("linked"), headers={"ETag": '"1"'})
    output = tmp_path / "output"

    def run(**options: Any) -> Any:
        return extract_articles([f"{site.url}/feed"], output=output, workers=1, fetch=QUICK, **options)

    first = run()
    assert (first.counts["new"], first.counts["rejected"]) == (2, 1)
    assert {row["source_uri"] for row in read(output, "articles")} == {
        f"127.0.0.1:{site.port}/{site.url}/{name}" for name in ("full", "linked")
    }
    again = run()
    assert again.counts["unchanged"] == 3
    # All is extracted again, and nothing but the feed is asked for.
    site.asked.clear()
    forced = run(force=True)
    assert forced.counts["unchanged"] + forced.counts["changed"] == 2
    assert site.paths() == ["/feed"]
    assert check_dataset(DatasetPaths(output)).exit_code == 0
    # A site that is down costs no article.
    site.replies.clear()
    down = run()
    assert down.counts["rejected"] == 1
    assert len(read(output, "articles")) == 2
