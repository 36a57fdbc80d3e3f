# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook as a user runs it: the built collection alone on its path, an emulator for a cloud."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing as t
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator import SEEDS, Emulator, ScaledClock

TIME_SCALE = 600


@dataclass(frozen=True)
class Played:
    """What a playbook run printed, and how it ended."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        return sum(int(count) for count in re.findall(r"changed=(\d+)", self.output))

    @property
    def failed(self) -> int:
        return sum(int(count) for count in re.findall(r"failed=(\d+)", self.output))


Play = Callable[..., Played]


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(SEEDS / "demo.yml", ScaledClock(TIME_SCALE)) as emulator:
        yield emulator
        assert emulator.journal.bugs == []


def user_shell(home: Path) -> dict[str, str]:
    """What a user has: a PATH, a HOME, the collection."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
    }


def user_environment(cloud: Emulator, home: Path) -> dict[str, str]:
    """And credentials in the environment."""
    return user_shell(home) | {f"TENCENTCLOUD_{name.upper()}": value for name, value in cloud.options().items()}


def play_with(environment: dict[str, str], cwd: Path, arguments: Sequence[str]) -> Played:
    done = subprocess.run(
        ["ansible-playbook", *arguments],
        env=environment,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Played(done.returncode, done.stdout)


@pytest.fixture
def play(cloud: Emulator, tmp_path: Path) -> Play:
    """play("tencentcloud.cvm.demo", "-e", "x=1", EXTRA_ENVIRONMENT="…") runs a playbook."""

    def run_playbook(*arguments: str, **environment: t.Any) -> Played:
        return play_with({**user_environment(cloud, tmp_path), **environment}, tmp_path, arguments)

    return run_playbook
