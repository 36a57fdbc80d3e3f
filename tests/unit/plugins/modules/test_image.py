# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image as module

from tests.emulator import Emulator, ManualClock

from ...conftest import SHARED, Result, Run, like_source, undocumented_or_unseen

ACME, PARTNER = "100000000001", "100000000002"
BUILDER = "ins-builder1"
NEW = {"region": "ap-guangzhou", "image_name": "new", "instance_id": BUILDER}
GOLDEN = {"region": "ap-guangzhou", "image_name": "golden"}
GONE = {**GOLDEN, "state": "absent"}
SECOND = like_source(region="ap-guangzhou", id="img-second01", name="golden")


@pytest.fixture(autouse=True)
def builder(cloud: Emulator) -> None:
    cloud.plant(
        instances=[
            {
                "account": "acme",
                "zone": "ap-guangzhou-6",
                "id": BUILDER,
                "name": "builder",
                "image_id": "img-source01",
                "data_disks": [100],
            }
        ]
    )


def effects(cloud: Emulator) -> list[str]:
    return [entry.action for entry in cloud.journal.effects()]


def named(cloud: Emulator, name: str) -> list[str]:
    return [image.image_id for image in cloud.world.own_images(ACME, "ap-guangzhou") if image.name == name]


def tags_of(cloud: Emulator, image_id: str = "img-source01") -> dict[str, str]:
    return cloud.world.tags_of(image_id).at(cloud.clock.now())


# Create -------------------------------------------------------------------------------------------------------------


def test_an_image_of_an_instance(cloud: Emulator, run: Run) -> None:
    disk = cloud.world.instances[BUILDER].data_disks[0]["DiskId"]
    wanted = {
        **NEW,
        "data_disk_ids": [disk],
        "force_poweroff": True,
        "sysprep": True,
        "description": "made today",
        "family": "golden",
        "deprecated": True,
        "tags": {"tier": 1},
        "shared_with": [PARTNER],
    }

    result = run(module, **wanted)

    image = result["image"]
    assert (result["changed"], image["image_state"], image["image_name"]) == (True, "NORMAL", "new")
    assert (image["image_description"], image["image_family"], image["image_deprecated"]) == (
        "made today",
        "golden",
        True,
    )
    assert (image["tags"], image["shared_with"]) == ({"tier": "1"}, [PARTNER])
    assert [disk["disk_usage"] for disk in image["snapshot_set"]] == ["SYSTEM_DISK", "DATA_DISK"]
    (request,) = (entry.params for entry in cloud.journal.effects("CreateImage"))
    assert (request["ForcePoweroff"], request["Sysprep"]) == ("true", "true")
    assert effects(cloud) == ["CreateImage", "ModifyImageAttribute", "ModifyImageSharePermission"]
    assert list(cloud.world.images[image["image_id"]].shared_with) == [PARTNER]
    assert (result["diff"]["before"], result["diff"]["after"]["image_id"]) == ({}, image["image_id"])

    again = run(module, **wanted)
    assert (again["changed"], again["image"]) == (False, image)


def test_the_rerun_writes_nothing_and_reads_little(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **NEW, tags={"tier": 1}, shared_with=[PARTNER])
    cloud.journal.clear()
    assert run(module, **NEW, tags={"tier": 1}, shared_with=[PARTNER])["changed"] is False
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeImages", "DescribeImageSharePermission"]


def test_what_is_not_given_is_not_sent(cloud: Emulator, run: Run) -> None:
    empty = {"snapshot_ids": "", "data_disk_ids": [""], "new_name": "", "description": "", "family": "", "image_id": ""}
    assert run(module, **NEW, **empty, shared_with=[""])["changed"] is True
    (request,) = (entry.params for entry in cloud.journal.effects())
    assert request == {"ImageName": "new", "InstanceId": BUILDER}


