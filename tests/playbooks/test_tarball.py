# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball alone, in an empty path."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.emulator import Emulator

from .conftest import play_with, user_environment
from .test_playbooks import WANTED, machines


def test_built_installed_and_run_with_that_path_alone(cloud: Emulator, tmp_path: Path) -> None:
    tarball = os.environ["CVM_COLLECTION_TARBALL"]
    path = tmp_path / "empty"
    environment = {**user_environment(cloud, tmp_path), "ANSIBLE_COLLECTIONS_PATH": str(path)}
    install = ["ansible-galaxy", "collection", "install", "--offline", "-p", str(path), tarball]
    subprocess.run(install, env=environment, check=True, capture_output=True)
    assert [entry.name for entry in (path / "ansible_collections" / "tencentcloud").iterdir()] == ["cvm"]

    played = play_with(environment, tmp_path, ["tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED)])

    assert (played.code, played.failed) == (0, 0), played.output
    assert machines(cloud) == {"ap-guangzhou": 1, "ap-chengdu": 1, "ap-chongqing": 2}


def test_a_machine_without_the_sdk_is_told_what_to_install(cloud: Emulator, tmp_path: Path) -> None:
    """An interpreter that sees Ansible's module code and the standard library, and nothing else."""
    blocker = tmp_path / "blocker"
    (blocker / "tencentcloud").mkdir(parents=True)
    (blocker / "tencentcloud" / "__init__.py").write_text("raise ImportError('blocked')", "utf-8")
    environment = {**user_environment(cloud, tmp_path), "PYTHONPATH": str(blocker)}

    played = play_with(environment, tmp_path, ["tencentcloud.cvm.demo"])

    assert played.code != 0
    assert "tencentcloud-sdk-python-common" in played.output
    assert "pip install" in played.output
    assert "Traceback" not in played.output
