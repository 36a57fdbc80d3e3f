# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""make demo: run the demo playbook twice against an emulator of its own; the second run must change nothing.

It fails when progress was not to be seen, or when the table does not tell the whole story.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.emulator import SEEDS, Emulator, ScaledClock

TIME_SCALE = 120
PLAYBOOK = "tencentcloud.cvm.demo"


def run_playbook(emulator: Emulator) -> str:
    """Run the demo as a user would, with the emulator's key in the environment; returns what it printed."""
    environment = {
        **os.environ,
        **{f"TENCENTCLOUD_{name.upper()}": value for name, value in emulator.options().items()},
        **{f"TENCENTCLOUD_TARGET_{name.upper()}": value for name, value in emulator.options("partner").items()},
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_PIPELINING": "1",
        # Into a pipe Python writes in blocks; progress is to be seen when it is made.
        "PYTHONUNBUFFERED": "1",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), PLAYBOOK]
    lines = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        sys.exit(process.returncode)
    return "".join(lines)


def changes(output: str) -> int:
    """The sum of ``changed=`` in the play recap."""
    return sum(int(count) for count in re.findall(r"changed=(\d+)", output))


def table(output: str) -> list[tuple[str, ...]]:
    """The rows of the final table: account, region, image, image id, status, what runs."""
    return re.findall(r"^ +- (ours|partner) +(\S+) +(\S+) +(img-\w+) +(\w+) +(\S.*)$", output, re.MULTILINE)


def shortcomings(first: str, second: str) -> list[str]:
    """What the two runs did not show."""
    rows, again = table(first), table(second)
    done, at_last = [row[4] for row in rows], [row[4] for row in again]
    running = {row[1] for row in rows if row[5].startswith("ins-")}
    expected = {
        "the first run shows percentages": re.search(r"golden-web-2026-11: SYNCING \d+ %", first),
        "the first run changes something": changes(first),
        "the second run changes nothing": not changes(second),
        "nine images are told of": len(rows) == len(again) == 9,
        "machines run in six regions": len(running) == 6,
        "there is the source": done.count("source") == at_last.count("source") == 1,
        "copies are made, and one is replaced": done.count("copied") >= 6 and done.count("replaced") == 1,
        "at last all are there": at_last.count("present") == 8,
        "the partner has one": sum(row[0] == "partner" for row in again) == 1,
        "one is encrypted": sum(row[2].endswith("-encrypted") for row in again) == 1,
        "the same images as before": [row[3] for row in rows] == [row[3] for row in again],
    }
    return [what for what, holds in expected.items() if not holds]


def main() -> int:
    with Emulator(SEEDS / "demo.yml", ScaledClock(TIME_SCALE)) as emulator:
        print(f"A local Tencent Cloud at {emulator.url}; {TIME_SCALE} seconds there pass in one here.\n")
        began = time.monotonic()
        first = run_playbook(emulator)
        print(f"\nFirst run: changed={changes(first)}, {time.monotonic() - began:.0f} seconds. The same again:\n")
        began = time.monotonic()
        second = run_playbook(emulator)
        print(f"\nSecond run: changed={changes(second)}, {time.monotonic() - began:.0f} seconds.")
        if emulator.journal.bugs:
            print("The emulator met bugs of its own:", *emulator.journal.bugs, sep="\n  ")
            return 1
        if missing := shortcomings(first, second):
            print("This should be so, and is not:", *missing, sep="\n  ")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