def test_an_image_of_snapshots(cloud: Emulator, run: Run) -> None:
    snapshots = [snapshot.snapshot_id for snapshot in cloud.world.images["img-source01"].snapshots]
    result = run(module, region="ap-guangzhou", image_name="new", snapshot_ids=snapshots)
    assert (result["changed"], named(cloud, "new")) == (True, [result["image"]["image_id"]])
    again = run(module, region="ap-guangzhou", image_name="new", snapshot_ids=snapshots)
    assert (again["changed"], again["image"]) == (False, result["image"])


def test_a_new_image_has_its_new_name_from_the_start(cloud: Emulator, run: Run) -> None:
    result = run(module, **NEW, new_name="newer")
    assert (result["image"]["image_name"], effects(cloud)) == ("newer", ["CreateImage"])
    assert run(module, **NEW, new_name="newer")["changed"] is False


def test_a_name_that_is_only_alike_is_another(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", name="new-test")])
    assert run(module, **NEW)["changed"] is True
    assert len(named(cloud, "new")) == 1


def test_check_mode_makes_nothing(cloud: Emulator, run: Run) -> None:
    result = run(module, **NEW, deprecated=True, shared_with=[PARTNER], check=True)
    image = result["image"]
    assert (result["changed"], image["image_id"], image["image_name"]) == (True, None, "new")
    assert (image["image_deprecated"], image["shared_with"]) == (True, [PARTNER])
    assert (effects(cloud), cloud.journal.writes()) == ([], [])
    assert named(cloud, "new") == []


@pytest.mark.parametrize("code", ["", "DryRunOperation"])
def test_check_mode_asks_the_api(cloud: Emulator, run: Run, code: str) -> None:
    cloud.world.behaviour.dry_run_code = code
    assert run(module, **NEW, check=True)["changed"] is True
    assert [entry.params["DryRun"] for entry in cloud.journal.calls("CreateImage")] == [True]


IMPOSSIBLE = [
    ({"instance_id": "ins-nowhere1"}, "InvalidInstanceId.NotFound", "Check the instance id"),
    ({"data_disk_ids": ["disk-other"]}, "InvalidParameter.DataDiskNotBelongSpecifiedInstance", "that very instance"),
    ({"instance_id": None, "snapshot_ids": ["snap-nowhere"]}, "InvalidParameter.SnapshotNotFound", "Check the snap"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("wrong", "code", "way_out"), IMPOSSIBLE)
def test_what_cannot_be_made(
    cloud: Emulator, run: Run, wrong: dict[str, t.Any], code: str, way_out: str, check: bool
) -> None:
    result = run(module, **{**NEW, **wrong}, check=check)
    assert (result["failed"], result["error_code"], way_out in result["msg"]) == (True, code, True), result["msg"]
    assert (result["changed"], result["image"], effects(cloud)) == (False, None, [])


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_region_that_is_full(cloud: Emulator, run: Run, check: bool) -> None:
    cloud.world.accounts[ACME].image_quotas["ap-guangzhou"] = 1
    result = run(module, **NEW, check=check)
    assert (result["error_code"], "larger quota" in result["msg"]) == ("ImageQuotaLimitExceeded", True)


def test_a_killed_run_is_resumed(cloud: Emulator, run: Run) -> None:
    cloud.plant(
        images=[like_source(region="ap-guangzhou", id="img-ha1fway1", name="new", state="CREATING", ready_in_minutes=4)]
    )
    foreseen = run(module, **NEW, family="golden", check=True)
    assert (foreseen["changed"], foreseen["image"]["image_family"]) == (True, "golden")
    result = run(module, **NEW)
    assert (result["changed"], result["image"]["image_state"], effects(cloud)) == (False, "NORMAL", [])


@pytest.mark.parametrize("fault", ["cut", "cut_body", "garbage", "http"])
def test_a_lost_answer_makes_no_second_image(cloud: Emulator, run: Run, fault: str) -> None:
    cloud.add_faults({"do": fault, "action": "CreateImage", "when": "after"})
    result = run(module, **NEW, family="golden")
    assert (result["changed"], named(cloud, "new")) == (True, [result["image"]["image_id"]])
    assert effects(cloud) == ["CreateImage"]


def test_a_lost_answer_and_an_image_that_hides(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(
        {"do": "cut", "action": "CreateImage", "when": "after"},
        {"do": "create_invisible", "seconds": 200},
    )
    result = run(module, **NEW)
    assert (result["changed"], effects(cloud)) == (True, ["CreateImage"])
    assert named(cloud, "new") == [result["image"]["image_id"]]


def test_a_lost_request_is_sent_again_after_a_while(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "CreateImage"})
    result = run(module, **NEW)
    assert (result["changed"], result["image"]["image_state"]) == (True, "NORMAL")
    lost, sent = (entry.moment for entry in cloud.journal.calls("CreateImage"))
    assert sent - lost >= 60


def test_an_image_that_hides_for_long(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "create_invisible", "seconds": 1000})
    assert run(module, **NEW)["image"]["image_state"] == "NORMAL"
    assert effects(cloud) == ["CreateImage"]


def test_throttled_calls_are_repeated(cloud: Emulator, run: Run) -> None:
    for action in ("DescribeImages", "CreateImage", "ModifyImageAttribute", "ModifyImageSharePermission"):
        cloud.add_faults({"do": "throttle", "action": action, "times": 3})
    result = run(module, **NEW, deprecated=True, shared_with=[PARTNER])
    assert (result["changed"], result["image"]["shared_with"]) == (True, [PARTNER])


def test_a_busy_instance_is_waited_for(cloud: Emulator, run: Run) -> None:
    run(module, **{**NEW, "image_name": "other", "wait": False})
    checked = run(module, **NEW, check=True)
    assert (checked["changed"], "has to wait" in checked["warnings"][0]) == (True, True)
    result = run(module, **NEW)
    assert (result["changed"], result["image"]["image_state"]) == (True, "NORMAL")
    assert effects(cloud) == ["CreateImage", "CreateImage"]


def test_a_failed_image_says_the_way_out(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "create_fails"})
    result = run(module, **NEW)
    assert (result["failed"], result["changed"], result["image"]["image_state"]) == (True, True, "CREATEFAILED")
    assert "ended as CREATEFAILED; delete it (state: absent) and run again" in result["msg"]
    for check in (True, False):
        again = run(module, **NEW, check=check)
        assert (again["failed"], again["changed"], "state: absent" in again["msg"]) == (True, False, True)
    assert run(module, region="ap-guangzhou", image_name="new", state="absent")["changed"] is True
    assert run(module, **NEW)["image"]["image_state"] == "NORMAL"


