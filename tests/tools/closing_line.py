# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print one line on how a run of nox went, from the reports that nox and pytest left in the folder given."""

from __future__ import annotations

import collections
import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def sessions(report: Path) -> str:
    """Say how many sessions had which result."""
    if not report.exists():
        return "did not finish"
    results = collections.Counter(session["result"] for session in json.loads(report.read_text())["sessions"])
    return ", ".join(f"{count} {result}" for result, count in results.items())


def tests(reports: list[Path]) -> str:
    """Say how many tests had which result."""
    totals: collections.Counter[str] = collections.Counter()
    for report in reports:
        for suite in ET.parse(report).iter("testsuite"):
            totals.update({key: int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped")})
    failed = totals["failures"] + totals["errors"]
    return f"{totals['tests'] - failed - totals['skipped']} passed, {failed} failed, {totals['skipped']} skipped"


def main() -> None:
    folder = Path(sys.argv[1])
    print(f"nox: {sessions(folder / 'nox.json')}; pytest: {tests(sorted(folder.glob('*.xml')))}")


if __name__ == "__main__":
    main()
