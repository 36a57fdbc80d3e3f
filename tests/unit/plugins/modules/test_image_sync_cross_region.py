# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_sync_cross_region, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_sync_cross_region as module

from tests.emulator import Emulator, ManualClock, catalogue
from tests.emulator.world import TemporaryKey

from ...conftest import Run, VirtualTime, like_source, undocumented_or_unseen

OURS = {"cvm-image-source": "ap-guangzhou/img-source01"}
ANOTHERS = {"cvm-image-source": "ap-guangzhou/img-other001"}
ASKED = {"region": "ap-guangzhou", "image_id": "img-source01", "destination_regions": ["ap-shanghai"]}


def statuses(result: dict[str, t.Any]) -> dict[str, str]:
    return {copy["region"]: copy["status"] for copy in result["copies"]}


def effects(cloud: Emulator) -> list[str]:
    return [entry.action for entry in cloud.journal.effects()]


def own(cloud: Emulator, region: str) -> dict[str, str]:
    """name -> state of the images of a region."""
    images = cloud.world.own_images("100000000001", region)
    return {image.image_id: cloud.world.image_state(image) for image in images}


# The identity table, row by row ---------------------------------------------------------------------------------------

TABLE = [
    pytest.param([], {}, "copied", True, id="nothing there: copy"),
    pytest.param([like_source(tags=OURS)], {}, "present", False, id="ours and NORMAL: nothing"),
    pytest.param([like_source(tags=OURS, state="SYNCING")], {}, "resumed", False, id="ours and SYNCING: wait"),
    pytest.param([like_source(tags=OURS, state="CREATING")], {}, "resumed", False, id="ours and CREATING: wait"),
    pytest.param([like_source(state="SYNCING")], {}, "resumed", True, id="unmarked, younger, SYNCING: wait"),
    pytest.param([like_source()], {}, "adopted", True, id="unmarked, alike, NORMAL: adopt"),
    pytest.param([like_source(tags=ANOTHERS)], {}, "conflict", False, id="another source's: refuse"),
    pytest.param([like_source(tags=ANOTHERS, state="SYNCING")], {}, "conflict", False, id="another's SYNCING: refuse"),
    pytest.param(
        [like_source(tags=ANOTHERS, state="CREATEFAILED")], {}, "conflict", False, id="another's failed: refuse"
    ),
    pytest.param([like_source(os_name="Debian 12 64bit")], {}, "conflict", False, id="other os: refuse"),
    pytest.param([like_source(size=60)], {}, "conflict", False, id="other size: refuse"),
    pytest.param([like_source(architecture="arm")], {}, "conflict", False, id="other architecture: refuse"),
    pytest.param([like_source(platform="Debian")], {}, "conflict", False, id="other platform: refuse"),
    pytest.param([like_source(age_days=4)], {}, "conflict", False, id="older than the source: refuse"),
    pytest.param([like_source(age_days=4, state="SYNCING")], {}, "conflict", False, id="older and SYNCING: refuse"),
    pytest.param([like_source(state="IMPORTING")], {}, "conflict", False, id="being imported: refuse"),
    pytest.param([like_source(tags=OURS, state="CREATEFAILED")], {}, "failed", False, id="CREATEFAILED: refuse"),
    pytest.param([like_source(tags=OURS, state="IMPORTFAILED")], {}, "failed", False, id="IMPORTFAILED: refuse"),
    pytest.param(
        [like_source(tags=OURS, state="CREATEFAILED")], {"replace_failed": True}, "replaced", True, id="replace_failed"
    ),
    pytest.param(
        [like_source(state="CREATEFAILED")], {"replace_failed": True}, "replaced", True, id="replace_failed, unmarked"
    ),
    pytest.param(
        [like_source(id="img-first001"), like_source(id="img-second01", tags=OURS)],
        {},
        "present",
        False,
        id="several, one ours: that one",
    ),
    pytest.param(
        [like_source(id="img-first001"), like_source(id="img-second01")], {}, "conflict", False, id="several, none ours"
    ),
    pytest.param([like_source(name="golden-2")], {}, "copied", True, id="a name that only begins alike is no match"),
    pytest.param([like_source(account="partner")], {}, "copied", True, id="another account's image is no match"),
]


