"""Pages made to harm end soon and in bounded memory, each in a process of its own, as a result or a reject."""

from __future__ import annotations

import json
import os
import resource
import time

import pytest

from tests.hostile_pages import PAGES, warm_up, work_on
from transforms.limits import LIMIT_CODES, LIMITS
from transforms.markup_limits import limit_markup

# In turns of the loop below, so that slow and busy machines are allowed more: a second of an idle processor is about 20
# million turns; five times that, because the pace changes while a page is at work.
MOST_TURNS = 100_000_000
TURNS = 300_000
MOST_MEGABYTES = 500
OTHER_CODES = frozenset({"no_body", "binary_input", "empty_input"})


def _turn_seconds() -> float:
    start = time.process_time()
    total = 0
    for number in range(TURNS):
        total += number
    return (time.process_time() - start) / TURNS


def _run(name: str) -> dict[str, float | str]:
    """What a forked child, with everything loaded and a processor limit, says of the page."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
            os.write(writer, json.dumps(work_on(name)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    assert text, f"{name}: the process died"
    return json.loads(text)


@pytest.mark.parametrize("name", PAGES)
def test_hostile_page_ends_soon(name: str) -> None:
    warm_up()
    before = _turn_seconds()
    told = _run(name)
    allowed = MOST_TURNS * max(before, _turn_seconds())
    assert "blocks" in str(told["result"]) or told["result"] in LIMIT_CODES | OTHER_CODES
    assert float(told["seconds"]) < allowed
    assert float(told["megabytes"]) < MOST_MEGABYTES


def test_limits_leave_ordinary_markup_alone() -> None:
    page = "<div><p class=a>x <b>y</b></p><!-- z --><script>if (a<b) {'</p>'}</script></div>" * 500
    assert limit_markup(page) == page


def test_depth_is_cut_where_browsers_cut_it() -> None:
    assert limit_markup("<div>" * 9_000).count("<div>") == 500


def test_limits_scale_but_for_bytes() -> None:
    doubled = LIMITS.scaled(2)
    assert (doubled.page_bytes, doubled.tags) == (LIMITS.page_bytes, 2 * LIMITS.tags)
