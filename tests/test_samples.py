"""The bundled samples read as a person reads them; `samples.toml` says how."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from transforms import extract
from transforms.tables import TABLES

SAMPLES = Path(__file__).parent.parent / "flows" / "samples"
FACTS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("samples.toml").read_text("utf-8"))
NOT_METADATA = {"headings", "claims", "optional", "known_extra"}
NUMBERS = {"value", "value_low", "value_high", "change_pct"}
VERBATIM = {"metric", "subject", "attribution"}  # words of the text: one may hold the other (行长郑伯言, 郑伯言)


@cache
def result(name: str) -> dict[str, Any]:
    return extract((SAMPLES / name).read_bytes(), uri=f"samples/{name}").to_dict()


def key_claims(name: str) -> list[dict[str, Any]]:
    claims = [c for c in result(name)["claims"] if c["salience"] == "key"]
    return sorted(claims, key=lambda c: (c["block_position"], c["char_start"]))


def pair(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The found claim of each expected one: same quote, in reading order."""
    left = list(found)
    pairs: list[dict[str, Any] | None] = []
    for claim in expected:
        match = next((c for c in left if c["quote"] == claim["quote"]), None)
        if match is not None:
            left.remove(match)
        pairs.append(match)
    return pairs


def differences(expected: dict[str, Any], found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return ["not found"]
    found = {**found, "period": f"{found['period_start']}/{found['period_end']}"}
    wrong = []
    for column, value in expected.items():
        if column == "known":
            continue
        actual = found[column]
        if column in NUMBERS:
            same = actual is not None and math.isclose(float(actual), value, rel_tol=1e-4)
        elif column in VERBATIM:
            same = actual is not None and (value in actual or actual in value)
        else:
            same = actual == value
        if not same:
            wrong.append(f"{column} is {actual!r}, not {value!r}")
    return wrong


def claim_cases() -> list[Any]:
    cases = []
    for name, facts in FACTS.items():
        for index, claim in enumerate(facts["claims"]):
            marks = [pytest.mark.xfail(reason=claim["known"])] if "known" in claim else []
            cases.append(pytest.param(name, index, id=f"{name}-{index}-{claim['quote']}", marks=marks))
    return cases


@pytest.mark.parametrize("name", FACTS)
def test_metadata(name: str) -> None:
    article = result(name)["article"]
    expected = {field: value for field, value in FACTS[name].items() if field not in NOT_METADATA}
    assert {field: article[field] for field in expected} == expected


@pytest.mark.parametrize("name", FACTS)
def test_headings(name: str) -> None:
    assert [h["text"] for h in result(name)["headings"]] == FACTS[name]["headings"]


@pytest.mark.parametrize(("name", "index"), claim_cases())
def test_claim(name: str, index: int) -> None:
    expected = FACTS[name]["claims"]
    found = pair(expected, key_claims(name))[index]
    assert differences(expected[index], found) == []


@pytest.mark.parametrize("name", FACTS)
def test_no_other_key_claims(name: str) -> None:
    expected = FACTS[name]["claims"]
    matched = [c for c in pair(expected, key_claims(name)) if c is not None]
    others = [c["quote"] for c in key_claims(name) if not any(c is m for m in matched)]
    wrong = [quote for quote in others if quote not in FACTS[name].get("optional", [])]
    assert wrong == FACTS[name].get("known_extra", [])


@pytest.mark.usefixtures("prefect_server")
def test_a_run_over_the_samples_fills_every_table(tmp_path: Path) -> None:
    from flows.extract_articles import extract_articles

    summary = extract_articles([str(SAMPLES)], output=tmp_path / "output")
    assert summary.problem is None
    assert set(summary.row_counts) == set(TABLES)
    assert min(summary.row_counts.values()) > 0
    assert summary.row_counts["articles"] == len(FACTS)
    rejects = pq.read_table(tmp_path / "output" / "rejects", columns=["source_uri", "stage", "code"]).to_pylist()
    assert sorted(tuple(row.values()) for row in rejects) == [
        ("samples/broken-binary.html", "decode", "binary_input"),
        ("samples/broken-empty.html", "body", "no_body"),
    ]


def test_every_sample_is_described() -> None:
    described = set(FACTS) | {"broken-binary.html", "broken-empty.html"}
    assert {path.name for path in SAMPLES.iterdir()} == described


def test_gbk_sample_is_gbk() -> None:
    data = (SAMPLES / "zh-news-gbk.html").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    assert "澜江" in data.decode("gbk")