@pytest.mark.parametrize(("there", "options", "status", "changed"), TABLE)
def test_identity_table(
    cloud: Emulator,
    run: Run,
    there: list[dict[str, t.Any]],
    options: dict[str, t.Any],
    status: str,
    changed: bool,
) -> None:
    cloud.plant(images=there)

    result = run(module, **ASKED, **options)

    assert statuses(result) == {"ap-shanghai": status}
    assert result["changed"] is changed
    good = status in ("copied", "present", "resumed", "adopted", "replaced")
    assert bool(result.get("failed")) is not good
    if not good:
        assert effects(cloud) == []
        assert result["image_ids"] == {}
        assert result["msg"].startswith("Copying img-source01 (ap-guangzhou) to ap-shanghai failed: ")
        return
    assert own(cloud, "ap-shanghai")[result["image_ids"]["ap-shanghai"]] == "NORMAL"
    cloud.journal.clear()
    again = run(module, **ASKED, **options)
    assert statuses(again) == {"ap-shanghai": "present"}
    assert again["changed"] is False
    assert again["image_ids"] == result["image_ids"]
    assert cloud.journal.writes() == []


def test_provenance_is_on_every_copy(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, tags={"owner": "ops"})

    tags = cloud.world.tags_of(result["image_ids"]["ap-shanghai"]).at(cloud.clock.now())
    assert tags == {**OURS, "owner": "ops"}


@pytest.mark.parametrize("check", [True, False])
def test_strangers_are_left_alone(cloud: Emulator, run: Run, check: bool) -> None:
    cloud.plant(images=[like_source(os_name="Windows", platform="Windows", id="img-strange1")])

    result = run(module, **ASKED, check=check, replace_failed=True)

    assert statuses(result) == {"ap-shanghai": "conflict"}
    assert "img-strange1" in result["msg"]
    assert "operating system is Windows" in result["msg"]
    assert "copy_name" in result["msg"]
    assert own(cloud, "ap-shanghai") == {"img-strange1": "NORMAL"}
    assert cloud.journal.writes() == []


# One call for all, 1 + N reads ----------------------------------------------------------------------------------------

REGIONS = ["ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu", "ap-chongqing"]


def test_all_missing_destinations_go_in_one_call(cloud: Emulator, run: Run) -> None:
    result = run(module, region="ap-guangzhou", image_name="golden", destination_regions=REGIONS)

    assert statuses(result) == dict.fromkeys(REGIONS, "copied")
    assert list(result["image_ids"]) == REGIONS
    sent = cloud.journal.effects("SyncImages")
    assert [entry.params["DestinationRegions"] for entry in sent] == [REGIONS]


@pytest.mark.parametrize("count", [1, 3, 5])
@pytest.mark.parametrize("source", [{"image_id": "img-source01"}, {"image_name": "golden"}], ids=["id", "name"])
def test_rerun_reads_once_a_region_and_writes_nothing(
    cloud: Emulator, run: Run, clock: ManualClock, count: int, source: dict[str, str]
) -> None:
    asked = {"region": "ap-guangzhou", **source, "destination_regions": REGIONS[:count], "tags": {"owner": "ops"}}
    run(module, **asked)
    clock.advance(60)
    cloud.journal.clear()

    again = run(module, **asked)

    assert again["changed"] is False
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeImages"] * (1 + count)
    assert sorted(entry.region for entry in cloud.journal.entries) == sorted(["ap-guangzhou", *REGIONS[:count]])


def test_a_region_that_is_not_listed_is_left_alone(cloud: Emulator, run: Run) -> None:
    run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=["ap-shanghai", "ap-beijing"])
    cloud.journal.clear()

    run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=["ap-shanghai"])

    assert not cloud.journal.calls(region="ap-beijing")
    assert len(own(cloud, "ap-beijing")) == 1


# Check mode and diff --------------------------------------------------------------------------------------------------


