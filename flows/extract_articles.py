"""The flow: discover → for each shard: extract, validate, commit → describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.prefect_runs import mark_crashed
from flows.run import begin_run, commit_one_shard, extract_one_shard, finish_run, plan_run
from flows.settings import RunSettings
from flows.summary import RunSummary, summary_markdown, summary_table

# A task is a shard or a whole step, never a page: Prefect takes about 100 ms for each. Paths and counts pass
# between them, never rows.
plan_run_task = task(name="discover", cache_policy=NO_CACHE)(plan_run)
extract_shard_task = task(name="extract-shard", cache_policy=NO_CACHE)(extract_one_shard)
commit_shard_task = task(name="commit-shard", cache_policy=NO_CACHE)(commit_one_shard)
finish_run_task = task(name="describe", cache_policy=NO_CACHE)(finish_run)


@flow(name="extract-articles", description=__doc__)
def extract_articles(sources: list[str] | None = None, output: Path | str = "output", **options: Any) -> RunSummary:
    """What a run over these sources did; its articles, headings and claims are in `output`.

    `options` are the other fields of RunSettings. Every shard is committed by itself: a run that is stopped
    loses at most one, and the next run goes on from there.
    """
    settings = RunSettings(sources=tuple(sources or ()), output=Path(output), **options)
    with begin_run(settings, flow_run_id=flow_run.id) as run:
        mark_crashed(run.killed)
        plan = plan_run_task(run)
        counts = plan.counts
        for shard in plan.shards:
            staged = extract_shard_task(run, shard, plan.page_count)
            counts = commit_shard_task(run, staged, counts)
        summary = finish_run_task(run, plan, counts)
    create_table_artifact(table=summary_table(summary), key="figures-run-counts")
    create_markdown_artifact(markdown=summary_markdown(summary), key="figures-run")
    return summary
