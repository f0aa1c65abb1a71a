"""Rewrite expected.json of the page corpus from what the extractor gives now; review the git diff before a commit.

python -m tests.golden             every page
python -m tests.golden title-suffix byline-in-the-body
"""

from __future__ import annotations

import sys

from tests.page_cases import observe, read_pages, write_expected


def main(names: list[str]) -> int:
    cases = {case.folder.name: case for case in read_pages()}
    unknown = sorted(set(names) - set(cases))
    if unknown:
        print(f"no such page: {', '.join(unknown)}; there are {', '.join(cases)}", file=sys.stderr)
        return 2
    for name, case in cases.items():
        if names and name not in names:
            continue
        expected = case.read_expected()
        observed = observe(case, expected)
        if observed != expected:
            write_expected(case, observed)
            print(f"rewritten: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