def test_check_mode_foresees_and_writes_nothing(cloud: Emulator, run: Run) -> None:
    cloud.plant(
        images=[
            like_source(region="ap-beijing", tags=OURS),
            like_source(region="ap-nanjing", id="img-adopt001"),
            like_source(region="ap-chengdu", id="img-syncing1", state="SYNCING"),
        ]
    )

    result = run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=REGIONS, check=True)

    assert list(statuses(result).values()) == ["planned", "present", "adopted", "resumed", "planned"]
    assert result["changed"] is True
    assert result["copies"][0]["image_id"] is None
    assert list(result["image_ids"]) == REGIONS, "the next task of a chain needs every region, in check mode too"
    assert cloud.journal.writes() == []
    asked_the_api = [entry for entry in cloud.journal.calls("SyncImages") if entry.dry_run]
    assert [entry.params["DestinationRegions"] for entry in asked_the_api] == [["ap-shanghai", "ap-chongqing"]]


def test_check_mode_of_a_finished_job_says_unchanged(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    result = run(module, **ASKED, check=True)
    assert (result["changed"], statuses(result)) == (False, {"ap-shanghai": "present"})


def test_diff_shows_what_was_tagged(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source()])

    result = run(module, **ASKED, tags={"owner": "ops"})

    before, after = result["diff"]["before"]["ap-shanghai"], result["diff"]["after"]["ap-shanghai"]
    assert before["tags"] == {}
    assert after["tags"] == {**OURS, "owner": "ops"}


# Metadata -------------------------------------------------------------------------------------------------------------


def test_metadata_converges_on_a_copy_that_is_there(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **ASKED, tags={"owner": "ops"})
    clock.advance(60)
    wanted = {"tags": {"owner": "web", "tier": 1}, "copy_description": "the golden one", "copy_source_tags": True}

    result = run(module, **ASKED, **wanted)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "present"}, True)
    image_id = result["image_ids"]["ap-shanghai"]
    assert cloud.world.images[image_id].description == "the golden one"
    tags = cloud.world.tags_of(image_id).at(clock.now())
    assert tags == {**OURS, "owner": "web", "tier": "1", "team": "web"}
    assert run(module, **ASKED, **wanted)["changed"] is False


def test_a_key_that_may_not_tag_is_warned_and_still_idempotent(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"TagResources"})

    first, second = run(module, **ASKED), run(module, **ASKED)

    assert (statuses(first), first.get("failed")) == ({"ap-shanghai": "copied"}, None)
    assert "tag:TagResources" in first["warnings"][0]
    assert (statuses(second), second["changed"]) == ({"ap-shanghai": "adopted"}, False)
    assert len(own(cloud, "ap-shanghai")) == 1


def test_early_mark_is_used_where_the_api_takes_it(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.tagging_while_syncing = True

    run(module, **ASKED)

    tagged = cloud.journal.effects("TagResources")
    copied = cloud.journal.effects("SyncImages")
    assert tagged[0].moment - copied[0].moment < 60


# Trouble --------------------------------------------------------------------------------------------------------------

DOUBTS = [
    {"do": "cut"},
    {"do": "cut_body"},
    {"do": "http", "status": 502},
    {"do": "garbage"},
    {"do": "error", "code": "InternalError"},
    {"do": "wrong_type"},
]


@pytest.mark.parametrize("fault", DOUBTS, ids=lambda fault: fault["do"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_resolved_by_looking(cloud: Emulator, run: Run, fault: dict[str, t.Any], when: str) -> None:
    cloud.add_faults({**fault, "action": "SyncImages", "when": when, "skip": 1})  # The dry run passes.
    regions = REGIONS[:2]

    result = run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=regions)

    assert cloud.world.faults.struck == 1
    assert statuses(result) == dict.fromkeys(regions, "copied")
    assert result["changed"] is True
    for region in regions:
        assert list(own(cloud, region).values()) == ["NORMAL"]
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_a_throttled_write_is_sent_again(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "action": "SyncImages", "times": 3})

    result = run(module, **ASKED)

    assert statuses(result) == {"ap-shanghai": "copied"}
    assert len(cloud.journal.effects("SyncImages")) == 1


@pytest.mark.parametrize("image_set", ["asked", "reversed", "partial", "empty", "null"])
def test_every_form_of_image_set(cloud: Emulator, run: Run, image_set: str) -> None:
    cloud.world.behaviour.image_set = image_set

    result = run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=REGIONS)

    assert statuses(result) == dict.fromkeys(REGIONS, "copied")
    for region, image_id in result["image_ids"].items():
        assert cloud.world.images[image_id].region == region


