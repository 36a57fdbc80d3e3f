# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays in the READMEs of the roles, run as they stand: whoever copies one has a play that works."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator

from .conftest import Play

ROLES = Path(__file__).resolve().parents[2] / "roles"
ACME = "100000000001"


@dataclass(frozen=True)
class Scene:
    """What a README takes for granted, and the calls that its plays come to."""

    effects: set[str]
    variables: Mapping[str, t.Any] = field(default_factory=dict)
    images: tuple[dict[str, t.Any], ...] = ()


SCENES = {
    "copy_and_launch": Scene({"SyncImages", "RunInstances", "TagResources"}),
    "distribute_images": Scene(
        {"SyncImages", "TagResources"},
        images=({"account": "acme", "region": "ap-guangzhou", "name": "golden-db-2026-11", "age_days": 2},),
    ),
    "prune_images": Scene(
        {"DeleteImages"},
        images=tuple(
            {"account": "acme", "region": "ap-shanghai", "name": f"nightly-{day}", "age_days": day}
            | {"tags": {"cvm-image-source": f"ap-guangzhou/img-nightly{day}"}}
            for day in (1, 2)
        ),
    ),
    "share_and_copy": Scene(
        {"ModifyImageSharePermission", "SyncImages", "TagResources"},
        {"partner_secret_id": "AKIDpartnerdemo1", "partner_secret_key": "partner-demo-key"},
    ),
}


def blocks(role: str) -> list[t.Any]:
    text = (ROLES / role / "README.md").read_text("utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir()))
def test_plays_of_a_readme(role: str, cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """In their order, with the inventory that stands beside them."""
    scene = SCENES[role]
    cloud.plant(images=list(scene.images))
    account = cloud.world.accounts[ACME]
    account.kms_keys = account.kms_keys | {"23e80852-1e38-11e9-b129-5cb9019b4b01"}
    inventory: dict[str, t.Any] = next((block for block in blocks(role) if isinstance(block, dict)), {"all": {}})
    (tmp_path / "hosts.yml").write_text(json.dumps(inventory), "utf-8")
    plays = [item for block in blocks(role) if isinstance(block, list) for item in block]
    assert plays
    (tmp_path / "plays.yml").write_text(json.dumps(plays), "utf-8")

    played = play("-i", "hosts.yml", "plays.yml", "-e", json.dumps(dict(scene.variables)))

    assert (played.code, played.failed) == (0, 0), played.output
    assert {entry.action for entry in cloud.journal.effects()} == scene.effects
