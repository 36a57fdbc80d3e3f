# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the chaos session has found in the copy engine, told shortly: one test a repair."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import image_copy_shared
from ansible_collections.tencentcloud.cvm.plugins.modules import image_sync_cross_region as module

from tests.emulator import Emulator, ManualClock

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


def test_absent_without_wait_asks_for_every_deletion(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=SEVERAL)

    result = run(module, **ASKED, state="absent", wait=False)
    again = run(module, **ASKED, state="absent", wait=False)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "removed"}, True)
    assert len(cloud.journal.effects("DeleteImages")) == 3
    assert len(result["diff"]["before"]["ap-shanghai"]["copies"]) == 3
    assert (statuses(again), again["changed"]) == ({"ap-shanghai": "absent"}, False)


def test_one_copy_of_several_that_stays_fails_the_region(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=SEVERAL)
    denied = {
        "do": "error",
        "code": "FailedOperation",
        "action": "DeleteImages",
        "match": {"ImageIds": ["img-several1"]},
    }
    cloud.add_faults({**denied, "times": None})

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "failed"}, True)
    assert [image.image_id for image in cloud.world.own_images("100000000001", "ap-shanghai")] == ["img-several1"]


def test_a_name_without_an_image_deletes_nothing(cloud: Emulator, run: Run) -> None:
    """A misspelt source, or one that is gone: whose the copies are is then not known."""
    cloud.plant(images=[like_source(tags=OURS, name="web")])
    asked = {"region": "ap-guangzhou", "image_name": "typo", "destination_regions": ["ap-shanghai"]}

    result = run(module, **asked, copy_name="web", state="absent")

    assert statuses(result) == {"ap-shanghai": "conflict"}
    assert "There is no typo in ap-guangzhou any more: name the source by its image_id" in result["msg"]
    assert cloud.journal.writes() == []
    assert statuses(run(module, **asked, state="absent")) == {"ap-shanghai": "absent"}


def test_sharing_that_was_cancelled_is_a_change(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, shared_with=["partner"])])
    cloud.add_faults({"do": "error", "code": "FailedOperation", "action": "DeleteImages", "skip": 1})

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "failed"}, True)


def test_a_copy_that_fails_in_this_run_is_not_made_again_by_it(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "copy_fails", "action": "SyncImages", "times": None, "percent": 10})

    result = run(module, **ASKED, replace_failed=True)

    assert statuses(result) == {"ap-shanghai": "failed"}
    assert "run again to have it deleted and copied again" in result["msg"]
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_the_button_is_pressed_twice_at_once(cloud: Emulator, run: Run) -> None:
    """The first copy is not visible yet, and its name is taken already."""
    cloud.world.behaviour.source_busy_while_copying = False
    first = run(module, **ASKED, wait=False)

    checked = run(module, **ASKED, check=True)
    second = run(module, **ASKED)

    assert checked["error_code"] == "InvalidImageName.Duplicate"
    assert statuses(second) == {"ap-shanghai": "resumed"}
    assert first["image_ids"] == second["image_ids"]


def test_a_taken_name_holds_up_its_own_region_alone(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    cloud.world.behaviour.dry_run_checks_destinations = False
    cloud.plant(images=[like_source(region="ap-beijing", tags=OURS)])
    cloud.world.images["img-exists01"].visible_from = clock.now() + 10000
    began = clock.now()

    result = run(module, **{**ASKED, "destination_regions": ["ap-beijing", "ap-shanghai"]})

    assert statuses(result) == {"ap-beijing": "failed", "ap-shanghai": "copied"}
    assert cloud.journal.effects("SyncImages")[0].moment - began < 60


def test_an_accepted_request_is_believed_for_long(cloud: Emulator, run: Run) -> None:
    behaviour = cloud.world.behaviour
    behaviour.image_set, behaviour.source_busy_while_copying, behaviour.duplicate_names_refused = "empty", False, False
    cloud.add_faults({"do": "copy_invisible", "action": "SyncImages", "seconds": 100})

    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "copied"}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_another_image_is_not_taken_while_our_own_is_not_visible_yet(
    cloud: Emulator, run: Run, clock: ManualClock
) -> None:
    cloud.world.behaviour.duplicate_names_refused = False
    cloud.plant(images=[like_source(age_days=0.5)])
    cloud.world.images["img-exists01"].visible_from = clock.now() + 2
    cloud.add_faults({"do": "copy_invisible", "action": "SyncImages", "seconds": 200})

    result = run(module, **ASKED)

    assert result["image_ids"]["ap-shanghai"] != "img-exists01"
    assert "img-exists01" in result["warnings"][0]


@pytest.mark.parametrize("tags", [OURS, {}], ids=["marked", "unmarked"])
def test_check_mode_does_not_hand_on_the_failed_copy_that_would_be_replaced(
    cloud: Emulator, run: Run, tags: dict[str, str]
) -> None:
    cloud.plant(images=[like_source(tags=tags, state="CREATEFAILED")])

    result = run(module, **ASKED, replace_failed=True, check=True)

    assert (statuses(result), result["image_ids"]) == ({"ap-shanghai": "planned"}, {"ap-shanghai": None})
    assert result["diff"]["before"]["ap-shanghai"] == {"image_id": "img-exists01", "state": "CREATEFAILED"}
    assert result["diff"]["after"]["ap-shanghai"] == {"image_id": None, "image_name": "golden", "tags": OURS}


def test_one_mistake_in_the_order_stops_it_as_a_whole(cloud: Emulator, run: Run) -> None:
    """What the other regions hold is told all the same, so that a caller can go on without the wrong one."""
    cloud.plant(images=[like_source(tags=OURS)])

    result = run(module, **{**ASKED, "destination_regions": ["ap-shanghai", "ap-tokyo", "ap-beijing"]})

    assert statuses(result) == {"ap-shanghai": "present", "ap-tokyo": "failed", "ap-beijing": "planned"}
    assert result["changed"] is False
    assert "Nothing was copied anywhere: mend this, or leave those regions out." in result["msg"]
    assert cloud.journal.writes() == []


def test_an_empty_copy_name_is_none(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    assert statuses(run(module, **ASKED, copy_name="")) == {"ap-shanghai": "present"}


def test_an_empty_description_leaves_the_description_alone(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    run(module, **ASKED, copy_description="the golden one")
    cloud.journal.clear()
    assert run(module, **ASKED, copy_description="")["changed"] is False
    assert cloud.journal.writes() == []
    assert cloud.world.images["img-exists01"].description == "the golden one"


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


def test_a_name_that_a_copy_not_visible_yet_has_taken_is_waited_for(cloud: Emulator, run: Run) -> None:
    """As another run leaves it that has asked for a copy a moment ago, in a cloud whose source is not busy then."""
    cloud.world.behaviour.source_busy_while_copying = False
    cloud.world.behaviour.image_visible_after = 30
    run(module, **ASKED, wait=False)

    result = run(module, **{**ASKED, "destination_regions": ["ap-shanghai", "ap-beijing"]})

    assert statuses(result) == {"ap-shanghai": "resumed", "ap-beijing": "copied"}
    first, second = (entry.moment for entry in cloud.journal.effects("SyncImages"))
    assert second - first < 10, "the region in doubt holds the other one back"


def test_a_name_that_something_invisible_has_taken_is_foreseen(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.source_busy_while_copying = False
    run(module, **ASKED, wait=False)

    result = run(module, **ASKED, check=True)

    assert statuses(result) == {"ap-shanghai": "failed"}
    assert result["error_code"] == "InvalidImageName.Duplicate"


def test_who_owns_the_copies_is_asked_once(cloud: Emulator, run: Run) -> None:
    """However many rounds it takes until the last of them is ready."""
    regions = ["ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu"]
    result = run(module, **{**ASKED, "destination_regions": regions})
    assert statuses(result) == dict.fromkeys(regions, "copied")
    assert len(cloud.journal.calls("GetCallerIdentity")) == 1
