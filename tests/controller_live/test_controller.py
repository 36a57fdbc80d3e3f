# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real controller: set up, set up again, and every job template launched. `nox -e controller-live` says where it is.

The jobs work on the demo world of an emulator that they reach at CVM_CONTROLLER_ENDPOINT; see CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import os
import re
import typing as t
from pathlib import Path

from tests.controller.ground import commanded
from tests.controller.jobs import CASES, KEYS, TEMPLATES, TYPES, proposed

LAUNCH = Path(__file__).with_name("launch.yml")


def credentials(endpoint: str) -> list[dict[str, t.Any]]:
    """One of each type, with the keys of the demo world."""
    return [
        {"name": f"{kind} (test)", "credential_type": kind, "inputs": {**KEYS[kind], "endpoint": endpoint}}
        for kind in TYPES
    ]


def jobs() -> list[dict[str, t.Any]]:
    """Every job template, with the fewest answers."""
    return [
        {
            "name": TEMPLATES[name]["name"],
            "extra_vars": proposed(TEMPLATES[name], case.few),
            "progress": name == "distribute images",
            **case.prompts,
        }
        for name, case in CASES.items()
    ]


def play(folder: Path, access: dict[str, str], name: str, variables: dict[str, t.Any]) -> int:
    """Play a playbook, which must not fail, and return how many tasks changed something."""
    path = folder / "variables.json"
    path.write_text(json.dumps(variables), "utf-8")
    said = commanded(f"ansible-playbook {name} -e @{path}", folder, **access)
    return int(re.findall(r"changed=(\d+)", said)[-1])


def launch(folder: Path, access: dict[str, str], organization: str, **asked: list[dict[str, t.Any]]) -> int:
    """Make credentials, or launch jobs, wait for them and read their events."""
    variables = {"launch_organization": organization, **{f"launch_{name}": items for name, items in asked.items()}}
    return play(folder, access, str(LAUNCH), variables)


def test_a_controller(tmp_path: Path) -> None:
    access = {name: value for name, value in os.environ.items() if name.startswith("CONTROLLER_")}
    settings = json.loads(os.environ.get("CVM_CONTROLLER_SETTINGS", "{}"))
    organization = settings.get("controller_setup_organization", "Default")
    accounts = credentials(os.environ["CVM_CONTROLLER_ENDPOINT"])
    play(tmp_path, access, "tencentcloud.cvm.controller_setup", settings)
    launch(tmp_path, access, organization, credentials=accounts)
    settings["controller_setup_credential"] = accounts[0]["name"]
    settings["controller_setup_target_credential"] = accounts[1]["name"]
    play(tmp_path, access, "tencentcloud.cvm.controller_setup", settings)
    assert play(tmp_path, access, "tencentcloud.cvm.controller_setup", settings) == 0
    assert launch(tmp_path, access, organization, jobs=jobs()) == 1