def test_a_fresh_id_that_is_not_visible_yet_is_waited_for(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "copy_invisible", "action": "SyncImages", "seconds": 400})
    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "copied"}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_a_copy_that_fails_ends_its_region_and_no_other(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "copy_fails", "action": "SyncImages", "region": "ap-beijing", "percent": 10})

    result = run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=REGIONS)

    expected = {**dict.fromkeys(REGIONS, "copied"), "ap-beijing": "failed"}
    assert statuses(result) == expected
    assert "ap-beijing" not in result["image_ids"]
    assert "CREATEFAILED" in result["msg"]
    assert "4 are in order" in result["msg"]
    rerun = run(
        module, region="ap-guangzhou", image_id="img-source01", destination_regions=REGIONS, replace_failed=True
    )
    assert statuses(rerun) == {**dict.fromkeys(REGIONS, "present"), "ap-beijing": "replaced"}
    assert [entry.params["DestinationRegions"] for entry in cloud.journal.effects("SyncImages")] == [
        REGIONS,
        ["ap-beijing"],
    ]


def test_a_copy_that_was_seen_and_is_gone_has_failed(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    cloud.add_faults({"do": "copy_vanishes", "action": "SyncImages", "percent": 20})
    began = clock.now()

    result = run(module, **ASKED)

    assert statuses(result) == {"ap-shanghai": "failed"}
    assert "disappeared" in result["msg"]
    assert clock.now() - began < 1800


def test_a_busy_source_is_waited_for(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(region="ap-tokyo", name="other", state="SYNCING", copied_from="img-source01")])

    result = run(module, **ASKED)

    assert statuses(result) == {"ap-shanghai": "copied"}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_a_full_region_is_set_aside_and_the_rest_is_copied(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].image_quotas["ap-beijing"] = 0

    result = run(module, region="ap-guangzhou", image_id="img-source01", destination_regions=REGIONS)

    assert statuses(result) == {**dict.fromkeys(REGIONS, "copied"), "ap-beijing": "failed"}
    assert result["error_code"] == "ImageQuotaLimitExceeded"
    assert "0 of 0 custom images" in result["msg"]
    assert "larger quota" in result["msg"]


def test_time_that_is_over_is_told_and_the_rerun_resumes(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, wait_timeout=60)

    assert statuses(result) == {"ap-shanghai": "timed_out"}
    assert "is in state SYNCING" in result["msg"]
    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "resumed"}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_never_sleeps_past_the_deadline(cloud: Emulator, run: Run, time: VirtualTime, clock: ManualClock) -> None:
    began = clock.now()
    run(module, **ASKED, wait_timeout=100)
    assert clock.now() - began == pytest.approx(100)
    assert max(time.slept) <= 15


def test_without_wait_it_returns_at_once_and_the_rerun_finishes(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    began = clock.now()

    result = run(module, **ASKED, wait=False)

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "copied"}, True)
    assert result["image_ids"]["ap-shanghai"]
    assert clock.now() - began < 30
    assert statuses(run(module, **ASKED, wait=False)) == {"ap-shanghai": "resumed"}
    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "resumed"}


def test_without_wait_it_says_what_it_replaced(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, state="CREATEFAILED")])
    assert statuses(run(module, **ASKED, replace_failed=True, wait=False)) == {"ap-shanghai": "replaced"}


def test_a_network_that_fails_while_waiting_is_waited_out(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "DescribeImages", "region": "ap-shanghai", "skip": 3, "times": 12})
    assert statuses(run(module, **ASKED)) == {"ap-shanghai": "copied"}


# absent ---------------------------------------------------------------------------------------------------------------


def test_absent_removes_ours_with_its_snapshots_and_waits(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "removed"}, True)
    assert own(cloud, "ap-shanghai") == {}
    assert cloud.journal.effects("DeleteImages")[0].params["DeleteBindedSnap"] is True
    assert own(cloud, "ap-guangzhou") == {"img-source01": "NORMAL"}
    again = run(module, **ASKED, state="absent")
    assert (statuses(again), again["changed"]) == ({"ap-shanghai": "absent"}, False)


