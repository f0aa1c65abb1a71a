"""Articles into tables: pure functions from bytes to metadata, headings, blocks and numeric claims.

`extract` reads one page or post, `extract_claims` one plain text. Neither loads Prefect, pandas or PyArrow.
"""

from transforms.claims import extract_claims
from transforms.document import Document, extract
from transforms.errors import RejectError

__all__ = ["Document", "RejectError", "extract", "extract_claims"]
