# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""make demo: run the demo playbook twice against an emulator of its own; the second run must change nothing."""

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


def main() -> int:
    with Emulator(SEEDS / "demo.yml", ScaledClock(TIME_SCALE)) as emulator:
        print(f"A local Tencent Cloud at {emulator.url}; {TIME_SCALE} seconds there pass in one here.\n")
        began = time.monotonic()
        first = changes(run_playbook(emulator))
        print(f"\nFirst run: changed={first}, {time.monotonic() - began:.0f} seconds. The same again:\n")
        began = time.monotonic()
        second = changes(run_playbook(emulator))
        print(f"\nSecond run: changed={second}, {time.monotonic() - began:.0f} seconds.")
        if emulator.journal.bugs:
            print("The emulator met bugs of its own:", *emulator.journal.bugs, sep="\n  ")
            return 1
        world = emulator.world
        regions = {item.region for item in world.instances.values() if item.timeline.at(world.now()) == "RUNNING"}
        if not first or second or len(regions) != 6:
            print("The first run should leave machines running in six regions, and the second change nothing.")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
