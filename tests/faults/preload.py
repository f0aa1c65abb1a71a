"""What children need, imported before they are forked."""

import tests.faults.writer  # noqa: F401
