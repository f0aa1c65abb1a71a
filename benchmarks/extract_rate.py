"""How fast `extract` alone is on generated pages."""

from __future__ import annotations

import time

from benchmarks.generated_pages import page
from transforms import extract


def extract_rate(count: int) -> float:
    """Pages a second that `extract` alone does, in this process."""
    pages = [page(number) for number in range(count)]
    for name, data in pages[:50]:
        extract(data, uri=name)
    began = time.perf_counter()
    for name, data in pages:
        extract(data, uri=name)
    return count / (time.perf_counter() - began)
