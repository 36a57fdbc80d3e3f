# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured with real processes: ansible-playbook with the installed collection, as a user runs it.

Of real time only quotients and differences within one playbook are made.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.emulator import Fault

from .contenders import Api, Cli, Sdk, ours
from .measure import perform
from .stage import HOME, REGIONS, Scaled, Stage, Stepped

Task = Mapping[str, t.Any]

METER = """\
    #!{python} -IS
    # Runs a module as its interpreter would, and notes the most memory that the process ever held.
    import os, sys
    child = os.spawnv(os.P_NOWAIT, {python!r}, [{python!r}, *sys.argv[1:]])
    _pid, status, usage = os.wait4(child, 0)
    with open({notes!r}, "a") as notes:
        print(usage.ru_maxrss, file=notes)
    sys.exit(os.waitstatus_to_exitcode(status))
    """


def play(stage: Stage, tasks: Sequence[Task], **variables: str) -> list[float]:
    """Run the tasks in one playbook; returns the seconds that each took, as ansible-core's own callback tells."""
    with tempfile.TemporaryDirectory() as folder:
        playbook = Path(folder, "bench.yml")
        named = [{"name": f"task {number:03}", **task} for number, task in enumerate(tasks)]
        whole = {"name": "bench", "hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": named}
        playbook.write_text(json.dumps([whole]), "utf-8")
        done = subprocess.run(
            ["ansible-playbook", str(playbook)],
            env=_environment(stage, folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout)
        (report,) = Path(folder).glob("*.xml")
        cases = ElementTree.parse(report).getroot().iter("testcase")
        seconds = {str(case.get("name")).rpartition(": ")[2]: float(case.get("time", "nan")) for case in cases}
        return [seconds[task["name"]] for task in named]


def _environment(stage: Stage, folder: str) -> dict[str, str]:
    """What a user has: a PATH, a HOME, the collection, and credentials."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": folder,
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
        "JUNIT_OUTPUT_DIR": folder,
        "JUNIT_HIDE_TASK_ARGUMENTS": "true",
        **{f"TENCENTCLOUD_{name.upper()}": value for name, value in stage.cloud.options().items()},
    }


NOTHING: Task = {"ansible.builtin.ping": {}}
"""A module that does nothing."""


def syncs(image_id: str, regions: Sequence[str]) -> Task:
    options = {"region": HOME, "image_id": image_id, "destination_regions": list(regions), "allow_cross_border": True}
    return {"tencentcloud.cvm.image_sync_cross_region": options}


# Reruns ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reruns:
    """Tasks that find everything done, in one playbook beside tasks that do nothing.

    The quickest of each kind counts: whatever else a machine does can only make a task slower.

    :param nothing: seconds of those
    :param seconds: regions -> seconds
    :param reads: regions -> calls of each rerun, all of which only looked
    """

    nothing: float
    seconds: Mapping[int, float]
    reads: Mapping[int, int]

    def more(self, regions: int) -> float:
        """Seconds that a rerun takes more than doing nothing."""
        return self.seconds[regions] - self.nothing

    def times(self, regions: int) -> float:
        """The same as a multiple of doing nothing."""
        return self.seconds[regions] / self.nothing

    def growth(self, few: int, many: int) -> float:
        """By what share a rerun for many regions takes longer."""
        return self.seconds[many] / self.seconds[few] - 1


def reruns(counts: Sequence[int], *, latency: float, repeats: int) -> Reruns:
    """Measure them against an API that answers after ``latency`` seconds."""
    with Stage(Stepped()) as stage:
        stage.set_up()
        perform(stage, ours, REGIONS)
        stage.time.sleep(60)  # until DescribeImages shows the marks of the copies
        stage.cloud.journal.clear()
        stage.cloud.add_faults(Fault("delay", seconds=latency, times=None))
        round_of_tasks = [NOTHING, *(syncs(stage.sources[0], REGIONS[:count]) for count in counts)]
        # The first of each builds what Ansible sends along, and does not count.
        seconds = play(stage, round_of_tasks * (repeats + 1))[len(round_of_tasks) :]
        entries = stage.cloud.journal.entries
    # Each rerun begins by reading the source at home, which is no destination.
    starts = [number for number, entry in enumerate(entries) if entry.region == HOME]
    calls = [end - start for start, end in itertools.pairwise([*starts, len(entries)])]
    if not all(entry.is_read and entry.outcome == "ok" for entry in entries):
        raise RuntimeError("a rerun did more than look")
    nothing, *found = [min(seconds[number :: len(round_of_tasks)]) for number in range(len(round_of_tasks))]
    return Reruns(
        nothing,
        dict(zip(counts, found, strict=True)),
        {count: max(calls[number :: len(counts)]) for number, count in enumerate(counts)},
    )


# Memory ---------------------------------------------------------------------------------------------------------------


def memory() -> dict[str, float]:
    """Peak memory of module processes in MB, by what they did."""
    with Stage(Scaled(600)) as stage, tempfile.TemporaryDirectory() as folder:
        stage.set_up(images=20)
        notes, meter = Path(folder, "notes"), Path(folder, "meter")
        meter.write_text(textwrap.dedent(METER).format(python=sys.executable, notes=str(notes)), "utf-8")
        meter.chmod(0o755)
        entries = [
            {"region": HOME, "image_id": source, "destination_regions": list(REGIONS[:10])} for source in stage.sources
        ]
        tasks: dict[str, Task] = {
            "a module that does nothing": NOTHING,
            "`image_sync_cross_region`, copying to 16 regions": syncs(stage.sources[0], REGIONS),
            "the same, finding everything done": syncs(stage.sources[0], REGIONS),
            "`image_distribute`, copying 20 images to 10 regions": {
                "tencentcloud.cvm.image_distribute": {"images": entries, "allow_cross_border": True}
            },
            "`image_info` of 16 regions": {"tencentcloud.cvm.image_info": {"regions": list(REGIONS)}},
        }
        play(stage, list(tasks.values()), ansible_python_interpreter=str(meter))
        kilobytes = [int(line) for line in notes.read_text("utf-8").split()]
    return {name: size / 1024 for name, size in zip(tasks, kilobytes, strict=True)}


# tccli's start --------------------------------------------------------------------------------------------------------


def start_of_tccli(repeats: int = 5) -> float:
    """How many times as long as by the SDK a call takes by a process of tccli; the quickest of each count."""
    durations: dict[str, list[float]] = {"cli": [], "sdk": []}
    with Stage(Stepped()) as stage:
        stage.set_up()
        apis: dict[str, Api] = {"cli": Cli(stage), "sdk": Sdk(stage)}
        for name, api in itertools.chain.from_iterable(itertools.repeat(list(apis.items()), repeats)):
            began = time.monotonic()
            api.call("DescribeImages", HOME, {"ImageIds": stage.sources})
            durations[name].append(time.monotonic() - began)
    return min(durations["cli"]) / min(durations["sdk"])
