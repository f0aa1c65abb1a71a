"""Flow runs of ours in Prefect's own records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Crashed

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOW_NAME = "extract-articles"


def mark_crashed(flow_run_ids: Iterable[str]) -> None:
    """Ends flow runs that were killed: Prefect would show them as running for ever."""
    for flow_run_id in flow_run_ids:
        with get_client(sync_client=True) as client:
            try:
                found = client.read_flow_run(UUID(flow_run_id))
            except ObjectNotFound:  # it ran on another server
                continue
            if found.state is None or not found.state.is_final():
                client.set_flow_run_state(UUID(flow_run_id), Crashed(message="The process was killed."), force=True)


def name_this_run(name: str) -> None:
    """Gives the flow run that this is called from a name."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(UUID(flow_run.id), name=name)


class RunLog:
    """A listener that writes to the flow run's log, which Prefect's pages show."""

    def __init__(self) -> None:
        self.logger = get_run_logger()
        self.done = 0
        self.told = 0

    def phase(self, text: str) -> None:
        self.logger.info(text)

    def message(self, text: str) -> None:
        self.logger.warning(text)

    def pages(self, done: int, total: int) -> None:
        self.done += done
        # Ten lines for a run, however long it is.
        if (tenth := self.done * 10 // max(1, total)) > self.told:
            self.told = tenth
            self.logger.info("%d of %d pages", self.done, total)
