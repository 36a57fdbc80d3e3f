# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that sets a controller up, run against an API of its own, and what launches its job templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator import SEEDS, Emulator, ScaledClock

from .ground import ROOT, commanded
from .guide import blocks
from .jobs import HOSTS, KEYS, Launcher
from .server import Controller, Server


@dataclass(frozen=True)
class SetUp:
    """A controller that the guide's commands have set up, and what two runs of the playbook printed and wrote."""

    controller: Controller
    access: dict[str, str]
    outputs: tuple[str, str]
    writes: tuple[int, int]


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetUp]:
    """The settings and the command of the guide, twice. Its token is a string as good as any."""
    folder = tmp_path_factory.mktemp("operator")
    (folder / "my-settings.yml").write_text(blocks("my-settings.yml")[0], "utf-8")
    (command,) = [line for block in blocks("shell") for line in block.splitlines() if "controller_setup" in line]
    outputs, writes = [], []
    with Server(ROOT) as server:
        for name in ("Tencent Cloud images", "Tencent Cloud images (partner)"):
            server.controller.create("credentials", {"name": name})
        access = {"CONTROLLER_HOST": server.url, "CONTROLLER_OAUTH_TOKEN": "a-token"}
        for _time in range(2):
            before = len(server.controller.writes)
            outputs.append(commanded(command, folder, **access))
            writes.append(len(server.controller.writes) - before)
        yield SetUp(server.controller, access, (outputs[0], outputs[1]), (writes[0], writes[1]))
        assert server.bugs == []


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with Emulator(SEEDS / "demo.yml", ScaledClock(600)) as cloud:
        cloud.world.behaviour.copy_minutes = (2.0, 2.0)
        yield Launcher(cloud, tmp_path, KEYS, HOSTS)
        assert cloud.journal.bugs == []
