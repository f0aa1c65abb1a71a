"""Each page of tests/corpus/pages teaches one lesson; `make golden` rewrites what is expected, a person reviews it."""

from __future__ import annotations

import tomllib
from typing import Any

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


def _claims_params() -> list[Any]:
    """The pages; where source.toml says `known_claims`, what is not read right yet, the test must fail."""
    params = []
    for case in read_pages():
        why = tomllib.loads((case.folder / "source.toml").read_text("utf-8")).get("known_claims")
        marks = [pytest.mark.xfail(strict=True, reason=why)] if why else []
        params.append(pytest.param(case, id=case.folder.name, marks=marks))
    return params


@pytest.mark.parametrize("case", _claims_params())
def test_claims(case: PageCase) -> None:
    expected = case.read_expected()
    assert observe(case, expected)["claims"] == expected["claims"]


@pytest.mark.parametrize("case", PAGES)
def test_source_is_stated(case: PageCase) -> None:
    source = tomllib.loads((case.folder / "source.toml").read_text("utf-8"))
    assert source["lesson"]
    assert source["origin"]
    assert source["licence"]
