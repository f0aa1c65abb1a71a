"""The `figures` command. Heavy libraries are loaded by the command that needs them."""

from __future__ import annotations

import sys
from dataclasses import replace
from inspect import Parameter, Signature, signature
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.settings import RunSettings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

USAGE = 2
FAILED = 1
INTERRUPTED = 130


def main() -> None:
    """Runs the command line."""
    for stream in (sys.stdout, sys.stderr):
        # UTF-8 whatever the locale: a build machine's C locale has no Chinese. Half a surrogate pair is escaped.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether an error is Ctrl-C, or came up while Ctrl-C was being handled."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _default_output() -> Path:
    """The folder of the tables that FIGURES_OUTPUT or figures.toml names."""
    import os

    if not Path("figures.toml").is_file() and not any(name.startswith("FIGURES_") for name in os.environ):
        return Path("output")
    from flows.configuration import default_output
    from flows.errors import SettingsError

    try:
        return default_output()
    except SettingsError as error:
        _stop(str(error), USAGE)


def _print_version(wanted: bool) -> None:
    if wanted:
        from transforms.version import EXTRACTOR_VERSION, SCHEMA_VERSION

        typer.echo(f"figures {EXTRACTOR_VERSION}, tables of schema version {SCHEMA_VERSION}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and that of the tables.", callback=_print_version)
    ] = False,
) -> None:
    """Articles (HTML, Markdown posts; Chinese and English) into Parquet: metadata, headings, numeric claims."""


@app.command()
def run(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Folders, files or quoted globs of pages; archives, crawls, tables; s3:// and other storages; pages, "
            "feeds and sitemaps of the web (https://…); urls:FILE for a list of addresses.",
            metavar="SOURCE…",
            show_default=False,
        ),
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("output"),
    source_name: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a source, one for each SOURCE in order: the beginning of source_uri. Default: the folder's "
            "name; of two folders with one name, as much of their paths as tells them apart. A folder keeps its name."
        ),
    ] = None,
    shard_size: Annotated[int, typer.Option(help="Articles a commit: a killed run loses at most these.")] = 10_000,
    workers: Annotated[
        int | None, typer.Option(help="Processes. Default: one a processor.", show_default=False)
    ] = None,
    engine: Annotated[str, typer.Option(help="Where pages are extracted: local or dask.")] = "local",
    dask_address: Annotated[
        str | None,
        typer.Option(
            help="Scheduler of a Dask cluster (tcp://host:8786), instead of one of --engine dask.", show_default=False
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Zone of pages whose times name none. Default: the language's.", show_default=False),
    ] = None,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Compare contents even where size and time are as before.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Extract everything again.")] = False,
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Leave articles of an earlier extractor or of other settings alone.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(help="Pages to read at most; the rest is left to the next run.", show_default=False)
    ] = None,
    sample: Annotated[float, typer.Option(help="Share of the pages to read, the same ones every time: 0.01.")] = 1.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be read.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the rows of pages that are no longer in their source.")
    ] = False,
    no_text: Annotated[bool, typer.Option("--no-text", help="Leave the texts of articles and blocks out.")] = False,
    page_seconds: Annotated[float, typer.Option(help="A page that takes longer is rejected.")] = 30.0,
    max_page_bytes: Annotated[int, typer.Option(help="A larger page is rejected.")] = 16 * 1024 * 1024,
    page_scale: Annotated[
        float, typer.Option(help="Factor on a page's other limits: tags, elements, numbers, Markdown.")
    ] = 1.0,
    reject_limit: Annotated[
        float,
        typer.Option(help="A shard of 100 or more pages is not written when more than this share of it is rejected."),
    ] = 0.5,
    min_free: Annotated[float, typer.Option(help="Megabytes of disk that a commit must leave free.")] = 100.0,
    contact: Annotated[
        str | None,
        typer.Option(
            help="A page or e-mail for those whose sites are fetched from, in the user agent.", show_default=False
        ),
    ] = None,
    delay: Annotated[float, typer.Option(help="Seconds between requests to one host.")] = 1.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private addresses too: this machine, the local network.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait when another run writes to the output.")] = 3600.0,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Fail at once when another run writes.")] = False,
    on_failure: Annotated[
        str | None,
        typer.Option(help="Command or address (gets JSON) to tell of a failed run.", show_default=False),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's log.")] = False,
    config: Annotated[
        Path | None,
        typer.Option(help="File with settings. Default: figures.toml in this folder.", show_default=False),
    ] = None,
) -> None:
    """Extract pages into the tables of an output folder; only what is new or changed is read."""
    settings, checked = _settings(context, config)
    if dry_run:
        _dry_run(checked)
        return
    _run(settings, checked, verbose=verbose, on_failure=on_failure)


