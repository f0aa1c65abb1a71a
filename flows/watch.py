"""What `figures serve` sees to beside Prefect's runner: overlapping runs, reports, failures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed

from flows.errors import NotifyError
from flows.notify import Notice, notify

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from prefect.client.schemas.objects import FlowRun, State

LOOK_SECONDS = 2.0
AT_WORK = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
OVER = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)
FAILURES = {StateType.FAILED: "failed", StateType.CRASHED: "crashed"}


@dataclass
class Watch:
    """Looks after the runs of one deployment."""

    deployment_id: UUID
    overlap: Literal["wait", "skip"]
    on_failure: str | None
    output: str
    pages: str | None
    tell: Callable[[str], None]
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    told: set[UUID] = field(default_factory=set)
    telling: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Looks every few seconds, for ever."""
        lost_at: datetime | None = None
        while True:
            try:
                await self._drop_overlapping()
                await self._report()
                lost_at = None
            except httpx.HTTPError as error:
                # A busy server answers late; one that is gone for good ends figures serve by itself.
                if lost_at is None:
                    lost_at = datetime.now(UTC)
                    self._say(f"Prefect's server does not answer ({type(error).__name__}: {error}); trying on")
            await asyncio.sleep(LOOK_SECONDS)

    async def run_now(self) -> None:
        """Lets a run begin at once."""
        async with get_client() as client:
            await client.create_flow_run_from_deployment(self.deployment_id)

    async def end_lost_runs(self, reason: str) -> None:
        """Ends runs whose process is gone, which Prefect would show as running for ever, and those never begun."""
        for run in await self._runs(AT_WORK):
            await self._set(run, Crashed(message=reason))
        for run in await self._runs((StateType.SCHEDULED,), until=datetime.now(UTC)):
            await self._set(run, Cancelled(message="Skipped: figures serve was not running."))

    async def _drop_overlapping(self) -> None:
        """Of runs that are due while one is going, one waits (`wait`) or none (`skip`)."""
        due = await self._runs((StateType.SCHEDULED,), until=datetime.now(UTC))
        if not due:
            return
        going = await self._runs(AT_WORK)
        waiting = 0 if going and self.overlap == "skip" else 1
        for run in due[waiting:]:
            before = going[0].name if going else due[0].name
            await self._set(run, Cancelled(message=f"Skipped: run {before} was not over."))
            self.told.add(run.id)
            self._say(f"The run due at {_local(run.expected_start_time)} is skipped: {before} is not over")

    async def _report(self) -> None:
        for run in await self._runs(OVER, since=self.began):
            if run.id in self.told or run.state is None:
                continue
            self.told.add(run.id)
            status = FAILURES.get(run.state.type)
            message = run.state.message or ""
            self._say(
                f"{status or (run.state.name or 'over').lower()}: {run.name}" + (f": {message}" if status else "")
            )
            if status and self.on_failure:
                url = f"{self.pages}/runs/flow-run/{run.id}" if self.pages else None
                notice = Notice(run.name, status, message, self.output, url)
                # Not here: a command may take a minute, and the next run is not to wait for it.
                task = asyncio.create_task(self._notify(self.on_failure, notice))
                self.telling.add(task)
                task.add_done_callback(self.telling.discard)

    async def _notify(self, target: str, notice: Notice) -> None:
        try:
            await asyncio.to_thread(notify, target, notice)
        except NotifyError as error:
            self._say(str(error))

    async def _runs(
        self, states: tuple[StateType, ...], *, since: datetime | None = None, until: datetime | None = None
    ) -> list[FlowRun]:
        """Runs of the deployment in these states, the earliest first."""
        chosen = FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))),
            expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"after_": since, "before_": until}),
        )
        async with get_client() as client:
            return await client.read_flow_runs(
                flow_run_filter=chosen,
                deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[self.deployment_id])),
                sort=FlowRunSort.EXPECTED_START_TIME_ASC if not since else FlowRunSort.EXPECTED_START_TIME_DESC,
            )

    async def _set(self, run: FlowRun, state: State) -> None:
        async with get_client() as client:
            await client.set_flow_run_state(run.id, state, force=True)

    def _say(self, text: str) -> None:
        self.tell(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {text}")


def _local(moment: datetime | None) -> str:
    return f"{moment.astimezone():%H:%M:%S}" if moment else "an unknown time"
