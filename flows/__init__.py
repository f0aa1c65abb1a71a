"""Flows: when, how many and where. Parsing is in `transforms`."""

from __future__ import annotations

import os

# Prefect reads its settings when it is first imported, so they are set here, before any flow module is.
# Whatever the user's environment already says stays.
PREFECT_DEFAULTS = {
    # Four first runs at once overran the 20 s that Prefect gives its own server (3.8.8).
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Prefect's client asks this variable, not its own setting, before it reports usage.
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "transforms",
}
for _name, _value in PREFECT_DEFAULTS.items():
    os.environ.setdefault(_name, _value)