def test_absent_works_when_the_source_is_gone(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags={"cvm-image-source": "ap-guangzhou/img-bygone01"}, name="bygone")])
    asked = {"region": "ap-guangzhou", "destination_regions": ["ap-shanghai"], "state": "absent"}

    assert statuses(run(module, **asked, image_id="img-bygone01", check=True)) == {"ap-shanghai": "removed"}
    assert statuses(run(module, **asked, image_id="img-bygone01")) == {"ap-shanghai": "removed"}


@pytest.mark.parametrize("tags", [{}, ANOTHERS], ids=["unmarked", "another's"])
def test_absent_never_removes_a_stranger(cloud: Emulator, run: Run, tags: dict[str, str]) -> None:
    cloud.plant(images=[like_source(tags=tags)])

    result = run(module, **ASKED, state="absent")

    assert (statuses(result), result["failed"]) == ({"ap-shanghai": "conflict"}, True)
    assert cloud.journal.writes() == []


def test_absent_in_an_account_that_never_used_the_tag(cloud: Emulator, run: Run) -> None:
    unknown = {"do": "error", "action": "DescribeImages", "code": "InvalidParameterValue.TagKeyNotFound"}
    cloud.add_faults({**unknown, "region": "ap-shanghai"})
    asked = {"region": "ap-guangzhou", "destination_regions": ["ap-shanghai"], "state": "absent"}
    result = run(module, **asked, image_id="img-gone0001")
    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "absent"}, False)


def test_absent_in_check_mode_removes_nothing(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    result = run(module, **ASKED, state="absent", check=True)
    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "removed"}, True)
    assert cloud.journal.writes() == []


def test_absent_in_check_mode_asks_whether_it_may(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"DeleteImages"})
    for check in (True, False):
        result = run(module, **ASKED, state="absent", check=check)
        assert (statuses(result), result["changed"]) == ({"ap-shanghai": "failed"}, False)
        assert result["error_code"] == "AuthFailure.UnauthorizedOperation"


def test_absent_in_check_mode_without_wait_of_a_copy_that_is_being_made(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.tagging_while_syncing = True
    run(module, **ASKED, wait_timeout=60)
    foreseen = run(module, **ASKED, state="absent", wait=False, check=True)
    real = run(module, **ASKED, state="absent", wait=False)
    assert statuses(foreseen) == statuses(real) == {"ap-shanghai": "failed"}
    assert (foreseen["changed"], foreseen["msg"]) == (real["changed"], real["msg"])


def test_absent_in_check_mode_of_a_shared_copy(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, shared_with=["partner"])])
    assert statuses(run(module, **ASKED, state="absent", check=True)) == {"ap-shanghai": "removed"}
    assert cloud.journal.writes() == []


def test_absent_says_which_snapshots_are_still_billed(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    cloud.world.behaviour.data_snapshots_stay = True
    cloud.plant(images=[like_source(tags=OURS, data_disks=[100])])
    data_disk = cloud.world.images["img-exists01"].snapshots[1].snapshot_id
    began = clock.now()

    result = run(module, **ASKED, state="absent")

    assert statuses(result) == {"ap-shanghai": "removed"}
    assert f"its snapshots {data_disk} are still there and billed" in result["warnings"][0]
    assert clock.now() - began < 120


def test_absent_without_permission_to_see_snapshots(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"DescribeSnapshots"})

    result = run(module, **ASKED, state="absent")

    assert statuses(result) == {"ap-shanghai": "removed"}
    assert "allow cbs:DescribeSnapshots" in result["warnings"][0]


def test_absent_leaves_snapshots_that_shall_stay(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    snapshots = cloud.world.images["img-exists01"].snapshots

    result = run(module, **ASKED, state="absent", delete_snapshots=False)

    assert statuses(result) == {"ap-shanghai": "removed"}
    assert result["warnings"] == []
    assert cloud.journal.calls("DescribeSnapshots") == []
    assert cloud.world.images["img-exists01"].snapshots == snapshots != ()


def test_absent_unshares_first(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, shared_with=["partner"])])
    assert statuses(run(module, **ASKED, state="absent")) == {"ap-shanghai": "removed"}
    assert own(cloud, "ap-shanghai") == {}


def test_absent_does_not_fail_when_the_end_of_the_sharing_shows_late(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, shared_with=["partner"])])
    cloud.add_faults({"do": "error", "code": "InvalidImageId.InShared", "action": "DeleteImages", "times": 3})
    assert statuses(run(module, **ASKED, state="absent")) == {"ap-shanghai": "removed"}
    assert own(cloud, "ap-shanghai") == {}


