# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module, run as they stand: whoever copies one has a task that works."""

from __future__ import annotations

import ast
import json
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator

from .conftest import Play

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
ACME = "100000000001"
SHANGHAI_COPY = {
    "account": "acme",
    "region": "ap-shanghai",
    "id": "img-shcopy01",
    "name": "golden-web-2026-11",
    "age_days": 1,
    "os_name": "Ubuntu Server 24.04 LTS 64bit",
    "platform": "Ubuntu",
    "tags": {"cvm-image-source": "ap-guangzhou/img-go1dweb1"},
}


@dataclass(frozen=True)
class Scene:
    """What the examples of a module take for granted: the variables of tasks before them, and what the cloud holds."""

    variables: Mapping[str, t.Any] = field(default_factory=dict)
    prepare: Callable[[Emulator], None] = lambda _cloud: None


def a_key_in_kms(cloud: Emulator) -> None:
    account = cloud.world.accounts[ACME]
    account.kms_keys = account.kms_keys | {"23e80852-1e38-11e9-b129-5cb9019b4b01"}


def two_images_and_a_key(cloud: Emulator) -> None:
    cloud.plant(
        images=[{"account": "acme", "region": "ap-guangzhou", "id": "img-go1ddb01", "name": "golden-db-2026-11"}]
    )
    a_key_in_kms(cloud)


def what_to_launch_from(cloud: Emulator) -> None:
    version = {"image_id": SHANGHAI_COPY["id"], "zone": "ap-shanghai-5", "instance_type": "S5.MEDIUM4"}
    template = {"account": "acme", "region": "ap-shanghai", "id": "lt-q9t8j8eg", "name": "db", "versions": [version]}
    cloud.plant(images=[SHANGHAI_COPY], launch_templates=[template])


SCENES: dict[str, Scene] = {
    "caller_info": Scene({"partner_secret_id": "AKIDpartnerdemo1", "partner_secret_key": "partner-demo-key"}),
    "image_copy_encrypted": Scene(prepare=a_key_in_kms),
    "image_distribute": Scene(prepare=two_images_and_a_key),
    "instance": Scene({"golden": {"image_ids": {"ap-shanghai": SHANGHAI_COPY["id"]}}}, what_to_launch_from),
}
"""Modules that are not listed need nothing but the demo world."""


def examples(module: str) -> list[dict[str, t.Any]]:
    """The tasks in a module's EXAMPLES, read without importing it."""
    for node in ast.parse((MODULES / f"{module}.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return t.cast("list[dict[str, t.Any]]", yaml.safe_load(ast.literal_eval(node.value)))
    raise AssertionError(f"{module} has no EXAMPLES")


@pytest.mark.parametrize("module", sorted(path.stem for path in MODULES.glob("[a-z]*.py")))
def test_examples(module: str, cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """In their order, in one play."""
    scene = SCENES.get(module, Scene())
    scene.prepare(cloud)
    tasks = examples(module)
    assert any(f"tencentcloud.cvm.{module}" in task for task in tasks)
    written = [{"hosts": "localhost", "gather_facts": False, "vars": dict(scene.variables), "tasks": tasks}]
    (tmp_path / "examples.yml").write_text(json.dumps(written), "utf-8")

    played = play("examples.yml")

    assert (played.code, played.failed) == (0, 0), played.output
