"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of Prefect's for this test session; set before anything imports Prefect."""
    home = tmp_path_factory.mktemp("prefect")
    os.environ["PREFECT_HOME"] = str(home)
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    return home


@pytest.fixture(scope="session")
def prefect_server(prefect_home: Path) -> Iterator[None]:
    """One Prefect server for all flow runs of the session: each start takes seconds."""
    from prefect.testing.utilities import prefect_test_harness

    import flows  # noqa: F401 - its defaults come before Prefect reads them

    with prefect_test_harness(server_startup_timeout=120):
        yield
