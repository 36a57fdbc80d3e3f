# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of an execution environment: its context, what would be installed in it, and what that needs."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from .ground import ROOT, commanded
from .guide import blocks

EXAMPLE = ROOT / "docs" / "controller" / "execution-environment.yml"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
TARBALL = f"tencentcloud-cvm-{VERSION}.tar.gz"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the guide's command would build, short of the image itself."""
    folder = tmp_path_factory.mktemp("environment")
    shutil.copy(EXAMPLE, folder)
    shutil.copy(os.environ["CVM_COLLECTION_TARBALL"], folder / TARBALL)
    (command,) = [block for block in blocks("shell") if "ansible-builder" in block]
    assert f"tencentcloud-images:{VERSION}" in command
    create = re.sub(r"ansible-builder build (.*) --tag \S+", r"ansible-builder create \1", command)
    said = commanded(f"{create.strip()} --context context --output-filename Containerfile", folder)
    assert "Complete!" in said
    return folder / "context"


def test_the_context(context: Path) -> None:
    recipe = (context / "Containerfile").read_text("utf-8")
    assert re.search(r"^RUN .*ansible-galaxy collection install .* -r requirements.yml", recipe, re.MULTILINE)
    assert (context / "_build" / "collections" / TARBALL).is_file()


def test_what_the_context_installs_needs_what_our_requirements_say(context: Path, tmp_path: Path) -> None:
    """The step of the recipe that installs the collection, and the introspection that reads it."""
    install = f"ansible-galaxy collection install --offline -r requirements.yml -p {tmp_path}"
    said = commanded(install, context / "_build", ANSIBLE_COLLECTIONS_PATH=str(tmp_path))
    assert f"tencentcloud.cvm:{VERSION} was installed" in said
    found = yaml.safe_load(commanded(f"ansible-builder introspect --sanitize {tmp_path}", tmp_path))
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    needed = [line for line in lines if not line.startswith("#")]
    assert [line.split("  #")[0] for line in found["python"]] == needed
    assert found["system"] == []


def test_the_files_name_the_version_of_this_collection() -> None:
    assert EXAMPLE.read_text("utf-8").count(VERSION) == 3
    (settings,) = blocks("my-settings.yml")
    assert f"controller_setup_execution_environment: tencentcloud-images:{VERSION}\n" in settings