def test_absent_waits_for_a_deletion_that_is_under_way(cloud: Emulator, run: Run) -> None:
    """Somebody else has deleted the copy a moment ago; the API refuses a second deletion."""
    cloud.plant(images=[like_source(tags=OURS)])
    assert statuses(run(module, **ASKED, state="absent", wait=False)) == {"ap-shanghai": "removed"}
    assert statuses(run(module, **ASKED, state="absent")) == {"ap-shanghai": "absent"}
    assert own(cloud, "ap-shanghai") == {}
    assert len(cloud.journal.effects("DeleteImages")) == 1


def test_absent_waits_for_a_copy_that_is_being_made(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, state="SYNCING", ready_in_minutes=5)])
    assert statuses(run(module, **ASKED, state="absent")) == {"ap-shanghai": "removed"}


# Bad input: one sentence, nothing written -----------------------------------------------------------------------------

BAD_INPUT = [
    ({"image_id": None}, "The source is missing: give image_id or image_name"),
    ({"image_name": "golden"}, "image_id and image_name are both given"),
    ({"image_id": "golden"}, "'golden' is not an image id"),
    ({"image_id": "img-missing1"}, "There is no image img-missing1 in ap-guangzhou"),
    ({"image_id": None, "image_name": "nothing"}, "There is no custom image named nothing in ap-guangzhou"),
    ({"image_id": None, "image_name": "gold"}, "There is no custom image named gold"),
    ({"image_id": None, "image_name": ""}, "The source is missing"),
    ({"destination_regions": []}, "destination_regions is empty"),
    ({"destination_regions": [""]}, "destination_regions holds an empty name"),
    ({"destination_regions": ["ap-shanghai", "ap-shanghai"]}, "names ap-shanghai more than once"),
    ({"destination_regions": ["ap-shanghia"]}, "ap-shanghia is not a region that this account can use"),
    ({"destination_regions": ["ap-shanghia"]}, "Did you mean ap-shanghai?"),
    ({"destination_regions": ["ap-guangzhou"]}, "custom images are copied between regions"),
    ({"destination_regions": ["ap-tokyo"]}, "allow_cross_border"),
    ({"destination_regions": ["ap-tokyo"]}, "the Chinese mainland"),
    ({"region": "ap-nowhere"}, "ap-nowhere is not a region that this account can use"),
    ({"region": ""}, "region is missing"),
    ({"image_id": "img-shared01"}, "image_copy_shared"),
    ({"image_id": None, "image_name": "base"}, "image_copy_shared"),
    ({"copy_name": "x" * 61}, "copy_name has 61 characters"),
    ({"copy_description": "x" * 257}, "copy_description has 257 characters"),
    ({"wait_timeout": -1}, "wait_timeout is negative"),
    ({"wait_delay": 0}, "wait_delay must be more than 0"),
    ({"tags": {"cvm-image-source": "x"}}, "The tag cvm-image-source is set by this collection"),
    ({"tags": {"": "x"}}, "The key of the tag '' has 0 characters"),
    ({"tags": {"k" * 128: "x"}}, "has 128 characters; it must have 1 to 127"),
    ({"tags": {"owner": None}}, "The value of the tag 'owner' has 0 characters"),
    ({"tags": {"owner": ""}}, "The value of the tag 'owner' has 0 characters"),
    ({"tags": {"owner": "v" * 256}}, "has 256 characters; it must have 1 to 255"),
    ({"tags": {"Project-x": "y"}}, "The tag key Project-x starts with qcloud or tencent or project"),
    ({"tags": {"a&b": "y"}}, "The key 'a&b' of a tag holds other characters"),
    ({"tags": {"a": "<b>"}}, "The value '<b>' of a tag holds other characters"),
    ({"tags": {f"k{number}": "v" for number in range(49)}}, "tags holds 49 tags; there is room for 48"),
    ({"api_timeout": 0}, "api_timeout must be more than 0"),
    ({"endpoint": "127.0.0.1:80"}, "is not a URL of the form"),
    ({"endpoint": "http://[::1"}, "is not a URL of the form"),
    ({"endpoint": "http://127.0.0.1:99999"}, "is not a URL of the form"),
    ({"secret_key": "wrong"}, "secret_key (TENCENTCLOUD_SECRET_KEY) belongs to secret_id"),
    ({"secret_id": "AKIDnobody"}, "Check secret_id (TENCENTCLOUD_SECRET_ID)"),
    ({"secret_key": None}, "The option secret_key is missing"),
    ({"secret_id": None, "secret_key": None}, "No Tencent Cloud API key was found. Tried:"),
    (
        {"secret_id": None, "secret_key": None, "profile": "nope"},
        "The profile nope (from the option profile) does not exist",
    ),
    ({"endpoint": "http://127.0.0.1:1"}, "Connection refused"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("wrong", "message"), BAD_INPUT)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)

    assert result["failed"] is True
    assert message in result["msg"]
    assert "Traceback" not in str(result)
    assert cloud.journal.writes() == []


