"""What may import what, seen from a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"prefect", "pandas", "pyarrow", "numpy", "duckdb", "polars"}


def loaded_by(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter that ran the code."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "from transforms import extract, extract_claims",
        "from transforms import extract\nextract(open('flows/samples/zh-hexo-post.md', 'rb').read())",
        "from transforms import extract\nextract(open('flows/samples/zh-table.html', 'rb').read())",
        "from typer.testing import CliRunner\nfrom flows.cli import app\n"
        "assert CliRunner().invoke(app, ['extract', 'flows/samples/zh-flash.md', '--json']).exit_code == 0",
        "from typer.testing import CliRunner\nfrom flows.cli import app\n"
        "assert CliRunner().invoke(app, ['explain', '营收86.4亿元']).exit_code == 0",
    ],
)
def test_one_page_needs_nothing_heavy(code: str) -> None:
    assert not HEAVY & loaded_by(code)


def test_no_transform_loads_prefect() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "transforms").rglob("*.py")
        if path.name != "__init__.py"
    ]
    assert "prefect" not in loaded_by("\n".join(f"import {name}" for name in modules))


def test_only_the_flow_loads_prefect() -> None:
    """A worker, and all that is decided before a run, comes without it."""
    assert "prefect" not in loaded_by("import flows.worker, flows.run, flows.cli, flows.console, flows.views")


def test_transforms_and_flows_keep_apart() -> None:
    for path in (ROOT / "transforms").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "from flows" not in text, path
        assert "import flows" not in text, path
    for path in (ROOT / "flows").rglob("*.py"):
        assert "\nimport re\n" not in path.read_text(encoding="utf-8"), f"{path}: parsing belongs to transforms"


def test_ruff_guards_the_pure_middle() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "prefect" in project["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