# Options of `figures run` that are settings under another name, and what the setting is for a value of theirs.
TRANSLATED: dict[str, Callable[[Any], tuple[str, Any]]] = {
    "source_name": lambda names: ("source_names", names),
    "no_text": lambda no_text: ("keep_text", not no_text),
    "min_free": lambda megabytes: ("min_free_bytes", round(megabytes * 1_000_000)),
    "wait": lambda seconds: ("lock_seconds", seconds),
    "no_wait": lambda _: ("lock_seconds", 0.0),
    "contact": lambda contact: ("fetch", {"contact": contact}),
    "delay": lambda seconds: ("fetch", {"delay": seconds}),
    "allow_private": lambda allowed: ("fetch", {"allow_private": allowed}),
}
# Options that are no settings of a run.
OTHERS = frozenset(("config", "dry_run", "verbose", "on_failure", "cron", "cron_zone", "overlap", "keep_days"))


def _settings(context: typer.Context, config: Path | None) -> tuple[dict[str, Any], RunSettings]:
    """Settings from command line, environment and file, as given and as checked; ends where one is wrong."""
    from flows.configuration import read_settings
    from flows.console import usage_message
    from flows.errors import SettingsError

    given: dict[str, Any] = {}
    for option, value in context.params.items():
        source = context.get_parameter_source(option)
        if option in OTHERS or source is None or source.name != "COMMANDLINE":
            continue
        name, value = TRANSLATED[option](value) if option in TRANSLATED else (option, value)
        given[name] = {**given.get(name, {}), **value} if isinstance(value, dict) else value
    try:
        settings, checked, warnings = read_settings(given, config)
    except SettingsError as error:
        _stop(str(error), USAGE)
    for warning in warnings:
        typer.echo(warning, err=True)
    if problem := usage_message(checked):
        _stop(problem, USAGE)
    return settings, checked


