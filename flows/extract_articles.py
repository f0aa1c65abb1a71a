"""The flow: discover → for each shard: extract, validate, commit → describe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import deployment, flow_run

from flows.errors import ScheduledRunError, StorageError
from flows.prefect_runs import FLOW_NAME, RunLog, mark_crashed, name_this_run
from flows.progress import watched_by
from flows.run import begin_run, commit_one_shard, extract_one_shard, finish_run, plan_run
from flows.serving import end_with_server
from flows.settings import RunSettings
from flows.summary import RunSummary, reject_table, run_name, summary_markdown, summary_table

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

# Extraction changes nothing of the dataset: where a disk or a network failed it can simply be done again. A commit
# is not: what it left is put in order by the next run, which then finds the same pages to read.
RETRY_SECONDS = [2.0, 20.0]


def _may_pass(_task: object, _run: object, state: State[Any]) -> bool:
    """Whether a failure of an extraction may be gone in a while."""
    return isinstance(state.result(raise_on_failure=False), OSError | StorageError)


# A task is a shard or a whole step, never a page: Prefect takes about 100 ms for each. Paths and counts pass
# between them, never rows.
plan_run_task = task(name="discover", cache_policy=NO_CACHE)(plan_run)
extract_shard_task = task(
    name="extract-shard",
    task_run_name="extract-{shard.name}",
    cache_policy=NO_CACHE,
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_may_pass,
)(extract_one_shard)
commit_shard_task = task(name="commit-shard", cache_policy=NO_CACHE)(commit_one_shard)
finish_run_task = task(name="describe", cache_policy=NO_CACHE)(finish_run)


@flow(name=FLOW_NAME, description=__doc__)
def extract_articles(sources: list[str] | None = None, output: Path | str = "output", **options: Any) -> RunSummary:
    """What a run over these sources did; its articles, headings and claims are in `output`.

    `options` are the other fields of RunSettings. Every shard is committed by itself: a run that is stopped
    loses at most one, and the next run goes on from there. A run of a deployment fails with ScheduledRunError
    where `figures run` would end with exit code 1.
    """
    end_with_server()
    settings = RunSettings(sources=tuple(sources or ()), output=Path(output), **options)
    with watched_by(RunLog()), begin_run(settings, flow_run_id=flow_run.id) as run:
        mark_crashed(run.killed)
        plan = plan_run_task(run)
        counts = plan.counts
        for shard in plan.shards:
            staged = extract_shard_task(run, shard, plan.page_count)
            counts = commit_shard_task(run, staged, counts)
        summary = finish_run_task(run, plan, counts)
    _show(summary)
    if summary.problem and deployment.id:
        raise ScheduledRunError(summary.problem)
    return summary


def _show(summary: RunSummary) -> None:
    """Names the flow run after what it did, and leaves that as artifacts."""
    name_this_run(run_name(summary))
    create_table_artifact(table=summary_table(summary), key="figures-run-counts")
    create_markdown_artifact(markdown=summary_markdown(summary), key="figures-run")
    if rows := reject_table(summary):
        create_table_artifact(table=rows, key="figures-run-rejects", description="What this run refused, and why.")
    create_link_artifact(link=Path(summary.output).resolve().as_uri(), link_text="The tables", key="figures-tables")
