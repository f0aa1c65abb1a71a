"""Whole pages made from a seed, in the shape of real ones: Hexo posts, Chinese news pages, English company pages.

A page is made from its number alone, so that any part of a corpus can be made again, by any process.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.generated import SEED, articles

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DAY = date(2020, 1, 1)
DAYS = 1_800
# Articles that paragraphs are drawn from: making each text anew would take longer than extracting it.
POOL = 300
PARAGRAPHS = (6, 18)
# Of ten pages: posts, Chinese pages, English pages.
KINDS = "ppppzzzeee"
MENU = {
    "zh": "首页 财经 科技 产业 公司 数据 专题 视频 关于我们",
    "en": "Home Markets Technology Companies Data Video About",
}
RELATED = 24


def page(number: int, revision: int = 0) -> tuple[str, bytes]:
    """Path and bytes of a page; another revision has one other paragraph."""
    draw = random.Random(SEED + number)
    kind = draw.choice(KINDS)
    language = "en" if kind == "e" else "zh"
    pool = _pool(language)
    title = f"{pool[draw.randrange(POOL)].splitlines()[0][:28]} ({number})"
    paragraphs = [draw.choice(pool[draw.randrange(POOL)].splitlines()) for _ in range(draw.randint(*PARAGRAPHS))]
    if revision:
        paragraphs[-1] += f" 营收增长{revision}%。" if language == "zh" else f" Sales rose {revision}%."
    day = FIRST_DAY + timedelta(days=draw.randrange(DAYS))
    folder = f"{day:%Y/%m}"
    if kind == "p":
        return f"{folder}/{number}.md", _post(title, paragraphs, day).encode()
    return f"{folder}/{number}.html", _page(title, paragraphs, day, language, draw).encode()


def write_pages(folder: Path, numbers: range) -> int:
    """Writes these pages below a folder; returns their bytes."""
    size = 0
    for number in numbers:
        name, data = page(number)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        size += len(data)
    return size


@lru_cache
def _pool(language: str) -> list[str]:
    """Texts of articles, one in four of them dense with figures."""
    texts = []
    for dense, count in ((True, POOL // 4), (False, POOL - POOL // 4)):
        made = articles(language, dense=dense, chars=count * 5_000, seed=SEED)
        texts += ["\n".join(article.lines) for article in made[:count]]
    assert len(texts) == POOL
    return texts


def _post(title: str, paragraphs: list[str], day: date) -> str:
    """A Hexo post: front matter, then a fragment of HTML."""
    head = f'title: "{title}"\ndate: {day:%a, %d %b %Y} 00:00:00 GMT\nauthor: 财经观察\ntags: [财报, 数据]'
    return f'---\n{head}\n---\n<div class="rich_media_content">{_body(paragraphs)}<p>编辑：李明</p></div>\n'


def _page(title: str, paragraphs: list[str], day: date, language: str, draw: random.Random) -> str:
    """A page of a news site, with what stands around an article there."""
    site = "云雀财经" if language == "zh" else "Marlow Business Daily"
    author = "王芳" if language == "zh" else "Imogen Clarke"
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": f"{day.isoformat()}T08:{draw.randrange(60):02d}:00+08:00",
        "author": {"@type": "Person", "name": author},
        "publisher": {"@type": "Organization", "name": site},
    }
    menu = "".join(f'<li><a href="/{n}">{word}</a></li>' for n, word in enumerate(MENU[language].split()))
    pool = _pool(language)
    related = "".join(
        f'<li><a href="/a/{n}" class="card"><img src="/i/{n}.jpg" alt=""><span>'
        f"{pool[draw.randrange(POOL)].splitlines()[0][:40]}</span></a></li>"
        for n in range(RELATED)
    )
    script = f"<script>window.__state={json.dumps({'items': [draw.random() for _ in range(150)]})}</script>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title} - {site}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="{site}">'
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
        f"<style>{'.card{display:flex}' * 40}</style></head><body><header><nav><ul>{menu}</ul></nav></header>"
        f'<main><article class="post"><h1>{title}</h1><div class="meta"><span class="author">{author}</span> '
        f'<time datetime="{day.isoformat()}">{day.isoformat()}</time></div>{_body(paragraphs)}</article>'
        f'<aside class="related"><ul>{related}</ul></aside></main>{script}'
        f"<footer><p>© {day.year} {site}</p><ul>{menu}</ul></footer></body></html>\n"
    )


def _body(paragraphs: list[str]) -> str:
    """Paragraphs, every fifth one under a heading."""
    parts = []
    for number, text in enumerate(paragraphs):
        if number % 5 == 4:
            parts.append(f"<h2>{text[:16]}</h2>")
        parts.append(f"<p>{text}</p>")
    return "\n".join(parts)