def _with_options_of(command: Callable[..., None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the parameters of another beside its own; it gets them in `options`."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        own = signature(function, eval_str=True).parameters
        taken = signature(command, eval_str=True).parameters
        merged = {**taken, **{n: p for n, p in own.items() if p.kind is not Parameter.VAR_KEYWORD}}
        # Those without a default come first.
        in_order = sorted(merged.values(), key=lambda p: p.default is not Parameter.empty)
        function.__signature__ = Signature(  # type: ignore[attr-defined]
            [p.replace(kind=Parameter.KEYWORD_ONLY) for p in in_order]
        )
        function.__annotations__ = {p.name: p.annotation for p in in_order}
        return function

    return decorate


@app.command()
@_with_options_of(run)
def serve(
    context: typer.Context,
    cron: Annotated[str, typer.Option(help="When: five fields, such as '*/15 * * * *'.", show_default=False)],
    cron_zone: Annotated[
        str | None, typer.Option(help="Time zone of --cron. Default: this machine's.", show_default=False)
    ] = None,
    overlap: Annotated[
        Literal["wait", "skip"], typer.Option(help="What a run does that is due while another is going.")
    ] = "wait",
    keep_days: Annotated[int, typer.Option(help="Days of Prefect's history to keep.", min=1)] = 30,
    **options: Any,
) -> None:
    """Run now and then on a schedule, until stopped; with a Prefect server of its own where there is none."""
    from flows.console import quiet_prefect

    _, settings = _settings(context, options["config"])
    quiet_prefect(verbose=options["verbose"])
    from flows.errors import FlowError, ScheduleError
    from flows.serve import Schedule
    from flows.serve import serve as serve_schedule

    schedule = Schedule(cron, cron_zone, overlap, options["on_failure"], keep_days)
    try:
        serve_schedule(settings, schedule, typer.echo)
    except ScheduleError as error:
        _stop(str(error), USAGE)
    except FlowError as error:
        _stop(str(error), FAILED)
    except KeyboardInterrupt:
        _stop("Stopped.", INTERRUPTED)


def _run(settings: dict[str, Any], checked: RunSettings, *, verbose: bool, on_failure: str | None = None) -> None:
    """Runs the flow and prints what it did; every failure ends with its message and exit code.

    Where it failed `on_failure` is told too.
    """
    from flows import views
    from flows.console import run_flow
    from flows.errors import FlowError, SourceError

    output = checked.output

    def failed(message: str, code: int) -> NoReturn:
        if on_failure:
            _tell(on_failure, message, output)
        _stop(message, code)

    try:
        summary, seconds = run_flow(settings, verbose=verbose)
    except SourceError as error:
        failed(str(error), USAGE)
    except FlowError as error:
        failed(str(error), FAILED)
    except OSError as error:
        failed(f"{output} cannot be written: {error.strerror or error} ({error.filename or output})", FAILED)
    except (KeyboardInterrupt, ValueError, RuntimeError) as error:
        # Prefect, stopped while it sets up a task, stumbles over what is not there yet.
        if not _is_interrupt(error):
            if on_failure:
                _tell(on_failure, f"{type(error).__name__}: {error}", output)
            raise
        _stop("Stopped. What was committed stays; the same command goes on from there.", INTERRUPTED)
    views.print_summary(summary, seconds)
    if summary.problem:
        failed(summary.problem, FAILED)


def _dry_run(settings: RunSettings) -> None:
    from flows import views
    from flows.dry_run import dry_run
    from flows.errors import FlowError

    try:
        views.print_dry_run(dry_run(settings))
    except FlowError as error:
        _stop(str(error), FAILED)


def _tell(on_failure: str, message: str, output: Path) -> None:
    """Tells of a failed run; where that fails too, says so and goes on."""
    from flows.errors import NotifyError
    from flows.notify import Notice, notify

    try:
        notify(on_failure, Notice("figures run", "failed", message, str(output)))
    except NotifyError as error:
        typer.echo(str(error), err=True)


@app.command()
def extract(
    file: Annotated[str, typer.Argument(help="A page or post; - for standard input.", metavar="FILE|-")],
    json: Annotated[bool, typer.Option("--json", help="Everything as JSON, keys as the tables' columns.")] = False,
    url: Annotated[str | None, typer.Option(help="The page's address.", show_default=False)] = None,
    published: Annotated[
        str | None, typer.Option(help="Day of publication where the page has none: 2022-06-16.", show_default=False)
    ] = None,
    charset: Annotated[str | None, typer.Option(help="Charset, as the server declared it.", show_default=False)] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of times that name none: Asia/Shanghai.", show_default=False)
    ] = None,
    page_scale: Annotated[float, typer.Option(help="Factor on the limits of a page: bytes, tags, numbers.")] = 1.0,
) -> None:
    """Extract one page to the terminal, without Prefect and without a dataset."""
    data, uri = _read(file)
    _check_day(published)
    _check_zone(timezone)
    from transforms import RejectError
    from transforms import extract as extract_page
    from transforms.limits import LIMITS

    limits = replace(LIMITS.scaled(page_scale), page_bytes=int(page_scale * LIMITS.page_bytes))
    try:
        document = extract_page(
            data, uri=uri, url=url, charset=charset, published=published, timezone=timezone, limits=limits
        )
    except RejectError as error:
        detail = f" ({error.detail})" if error.detail else ""
        _stop(f"{error.code}: {error.message}{detail}", FAILED)
    if json:
        _print_json(document.to_dict())
    else:
        from flows import views

        views.print_document(document)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="A sentence or more; - for standard input.", metavar="TEXT|-")],
    published: Annotated[
        str | None, typer.Option(help="Day that relative periods are counted from: 2022-06-16.", show_default=False)
    ] = None,
    language: Annotated[str | None, typer.Option(help="zh or en. Default: found.", show_default=False)] = None,
) -> None:
    """Show how a text is read: its tokens, and the numeric claims with their rule and fields."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    _check_day(published)
    from datetime import date

    from flows import views
    from transforms import extract_claims
    from transforms.claims.explain import explain as explain_text

    day = date.fromisoformat(published[:10]) if published else None
    views.print_tokens(explain_text(text, language=language, published=day))
    views.print_claims(extract_claims(text, language=language, published=day), text)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="One table: its columns.", show_default=False)] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The whole data dictionary as Markdown.")] = False,
) -> None:
    """List the tables, or the columns of one: meaning, type, unit, values."""
    from flows import views
    from transforms.dictionary import dictionary_markdown
    from transforms.tables import TABLES

    if markdown:
        typer.echo(dictionary_markdown(), nl=False)
    elif name is None:
        views.print_tables()
    elif name in TABLES:
        views.print_columns(TABLES[name])
    else:
        _stop(f"There is no table {name!r}. Tables: {', '.join(TABLES)}.", USAGE)


@app.command()
def rejects(
    output: Annotated[
        Path, typer.Argument(help="Folder of the tables.", default_factory=_default_output, show_default="output")
    ],
    code: Annotated[str | None, typer.Option(help="Only rejects of this code.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(help="Rows to show; 0 for all.", min=0)] = 50,
    retry: Annotated[
        bool, typer.Option("--retry", help="Read all that was refused again, with the settings of the last run.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="With --retry: show Prefect's log.")] = False,
) -> None:
    """Show what was refused, and why; or try it again."""
    from flows import views
    from flows.dataset.paths import DatasetPaths

    paths = DatasetPaths(output)
    if not paths.parts("rejects"):
        _stop(f"{output} holds no tables yet: figures run SOURCE --output {output}", USAGE)
    if retry:
        from flows.run import retry_settings
        from flows.settings import RunSettings

        again = retry_settings(paths)
        _run(again, RunSettings(**again), verbose=verbose)
    views.print_rejects(paths, code, limit)


@app.command()
def export(
    target: Annotated[
        Path,
        typer.Argument(help="What to write: a folder for csv, else a file.", metavar="DEST", show_default=False),
    ],
    format_: Annotated[
        Literal["csv", "xlsx", "duckdb"], typer.Option("--format", help="What DEST is to be.", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option(help="Folder of the tables.", default_factory=_default_output, show_default="output")
    ],
    table: Annotated[
        list[str] | None, typer.Option(help="Only this table; several times for several.", show_default=False)
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace DEST where it is there already.")] = False,
) -> None:
    """Copy the tables to CSV, an Excel workbook or a DuckDB database; a run may be writing meanwhile."""
    from flows import views
    from flows.dataset.paths import DatasetPaths
    from flows.errors import FlowError, NoDatasetError, TargetError
    from flows.export.tables import export_tables
    from transforms.tables import TABLES

    if unknown := [name for name in table or () if name not in TABLES]:
        _stop(f"There is no table {unknown[0]!r}. Tables: {', '.join(TABLES)}.", USAGE)
    try:
        rows, notes = export_tables(DatasetPaths(output), format_, target, table or (), overwrite=overwrite)
    except (NoDatasetError, TargetError) as error:
        _stop(str(error), USAGE)
    except FlowError as error:
        _stop(str(error), FAILED)
    except OSError as error:
        _stop(f"{target} cannot be written: {error.strerror or error} ({error.filename or target})", FAILED)
    except KeyboardInterrupt:
        _stop(f"Stopped. {target} is as it was.", INTERRUPTED)
    views.print_export(target, rows, notes)


@app.command()
def check(
    output: Annotated[
        Path, typer.Argument(help="Folder of the tables.", default_factory=_default_output, show_default="output")
    ],
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended, then check again; no run may be writing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Check files, rows and ledger of a dataset: 0 where no error was found, else 1. A run may go on meanwhile."""
    from flows import views
    from flows.dataset.check import check_dataset
    from flows.dataset.paths import DatasetPaths
    from flows.dataset.repair import repair_dataset
    from flows.errors import DatasetError
    from transforms.tables import TABLES

    paths = DatasetPaths(output)
    if not any(paths.parts(name) for name in TABLES):
        _stop(f"{output} holds no tables yet: figures run SOURCE --output {output}", USAGE)
    try:
        done = repair_dataset(paths) if repair else None
        report = done.after if done else check_dataset(paths)
    except DatasetError as error:
        _stop(str(error), FAILED)
    except OSError as error:
        _stop(f"{output} cannot be used: {error.strerror or error} ({error.filename or output})", FAILED)
    if json:
        _print_json(done.to_dict() if done else report.to_dict())
    elif done:
        views.print_repair(done)
    else:
        views.print_check(report)
    raise typer.Exit(report.exit_code)


def _read(file: str) -> tuple[bytes, str]:
    """Bytes and source_uri of a page, the same as a run over its folder gives it."""
    if file == "-":
        return sys.stdin.buffer.read(), ""
    try:
        path = Path(file).expanduser()
        return path.read_bytes(), f"{path.resolve().parent.name}/{path.name}"
    except FileNotFoundError:
        _stop(f"{file} does not exist.", USAGE)
    except IsADirectoryError:
        _stop(f"{file} is a folder: figures run {file} --output output", USAGE)
    except (OSError, RuntimeError, ValueError) as error:
        _stop(f"{file[:200]} cannot be read: {getattr(error, 'strerror', None) or error}.", USAGE)


def _check_day(published: str | None) -> None:
    from datetime import datetime

    try:
        datetime.fromisoformat("2000-01-01" if published is None else published)
    except ValueError:
        _stop(f"--published {published} is no date: write it as 2022-06-16.", USAGE)


def _check_zone(timezone: str | None) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(timezone or "UTC")
    except (OSError, ValueError, KeyError):
        _stop(f"--timezone {timezone} is no time zone: write it as Asia/Shanghai.", USAGE)


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