def test_an_image_that_vanishes(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "create_vanishes"})
    result = run(module, **NEW)
    assert (result["failed"], "has disappeared; run again" in result["msg"]) == (True, True)
    assert len(cloud.journal.effects("CreateImage")) == 1


def test_time_is_over(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "create_slow", "seconds": 3600})
    result = run(module, **NEW, wait_timeout=60)
    assert (result["failed"], result["changed"], result["image"]["image_state"]) == (True, True, "CREATING")
    assert "is not finished after 60 seconds" in result["msg"]
    assert "Run again to go on" in result["msg"]
    assert run(module, **NEW, wait_timeout=7200)["changed"] is False
    assert effects(cloud) == ["CreateImage"]


def test_without_waiting(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    first = run(module, **NEW, shared_with=[PARTNER], wait=False)
    assert (first["changed"], first["image"]["image_state"]) == (True, "CREATING")
    assert "run again" in first["warnings"][0]
    second = run(module, **NEW, wait=False)
    assert (second["changed"], second["warnings"]) == (False, [])
    clock.advance(400)
    third = run(module, **NEW, shared_with=[PARTNER], wait=False)
    assert (third["changed"], third["image"]["shared_with"]) == (True, [PARTNER])


# Change -------------------------------------------------------------------------------------------------------------

CHANGES: list[tuple[dict[str, t.Any], str, t.Any, str]] = [
    ({"description": "base of web"}, "image_description", "base of web", "ModifyImageAttribute"),
    ({"family": "web"}, "image_family", "web", "ModifyImageAttribute"),
    ({"deprecated": True}, "image_deprecated", True, "ModifyImageAttribute"),
    ({"tags": {"tier": 1}}, "tags", {"team": "web", "tier": "1"}, "TagResources"),
    ({"tags": {"team": "db"}}, "tags", {"team": "db"}, "TagResources"),
    ({"tags": {}, "purge_tags": True}, "tags", {}, "UnTagResources"),
    ({"shared_with": [PARTNER]}, "shared_with", [PARTNER], "ModifyImageSharePermission"),
]


@pytest.mark.parametrize(("change", "key", "value", "action"), CHANGES)
def test_change(cloud: Emulator, run: Run, change: dict[str, t.Any], key: str, value: t.Any, action: str) -> None:
    checked = run(module, **GOLDEN, **change, check=True)
    assert (checked["changed"], checked["image"][key]) == (True, value)
    assert cloud.journal.writes() == []

    result = run(module, **GOLDEN, **change)

    assert (result["changed"], result["image"]) == (True, checked["image"])
    assert effects(cloud) == [action]
    assert result["diff"]["before"][key] != result["diff"]["after"][key] == value
    for check in (True, False):
        again = run(module, **GOLDEN, **change, check=check)
        assert (again["changed"], again["image"][key]) == (False, value)
    by_id = run(module, region="ap-guangzhou", image_id="img-source01", **change)
    assert (by_id["changed"], by_id["diff"]["before"]) == (False, by_id["diff"]["after"])
    assert effects(cloud) == [action]


def test_everything_at_once(cloud: Emulator, run: Run) -> None:
    result = run(
        module,
        **GOLDEN,
        new_name="golden-1",
        description="d",
        family="f",
        tags={"tier": 1},
        purge_tags=True,
        shared_with=[PARTNER],
    )
    assert (result["changed"], result["image"]["tags"]) == (True, {"tier": "1"})
    assert effects(cloud) == [
        "ModifyImageAttribute",
        "TagResources",
        "UnTagResources",
        "ModifyImageSharePermission",
    ]


def test_tags_that_are_not_ours_to_purge_stay(cloud: Emulator, run: Run) -> None:
    kept = {"cvm-image-source": "ap-tokyo/img-1", "qcloud-x": "1", "Project": "2", "tencent:y": "3"}
    cloud.world.tag("img-source01", cloud.clock.now() - 60, {**kept, "team": "web"})
    result = run(module, **GOLDEN, tags={}, purge_tags=True)
    assert (result["changed"], tags_of(cloud)) == (True, kept)
    assert run(module, **GOLDEN, tags={}, purge_tags=True)["changed"] is False


def test_nothing_given_purges_nothing(cloud: Emulator, run: Run) -> None:
    cloud.world.images["img-source01"].shared_with[PARTNER] = 0.0
    for given in ({}, {"shared_with": [""]}):
        assert run(module, **GOLDEN, **given, purge_tags=True, purge_shares=True)["changed"] is False


def test_rename(cloud: Emulator, run: Run) -> None:
    for check in (True, False):
        result = run(module, **GOLDEN, new_name="golden-1", check=check)
        assert (result["changed"], result["image"]["image_name"]) == (True, "golden-1")
    assert (named(cloud, "golden"), named(cloud, "golden-1")) == ([], ["img-source01"])
    for check in (True, False):
        again = run(module, **GOLDEN, new_name="golden-1", check=check)
        assert (again["changed"], again["image"]["image_id"]) == (False, "img-source01")
    by_id = run(module, region="ap-guangzhou", image_id="img-source01", new_name="golden-1")
    assert by_id["changed"] is False
    assert run(module, **GOLDEN, new_name="golden", instance_id=BUILDER)["changed"] is True, "that name is free again"


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("which", [{"image_name": "golden"}, {"image_id": "img-source01"}])
def test_a_new_name_that_is_taken(cloud: Emulator, run: Run, which: dict[str, str], check: bool) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", id="img-second01", name="golden-1")])
    result = run(module, region="ap-guangzhou", **which, new_name="golden-1", check=check)
    assert result["failed"]
    assert "img-source01 cannot be renamed to golden-1, for img-second01" in result["msg"]
    assert cloud.journal.writes() == []


def test_a_new_name_that_something_invisible_bears(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "create_invisible", "seconds": 100000})
    run(module, **NEW, wait=False, wait_timeout=0)
    result = run(module, **GOLDEN, new_name="new")
    assert (result["failed"], result["error_code"]) == (True, "InvalidImageName.Duplicate")


