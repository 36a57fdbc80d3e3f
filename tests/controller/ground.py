# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definitions of controller_setup, and how the tests run a command as an operator."""

from __future__ import annotations

import subprocess
import typing as t
from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

from tests.playbooks.conftest import user_shell

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "playbooks" / "controller"

init_plugin_loader()


def definitions(**settings: t.Any) -> dict[str, t.Any]:
    """The files of data, rendered as Ansible renders them, with settings in place of those of the files."""
    loader = DataLoader()
    raw: dict[str, t.Any] = {}
    for path in sorted(DATA.glob("*.yml")):
        raw |= loader.load_from_file(str(path), trusted_as_template=True)
    raw |= settings
    rendered: dict[str, t.Any] = Templar(loader=loader, variables=raw).template(raw)
    return rendered


def operator_shell(home: Path) -> dict[str, str]:
    """What an operator has; what runs here is reached without a proxy."""
    return user_shell(home) | {"no_proxy": "127.0.0.1"}


def commanded(command: str, folder: Path, **environment: str) -> str:
    """Run a command of the guide, which must not fail, and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env={**operator_shell(folder), **environment},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout
