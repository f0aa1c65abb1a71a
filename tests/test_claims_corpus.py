"""Every case of tests/corpus/claims, under variations that must not matter; how to add one: CONTRIBUTING."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim_cases import (
    CORPUS,
    Case,
    Sample,
    differences,
    read_cases,
    samples,
    strip_marks,
    table_page,
    table_quotes,
)
from transforms import extract, extract_claims

# Tables are pages, and what is known to fail is expected to.
OTHERS = {"tables", "known_failures"}
TEXT_FILES = sorted({path.stem for path in CORPUS.glob("*.toml")} - OTHERS)


def _params(cases: list[Case]) -> list[Any]:
    return [pytest.param(sample, id=sample.name) for case in cases for sample in samples(case)]


def _check(sample: Sample) -> None:
    case = sample.case
    document = extract_claims(sample.text, language=case.language, published=case.published)
    rows = sorted((claim.to_dict() for claim in document), key=lambda row: row["char_start"])
    for row in rows:
        assert sample.text[row["char_start"] : row["char_end"]] == row["quote"]
    if not any(claim.get("salience") == "minor" for claim in case.claims):
        rows = [row for row in rows if row["salience"] == "key"]
    quotes = [sample.text[start:end] for start, end in sample.spans]
    assert [row["quote"] for row in rows] == quotes
    assert [(row["char_start"], row["char_end"]) for row in rows] == list(sample.spans)
    wrong = {
        row["quote"]: found
        for want, row in zip(case.claims, rows, strict=True)
        if (found := differences(want, row, sample.fold))
    }
    assert not wrong


@pytest.mark.parametrize("sample", [p for file in TEXT_FILES for p in _params(read_cases(file))])
def test_case(sample: Sample) -> None:
    _check(sample)


@pytest.mark.parametrize(
    "sample", [pytest.param(s, id=s.name) for case in read_cases("known_failures") for s in [next(samples(case))]]
)
@pytest.mark.xfail(strict=True, reason="known failure; move the case to its language's file when it passes")
def test_known_failure(sample: Sample) -> None:
    _check(sample)


@pytest.mark.parametrize("caption_inside", [True, False], ids=["caption element", "caption before"])
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.label) for case in read_cases("tables")],
)
def test_table(case: Case, caption_inside: bool) -> None:
    page = table_page(case, caption_inside=caption_inside)
    document = extract(page.encode(), published=case.published).to_dict()
    cells = {block["block_position"] for block in document["blocks"] if block["kind"] == "cell"}
    rows = [row for row in document["claims"] if row["salience"] == "key"]
    assert {row["block_position"] for row in rows} <= cells
    rows.sort(key=lambda row: (row["block_position"], row["char_start"]))
    assert [row["quote"] for row in rows] == table_quotes(case)
    wrong = {
        row["quote"]: found for want, row in zip(case.claims, rows, strict=True) if (found := differences(want, row))
    }
    assert not wrong


@pytest.mark.parametrize("file", [*TEXT_FILES, *sorted(OTHERS)])
def test_corpus_is_well_formed(file: str) -> None:
    cases = read_cases(file)
    labels = [(case.label, case.texts, case.table) for case in cases]
    assert len(labels) == len(set(labels))
    for case in cases:
        assert case.texts or case.table, case.label
        for text in case.texts:
            assert len(strip_marks(text)[1]) == len(case.claims), text
        if case.table:
            assert len(table_quotes(case)) == len(case.claims), case.label
        if file == "negative":
            assert not case.claims, case.label