def test_sharing_is_diffed(cloud: Emulator, run: Run) -> None:
    cloud.plant(accounts=[{"name": "third", "uin": "100000000003", "credentials": []}])
    shared = cloud.world.images["img-source01"].shared_with
    shared["100000000003"] = 0.0
    result = run(module, **GOLDEN, shared_with=[100000000002])
    assert (result["image"]["shared_with"], sorted(shared)) == ([PARTNER, "100000000003"],) * 2
    for check in (True, False):
        purged = run(module, **GOLDEN, shared_with=[PARTNER], purge_shares=True, check=check)
        assert (purged["changed"], purged["image"]["shared_with"]) == (True, [PARTNER])
    assert list(shared) == [PARTNER]
    sent = [entry.params["AccountIds"] for entry in cloud.journal.effects("ModifyImageSharePermission")]
    assert sent == [[PARTNER], ["100000000003"]]
    none = run(module, **GOLDEN, shared_with=[], purge_shares=True)
    assert (none["changed"], none["image"]["shared_with"], dict(shared)) == (True, [], {})
    assert run(module, **GOLDEN, shared_with=[], purge_shares=True)["changed"] is False


def test_one_account_loses_the_image_and_the_others_keep_it(cloud: Emulator, run: Run) -> None:
    shared = cloud.world.images["img-source01"].shared_with
    shared.update({PARTNER: 0.0, "100000000003": 0.0})
    cloud.plant(accounts=[{"name": "third", "uin": "100000000003", "credentials": []}])
    for check in (True, False):
        result = run(module, **GOLDEN, not_shared_with=[PARTNER], check=check)
        assert (result["changed"], result["image"]["shared_with"]) == (True, ["100000000003"])
    assert list(shared) == ["100000000003"]
    assert run(module, **GOLDEN, not_shared_with=[PARTNER])["changed"] is False


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("what", [GOLDEN, NEW], ids=["there", "missing"])
def test_sharing_with_oneself_is_refused_before_anything_is_done(
    cloud: Emulator, run: Run, what: dict[str, str], check: bool
) -> None:
    result = run(module, **what, family="f", shared_with=[ACME, PARTNER], check=check)
    assert (result["failed"], f"shared_with holds {ACME}" in result["msg"]) == (True, True)
    assert cloud.journal.writes() == []


