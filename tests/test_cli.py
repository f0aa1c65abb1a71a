"""The command line as people use it: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.flow_runs import page
from transforms.dictionary import data_package, dictionary_markdown
from transforms.tables import TABLES

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "flows" / "samples"


def figures(*arguments: str | Path, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=text, catch_exceptions=False)


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.html").write_bytes(page("a"))
    return folder


# ---------------------------------------------------------------- run: mistakes, found before Prefect starts


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{tmp}/nothing"], "does not exist"),
        (["{tmp}/*.html"], "matches no file"),
        (["{tmp}/empty"], "has no pages"),
        (["{tmp}/posts", "--engine", "cloud"], "engine"),
        (["{tmp}/posts", "--shard-size", "0"], "shard_size"),
        (["{tmp}/posts", "--timezone", "Mars/Olympus"], "no time zone"),
        (["{tmp}/posts", "--output", "{tmp}/posts/a.html"], "is a file"),
        (["{tmp}/posts", "--source-name", "a", "--source-name", "b"], "2 --source-name for 1 sources"),
        (["{tmp}/posts", "{tmp}/other", "--source-name", "a", "--source-name", "a"], "given to two folders"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(
    posts: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp = posts.parent
    monkeypatch.chdir(tmp)
    (tmp / "empty").mkdir()
    (tmp / "other").mkdir()
    (tmp / "other" / "a.html").write_bytes(page("a"))
    result = figures("run", *(argument.format(tmp=tmp) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp / "output").exists()


def test_no_command_shows_help() -> None:
    result = figures()
    for command in ("run", "extract", "explain", "tables", "rejects"):
        assert command in result.output


# ---------------------------------------------------------------- run: for real


def test_run_says_what_it_did_and_what_comes_next(tmp_path: Path) -> None:
    """Once as a process of its own, with Prefect's own server and a home that was never used."""
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from flows.cli import main; main()"]
    done = subprocess.run(
        [*command, "run", str(SAMPLES), "--output", "output"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, check=False, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "14 pages: 12 new, 0 changed, 0 unchanged, 2 rejected, 0 skipped" in done.stdout
    for text in ("binary_input 1", "no_body 1", "figures rejects output", "output/claims/*.parquet"):
        assert text in done.stdout
    assert {path.name for path in (tmp_path / "output").iterdir()} == {
        *TABLES, "README.md", "datapackage.json", "_state",
    }  # fmt: skip
    shown = figures("rejects", tmp_path / "output")
    assert "samples/broken-binary.html" in shown.output
    assert "no_body" not in figures("rejects", tmp_path / "output", "--code", "binary_input").output


@pytest.mark.usefixtures("prefect_server")
def test_nothing_usable_is_a_failure(posts: Path) -> None:
    (posts / "a.html").write_bytes(b"")
    result = figures("run", posts, "--output", posts.parent / "output")
    assert result.exit_code == 1
    assert "Nothing usable" in result.output
    # Neither is it the second time, when the reject is known.
    assert figures("run", posts, "--output", posts.parent / "output").exit_code == 1


@pytest.mark.usefixtures("prefect_server")
def test_too_many_rejects_are_a_failure(posts: Path) -> None:
    for number in range(120):
        (posts / f"{number}.html").write_bytes(b"" if number % 3 else page(str(number)))
    result = figures("run", posts, "--output", posts.parent / "output")
    assert result.exit_code == 1
    assert "80 of 121 pages of a shard are rejects, more than 50%: 80 " in result.output
    assert figures("run", posts, "--output", posts.parent / "output", "--reject-limit", "0.7").exit_code == 0


@pytest.mark.usefixtures("prefect_server")
def test_a_second_run_is_told_of_the_first(posts: Path) -> None:
    from flows.dataset.lock import writing
    from flows.dataset.paths import DatasetPaths

    output = posts.parent / "output"
    with writing(DatasetPaths(output), run_id="the-first"):
        result = figures("run", posts, "--output", output, "--no-wait")
        assert result.exit_code == 1
        assert "is being written by run the-first" in result.output
        result = figures("run", posts, "--output", output, "--wait", "0.5")
    assert result.exit_code == 1
    assert "run the-first" in result.output and "waiting for it to end" in result.output


@pytest.mark.usefixtures("prefect_server")
def test_the_output_is_no_source(posts: Path) -> None:
    """Its README.md would be read as a post by the second run."""
    for _ in range(2):
        assert figures("run", posts, "--output", posts / "output").exit_code == 0
    result = figures("run", posts, "--output", posts / "output")
    assert "1 page: 0 new, 0 changed, 1 unchanged" in result.output


# ---------------------------------------------------------------- extract, explain


def test_extract_json_has_the_columns_as_keys() -> None:
    result = figures("extract", SAMPLES / "zh-hexo-post.md", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert list(document) == ["article", "metadata", "headings", "blocks", "claims"]
    assert list(document["article"]) != [] and set(document["article"]) == set(TABLES["articles"].names)
    for name in ("metadata", "headings", "blocks", "claims"):
        assert document[name]
        assert all(set(row) == set(TABLES[name].names) for row in document[name]), name
    assert document["article"]["source_uri"] == "samples/zh-hexo-post.md"


def test_extract_from_standard_input() -> None:
    result = figures(
        "extract", "-", "--json", "--url", "https://example.com/a", "--published", "2022-06-16", text=page("a")
    )
    assert json.loads(result.stdout)["article"]["source_uri"] == "https://example.com/a"


def test_extract_for_people() -> None:
    result = figures("extract", SAMPLES / "zh-hexo-post.md")
    document = json.loads(figures("extract", SAMPLES / "zh-hexo-post.md", "--json").stdout)
    assert document["article"]["title"] in result.output
    assert all(heading["text"] in result.output for heading in document["headings"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing.html"], 2, "does not exist"),
        ([str(SAMPLES)], 2, "figures run"),
        ([str(SAMPLES / "zh-flash.md"), "--published", "yesterday"], 2, "2022-06-16"),
        ([str(SAMPLES / "zh-flash.md"), "--timezone", "Mars"], 2, "Asia/Shanghai"),
        ([str(SAMPLES / "broken-binary.html")], 1, "binary_input"),
        ([str(SAMPLES / "broken-empty.html")], 1, "no_body"),
    ],
)
def test_extract_names_what_is_wrong(arguments: list[str], code: int, message: str) -> None:
    result = figures("extract", *arguments)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_output_is_utf8_whatever_the_locale() -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from flows.cli import main; main()"]
    for arguments in (["extract", str(SAMPLES / "zh-flash.md"), "--json"], ["extract", str(SAMPLES / "zh-flash.md")]):
        done = subprocess.run([*command, *arguments], env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        done.stdout.decode("utf-8")


def test_explain_shows_claims_with_their_rules() -> None:
    result = figures("explain", "营收86.4亿元，同比增长12.5%", "--published", "2022-06-16")
    assert result.exit_code == 0
    for text in ("86.4亿元", "8640000000", "rule", "yoy"):
        assert text in result.output


def test_explain_says_why_a_number_is_no_claim() -> None:
    result = figures("explain", "一起来看iPhone 13，代码600519")
    assert result.exit_code == 0
    for reason in ("part of the word 一起", "part of the name iPhone 13", "No numeric claim"):
        assert reason in result.output


# ---------------------------------------------------------------- tables


def test_tables() -> None:
    assert all(name in figures("tables").output for name in TABLES)
    assert all(name in figures("tables", "claims").output for name in TABLES["claims"].names)
    result = figures("tables", "claim")
    assert (result.exit_code, "articles, metadata" in result.output) == (2, True)
    assert figures("rejects", "nowhere").exit_code == 2


def test_committed_dictionary_is_the_generated_one() -> None:
    """`make docs` writes it."""
    committed = (ROOT / "output" / "README.md").read_text(encoding="utf-8")
    assert committed == dictionary_markdown() == figures("tables", "--markdown").stdout


def test_dictionary_has_every_column() -> None:
    text = dictionary_markdown()
    package = {resource["name"]: resource for resource in json.loads(data_package())["resources"]}
    for name, spec in TABLES.items():
        assert [field["name"] for field in package[name]["schema"]["fields"]] == list(spec.names)
        for column in spec.columns:
            assert f"| `{column.name}` |" in text


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_ctrl_c_in_a_terminal_stops_a_run_at_once(tmp_path: Path) -> None:
    """A terminal signals the whole process group: Prefect's server must not go down before the run."""
    folder, output = tmp_path / "many", tmp_path / "output"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.html").write_bytes(page(str(number)))
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(folder)]
    command += ["--output", str(output), "--shard-size", "300"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, cwd=ROOT)
    deadline = time.monotonic() + 90
    while run.poll() is None and not list((output / "articles").glob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert (run.returncode, b"Stopped." in said) == (130, True), said
    assert b"ConnectError" not in said and b"Error logging to API" not in said, said


def test_an_error_while_stopping_is_still_a_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(*_: object, **__: object) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise ValueError("Task run is not set")  # noqa: B904 - as Prefect does

    monkeypatch.setattr("flows.console.run_flow", stopped)
    result = figures("run", "flows/samples", "--output", str(tmp_path))
    assert (result.exit_code, "Stopped." in result.output) == (130, True)
