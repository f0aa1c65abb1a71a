"""Sources: what is found, and names that keep the same files in two folders apart, run after run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.errors import SourceError
from flows.settings import RunSettings
from flows.sources.names import name_roots
from flows.sources.opening import open_sources

if TYPE_CHECKING:
    from flows.sources import Source


def tree(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("<p>text</p>", encoding="utf-8")
    return root


def opened(*given: str | Path, output: Path | None = None, **options: Any) -> list[Source]:
    settings = RunSettings(sources=tuple(map(str, given)), output=output or Path("no-such-output"), **options)
    return open_sources(settings)


def uris(*sources: Source) -> list[str]:
    return [item.uri for source in sources for item in source.discover()]


def test_a_folder_gives_its_pages_in_order(tmp_path: Path) -> None:
    root = tree(tmp_path / "posts", "b.HTML", "a/z.md", "a/y.htm", ".git/x.html", ".x.html", "c.txt", "d.xhtml")
    (root / "folder.html").mkdir()
    (root / "away.html").symlink_to(root / "b.HTML")
    os.mkfifo(root / "pipe.html")
    (source,) = opened(str(root))
    assert uris(source) == ["posts/a/y.htm", "posts/a/z.md", "posts/away.html", "posts/b.HTML", "posts/d.xhtml"]
    assert source.scope == "posts/"


def test_a_file_and_a_glob_have_the_uris_of_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path / "posts", "a.html", "2022/b.html", "2022/c.txt")
    assert uris(*opened(str(root / "a.html"))) == ["posts/a.html"]
    assert uris(*opened(f"{root}/**/*.html")) == ["posts/2022/b.html", "posts/a.html"]
    assert uris(*opened(f"{root}/20*/c.txt")) == ["posts/2022/c.txt"]
    assert opened(str(root / "a.html"))[0].scope is None
    monkeypatch.chdir(root)
    assert uris(*opened(".")) == uris(*opened(str(root)))
    assert uris(*opened("*.html")) == ["posts/a.html"]


def test_the_output_folder_is_left_out(tmp_path: Path) -> None:
    root = tree(tmp_path / "posts", "a.html", "output/README.md")
    assert uris(*opened(str(root), output=root / "output")) == ["posts/a.html"]


def test_names_in_any_script_are_composed_and_readable(tmp_path: Path) -> None:
    root = tree(tmp_path / "posts", "文章.html", "cafe\u0301.html")
    (root / os.fsdecode(b"\xff.html")).write_text("x", encoding="utf-8")
    assert uris(*opened(str(root))) == ["posts/caf\xe9.html", "posts/文章.html", "posts/\\xff.html"]


@pytest.mark.parametrize("given", ["missing", "missing/*.html", "empty", "pipe"])
def test_what_is_no_source_says_so(tmp_path: Path, given: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match=given.partition("/")[0]):
        opened(str(tmp_path / given))


def test_a_folder_is_called_by_its_name(tmp_path: Path) -> None:
    posts, news = f"{tmp_path}/a/posts", f"{tmp_path}/a/news"
    assert name_roots([posts, news, posts], [], {}) == {posts: "posts", news: "news"}


def test_folders_of_one_name_are_told_apart_whatever_their_order(tmp_path: Path) -> None:
    one, two, three = (f"{tmp_path}/{path}" for path in ("a/x/posts", "b/x/posts", "c/posts"))
    expected = {one: "a/x/posts", two: "b/x/posts", three: "c/posts"}
    assert name_roots([one, two, three], [], {}) == expected
    assert name_roots([three, two, one], [], {}) == expected


def test_a_folder_keeps_the_name_it_had(tmp_path: Path) -> None:
    tree(tmp_path, "a/posts/x.html", "b/posts/x.html")
    one, two = f"{tmp_path}/a/posts", f"{tmp_path}/b/posts"
    known = name_roots([one], [], {})
    assert known == {one: "posts"}
    registered = {name: root for root, name in known.items()}
    assert name_roots([two], [], registered) == {two: "b/posts"}
    assert name_roots([two, one], [], registered) == {one: "posts", two: "b/posts"}
    # The folder has moved (or this is another machine): the name goes with it.
    assert name_roots([two], [], {"posts": f"{tmp_path}/gone/posts"}) == {two: "posts"}


def test_given_names_win_and_may_not_clash(tmp_path: Path) -> None:
    one, two = f"{tmp_path}/a", f"{tmp_path}/b"
    assert name_roots([one, two], ["x", "y"], {"x": two}) == {one: "x", two: "y"}
    for names in (["x"], ["x", "x"]):
        with pytest.raises(SourceError):
            name_roots([one, two], names, {})
    with pytest.raises(SourceError, match="two names"):
        name_roots([one, one], ["x", "y"], {})
