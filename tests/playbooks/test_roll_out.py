# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tencentcloud.cvm.roll_out when something is wrong. When nothing is, docs/runbooks/roll-out.md is followed."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from tests.emulator import Emulator

from .conftest import Play
from .held import running
from .test_playbooks import host, inventory
from .test_runbooks import golden_fleet

PLAYBOOK = "tencentcloud.cvm.roll_out"
NEW = ("-e", "copy_and_launch_image_name=golden-web-2026-11")
OLD = ["golden-web-2026-10"] * 2


@pytest.fixture(autouse=True)
def fleet(cloud: Emulator) -> None:
    cloud.world.behaviour.copy_minutes = (2.0, 2.0)
    golden_fleet(cloud)


def regions(folder: Path, **different: str) -> str:
    """A canary, and a region whose launch may be told to be different."""
    common: dict[str, t.Any] = {"instance_count": "2", "instance_type": "S5.MEDIUM2"}
    hosts = {
        "ap-chengdu": host("ap-chengdu-1", **common),
        "ap-chongqing": host("ap-chongqing-1", **{**common, **different}),
    }
    return inventory(folder, hosts)


def test_a_mistake_in_the_last_region_stops_all_before_anything_is_copied(
    cloud: Emulator, play: Play, tmp_path: Path
) -> None:
    typo = play("-i", regions(tmp_path, instance_type="S9.HUGE"), PLAYBOOK, *NEW, "-e", "roll_out_check=")
    assert (typo.code != 0, typo.failed) == (True, 1), typo.output
    assert "This instance type `S9.HUGE` is not available" in typo.output

    lost = play("-i", regions(tmp_path), PLAYBOOK, *NEW, "-e", "roll_out_check=check.yml")
    assert (lost.code != 0, lost.failed) == (True, 1), lost.output
    assert "roll_out_check is check.yml; give the absolute path of a file that exists." in lost.output

    nowhere = play(PLAYBOOK, *NEW)
    assert (nowhere.code != 0, nowhere.failed) == (True, 1), nowhere.output
    assert "There is no region to roll out to" in nowhere.output
    assert cloud.journal.writes() == []


def test_a_canary_that_fails_its_check_stops_the_roll_out(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """The regions after it have the copy, and keep the machines that they run."""
    check = tmp_path / "check.yml"
    check.write_text("- ansible.builtin.fail: {msg: '{{ copy_and_launch_result.region }} is ill'}\n", "utf-8")

    played = play("-i", regions(tmp_path), PLAYBOOK, *NEW, "-e", f"roll_out_check={check}")

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "ap-chengdu is ill" in played.output
    assert running(cloud, "ap-chengdu") == ["golden-web-2026-11"] * 2
    assert running(cloud, "ap-chongqing") == OLD
    (sent,) = cloud.journal.effects("SyncImages")
    assert sent.params["DestinationRegions"] == ["ap-chengdu", "ap-chongqing"]
    assert {entry.region for entry in cloud.journal.effects("RunInstances")} == {"ap-chengdu"}
