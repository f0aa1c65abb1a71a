"""The README's commands and snippets run, and what it shows is what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from flows.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
# A fence, the comment line right above it if any, and the ```text block right below it if any: what it prints.
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?"
    r"^```(?P<language>bash|python)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Snippet:
    language: str
    code: str
    output: str | None
    note: str


SNIPPETS = [Snippet(m["language"], m["code"], m["output"], m["note"] or "") for m in FENCE.finditer(README)]
# `make` sets up its own .venv: the tests look at what it would do, below. The note says why others are not run.
RUN = [s for s in SNIPPETS if not s.code.startswith("make") and not s.note.startswith("not tested")]


def environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}


def execute(code: str, language: str, folder: Path) -> str:
    command = ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=240
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it after `make run`."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("flows", "transforms"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    execute(make_recipe("run"), "bash", folder)
    return folder


def make_recipe(target: str) -> str:
    """The shell line of a target, without the set-up that comes before it."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(rf"^{target}:.*\n\t@(.*)\n", makefile, re.MULTILINE)
    assert recipe, f"no target {target}"
    return recipe[1].replace("$(BIN)/", "").replace("$(OUTPUT)", "output")


def test_first_commands_are_the_two() -> None:
    assert SNIPPETS[0].code.splitlines() == ["make run", "make test"]


@pytest.mark.parametrize("snippet", RUN, ids=lambda s: s.code.strip().splitlines()[0])
def test_snippet(snippet: Snippet, checkout: Path) -> None:
    printed = execute(snippet.code, snippet.language, checkout)
    if snippet.output is not None:
        assert [line.rstrip() for line in printed.splitlines()] == snippet.output.splitlines()


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def shown(value: object) -> str:
    """A value as the README writes it."""
    if value is None:
        return ""
    return f"{value:,.15g}" if isinstance(value, float) else str(value)


def test_rows_shown_are_rows_of_the_sample_run(checkout: Path) -> None:
    shown_tables = re.findall(r"^<!-- rows of (\w+) -->\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert shown_tables
    for name, markdown in shown_tables:
        header, _, *rows = (cells(line) for line in markdown.splitlines())
        table = pq.read_table(checkout / "output" / name, columns=header).to_pylist()
        actual = [[shown(row[column]) for column in header] for row in table]
        assert [row for row in rows if row not in actual] == []


def test_committed_dictionary_is_the_generated_one(checkout: Path) -> None:
    execute(make_recipe("docs"), "bash", checkout)
    assert (checkout / "output" / "README.md").read_bytes() == (ROOT / "output" / "README.md").read_bytes()


def test_architecture_names_modules_that_exist() -> None:
    trees = re.findall(r"^```text\n((?:transforms|flows)/\n.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert trees
    missing: list[str] = []
    above: dict[int, str] = {}
    for line in "".join(trees).splitlines():
        entry = re.match(r"( *)([\w./]+)", line)
        assert entry, line
        indent = len(entry[1])
        above = {depth: name for depth, name in above.items() if depth < indent} | {indent: entry[2]}
        path = "/".join(name.rstrip("/") for name in above.values())
        if not (ROOT / path).exists():
            missing.append(path)
    assert missing == []


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert (
        set(re.findall(r"\bmake ([a-z]+)", "\n".join(re.findall(r"`[^`]+`|^make.*", README, re.MULTILINE)))) <= targets
    )


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_has_help_and_is_in_the_readme(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert command.help
    assert all(getattr(parameter, "help", None) for parameter in command.params if parameter.name != "help"), name
    assert f"figures {name}" in README


def test_readme_names_no_command_that_does_not_exist() -> None:
    named = set(re.findall(r"\bfigures ([a-z][a-z-]+)", README))
    assert named <= set(get_command(app).commands)  # type: ignore[attr-defined]


def test_readme_names_only_files_that_exist() -> None:
    named = re.findall(r"`((?:transforms|flows|tests|benchmarks)/[\w./-]+)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def locked(name: str) -> set[str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return {re.split(r"[=\[ ;]", line)[0] for line in lines if line and not line.startswith((" ", "#"))}


def test_locks_hold_no_address_and_users_get_no_test_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    tools = {re.split(r"[<>=\[ ]", line)[0].lower() for line in project["dependency-groups"]["dev"]}
    runtime = {re.split(r"[<>=\[ ]", line)[0].lower() for line in project["project"]["dependencies"]}
    assert locked("requirements.lock") >= runtime
    assert locked("requirements-dev.lock") >= tools
    assert not tools & locked("requirements.lock")
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)


def repository_files() -> list[Path]:
    folders = ("flows", "transforms", "tests", "benchmarks", ".ci")
    files = [f for f in ROOT.iterdir() if f.is_file()]
    files += [f for folder in folders for f in (ROOT / folder).rglob("*") if f.is_file()]
    return [f for f in files if "__pycache__" not in f.parts and not f.name.startswith(".coverage")]


def test_repository_names_no_registry_and_no_path_outside_it() -> None:
    registry = re.compile(
        "|".join([r"\bpypi\.(?:org|io)\b", r"pythonhosted\.org", r"index-url\b(?<!no-emit-index-url)"])
    )
    outside = re.compile(r"""(?<![\w.*:/>-])/(?:work|home|root|tmp|Users|mnt|srv)/|\.\./(?!shared\b|\.\.|")""")
    found = []
    for path in repository_files():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if registry.search(line) or outside.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []
