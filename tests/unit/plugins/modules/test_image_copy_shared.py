# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_copy_shared, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_copy_shared as module

from tests.emulator import Emulator, ManualClock

from ...conftest import SHARED, Run, undocumented_or_unseen

ASKED = {"region": "ap-guangzhou", "image_id": "img-shared01"}
OURS = {"cvm-image-source": "ap-guangzhou/img-shared01"}


def copy_of_shared(**different: t.Any) -> dict[str, t.Any]:
    """An own image that could be a copy of SHARED, except for what is given."""
    plain = {**SHARED, "account": "acme", "id": "img-exists01", "age_days": 1, "shared_with": [], "tags": {}}
    return {**plain, **different}


def test_a_shared_image_becomes_our_own(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, copy_name="base-2026-11", tags={"owner": "ops"})

    assert result["changed"] is True
    copy = cloud.world.images[result["image_id"]]
    assert (copy.account, copy.region, copy.name) == ("100000000001", "ap-guangzhou", "base-2026-11")
    assert cloud.world.tags_of(copy.image_id).at(cloud.clock.now()) == {**OURS, "owner": "ops"}
    assert result["image_ids"] == {"ap-guangzhou": copy.image_id}
    again = run(module, **ASKED, copy_name="base-2026-11", tags={"owner": "ops"})
    assert (again["changed"], again["image_id"]) == (False, copy.image_id)
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_by_name(cloud: Emulator, run: Run) -> None:
    result = run(module, region="ap-guangzhou", image_name="base")
    assert result["copies"][0]["status"] == "copied"
    assert result["source"]["image_id"] == "img-shared01"


@pytest.mark.parametrize(
    ("there", "status"),
    [
        (copy_of_shared(tags=OURS), "present"),
        (copy_of_shared(), "adopted"),
        (copy_of_shared(state="SYNCING"), "resumed"),
        (copy_of_shared(platform="Windows"), "conflict"),
        (copy_of_shared(tags={"cvm-image-source": "ap-guangzhou/img-source01"}), "conflict"),
        (copy_of_shared(tags=OURS, state="CREATEFAILED"), "failed"),
    ],
)
def test_what_is_there_already(cloud: Emulator, run: Run, there: dict[str, t.Any], status: str) -> None:
    cloud.plant(images=[there])
    result = run(module, **ASKED)
    assert result["copies"][0]["status"] == status
    assert cloud.journal.effects("SyncImages") == []


def test_the_rerun_reads_twice(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **ASKED)
    clock.advance(60)
    cloud.journal.clear()
    run(module, **ASKED)
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeImages"] * 2


def test_check_mode(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, check=True)
    assert (result["changed"], result["image_id"], result["copies"][0]["status"]) == (True, None, "planned")
    assert cloud.journal.writes() == []


def test_the_copy_outlives_the_sharing(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    result = run(module, **ASKED)
    cloud.world.images["img-shared01"].shared_with.clear()
    clock.advance(60)
    assert cloud.world.images[result["image_id"]].exists(cloud.clock.now())
    gone = run(module, **ASKED, state="absent")
    assert gone["copies"][0]["status"] == "removed"
    assert gone["image_id"] is None


def test_a_lost_answer_makes_no_second_copy(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "SyncImages", "when": "after", "skip": 1})
    assert run(module, **ASKED)["copies"][0]["status"] == "copied"
    assert len(cloud.world.own_images("100000000001", "ap-guangzhou")) == 2


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"image_id": "img-source01"}, "Use image_sync_cross_region"),
        ({"image_id": None, "image_name": "golden"}, "Use image_sync_cross_region"),
        ({"image_id": None}, "The source is missing"),
        ({"image_id": "base"}, "'base' is not an image id"),
        ({"image_id": "img-missing1"}, "There is no image img-missing1"),
        ({"image_id": None, "image_name": "nothing"}, "There is no shared image named nothing"),
        ({"copy_name": "x" * 61}, "copy_name has 61 characters"),
        ({"wait_timeout": -1}, "wait_timeout is negative"),
        ({"region": ""}, "region is missing"),
        ({"region": "ap-nowhere"}, "ap-nowhere is not a region"),
    ],
)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert cloud.journal.writes() == []


def test_public_images_are_no_source(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[{**SHARED, "id": "img-public01", "name": "public", "public": True, "shared_with": []}])
    assert "public image" in run(module, **{**ASKED, "image_id": "img-public01"})["msg"]


def test_an_image_that_is_not_shared_with_us_is_not_seen(cloud: Emulator, run: Run) -> None:
    cloud.world.images["img-shared01"].shared_with.clear()
    assert "There is no image img-shared01" in run(module, **ASKED)["msg"]


def test_documented_results_are_real(cloud: Emulator, run: Run) -> None:
    first = run(module, **ASKED)
    cloud.world.accounts["100000000001"].image_quotas["ap-guangzhou"] = 2
    failed = run(module, **ASKED, copy_name="another")
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), [first, failed]) == set()
