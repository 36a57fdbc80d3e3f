# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_distribute under drawn trouble: several orders in one loop keep what a single order keeps.

The session `chaos` proves a single order thoroughly. This is about what orders could do to each other.
"""

from __future__ import annotations

import random
import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import image_distribute as module

from tests.emulator import Emulator, ManualClock

from ...conftest import SOURCE, Run

ACCOUNT = "100000000001"
REGIONS = ["ap-shanghai", "ap-beijing", "ap-nanjing"]
SOURCES = {"golden": "img-source01", "database": "img-database", "messages": "img-messages"}
CELLS = [(name, region) for name in SOURCES for region in REGIONS]
ASKED = {
    "region": "ap-guangzhou",
    "images": [{"image_name": name, "destination_regions": REGIONS, "tags": {"owner": "ops"}} for name in SOURCES],
    "replace_failed": True,
    "wait_timeout": 12_000,
    "wait_delay": 60,
}
WRITES = ("SyncImages", "TagResources", "DeleteImages")
READS = ("DescribeImages", "DescribeResourceTagsByResourceIds", "GetCallerIdentity", "DescribeImageQuota")
BEHAVIOURS: dict[str, tuple[t.Any, ...]] = {
    "image_set": ("asked", "reversed", "partial", "empty", "null"),
    "bad_destination_fails_all": (True, False),
    "dry_run_checks_destinations": (True, False),
    "failed_copy_vanishes": (False, True),
    "image_visible_after": (0, 5, 30),
    "tags_visible_after": (0, 5, 30),
    "tagging_while_syncing": (False, True),
    "source_busy_while_copying": (True, False),
    "copy_minutes": ((0.5, 2), (1, 1), (10, 30)),
}


def a_fault(dice: random.Random) -> dict[str, t.Any]:
    common = {"action": dice.choice(WRITES + READS), "skip": dice.randint(0, 5)}
    kind = dice.choice(("lost", "lost", "outage", "throttle", "busy", "fate", "refused"))
    if kind == "lost":
        do = dice.choice(("cut", "cut_body", "garbage", "http", "error"))
        lost = {"do": do, "when": dice.choice(("before", "after")), "code": "InternalError", "status": 502}
        return {**common, **lost, "times": dice.randint(1, 2)}
    if kind == "outage":
        return {**common, "do": "http", "status": 503, "times": dice.randint(5, 12)}
    if kind == "throttle":
        return {**common, "do": "throttle", "times": dice.randint(1, 6)}
    if kind == "fate":
        do = dice.choice(("copy_fails", "copy_vanishes", "copy_invisible", "copy_slow"))
        return {"do": do, "action": "SyncImages", "region": dice.choice(REGIONS), "seconds": 50, "percent": 50}
    if kind == "busy":
        code = "InvalidParameterValue.InvalidImageState"
        return {"do": "error", "action": "SyncImages", "code": code, "skip": dice.randint(0, 5), "times": 2}
    return {**common, "do": "error", "code": "ResourceInsufficient", "times": 1}


def holds(cloud: Emulator, result: dict[str, t.Any], asked: dict[str, t.Any]) -> None:
    """What is true of every result, and of the world after every run."""
    assert "Traceback" not in result.get("msg", "")
    copies = result["copies"]
    assert [(copy["image_name"], copy["region"]) for copy in copies] == CELLS
    assert bool(result.get("failed")) is any(copy["error"] for copy in copies)
    if cloud.journal.effects():
        assert result["changed"], f"writes took effect unsaid: {asked}"
    for copy in copies:
        is_bad = copy["status"] in ("failed", "conflict", "timed_out")
        assert copy["error"] or not is_bad  # One that is good may have an error about its tags.
        if not is_bad:
            image = cloud.world.images[copy["image_id"]]
            assert (image.name, image.region) == (copy["image_name"], copy["region"])
            assert image.copied_from == SOURCES[image.name]
            assert cloud.world.image_state(image) == "NORMAL"
    for name, region in CELLS:
        namesakes = [image for image in cloud.world.own_images(ACCOUNT, region) if image.name == name]
        assert len(namesakes) <= 1, f"{name} was copied twice to {region}"


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_to_several_orders(cloud: Emulator, run: Run, clock: ManualClock, seed: int) -> None:
    dice = random.Random(seed)
    cloud.plant(images=[{**SOURCE, "id": key, "name": name} for name, key in SOURCES.items() if name != "golden"])
    behaviour = {name: dice.choice(values) for name, values in BEHAVIOURS.items() if dice.random() < 0.4}
    cloud.world.behaviour.change(behaviour)
    faults = [a_fault(dice) for _number in range(dice.randint(1, 6))]
    cloud.add_faults(*faults)
    told = {"behaviour": behaviour, "faults": faults}

    for _number in range(2):
        holds(cloud, run(module, **ASKED), told)
        clock.advance(61)
        cloud.journal.clear()
    cloud.world.faults.clear()
    result = run(module, **ASKED)
    for _number in range(3):
        holds(cloud, result, told)
        clock.advance(61)
        cloud.journal.clear()
        result = run(module, **ASKED)

    assert result["changed"] is False, told
    assert {copy["status"] for copy in result["copies"]} == {"present"}, told
    for copy in result["copies"]:
        tags = cloud.world.tags_of(copy["image_id"]).at(clock.now())
        source = SOURCES[copy["image_name"]]
        assert tags == {"cvm-image-source": f"ap-guangzhou/{source}", "owner": "ops"}