def test_more_tags_than_a_copy_can_carry_with_those_of_the_source(cloud: Emulator, run: Run) -> None:
    tags = {f"k{number}": "v" for number in range(48)}
    result = run(module, **ASKED, tags=tags, copy_source_tags=True)
    assert "With the tags of img-source01 (copy_source_tags): tags holds 49 tags" in result["msg"]
    assert cloud.journal.writes() == []
    assert statuses(run(module, **ASKED, tags=tags)) == {"ap-shanghai": "copied"}


def test_several_images_of_the_name_are_listed(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", id="img-namesake")])
    result = run(module, region="ap-guangzhou", image_name="golden", destination_regions=["ap-shanghai"])
    assert "2 images in ap-guangzhou are named golden (img-namesake, img-source01)" in result["msg"]


def test_every_finding_is_told_at_once(cloud: Emulator, run: Run) -> None:
    result = run(module, **{**ASKED, "destination_regions": ["ap-shanghia", "ap-tokyo", "ap-singapore", "ap-beijing"]})
    for word in ("ap-shanghia", "ap-tokyo", "ap-singapore"):
        assert word in result["msg"]
    assert cloud.journal.writes() == []


def test_a_temporary_key_works_until_it_expires(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    key = TemporaryKey("AKIDtemporary", "temporary-secret", "token-1", "100000000001", "publisher", clock.now() + 600)
    cloud.world.temporary_keys[key.secret_id] = key
    options = {"secret_id": key.secret_id, "secret_key": key.secret_key, "token": key.token}
    cloud.plant(images=[like_source(tags=OURS)])
    assert statuses(run(module, **ASKED, **options)) == {"ap-shanghai": "present"}
    clock.advance(601)

    result = run(module, **ASKED, **options)

    assert result["error_code"] == "AuthFailure.TokenFailure"
    assert "has expired or is wrong" in result["msg"]


def test_the_rates_that_the_api_allows_are_kept(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.rate_limits = True
    others = [
        item.region for item in catalogue.regions().values() if item.mainland and item.usable and not item.finance
    ]
    others.remove("ap-guangzhou")
    result = run(module, **{**ASKED, "destination_regions": others}, tags={"team": "web"})
    assert set(statuses(result).values()) == {"copied"}
    assert "RequestLimitExceeded" not in {entry.outcome for entry in cloud.journal.entries}


def test_cross_border_with_permission(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].cross_border = True
    result = run(module, **{**ASKED, "destination_regions": ["ap-tokyo"]}, allow_cross_border=True)
    assert statuses(result) == {"ap-tokyo": "copied"}


def test_cross_border_that_the_api_refuses(cloud: Emulator, run: Run) -> None:
    asked = {**ASKED, "destination_regions": ["ap-tokyo", "ap-shanghai"], "allow_cross_border": True}
    result = run(module, **asked)
    assert statuses(result) == {"ap-tokyo": "failed", "ap-shanghai": "copied"}
    assert result["error_code"] == "InvalidRegion.Unavailable"


def test_documented_results_are_real(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=ANOTHERS)])
    cloud.world.accounts["100000000001"].image_quotas["ap-beijing"] = 0
    results = [
        run(module, **{**ASKED, "destination_regions": ["ap-nanjing", "ap-beijing"]}),
        run(module, **ASKED),
    ]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
