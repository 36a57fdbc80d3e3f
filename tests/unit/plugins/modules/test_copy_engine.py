# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the chaos session has found in the copy engine, told shortly: one test a repair."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import image_copy_shared
from ansible_collections.tencentcloud.cvm.plugins.modules import image_sync_cross_region as module

from tests.emulator import Emulator

from ...conftest import SHARED, Run, like_source

OURS = {"cvm-image-source": "ap-guangzhou/img-source01"}
ASKED = {"region": "ap-guangzhou", "image_id": "img-source01", "destination_regions": ["ap-shanghai"]}


def statuses(result: dict[str, t.Any]) -> dict[str, str]:
    return {copy["region"]: copy["status"] for copy in result["copies"]}


@pytest.mark.parametrize(("times", "status"), [(5, "copied"), (None, "timed_out")])
def test_an_unknown_account_delays_only_the_marks(cloud: Emulator, run: Run, times: int | None, status: str) -> None:
    cloud.add_faults({"do": "http", "action": "GetCallerIdentity", "times": times})

    result = run(module, **ASKED, wait_timeout=3600)

    assert statuses(result) == {"ap-shanghai": status}
    assert result["changed"] is True
    assert result["copies"][0]["image_id"] is not None


def test_a_shared_source_that_its_owner_is_copying_is_waited_for(cloud: Emulator, run: Run) -> None:
    under_way = {"state": "SYNCING", "ready_in_minutes": 5, "copied_from": "img-shared01", "shared_with": []}
    cloud.plant(images=[{**SHARED, "region": "ap-shanghai", "id": "img-ownersc1", **under_way}])

    result = run(image_copy_shared, region="ap-guangzhou", image_id="img-shared01")

    assert statuses(result) == {"ap-guangzhou": "copied"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("code", ["InternalError", "MutexOperation.TaskRunning"])
def test_a_deletion_whose_answer_was_lost_is_not_taken_for_a_loss(
    cloud: Emulator, run: Run, when: str, code: str
) -> None:
    """The copy is seen being made, fails, and is deleted: that it is gone then is as it should be."""
    passing = {"state": "SYNCING", "ready_in_minutes": 2, "outcome": "CREATEFAILED", "copied_from": "img-source01"}
    cloud.plant(images=[like_source(tags=OURS, **passing)])
    cloud.add_faults({"do": "error", "code": code, "action": "DeleteImages", "when": when})

    result = run(module, **ASKED, replace_failed=True)

    assert statuses(result) == {"ap-shanghai": "replaced"}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_a_copy_whose_request_and_marks_were_doubtful_is_a_change(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"TagResources"})
    cloud.add_faults({"do": "cut", "action": "SyncImages", "when": "after", "skip": 1})

    result = run(module, **ASKED)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "copied"}, True)


@pytest.mark.parametrize("action", ["TagResources", "ModifyImageAttribute"])
def test_a_write_whose_answer_was_lost_is_a_change(cloud: Emulator, run: Run, action: str) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    cloud.add_faults({"do": "cut", "action": action, "when": "after"})
    wanted = {"tags": {"owner": "ops"}} if action == "TagResources" else {"copy_description": "the golden one"}

    result = run(module, **ASKED, **wanted)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "present"}, True)
    assert len(cloud.journal.effects(action)) == 1


@pytest.mark.parametrize("state", ["NORMAL", "CREATEFAILED"])
@pytest.mark.parametrize("check", [True, False])
def test_a_mark_of_another_source_that_is_not_shown_yet_is_heeded(
    cloud: Emulator, run: Run, state: str, check: bool
) -> None:
    cloud.plant(images=[like_source(state=state)])
    cloud.world.tag("img-exists01", cloud.clock.now(), {"cvm-image-source": "ap-guangzhou/img-other001"})

    result = run(module, **ASKED, replace_failed=True, check=check)

    assert statuses(result) == {"ap-shanghai": "conflict"}
    assert "ap-guangzhou/img-other001" in result["msg"]
    assert cloud.journal.writes() == []


def test_nothing_is_adopted_while_its_tags_cannot_be_read(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source()])
    cloud.world.tag("img-exists01", cloud.clock.now(), {"cvm-image-source": "ap-guangzhou/img-other001"})
    cloud.add_faults({"do": "http", "action": "DescribeResourceTagsByResourceIds", "times": 5})

    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "conflict"}
    assert cloud.journal.writes() == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_source_that_cannot_be_read_fails_every_destination_in_one_sentence(
    cloud: Emulator, run: Run, state: str
) -> None:
    cloud.add_faults({"do": "http", "action": "DescribeImages", "times": 5})
    regions = ["ap-shanghai", "ap-beijing"]

    result = run(module, **{**ASKED, "destination_regions": regions}, state=state)

    assert statuses(result) == dict.fromkeys(regions, "failed")
    assert (result["changed"], result["image_ids"]) == (False, {})
    assert result["msg"].startswith("DescribeImages in ap-guangzhou failed: ServerNetworkError: ")
    assert "ap-beijing" not in result["msg"]
    assert result["error_code"] == "ServerNetworkError"


def test_a_region_that_fails_while_the_source_is_busy_is_waited_out(cloud: Emulator, run: Run) -> None:
    under_way = {"state": "SYNCING", "ready_in_minutes": 5, "copied_from": "img-source01"}
    cloud.plant(images=[like_source(region="ap-nanjing", **under_way)])
    cloud.add_faults({"do": "http", "action": "DescribeImages", "region": "ap-shanghai", "skip": 3, "times": 10})

    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "copied"}


SEVERAL = [like_source(tags=OURS, id=f"img-several{number}") for number in range(3)]


def test_absent_removes_every_copy_that_is_ours(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[*SEVERAL, like_source(os_name="Debian 12 64bit")])

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["warnings"]) == ({"ap-shanghai": "removed"}, [])
    left = cloud.world.own_images("100000000001", "ap-shanghai")
    assert [image.image_id for image in left] == ["img-exists01"]


def test_absent_without_wait_does_not_hide_what_is_left(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=SEVERAL)

    result = run(module, **ASKED, state="absent", wait=False)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "failed"}, True)
    assert "img-several1" in result["msg"]
    assert "run again" in result["msg"]


def test_a_removal_whose_answer_was_lost_is_a_change(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    cloud.add_faults({"do": "cut", "action": "DeleteImages", "when": "after"})
    cloud.add_faults({"do": "http", "action": "DescribeImages", "region": "ap-shanghai", "skip": 1, "times": None})

    result = run(module, **ASKED, state="absent", wait_timeout=60)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "timed_out"}, True)


def test_of_several_the_one_whose_mark_is_not_shown_yet_is_ours(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(), like_source(id="img-other002", tags={"owner": "ops"})])
    cloud.world.tag("img-exists01", cloud.clock.now(), OURS)

    result = run(module, **ASKED)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "present"}, False)
    assert result["image_ids"] == {"ap-shanghai": "img-exists01"}


def test_a_copy_that_goes_by_itself_is_absent_and_no_change(cloud: Emulator, run: Run) -> None:
    passing = {"state": "SYNCING", "ready_in_minutes": 2, "outcome": "GONE", "copied_from": "img-source01"}
    cloud.plant(images=[like_source(tags=OURS, **passing)])

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "absent"}, False)
