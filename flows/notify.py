"""Telling someone that a run has failed: a command, or an address that takes JSON."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from flows.errors import NotifyError

COMMAND_SECONDS = 60.0
REQUEST_SECONDS = 20.0
# A network that has just come back, a chat service that is restarted.
PAUSES = (1.0, 5.0, 20.0)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told."""

    run: str  # its name in Prefect, or its run_id
    status: str  # failed or crashed
    message: str  # what happened and what to do next
    output: str  # folder of the tables
    url: str | None = None  # the run's page

    @property
    def text(self) -> str:
        """All of it in a line or two: what chat services show."""
        where = f" {self.url}" if self.url else ""
        return f"figures: run {self.run} into {self.output} {self.status}: {self.message}{where}"

    def to_json(self) -> str:
        return json.dumps({"text": self.text, **asdict(self)}, ensure_ascii=False)


def is_address(target: str) -> bool:
    """Whether a target is an address and not a command."""
    return urlsplit(target).scheme in ("http", "https")


def notify(target: str, notice: Notice) -> None:
    """Posts the notice as JSON to an address, or runs a command with it.

    A command is run by the shell. It has the notice as JSON on standard input, and as FIGURES_RUN, FIGURES_STATUS,
    FIGURES_MESSAGE and FIGURES_RUN_URL in its environment. NotifyError where neither succeeds.
    """
    if is_address(target):
        _post(target, notice)
    else:
        _run(target, notice)


def _run(command: str, notice: Notice) -> None:
    environment = os.environ | {
        "FIGURES_RUN": notice.run,
        "FIGURES_STATUS": notice.status,
        "FIGURES_MESSAGE": notice.message,
        "FIGURES_RUN_URL": notice.url or "",
    }
    try:
        done = subprocess.run(  # noqa: S602 - the user's own command, as in a crontab
            command,
            shell=True,
            check=False,
            input=notice.to_json().encode(),
            env=environment,
            timeout=COMMAND_SECONDS,
            capture_output=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotifyError(f"--on-failure: {command} was stopped after {COMMAND_SECONDS:.0f} s") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-500:]
        raise NotifyError(f"--on-failure: {command} ended with code {done.returncode}. It said: {said or '(nothing)'}")


def _post(address: str, notice: Notice) -> None:
    import httpx

    problem = ""
    for pause in (*PAUSES, None):
        try:
            answer = httpx.post(
                address,
                content=notice.to_json().encode(),
                headers={"content-type": "application/json"},
                timeout=REQUEST_SECONDS,
            )
        except httpx.HTTPError as error:
            problem = f"{type(error).__name__}: {error}"
        else:
            if answer.is_success:
                return
            problem = f"it answered {answer.status_code} {answer.reason_phrase}"
            if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
        if pause is not None:
            time.sleep(pause)
    # The path of such an address is often a secret.
    host = urlsplit(address).hostname
    raise NotifyError(f"--on-failure: {host} could not be told: {problem}. Check the address.")
