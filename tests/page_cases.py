"""The page corpus: one folder a lesson, its page, what it must give, and the comparison of the two."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms import extract

CORPUS = Path(__file__).parent / "corpus" / "pages"
CLAIM_KEYS = ("quote", "value", "unit", "metric")


@dataclass(frozen=True)
class PageCase:
    """A folder of the corpus. `arguments` (url, charset, published) go to `extract`."""

    folder: Path
    page: Path
    arguments: dict[str, Any]

    @property
    def expected_path(self) -> Path:
        return self.folder / "expected.json"

    def read_expected(self) -> dict[str, Any]:
        expected: dict[str, Any] = json.loads(self.expected_path.read_text("utf-8"))
        return expected


def read_pages() -> list[PageCase]:
    """Every lesson of the corpus, by name."""
    cases = []
    for folder in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        [page] = folder.glob("page.*")
        source = tomllib.loads((folder / "source.toml").read_text("utf-8"))
        cases.append(PageCase(folder, page, source.get("arguments", {})))
    return cases


def observe(case: PageCase, expected: dict[str, Any]) -> dict[str, Any]:
    """What the page gives, in the form of expected.json and with the choice of fields made there.

    The article has the fields that `expected` names. A claim has the keys of the expected claim with its quote
    (a metric may be left out there, or be a list of which each is right), a new claim has them all.
    """
    document = extract(case.page.read_bytes(), **case.arguments).to_dict()
    known: dict[str, list[dict[str, Any]]] = {}
    for claim in expected["claims"]:
        known.setdefault(claim["quote"], []).append(claim)
    claims = []
    for row in sorted(document["claims"], key=lambda row: (row["block_position"], row["char_start"])):
        if row["salience"] != "key":
            continue
        want = known[row["quote"]].pop(0) if known.get(row["quote"]) else dict.fromkeys(CLAIM_KEYS)
        found = {key: _plain(row[key]) for key in CLAIM_KEYS if key in want}
        if isinstance(want.get("metric"), list) and found["metric"] in want["metric"]:
            found["metric"] = want["metric"]
        claims.append(found)
    return {
        "article": {field: _plain(document["article"][field]) for field in expected["article"]},
        "headings": [[row["level"], row["text"]] for row in document["headings"]],
        "claims": claims,
    }


def write_expected(case: PageCase, observed: dict[str, Any]) -> None:
    """Write expected.json: a field, heading or claim a line, so that a diff reads well."""
    article = [f"{json.dumps(key)}: {_json(value)}" for key, value in observed["article"].items()]
    sections = [("article", "{}", article)]
    sections += [(name, "[]", [_json(row) for row in observed[name]]) for name in ("headings", "claims")]
    text = ",\n".join(f'  "{name}": {_group(brackets, lines)}' for name, brackets, lines in sections)
    case.expected_path.write_text(f"{{\n{text}\n}}\n", "utf-8")


def _group(brackets: str, lines: list[str]) -> str:
    inner = ",\n".join("    " + line for line in lines)
    return f"{brackets[0]}\n{inner}\n  {brackets[1]}" if lines else brackets


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (str, bool)) or value is None:
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
