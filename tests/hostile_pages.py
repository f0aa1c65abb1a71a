"""Pages made to harm, by name: `python -m tests.hostile_pages NAME` extracts one and prints what it took, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE = "<p>The company said on Monday that revenue rose 12% to $3.5 million, and profits fell.</p>"
HEAD = "<html><head><title>A title of a page</title></head><body><article><h1>A title of a page</h1>" + PROSE * 5
MANY = 200_000
ALMOST = 97_000  # tags: just below the limit, so that all of the work is done
KINDS = ("div", "b", "span", "table", "a", "p", "svg", "x-y", "li", "font")


def _page(body: str) -> bytes:
    return (HEAD + body).encode()


def _bare(start: str) -> bytes:
    return (start + PROSE * 5).encode()


def _json_ld(script: str) -> bytes:
    return f'<title>x</title><script type="application/ld+json">{script}</script>{PROSE * 5}'.encode()


def _post(head: str, body: str = PROSE * 5, fence: str = "---") -> bytes:
    return f"{fence}\ntitle: x\n{head}\n{fence}\n{body}".encode()


def _numbered(form: str, count: int) -> str:
    return "".join(form.format(i) for i in range(count))


PAGES: dict[str, Callable[[], bytes]] = {
    **{f"nested {tag}": lambda tag=tag: _page(f"<{tag}>" * MANY + "deep") for tag in KINDS},
    **{f"open {tag}": lambda tag=tag: _page(f"<{tag}>x " * ALMOST) for tag in KINDS},
    "nested and closed": lambda: _page("<div>" * (ALMOST // 2) + "deep" + "</div>" * (ALMOST // 2)),
    "depth behind comments": lambda: _page("<div><!--</div>-->" * 30_000 + "deep"),
    "depth behind attributes": lambda: _page('<div title="</div>">' * 45_000 + "deep"),
    "depth behind end tags that close nothing": lambda: _page("<div></x>" * 45_000 + "deep"),
    "depth in lists": lambda: _page("<li><ul>" * 45_000 + "deep"),
    "depth in svg": lambda: _page("<svg>" + "<li>" * 90_000 + "deep"),
    "formatting reopened": lambda: _page(_numbered("<p><font size={}>x", 5_000)),
    "formatting reopened, few tags": lambda: _page(_numbered("<p><font size={}>x", 1_400)),
    "formatting reopened behind markers": lambda: _page(_numbered("<p><font size={}><object></font></object>", 9_000)),
    "formatting misnested": lambda: _page("<b><i><a href=x><div>" * 400 + "</b></i></a>" * 30_000),
    "five million siblings": lambda: _page("<p>x" * 5_000_000),
    "siblings": lambda: _page("<p>x</p>" * (ALMOST // 2)),
    "text and comments": lambda: _page("x<!--c-->" * ALMOST),
    "links": lambda: _page("<a href=x>y</a> " * (ALMOST // 2)),
    "table cells": lambda: _page("<table>" + "<tr><td>1<td>2" * 9_500),
    "100 MB of text": lambda: _page("a" * 100_000_000),
    "15 MB of text": lambda: _page("word " * 3_000_000),
    "15 MB of spaces": lambda: _page("a" + " " * 15_000_000 + "b"),
    "15 MB of a comment": lambda: _page("<!--" + "-" * 15_000_000),
    "15 MB of an attribute": lambda: _page("<img src='data:image/png;base64," + "A" * 15_000_000 + "'>"),
    "15 MB of a title": lambda: _bare(f"<title>{'a b ' * 3_750_000}</title>"),
    "15 MB of a description": lambda: _bare(f"<meta name=description content='{'a ' * 7_500_000}'>"),
    "a million attributes": lambda: _page(f"<p {_numbered('a{} ', 1_000_000)}>x</p>"),
    "attributes without spaces": lambda: _page(f"<p {_numbered('a{}=``', 300_000)}>x</p>".replace("`", "'")),
    "attributes behind a quoted bracket": lambda: _page(f'<p z=">" {_numbered("a{} ", 1_000_000)}>x</p>'),
    "attributes of many body tags": lambda: _page(_numbered("<body a{}=1>", 90_000)),
    "classes": lambda: _page(_numbered("<p class=a{}>x", ALMOST)),
    "many tags of many attributes": lambda: _page(("<p " + _numbered("a{} ", 180) + ">") * 15_000),
    "a foreign letter in a line of ASCII": lambda: _page("word " * 600_000) + b"\xe9t\xe9",
    "NULs": lambda: b"\0" * 5_000_000,
    "NULs between letters": lambda: b"\0".join(bytes([byte]) for byte in _page(PROSE * 100)),
    "entities": lambda: _page("&amp;" * 3_000_000),
    "character references": lambda: _page("&#65;&#xD800;" * 1_000_000),
    "entities of XML": lambda: _bare(
        "<!DOCTYPE x ["
        + "".join(f'<!ENTITY e{i} "' + f"&e{i - 1};" * 10 + '">' for i in range(1, 10))
        + "]><html><body><p>&e9;</p>"
    ),
    "headings": lambda: _page("<h2>Heading</h2><p>Text of the section.</p>" * 10_000),
    "100,000 headings": lambda: _page("<h2>Heading</h2><p>Text of the section.</p>" * 100_000),
    "JSON-LD of 50 MB": lambda: _json_ld('{"@type":"Article","headline":"' + "x" * 50_000_000 + '"}'),
    "JSON-LD of deep arrays": lambda: _json_ld("[" * 100_000 + "]" * 100_000),
    "JSON-LD of deep objects": lambda: _json_ld('{"a":' * 60_000 + "1" + "}" * 60_000),
    "JSON-LD of deep values": lambda: _json_ld(
        '{"@type":"Article",' + ",".join(f'"{k}":{"[" * 900}"x"{"]" * 900}' for k in ("author", "name", "image")) + "}"
    ),
    "JSON-LD of a million": lambda: _json_ld('{"@graph":[' + ",".join(['{"@type":"Thing"}'] * 800_000) + "]}"),
    "JSON-LD of spaces": lambda: _json_ld("x" + " " * 390_000 + "x"),
    "JSON-LD of comments": lambda: _json_ld("x" + "/*" * 190_000 + "*/"),
    "meta tags": lambda: _bare(_numbered("<meta name=author content=Jane-{}>", 90_000)),
    "titles": lambda: _bare(_numbered("<meta property=og:title content='{} " + "a - b | c " * 190 + "'>", 3_000)),
    "times": lambda: _page("<time datetime=2020-01-01>x</time>" * (ALMOST // 2)),
    "YAML aliases": lambda: _post(_numbered("a{0}: &x{0} [*x0, *x0, *x0, *x0]\n", 50)),
    "YAML depth": lambda: _post("a: " + "[" * 30_000),
    "YAML of 15 MB": lambda: _post("a: b\n" * 3_000_000),
    "TOML depth": lambda: _post("a = " + "[" * 30_000, fence="+++"),
    "Markdown brackets": lambda: _post("", "[" * 1_000_000),
    "Markdown lists": lambda: _post("", "- a\n" * 100_000),
    "spans of cells": lambda: _page("<table>" + "<tr><td colspan=1000000 rowspan=1000000>1%<td>2%" * 3_000),
    "tables in tables": lambda: _page("<table><tr><td>a<td>1%" * 20_000),
    "figures in cells": lambda: _page("<table>" + _numbered("<tr><td>Name<td>{}%", 5_000)),
    "figures": lambda: _page("<p>" + "營收增長12%至3.5亿元，" * 200_000),
    **{
        f"a line of 10 MB: {text}": lambda text=text: _page(text * (10_000_000 // len(text.encode())))
        for text in ("作者：", "2020-01-01 ", "（记者", "By ", "一、", "1.", "1,", "©2020 ", "http://", "\xa0")
    },
}


def warm_up() -> None:
    """Reads what is read once: lexicons, parsers."""
    from transforms import extract

    extract(_page(""))


def work_on(name: str) -> dict[str, float | str]:
    """What the page of this name took: its result or reject code, processor seconds, megabytes of memory."""
    from transforms import RejectError, extract

    data = PAGES[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        result = f"{len(extract(data).blocks)} blocks"
    except RejectError as error:
        result = error.code
    seconds = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"result": result, "seconds": round(seconds, 3), "megabytes": grown // 1024, "bytes": len(data)}


if __name__ == "__main__":
    warm_up()
    print(json.dumps(work_on(sys.argv[1])))