def test_sharing_with_oneself_is_refused_by_the_api_where_nobody_may_ask(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"GetCallerIdentity"})
    result = run(module, **GOLDEN, shared_with=[ACME])
    assert (result["error_code"], "leave its own out" in result["msg"]) == ("InvalidAccountIs.YourSelf", True)


def test_an_account_that_does_not_exist(cloud: Emulator, run: Run) -> None:
    result = run(module, **GOLDEN, family="f", shared_with=["4711"])
    assert (result["failed"], result["changed"], result["error_code"]) == (True, True, "InvalidAccountId.NotFound")
    assert "Check the account ids" in result["msg"]
    assert (result["image"]["image_family"], result["image"]["shared_with"]) == ("f", [])
    again = run(module, **GOLDEN, family="f", shared_with=["4711"])
    assert (again["failed"], again["changed"]) == (True, False)


def test_an_encrypted_image_is_not_shared(cloud: Emulator, run: Run) -> None:
    cloud.world.images["img-source01"].encrypted_with = "default"
    result = run(module, **GOLDEN, shared_with=[PARTNER])
    assert result["error_code"] == "UnsupportedOperation.EncryptedImagesNotSupported"
    assert "Use the plain image" in result["msg"]


@pytest.mark.parametrize(
    "action", ["ModifyImageAttribute", "TagResources", "UnTagResources", "ModifyImageSharePermission"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answers_of_changes(cloud: Emulator, run: Run, action: str, when: str) -> None:
    cloud.add_faults({"do": "cut", "action": action, "when": when})
    wanted = {"new_name": "golden-1", "tags": {"tier": 1}, "purge_tags": True, "shared_with": [PARTNER]}
    result = run(module, **GOLDEN, **wanted)
    assert (result["changed"], result.get("failed")) == (True, None), result
    assert (named(cloud, "golden-1"), tags_of(cloud)) == (["img-source01"], {"tier": "1"})
    assert list(cloud.world.images["img-source01"].shared_with) == [PARTNER]
    assert run(module, **GOLDEN, **wanted)["changed"] is False
    assert len(cloud.journal.effects(action)) == 1


def test_a_change_waits_for_an_image_that_is_being_copied(cloud: Emulator, run: Run) -> None:
    cloud.plant(
        images=[like_source(state="SYNCING", ready_in_minutes=10, copied_from="img-source01")],
    )
    assert run(module, **GOLDEN)["image"]["image_state"] == "SYNCING"
    late = run(module, **GOLDEN, family="f", wait_timeout=60)
    assert (late["failed"], late["changed"], "in state SYNCING" in late["msg"]) == (True, False, True)
    result = run(module, **GOLDEN, family="f", wait=False)
    assert (result["changed"], result["image"]["image_state"]) == (True, "NORMAL")


def test_a_busy_image_is_looked_at_again(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(
        {"do": "error", "code": "InvalidImageId.IncorrectState", "action": "ModifyImageAttribute", "times": 3},
        {"do": "error", "code": "FailedOperation.ResourceTagProcessing", "action": "TagResources", "times": 2},
    )
    result = run(module, **GOLDEN, family="f", tags={"tier": 1})
    assert (result["changed"], result["image"]["image_family"], tags_of(cloud)["tier"]) == (True, "f", "1")


def test_looks_that_fail_for_a_while_lose_nothing(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "http", "action": "DescribeImages", "skip": 3, "times": 12})
    result = run(module, **NEW)
    assert (result["changed"], result["image"]["image_state"], effects(cloud)) == (True, "NORMAL", ["CreateImage"])


def test_looks_that_fail_for_good_end_the_run(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "http", "action": "DescribeImages", "skip": 3, "times": None})
    result = run(module, **NEW)
    assert (result["failed"], result["changed"], result["error_code"]) == (True, True, "ServerNetworkError")


def test_who_may_not_see_shares_may_do_everything_else(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"DescribeImageSharePermission"})
    result = run(module, **GOLDEN, family="f")
    assert (result["changed"], result["image"]["shared_with"]) == (True, None)
    denied = run(module, **GOLDEN, shared_with=[PARTNER])
    assert denied["error_code"] == "AuthFailure.UnauthorizedOperation"


