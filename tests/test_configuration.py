"""Settings: which place wins, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.configuration import default_output, read_settings
from flows.errors import SettingsError

TOML = """
sources = ["posts", "urls:list.txt", "https://e.com/feed", "s3://bucket/posts"]
output = "tables"
workers = 3
shard_size = 30
[fetch]
contact = "file@example.com"
delay = 3.0
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIGURES_SHARD_SIZE", "20")
    monkeypatch.setenv("FIGURES_WORKERS", "2")
    monkeypatch.setenv("FIGURES_FETCH__DELAY", "2")
    _, settings, warnings = read_settings({"workers": 1, "fetch": {"allow_private": True}})
    assert (settings.workers, settings.shard_size, settings.output) == (1, 20, Path("tables"))
    assert (settings.fetch.contact, settings.fetch.delay, settings.fetch.allow_private) == (
        "file@example.com",
        2.0,
        True,
    )
    assert settings.sources == ("posts", "urls:list.txt", "https://e.com/feed", "s3://bucket/posts")
    assert settings.keep_text is True
    assert warnings == []


def test_paths_of_a_file_are_relative_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    _, settings, _ = read_settings({}, folder / "figures.toml")
    assert settings.output == folder / "tables"
    assert settings.sources[:3] == (str(folder / "posts"), f"urls:{folder / 'list.txt'}", "https://e.com/feed")
    monkeypatch.setenv("FIGURES_CONFIG", str(folder / "figures.toml"))
    assert default_output() == folder / "tables"
    _, settings, _ = read_settings({"sources": ["here"], "output": Path("there")})
    assert (settings.sources, settings.output) == (("here",), Path("there"))


def test_lists_in_the_environment_are_json(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGURES_SOURCES", '["a", "b"]')
    monkeypatch.setenv("FIGURES_OUTPUT", "env-tables")
    assert read_settings({})[1].sources == ("a", "b")
    assert default_output() == Path("env-tables")
    monkeypatch.setenv("FIGURES_SOURCES", "a")
    with pytest.raises(SettingsError, match="Lists are written as JSON"):
        read_settings({})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("page_seconds = 0", r"^figures.toml: page_seconds: Input should be greater than 0$"),
        ("workrs = 2", r"^figures.toml: workrs: there is no such setting: workers\?$"),
        ("no_text = true", r"^figures.toml: no_text: there is no such setting: write keep_text = false$"),
        ("contact = 'me'", r"^figures.toml: contact: there is no such setting: contact\?$"),
        ("timezone = 'Mars'", r"^figures.toml: timezone: 'Mars' is no time zone; write one such as Asia/Shanghai$"),
        ("workers = [1", r"^figures.toml cannot be read: "),
        ("x = 1", r"^figures.toml: x: there is no such setting$"),
        ("[fetch]\ndelay = -1", r"^figures.toml: fetch.delay: Input should be greater than or equal to 0$"),
        ("[fetch]\ndelays = 1", r"^figures.toml: fetch.delays: there is no such setting: delay\?$"),
    ],
)
def test_mistakes_in_the_file_are_named(folder: Path, line: str, message: str) -> None:
    (folder / "figures.toml").write_text(f'sources = ["posts"]\n{line}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_settings({})


def test_mistakes_in_the_environment_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGURES_WORKERS", "many")
    monkeypatch.setenv("FIGURES_FETCH__DELAY", "-1")
    monkeypatch.setenv("FIGURES_OUTPT", "x")
    monkeypatch.setenv("FIGURES_COMPLETELY_ELSE", "x")
    with pytest.raises(SettingsError, match=r"^FIGURES_WORKERS: .* integer.*; FIGURES_FETCH__DELAY: Input should be"):
        read_settings({})
    monkeypatch.delenv("FIGURES_WORKERS")
    monkeypatch.delenv("FIGURES_FETCH__DELAY")
    assert read_settings({})[2] == ["FIGURES_OUTPT is no setting and was not used: FIGURES_OUTPUT?"]


def test_a_file_that_is_not_there_says_so(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"other.toml does not exist"):
        read_settings({}, Path("other.toml"))


def test_commands_read_them(folder: Path) -> None:
    from typer.testing import CliRunner

    from flows.cli import app

    result = CliRunner().invoke(app, ["run"])
    assert (result.exit_code, "posts does not exist" in result.output) == (2, True)
    result = CliRunner().invoke(app, ["rejects"])
    assert "tables holds no tables yet" in result.output
    (folder / "figures.toml").unlink()
    result = CliRunner().invoke(app, ["run"])
    assert (result.exit_code, "give at least one source" in result.output) == (2, True)
    result = CliRunner().invoke(app, ["run", "posts", "--config", "none.toml"])
    assert "none.toml does not exist" in result.output
