"""What can stop a run: each message says what to do next."""

from __future__ import annotations


class FlowError(Exception):
    """A run cannot go on; the message is for people."""


class SourceError(FlowError):
    """A source is missing, empty or named twice: a mistake in the command (exit code 2)."""


class DatasetError(FlowError):
    """The output folder cannot be used as it is."""


class NoDatasetError(DatasetError):
    """There are no tables in the folder: a mistake in the command (exit code 2)."""


class LockedError(DatasetError):
    """Another run is writing to the output folder."""


class StorageError(DatasetError):
    """The disk did not do what was asked: full, read-only, broken, no permission."""


class LimitError(FlowError):
    """A shard breaks a limit of the run's settings; nothing of it was written."""


class BalanceError(FlowError):
    """The counts of a run do not add up: a bug, never the data's fault."""


class ExportError(FlowError):
    """An export could not be written."""


class TargetError(ExportError):
    """An export may not be written where it was wanted: a mistake in the command (exit code 2)."""


class ScheduledRunError(FlowError):
    """A scheduled run wrote what it could and counts as failed: nothing usable, or too many rejects."""


class ServeError(FlowError):
    """A schedule cannot be served."""


class ScheduleError(ServeError):
    """A cron line or time zone that is none: a mistake in the command (exit code 2)."""


class NotifyError(FlowError):
    """Nobody could be told of a failed run."""


class SettingsError(FlowError):
    """A setting is wrong: a mistake in the command, the environment or figures.toml (exit code 2)."""


class EngineError(FlowError):
    """The processes that pages are extracted by cannot be had."""