# Delete -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [{"image_name": "golden"}, {"image_id": "img-source01"}])
def test_delete(cloud: Emulator, run: Run, which: dict[str, str]) -> None:
    asked = {"region": "ap-guangzhou", **which, "state": "absent"}
    checked = run(module, **asked, check=True)
    assert (checked["changed"], checked["image"], cloud.journal.writes()) == (True, None, [])

    result = run(module, **asked)

    assert (result["changed"], result["image"], named(cloud, "golden")) == (True, None, [])
    assert result["diff"]["before"]["image_id"] == "img-source01"
    assert cloud.world.images["img-source01"].snapshots == ()
    for check in (True, False):
        again = run(module, **asked, check=check)
        assert (again["changed"], again["image"], again.get("failed")) == (False, None, None)
    assert effects(cloud) == ["DeleteImages"]


def test_check_mode_asks_whether_it_may_delete(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"DeleteImages"})
    for check in (True, False):
        result = run(module, **GONE, check=check)
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["error_code"] == "AuthFailure.UnauthorizedOperation"


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_of_what_is_being_made_is_like_the_real_run(
    cloud: Emulator, run: Run, clock: ManualClock, state: str, wait: bool
) -> None:
    run(module, **NEW, wait=False)
    clock.advance(10)
    change = {"region": "ap-guangzhou", "image_name": "new", "state": state, "deprecated": True, "wait": wait}
    foreseen, real = run(module, **change, check=True), run(module, **change)
    for key in ("changed", "failed", "msg", "warnings"):
        assert foreseen.get(key) == real.get(key), key
    assert real["changed"] is wait


