# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that sets a controller up, run once against an API of its own; what came of it is what the tests read."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

from .server import Controller, Server

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "playbooks" / "controller"

init_plugin_loader()


def definitions() -> dict[str, t.Any]:
    """The files of data, rendered as Ansible renders them."""
    loader = DataLoader()
    raw: dict[str, t.Any] = {}
    for path in sorted(DATA.glob("*.yml")):
        raw |= loader.load_from_file(str(path), trusted_as_template=True)
    rendered: dict[str, t.Any] = Templar(loader=loader, variables=raw).template(raw)
    return rendered


@dataclass(frozen=True)
class SetUp:
    """A controller that the guide's commands have set up, and what two runs of the playbook printed."""

    controller: Controller
    outputs: tuple[str, str]
    writes: tuple[int, int]


def user_environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "no_proxy": "127.0.0.1",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
    }


def commanded(command: str, folder: Path, **environment: str) -> str:
    """Run a command of the guide, which must not fail, and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env={**user_environment(folder), **environment},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetUp]:
    """The settings and the command of the guide, twice. Its token is a string as good as any."""
    from .guide import blocks

    folder = tmp_path_factory.mktemp("operator")
    (folder / "my-settings.yml").write_text(blocks("my-settings.yml")[0], "utf-8")
    (command,) = [line for block in blocks("shell") for line in block.splitlines() if "controller_setup" in line]
    outputs, writes = [], []
    with Server(ROOT) as server:
        for name in ("Tencent Cloud images", "Tencent Cloud images (partner)"):
            server.controller.create("credentials", {"name": name})
        for _time in range(2):
            before = len(server.controller.writes)
            access = {"CONTROLLER_HOST": server.url, "CONTROLLER_OAUTH_TOKEN": "a-token"}
            outputs.append(commanded(command, folder, **access))
            writes.append(len(server.controller.writes) - before)
        assert server.bugs == []
        yield SetUp(server.controller, (outputs[0], outputs[1]), (writes[0], writes[1]))
