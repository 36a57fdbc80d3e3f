# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No key, token, password or signature in what any module prints, however much it is asked to say."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator
from tests.emulator.world import TemporaryKey

from .conftest import Play

RUNTIME = Path(__file__).resolve().parents[2] / "meta" / "runtime.yml"
MODULES = yaml.safe_load(RUNTIME.read_text("utf-8"))["action_groups"]["all"]
KEY, TOKEN, PASSWORD = "temporary-key-3f1c", "temporary-token-9d2e", "Instance-pass-77"
SECRETS = (KEY, TOKEN, PASSWORD, "Signature=", "TC3-HMAC-SHA256")
GOLDEN = {"region": "ap-guangzhou", "image_name": "golden-web-2026-11"}
ASKED: dict[str, dict[str, t.Any]] = {
    "caller_info": {},
    "image": {**GOLDEN, "image_name": "secretive", "instance_id": "ins-bui1der1"},
    "image_copy_encrypted": {**GOLDEN, "copy_name": "golden-locked"},
    "image_copy_shared": {**GOLDEN, "image_name": "partner-base-2026-11"},
    "image_distribute": {
        "images": [{**GOLDEN, "destination_regions": ["ap-chongqing"]}],
    },
    "image_info": {"regions": ["ap-guangzhou"]},
    "image_prune": {"regions": ["ap-shanghai"], "name_regex": "golden-.*", "keep": 0},
    "image_sync_cross_region": {**GOLDEN, "destination_regions": ["ap-chengdu"]},
    "instance": {
        "region": "ap-guangzhou",
        "zone": "ap-guangzhou-6",
        "name": "secretive",
        "image_id": "img-go1dweb1",
        "instance_type": "S5.MEDIUM4",
        "password": PASSWORD,
    },
    "instance_info": {"regions": ["ap-guangzhou"], "include_source_image": True},
}


def playbook(folder: Path, connection: dict[str, str]) -> str:
    """A play with a task for every module; one that fails does not stop the others."""
    tasks = [
        {"name": module, f"tencentcloud.cvm.{module}": asked, "ignore_errors": True} for module, asked in ASKED.items()
    ]
    defaults = {"group/tencentcloud.cvm.all": connection}
    path = folder / "secrets.yml"
    play = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}
    path.write_text(json.dumps([play]), "utf-8")
    return str(path)


def configuration(folder: Path, connection: dict[str, str]) -> str:
    """An inventory of the plugin, with a cache."""
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache")}
    path = folder / "secrets.tencentcloud_cvm.yml"
    asked = {"plugin": "tencentcloud.cvm.instances", "regions": ["ap-guangzhou"], **cache, **connection}
    path.write_text(json.dumps(asked), "utf-8")
    return str(path)


def test_every_module_is_asked() -> None:
    assert sorted(ASKED) == sorted(MODULES)


@pytest.mark.parametrize(
    ("given", "trouble"),
    [("options", "none"), ("environment", "wrong key")],
)
def test_secrets_appear_nowhere(cloud: Emulator, play: Play, tmp_path: Path, given: str, trouble: str) -> None:
    uin = cloud.world.accounts["100000000001"].uin
    known = f"{KEY}-other" if trouble == "wrong key" else KEY
    temporary = TemporaryKey("AKIDtemporary", known, TOKEN, uin, "publisher", cloud.clock.now() + 86400)
    cloud.world.temporary_keys[temporary.secret_id] = temporary
    key = {"secret_id": temporary.secret_id, "secret_key": KEY, "token": TOKEN}
    as_options = key if given == "options" else {}
    as_environment = {} if given == "options" else {f"TENCENTCLOUD_{name.upper()}": key[name] for name in key}

    asked = (playbook(tmp_path, as_options), "-vvvv", "-i", configuration(tmp_path, as_options))
    played = play(*asked, **as_environment)

    assert played.code == 0, played.output
    assert played.output.count("fatal: [localhost]") == (0 if trouble == "none" else len(MODULES)), played.output
    assert '"module_args"' in played.output, "the run was not asked to say everything"
    cached = "".join(path.read_text("utf-8") for path in (tmp_path / "cache").glob("*"))
    assert ("ins-bui1der1" in cached) is (trouble == "none"), "the inventory was not read"
    assert [secret for secret in SECRETS if secret in played.output + cached] == []
    assert "Traceback" not in played.output
