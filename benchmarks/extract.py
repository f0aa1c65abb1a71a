"""Speed of extraction on this machine: import, one page, one process.

    python benchmarks/extract.py [FILE_OR_FOLDER …] [--seconds N]

Without arguments the bundled samples are read.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "flows" / "samples"
SUFFIXES = {".html", ".htm", ".xhtml", ".md", ".markdown"}


def median_of_five(*command: str) -> float:
    """Seconds a command takes, Python start included."""
    # Without compiled modules on disk every start would compile again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])  # the first one compiles


def pages_of(paths: list[Path]) -> list[tuple[str, bytes]]:
    files = [f for path in paths for f in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [(f.as_posix(), f.read_bytes()) for f in files if f.suffix.lower() in SUFFIXES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[SAMPLES])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to repeat the pages")
    arguments = parser.parse_args()

    python = median_of_five(sys.executable, "-c", "pass")
    importing = median_of_five(sys.executable, "-c", "from transforms import extract")
    figures = str(Path(sys.executable).with_name("figures"))
    one = median_of_five(figures, "extract", str(SAMPLES / "zh-hexo-post.md"), "--json")
    print(f"python starts in            {python * 1000:7.0f} ms")
    print(f"from transforms import …    {(importing - python) * 1000:7.0f} ms more")
    print(f"figures extract FILE        {one * 1000:7.0f} ms in all")

    from transforms import RejectError, extract

    pages = pages_of(arguments.paths)
    if not pages:
        sys.exit("no pages found: give files or folders of .html or .md")
    read = rejected = claims = size = 0
    start = time.perf_counter()
    while read == 0 or time.perf_counter() - start < arguments.seconds:
        for name, data in pages:
            try:
                claims += len(extract(data, uri=name).claims)
            except RejectError:
                rejected += 1
            read += 1
            size += len(data)
    seconds = time.perf_counter() - start
    print(f"{len(pages)} pages, {read} reads   {read / seconds:9.0f} pages/s in one process")
    print(f"                            {seconds / read * 1000:9.2f} ms a page")
    print(f"                            {size / seconds / 1e6:9.2f} MB/s, {claims / seconds:.0f} claims/s")
    if rejected:
        print(f"                            {rejected * len(pages) // read} of the pages rejected")


if __name__ == "__main__":
    main()
