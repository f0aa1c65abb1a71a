"""Flow runs of ours in Prefect's own records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

if TYPE_CHECKING:
    from collections.abc import Iterable


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
