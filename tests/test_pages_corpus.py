"""Each page of tests/corpus/pages teaches one lesson; `make golden` rewrites what is expected, a person reviews it."""

from __future__ import annotations

import tomllib

import pytest

from tests.page_cases import PageCase, observe, read_pages

PAGES = [pytest.param(case, id=case.folder.name) for case in read_pages()]


@pytest.mark.parametrize("case", PAGES)
def test_article(case: PageCase) -> None:
    expected = case.read_expected()
    assert observe(case, expected)["article"] == expected["article"]


@pytest.mark.parametrize("case", PAGES)
def test_headings(case: PageCase) -> None:
    expected = case.read_expected()
    assert observe(case, expected)["headings"] == expected["headings"]


@pytest.mark.parametrize("case", PAGES)
def test_claims(case: PageCase) -> None:
    expected = case.read_expected()
    assert observe(case, expected)["claims"] == expected["claims"]


@pytest.mark.parametrize("case", PAGES)
def test_source_is_stated(case: PageCase) -> None:
    source = tomllib.loads((case.folder / "source.toml").read_text("utf-8"))
    assert source["lesson"]
    assert source["origin"]
    assert source["licence"]