def test_check_mode_of_a_deletion_that_is_under_way(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.image_deleted_after = 60
    run(module, **GONE, wait=False)
    for check in (True, False):
        result = run(module, **GONE, check=check)
        assert (result.get("failed"), result["changed"], result["image"]) == (None, False, None)


def test_snapshots_may_stay(cloud: Emulator, run: Run) -> None:
    run(module, **GONE, delete_snapshots=False)
    assert len(cloud.world.images["img-source01"].snapshots) == 1


def test_snapshots_that_stay_against_the_will_are_told_of(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", id="img-disks001", name="disks", data_disks=[10])])
    cloud.world.behaviour.data_snapshots_stay = True
    result = run(module, region="ap-guangzhou", image_name="disks", state="absent")
    (left,) = cloud.world.images["img-disks001"].snapshots
    assert (result["changed"], result.get("failed")) == (True, None)
    assert f"its snapshots {left.snapshot_id} are still there and billed" in result["warnings"][0]


def test_snapshots_that_nobody_may_see(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"DescribeSnapshots"})
    assert "allow cbs:DescribeSnapshots" in run(module, **GONE)["warnings"][0]


def test_a_shared_image_is_unshared_first(cloud: Emulator, run: Run) -> None:
    cloud.world.images["img-source01"].shared_with[PARTNER] = 0.0
    assert run(module, **GONE)["changed"] is True
    assert (effects(cloud), named(cloud, "golden")) == (["ModifyImageSharePermission", "DeleteImages"], [])


@pytest.mark.parametrize("action", ["DeleteImages", "ModifyImageSharePermission"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answers_of_a_deletion(cloud: Emulator, run: Run, action: str, when: str) -> None:
    cloud.world.images["img-source01"].shared_with[PARTNER] = 0.0
    # The first DeleteImages is the one that is refused because of the sharing.
    cloud.add_faults({"do": "cut", "action": action, "when": when, "skip": int(action == "DeleteImages")})
    result = run(module, **GONE)
    assert (result["changed"], result["image"], named(cloud, "golden")) == (True, None, [])
    assert len(cloud.journal.effects("DeleteImages")) == 1


def test_what_is_being_made_is_deleted_afterwards(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **NEW, wait=False)
    clock.advance(10)
    gone = {"region": "ap-guangzhou", "image_name": "new", "state": "absent"}
    refused = run(module, **gone, wait=False)
    assert (refused["failed"], refused["changed"], "set wait" in refused["msg"]) == (True, False, True)
    assert run(module, **gone)["changed"] is True
    assert named(cloud, "new") == []


def test_a_deletion_that_is_not_waited_for(cloud: Emulator, run: Run) -> None:
    assert run(module, **GONE, wait=False)["changed"] is True
    again = run(module, **GONE)
    assert (again["changed"], again["image"], named(cloud, "golden")) == (False, None, [])


def test_a_deletion_that_takes_too_long(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.image_deleted_after = 100000.0
    result = run(module, **GONE, wait_timeout=60)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "is not finished after 60 seconds" in result["msg"]


def test_a_deletion_that_is_refused(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"DeleteImages"})
    result = run(module, **GONE)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["image"]["image_id"] == "img-source01"
    assert (result["error_code"], bool(result["request_id"])) == ("AuthFailure.UnauthorizedOperation", True)


# Which one ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("what", [GOLDEN, GONE, {**GOLDEN, "new_name": "other"}, {**NEW, "new_name": "golden"}])
def test_several_of_a_name_are_listed(cloud: Emulator, run: Run, what: dict[str, str], check: bool) -> None:
    cloud.plant(images=[SECOND])
    result = run(module, **what, check=check)
    assert result["failed"]
    assert "2 images in ap-guangzhou are named golden: img-second01 (NORMAL), img-source01 (NORMAL)" in result["msg"]
    assert cloud.journal.writes() == []


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("image_id", "why"), [("img-shared01", "shared by another account"), ("img-public01", "public image")]
)
def test_what_is_not_ours_is_refused(cloud: Emulator, run: Run, state: str, image_id: str, why: str) -> None:
    cloud.plant(images=[{**SHARED, "id": "img-public01", "name": "public", "public": True, "shared_with": []}])
    result = run(module, region="ap-guangzhou", image_id=image_id, state=state, family="f")
    assert (result["failed"], why in result["msg"]) == (True, True)
    assert cloud.journal.writes() == []


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"region": ""}, "region is missing"),
        ({"region": "ap-nowhere"}, "ap-nowhere"),
        ({"image_name": None}, "Give image_id or image_name"),
        ({"image_id": "img-source01"}, "both given"),
        ({"image_name": None, "image_id": "golden"}, "'golden' is not an image id"),
        ({"image_name": None, "image_id": "img-missing1"}, "There is no image img-missing1 in ap-guangzhou"),
        ({"image_name": "nothing"}, "There is no custom image named nothing in ap-guangzhou"),
        ({"image_name": "x" * 61}, "image_name has 61 characters"),
        ({"new_name": "x" * 61}, "new_name has 61 characters"),
        ({"description": "x" * 257}, "description has 257 characters"),
        ({"instance_id": BUILDER, "snapshot_ids": ["snap-1"]}, "both given"),
        ({"instance_id": "builder"}, "'builder' is not an id of the form ins-1a2b3c4d"),
        ({"snapshot_ids": ["disk-1"]}, "'disk-1' is not an id of the form snap-1a2b3c4d"),
        ({"instance_id": BUILDER, "data_disk_ids": ["1"]}, "'1' is not an id of the form disk-1a2b3c4d"),
        ({"data_disk_ids": ["disk-1"]}, "data_disk_ids is given without instance_id"),
        ({"snapshot_ids": ["snap-1"], "force_poweroff": True}, "force_poweroff is given without instance_id"),
        ({"sysprep": True}, "sysprep is given without instance_id"),
        ({"image_name": None, "image_id": "img-source01", "instance_id": BUILDER}, "under an image_name"),
        ({"shared_with": ["partner"]}, "'partner' is not an account id"),
        ({"not_shared_with": ["partner"]}, "'partner' is not an account id"),
        ({"shared_with": ["1", "2"], "not_shared_with": ["2", "3"]}, "2 is in shared_with and in not_shared_with"),
        ({"shared_with": [str(number) for number in range(501)]}, "shared_with holds 501 accounts"),
        ({"tags": {"qcloud-x": "1"}}, "reserves"),
        ({"tags": {"cvm-image-source": "1"}}, "set by this collection"),
        ({"state": "absent", "new_name": "other"}, "new_name cannot be given with state absent"),
        ({"wait_timeout": -1}, "wait_timeout is negative"),
    ],
)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**GOLDEN, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert cloud.journal.writes() == []


def test_documented_results_are_real(cloud: Emulator, run: Run) -> None:
    results: list[Result] = [
        run(module, **GOLDEN, shared_with=[PARTNER]),
        run(module, **{**NEW, "instance_id": "ins-nowhere1"}),
    ]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
    assert results[0]["image"]["image_size"] == cloud.world.images["img-source01"].size
