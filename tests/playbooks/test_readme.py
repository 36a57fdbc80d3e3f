# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the README, run as a newcomer would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator

from .conftest import user_environment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DOORS = {"make demo", "make test"}
"""Run by CI itself: this test is a part of the second, and the first is a session of it."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_doors_are_there() -> None:
    listed = {line for block in blocks("shell") for line in block.splitlines()}
    assert listed >= DOORS
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{door.split()[1]}:", makefile, re.MULTILINE) for door in DOORS)
    assert re.search(r"^@nox.session\ndef demo\(", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE)


def test_the_quickstart_works(cloud: Emulator, tmp_path: Path) -> None:
    """All commands in their order, in a copy of what git knows; placeholders become the emulator's key."""
    clone = tmp_path / "clone"
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    playbook = next(block for block in blocks("yaml") if "hosts: localhost" in block)
    (clone / "golden.yml").write_text(playbook, "utf-8")
    configuration = next(block for block in blocks("yaml") if block.startswith("plugin: tencentcloud.cvm.instances"))
    (clone / "golden.tencentcloud_cvm.yml").write_text(configuration, "utf-8")
    options = cloud.options()
    environment = user_environment(cloud, tmp_path)
    # A newcomer has no collection yet: what the README installs must be what its playbook finds.
    del environment["ANSIBLE_COLLECTIONS_PATH"]
    changed: list[str] = []
    graph = ""
    for line in (line for block in blocks("shell") for line in block.splitlines() if line not in DOORS):
        command = line.replace("your-secret-id", options["secret_id"]).replace("your-secret-key", options["secret_key"])
        if command.startswith("pip install"):
            command = f"pip install --dry-run --quiet {command.removeprefix('pip install')}"
        done = subprocess.run(
            ["bash", "-euc", command],
            env={**environment, **{key: value for key, value in os.environ.items() if key.startswith("PIP_")}},
            cwd=clone,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        last_recap = re.findall(r"changed=(\d+)", done.stdout) or ["0"]
        if command == "ansible-playbook golden.yml":
            changed = last_recap
        if command.startswith("ansible-inventory"):
            graph = done.stdout
    assert changed == ["0"], "the second run of the quickstart's playbook changes something"
    assert re.search(r"@region_ap_chengdu:\n[ |]+--web\n", graph), f"the inventory lacks what was launched: {graph}"


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_blocks_are_yaml(block: str) -> None:
    assert yaml.safe_load(block)
