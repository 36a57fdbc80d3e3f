# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_prune, whole, against the emulator."""

from __future__ import annotations

import itertools
import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_prune as module

from tests.emulator import Emulator, Fault

from ...conftest import Result, Run, VirtualTime, like_source, undocumented_or_unseen

SHANGHAI, BEIJING = "ap-shanghai", "ap-beijing"
ASKED: dict[str, t.Any] = {"regions": [SHANGHAI], "name_regex": "golden-[0-9]+", "keep": 2}
DENIED = "AuthFailure.UnauthorizedOperation"


def copy(number: int, region: str = SHANGHAI, **different: t.Any) -> dict[str, t.Any]:
    """golden-1 is the oldest; its source is gone."""
    return like_source(
        **{
            "id": f"img-{region[3:7]}000{number}",
            "region": region,
            "name": f"golden-{number}",
            "age_days": 100 - number,
            "tags": {"cvm-image-source": f"ap-guangzhou/img-gone000{number}"},
            **different,
        }
    )


def image_id(number: int, region: str = SHANGHAI) -> str:
    return f"img-{region[3:7]}000{number}"


@pytest.fixture(autouse=True)
def copies(cloud: Emulator) -> None:
    """Four of ours in ap-shanghai: 4 and 3 are the newest."""
    cloud.plant(images=[copy(number) for number in range(1, 5)])


def machine(cloud: Emulator, used: str, **different: t.Any) -> None:
    plain = {"account": "acme", "zone": "ap-shanghai-5", "name": "web", "image_id": used, "id": "ins-machine1"}
    cloud.plant(instances=[{**plain, **different}])


def reasons(result: Result) -> dict[str, str]:
    return {image["image_name"]: image["reason"] for image in result["images"]}


def statuses(result: Result) -> dict[str, str]:
    return {image["image_name"]: image["status"] for image in result["images"]}


def row(result: Result, name: str, region: str = SHANGHAI) -> dict[str, t.Any]:
    (found,) = [image for image in result["images"] if (image["image_name"], image["region"]) == (name, region)]
    return dict(found)


def there(cloud: Emulator, region: str = SHANGHAI) -> set[str]:
    return {image.name for image in cloud.world.own_images("100000000001", region)}


ALL = {"golden-1", "golden-2", "golden-3", "golden-4"}


def test_in_check_mode_it_tells_what_would_go_and_deletes_nothing(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, check=True)
    assert result["changed"] is True
    assert statuses(result) == {
        "golden-4": "kept",
        "golden-3": "kept",
        "golden-2": "planned",
        "golden-1": "planned",
    }
    assert list(reasons(result).values()) == ["newest", "newest", "surplus", "surplus"]
    assert result["deleted"] == {SHANGHAI: [image_id(2), image_id(1)]}
    assert (result["freed_gib"], result["freed_gib_by_region"]) == (100, {SHANGHAI: 100})
    assert result["diff"]["before"]["images"] == [
        f"{image_id(number)} (golden-{number}) in {SHANGHAI}" for number in (2, 1)
    ]
    assert cloud.journal.writes() == []
    assert there(cloud) == ALL


def test_it_deletes_the_same_with_their_snapshots_and_nothing_the_second_time(cloud: Emulator, run: Run) -> None:
    foreseen = run(module, **ASKED, check=True)
    first = run(module, **ASKED)
    assert first["changed"] is True
    assert statuses(first) == {"golden-4": "kept", "golden-3": "kept", "golden-2": "deleted", "golden-1": "deleted"}
    for key in ("deleted", "freed_gib", "freed_gib_by_region", "diff", "warnings"):
        assert first[key] == foreseen[key], key
    assert there(cloud) == {"golden-3", "golden-4"}
    assert [cloud.world.images[image_id(number)].snapshots for number in (1, 2)] == [(), ()]
    assert {entry.action for entry in cloud.journal.effects()} == {"DeleteImages"}

    cloud.journal.clear()
    again = run(module, **ASKED)
    assert (again["changed"], again["deleted"], again["freed_gib"]) == (False, {}, 0)
    assert cloud.journal.writes() == []
    assert run(module, **ASKED, check=True)["changed"] is False


def test_every_reason_to_stay(cloud: Emulator, run: Run) -> None:
    templates = [
        {
            "account": "acme",
            "region": SHANGHAI,
            "name": "web",
            "id": "lt-template",
            "default_version": 2,
            "versions": [
                {"image_id": image_id(2), "zone": "ap-shanghai-5"},
                {"image_id": image_id(9), "zone": "ap-shanghai-5"},
            ],
        }
    ]
    images = [
        copy(5, tags={}),
        copy(6, state="CREATING", ready_in_minutes=60),
        copy(7, age_days=90),
        copy(8, shared_with=["partner"]),
        copy(9, age_days=0.5),
    ]
    under_way = copy(
        1,
        BEIJING,
        name="other",
        state="SYNCING",
        ready_in_minutes=60,
        tags={"cvm-image-source": f"{SHANGHAI}/{image_id(3)}"},
    )
    cloud.plant(images=[*images, under_way], launch_templates=templates)
    machine(cloud, image_id(1), state="STOPPED")
    asked = {
        **ASKED,
        "regions": [SHANGHAI, BEIJING],
        "keep": 1,
        "minimum_age_days": 1,
        "protected_image_ids": [image_id(4)],
    }
    result = run(module, **asked)
    assert reasons(result) == {
        "golden-9": "used_by_launch_template",
        "golden-8": "shared",
        "golden-7": "surplus",
        "golden-6": "in_progress",
        "golden-5": "not_ours",
        "golden-4": "protected",
        "golden-3": "being_copied",
        "golden-2": "used_by_launch_template",
        "golden-1": "used_by_instance",
    }
    assert result["deleted"] == {SHANGHAI: [image_id(7)]}
    assert row(result, "golden-9")["used_by"] == ["lt-template:2"]
    assert row(result, "golden-2")["used_by"] == ["lt-template:1"]
    assert row(result, "golden-1")["used_by"] == ["ins-machine1"]
    assert row(result, "golden-8")["used_by"] == ["100000000002"]
    assert there(cloud) == {f"golden-{number}" for number in (1, 2, 3, 4, 5, 6, 8, 9)}
    young = run(module, **{**asked, "minimum_age_days": 95.5, "protected_image_ids": []})
    assert reasons(young)["golden-4"] == "surplus"


def test_what_is_too_young_stays(run: Run) -> None:
    result = run(module, **{**ASKED, "keep": 0, "minimum_age_days": 97.5})
    assert list(reasons(result).values()) == ["too_young", "too_young", "surplus", "surplus"]


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "STOPPED", "LAUNCH_FAILED", "SHUTDOWN"])
def test_an_instance_keeps_its_image_in_every_state(cloud: Emulator, run: Run, state: str) -> None:
    machine(cloud, image_id(1), state=state)
    assert reasons(run(module, **ASKED))["golden-1"] == "used_by_instance"


def test_what_is_not_ours_goes_only_when_told(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[copy(7, tags={})])
    assert reasons(run(module, **ASKED, check=True))["golden-7"] == "not_ours"
    told = run(module, **ASKED, only_copies=False)
    assert reasons(told) == {
        "golden-7": "newest",
        "golden-4": "newest",
        "golden-3": "surplus",
        "golden-2": "surplus",
        "golden-1": "surplus",
    }


def test_the_copy_of_a_newer_image_does_not_go_for_a_late_copy_of_an_older_one(cloud: Emulator, run: Run) -> None:
    """The sources are looked up in their region, which is none of those to be pruned."""
    sources = {number: like_source(region=BEIJING, id=f"img-from000{number}", name="x") for number in (5, 6)}
    cloud.plant(
        images=[
            {**sources[5], "age_days": 95},
            {**sources[6], "age_days": 90},
            copy(5, age_days=1, tags={"cvm-image-source": f"{BEIJING}/img-from0005"}),
            copy(6, age_days=89, tags={"cvm-image-source": f"{BEIJING}/img-from0006"}),
        ]
    )
    result = run(module, **{**ASKED, "keep": 1, "name_regex": "golden-[56]"})
    assert reasons(result) == {"golden-6": "newest", "golden-5": "surplus"}


@pytest.mark.parametrize("source", ["ap-nowhere/img-gone0001", "ap-beijing/nonsense", "nonsense", "ap-beijing/img-1"])
def test_a_source_that_cannot_be_is_as_good_as_gone(cloud: Emulator, run: Run, source: str) -> None:
    cloud.plant(images=[copy(9, tags={"cvm-image-source": source})])
    result = run(module, **ASKED)
    assert list(reasons(result).values()) == ["newest", "newest", "surplus", "surplus", "surplus"]


def test_groups_and_families(cloud: Emulator, run: Run) -> None:
    cloud.plant(
        images=[
            copy(5, name="app-web-1"),
            copy(6, name="app-web-2"),
            copy(7, name="app-db-1", family="apps"),
            copy(8, name="app-db-2", family="apps"),
        ]
    )
    grouped = run(module, **{**ASKED, "name_regex": "app-(web|db)-.*", "keep": 1}, check=True)
    assert {image["group"] for image in grouped["images"]} == {"web", "db"}
    assert grouped["deleted"] == {SHANGHAI: [image_id(7), image_id(5)]}
    of_family = run(module, regions=[SHANGHAI], family="apps", keep=1, name_regex="")
    assert of_family["deleted"] == {SHANGHAI: [image_id(7)]}
    assert row(of_family, "app-db-2")["group"] == "apps"


# Trouble ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_resolved_by_looking(cloud: Emulator, run: Run, when: str) -> None:
    cloud.add_faults(Fault("cut", action="DeleteImages", when=when, match={"ImageIds": [image_id(1)]}))
    result = run(module, **ASKED)
    assert statuses(result)["golden-1"] == "deleted"
    assert result["freed_gib"] == 100
    sent = [entry for entry in cloud.journal.writes() if entry.params["ImageIds"] == [image_id(1)]]
    assert [entry.executed for entry in sent] == ([False, True] if when == "before" else [True])


def test_a_lost_answer_and_then_a_refusal_because_it_is_going(cloud: Emulator, run: Run) -> None:
    """Tencent Cloud does not say which code an image gives that is being deleted."""
    cloud.world.behaviour.image_deleted_after = 100
    mine: dict[str, t.Any] = {"action": "DeleteImages", "match": {"ImageIds": [image_id(1)]}}
    cloud.add_faults(Fault("cut", when="after", **mine))
    cloud.add_faults(Fault("error", code="InvalidImageId.IncorrectState", skip=1, **mine))
    result = run(module, **ASKED)
    assert statuses(result)["golden-1"] == "deleted"
    assert len([entry for entry in cloud.journal.writes() if entry.params["ImageIds"] == [image_id(1)]]) == 2


def test_an_unclear_failure_that_stays_ends_in_time(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(Fault("error", action="DeleteImages", times=None))
    result = run(module, **ASKED, wait_timeout=200)
    assert result["failed"] is True
    assert statuses(result)["golden-1"] == "timed_out"
    assert result["error_code"] == "InternalError"
    assert "still there after 200 seconds; the last trouble was InternalError" in result["msg"]
    assert result["deleted"] == {}
    # It is sent again only when it can no longer have run.
    sent = [entry.moment for entry in cloud.journal.writes() if entry.params["ImageIds"] == [image_id(1)]]
    assert all(later - earlier >= 60 for earlier, later in itertools.pairwise(sent))


def test_throttling_is_overcome(cloud: Emulator, run: Run) -> None:
    for action in ("DescribeImages", "DescribeInstances", "DeleteImages", "DescribeSnapshots"):
        cloud.add_faults(Fault("throttle", action=action, times=3))
    assert run(module, **ASKED)["deleted"] == {SHANGHAI: [image_id(2), image_id(1)]}
    assert len(cloud.journal.effects()) == 2


def test_throttling_without_end_fails_in_time(cloud: Emulator, run: Run, time: VirtualTime) -> None:
    cloud.add_faults(Fault("throttle", action="DeleteImages", times=None))
    result = run(module, **ASKED, wait_timeout=60)
    assert (result["failed"], result["changed"]) == (True, False)
    assert set(statuses(result).values()) == {"kept", "timed_out"}
    assert there(cloud) == ALL
    assert sum(time.slept) < 130


UNREADABLE = [
    "DescribeImages",
    "DescribeInstances",
    "DescribeLaunchTemplates",
    "DescribeLaunchTemplateVersions",
    "DescribeImageSharePermission",
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("action", UNREADABLE)
def test_where_something_cannot_be_read_nothing_is_deleted(cloud: Emulator, run: Run, action: str, check: bool) -> None:
    version = {"image_id": "img-other001", "zone": "ap-shanghai-5"}
    template = {"account": "acme", "region": SHANGHAI, "name": "web", "versions": [version]}
    cloud.plant(images=[copy(number, BEIJING) for number in range(1, 5)], launch_templates=[template])
    cloud.add_faults(Fault("error", action=action, region=SHANGHAI, code=DENIED, message="denied", times=None))
    result = run(module, **{**ASKED, "regions": [SHANGHAI, BEIJING]}, check=check)
    assert (result["failed"], result["error_code"]) == (True, DENIED)
    assert f"{action} in {SHANGHAI} failed: {DENIED}: denied" in result["msg"]
    assert f"nothing was deleted in {SHANGHAI}" in result["msg"]
    assert result["errors"][SHANGHAI]["code"] == DENIED
    assert {image["region"] for image in result["images"]} == {BEIJING}
    assert result["deleted"] == {BEIJING: [image_id(2, BEIJING), image_id(1, BEIJING)]}
    assert there(cloud) == ALL
    assert there(cloud, BEIJING) == (ALL if check else {"golden-3", "golden-4"})


def test_where_the_sources_cannot_be_read_nothing_is_deleted(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(Fault("error", action="DescribeImages", region="ap-guangzhou", code=DENIED, times=None))
    result = run(module, **ASKED)
    assert f"DescribeImages in ap-guangzhou failed: {DENIED}" in result["msg"]
    assert f"nothing was deleted in {SHANGHAI}" in result["msg"]
    assert cloud.journal.writes() == []


def test_sources_of_what_is_not_meant_are_none_of_its_business(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[copy(9, name="other", tags={"cvm-image-source": f"{BEIJING}/img-other001"})])
    cloud.add_faults(Fault("error", action="DescribeImages", region=BEIJING, code=DENIED, times=None))
    assert run(module, **ASKED)["deleted"] == {SHANGHAI: [image_id(2), image_id(1)]}


def test_an_instance_that_started_meanwhile_keeps_its_image(cloud: Emulator, run: Run) -> None:
    """The first look does not show it; by the second, right before the deletion, it is there."""
    cloud.world.behaviour.tags_visible_after = 0
    machine(cloud, image_id(1))
    cloud.world.instances["ins-machine1"].visible_from = cloud.clock.now() + 0.001
    cloud.add_faults(Fault("throttle", action="DescribeImageSharePermission", times=8))
    result = run(module, **ASKED)
    assert row(result, "golden-1")["reason"] == "used_by_instance"
    assert row(result, "golden-1")["used_by"] == ["ins-machine1"]
    assert statuses(result) == {"golden-4": "kept", "golden-3": "kept", "golden-2": "deleted", "golden-1": "kept"}
    assert "golden-1" in there(cloud)


def test_when_the_second_look_fails_nothing_is_deleted(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(Fault("error", action="DescribeInstances", code=DENIED, skip=1, times=None))
    result = run(module, **ASKED)
    assert (result["failed"], result["changed"], result["deleted"]) == (True, False, {})
    assert "DescribeInstances: " in row(result, "golden-1")["error"]["message"]
    assert cloud.journal.writes() == []


def test_one_refusal_does_not_stop_the_others(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(
        Fault(
            "error",
            action="DeleteImages",
            code="InvalidParameterValue.InvalidImageId",
            message="not possible",
            match={"ImageIds": [image_id(2)]},
        )
    )
    result = run(module, **ASKED)
    assert (result["failed"], result["changed"]) == (True, True)
    assert statuses(result) == {"golden-4": "kept", "golden-3": "kept", "golden-2": "failed", "golden-1": "deleted"}
    assert row(result, "golden-2")["error"]["code"] == "InvalidParameterValue.InvalidImageId"
    assert f"Deleting {image_id(2)} (golden-2) in {SHANGHAI} failed" in result["msg"]
    assert result["freed_gib"] == 50


@pytest.mark.parametrize(
    ("code", "reason"), [("InvalidImageId.InShared", "shared"), ("InvalidImageId.IncorrectState", "in_progress")]
)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_what_the_api_protects_meanwhile_is_kept(
    cloud: Emulator, run: Run, code: str, reason: str, check: bool
) -> None:
    cloud.add_faults(Fault("error", action="DeleteImages", code=code, match={"ImageIds": [image_id(2)]}))
    result = run(module, **ASKED, check=check)
    assert "failed" not in result
    kept = row(result, "golden-2")
    assert (kept["status"], kept["reason"], kept["error"]["code"]) == ("kept", reason, code)
    assert result["deleted"] == {SHANGHAI: [image_id(1)]}


def test_what_somebody_else_deletes_meanwhile_is_absent(cloud: Emulator, run: Run) -> None:
    gone = Fault("error", action="DeleteImages", code="MutexOperation.TaskRunning", match={"ImageIds": [image_id(2)]})
    cloud.add_faults(gone)
    cloud.world.behaviour.image_deleted_after = 30
    doomed = cloud.world.images[image_id(2)]
    doomed.timeline = doomed.timeline.then((cloud.clock.now() + 20, "GONE"))
    result = run(module, **{**ASKED, "delete_snapshots": False})
    assert statuses(result)["golden-2"] == "absent"
    assert result["deleted"] == {SHANGHAI: [image_id(1)]}


def test_check_mode_knows_that_deleting_is_not_allowed(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"DeleteImages"})
    for check in (True, False):
        result = run(module, **ASKED, check=check)
        assert (result["failed"], result["error_code"]) == (True, DENIED)
        assert statuses(result)["golden-1"] == "failed"


def test_a_deletion_that_takes_too_long(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.image_deleted_after = 1000
    result = run(module, **ASKED, wait_timeout=60)
    assert (result["failed"], result["changed"]) == (True, True)
    assert statuses(result)["golden-1"] == "timed_out"
    assert "still there after 60 seconds. Run again to go on" in result["msg"]


def test_a_deletion_that_was_accepted_is_not_sent_again(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.image_deleted_after = 200
    assert len(run(module, **ASKED)["deleted"][SHANGHAI]) == 2
    assert len(cloud.journal.writes()) == 2


def test_without_waiting_it_returns_when_the_deletions_are_accepted(
    cloud: Emulator, run: Run, time: VirtualTime
) -> None:
    result = run(module, **ASKED, wait=False)
    assert result["deleted"] == {SHANGHAI: [image_id(2), image_id(1)]}
    assert time.slept == []


def test_without_waiting_a_doubt_is_resolved(cloud: Emulator, run: Run, time: VirtualTime) -> None:
    cloud.add_faults(Fault("cut", action="DeleteImages", when="after", match={"ImageIds": [image_id(1)]}))
    assert statuses(run(module, **ASKED, wait=False))["golden-1"] == "deleted"
    assert time.slept != []


# Sharing and snapshots ----------------------------------------------------------------------------------------------


def test_shared_images_go_only_when_told(cloud: Emulator, run: Run) -> None:
    cloud.world.images[image_id(1)].shared_with = {"100000000002": 0.0}
    assert reasons(run(module, **ASKED, check=True))["golden-1"] == "shared"
    foreseen = run(module, **ASKED, delete_shared=True, check=True)
    assert (row(foreseen, "golden-1")["status"], row(foreseen, "golden-1")["used_by"]) == ("planned", ["100000000002"])
    assert cloud.journal.writes() == []
    result = run(module, **ASKED, delete_shared=True)
    assert (row(result, "golden-1")["status"], row(result, "golden-1")["used_by"]) == ("deleted", ["100000000002"])
    assert [entry.action for entry in cloud.journal.effects()].count("ModifyImageSharePermission") == 1


def test_the_end_of_a_sharing_may_show_late(cloud: Emulator, run: Run) -> None:
    cloud.world.images[image_id(1)].shared_with = {"100000000002": 0.0}
    cloud.add_faults({"do": "error", "code": "InvalidImageId.InShared", "action": "DeleteImages", "times": 3})
    result = run(module, **ASKED, delete_shared=True)
    assert row(result, "golden-1")["status"] == "deleted"
    assert cloud.world.images[image_id(1)].timeline.at(cloud.clock.now()) == "GONE"


def test_snapshots_that_shall_stay_free_nothing(cloud: Emulator, run: Run) -> None:
    for check in (True, False):
        result = run(module, **ASKED, delete_snapshots=False, check=check)
        assert (result["freed_gib"], row(result, "golden-1")["snapshot_gib"]) == (0, 50)
    assert len(cloud.world.images[image_id(1)].snapshots) == 1
    assert not cloud.journal.calls("DescribeSnapshots")


def test_snapshots_that_outlive_their_image_are_told_of_and_not_counted(
    cloud: Emulator, run: Run, time: VirtualTime
) -> None:
    cloud.world.behaviour.data_snapshots_stay = True
    cloud.plant(images=[copy(0, data_disks=[200])])
    left = cloud.world.images[image_id(0)].snapshots[1].snapshot_id
    result = run(module, **{**ASKED, "keep": 4})
    (gone,) = [image for image in result["images"] if image["status"] == "deleted"]
    assert (gone["snapshot_gib"], gone["freed_gib"], gone["remaining_snapshots"]) == (250, 50, [left])
    assert result["freed_gib"] == 50
    assert sum(time.slept) >= 60, "they are given some time to go"
    (warning,) = result["warnings"]
    assert f"its snapshots {left} are still there and billed" in warning


def test_a_snapshot_that_another_image_needs_is_not_counted(cloud: Emulator, run: Run) -> None:
    images = cloud.world.images
    images[image_id(1)].snapshots = images[image_id(4)].snapshots
    assert run(module, **ASKED, check=True)["freed_gib"] == 50
    images[image_id(1)].snapshots = images[image_id(2)].snapshots
    assert run(module, **ASKED, check=True)["freed_gib"] == 50


def test_not_being_allowed_to_see_snapshots_is_a_warning(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].denied_actions = frozenset({"DescribeSnapshots"})
    result = run(module, **ASKED)
    assert statuses(result)["golden-1"] == "deleted"
    assert [text for text in result["warnings"] if "allow cbs:DescribeSnapshots" in text]


# Many ---------------------------------------------------------------------------------------------------------------


def test_every_page_of_images_instances_and_templates_is_read(cloud: Emulator, run: Run) -> None:
    many = [copy(0, id=f"img-{number:08d}", name=f"build-{number}", age_days=10 + number / 10) for number in range(150)]
    zone = "ap-shanghai-5"
    cloud.plant(
        images=many,
        instances=[
            {"account": "acme", "zone": zone, "name": "web", "image_id": f"img-{number + 10:08d}", "age_days": number}
            for number in range(130)
        ],
        launch_templates=[
            {
                "account": "acme",
                "region": SHANGHAI,
                "name": f"template-{number}",
                "age_days": number,
                "versions": [{"image_id": "img-00000149" if number == 109 else "img-other001", "zone": zone}],
            }
            for number in range(110)
        ],
    )
    result = run(module, **{**ASKED, "name_regex": "build-.*", "keep": 5})
    assert len(result["images"]) == 150
    told = [image["reason"] for image in result["images"]]
    assert {reason: told.count(reason) for reason in set(told)} == {
        "newest": 5,
        "surplus": 14,
        "used_by_instance": 130,
        "used_by_launch_template": 1,
    }
    assert [image["image_name"] for image in result["images"] if image["reason"] == "newest"] == [
        f"build-{number}" for number in range(5)
    ]
    assert result["freed_gib"] == 14 * 50


def test_an_image_that_two_pages_show_counts_once(cloud: Emulator, run: Run, time: VirtualTime) -> None:
    """A new image moves the last of the first page, golden-4, to the second as well; golden-3 would be too many."""
    older = [like_source(id=f"img-older{n:03d}", name=f"other-{n}", age_days=200 + n) for n in range(100)]
    newer = [like_source(id=f"img-newer{n:03d}", name=f"another-{n}", age_days=n / 100) for n in range(100)]
    cloud.plant(images=[*older, *newer])
    cloud.world.images["img-newer000"].visible_from = time.time() + 1e-5
    cloud.add_faults({"do": "throttle", "action": "DescribeImages", "skip": 1})
    result = run(module, **ASKED, check=True)
    assert reasons(result) == {
        "golden-4": "newest",
        "golden-3": "newest",
        "golden-2": "surplus",
        "golden-1": "surplus",
    }


def test_every_version_of_a_template_is_read(cloud: Emulator, run: Run) -> None:
    """Versions beyond the thirtieth, which the API shows only when asked, and beyond the first page."""
    versions = [{"image_id": "img-other001", "zone": "ap-shanghai-5"} for _number in range(120)]
    versions[40]["image_id"], versions[119]["image_id"] = image_id(1), image_id(2)
    template = {"account": "acme", "region": SHANGHAI, "name": "web", "id": "lt-template", "versions": versions}
    cloud.plant(launch_templates=[template])
    result = run(module, **ASKED)
    assert (row(result, "golden-1")["used_by"], row(result, "golden-2")["used_by"]) == (
        ["lt-template:41"],
        ["lt-template:120"],
    )


def test_polls_grow_with_regions_and_not_with_images(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[copy(0, id=f"img-{number:08d}", name=f"build-{number}") for number in range(40)])
    cloud.world.behaviour.image_deleted_after = 60
    result = run(module, **{**ASKED, "name_regex": "build-.*", "keep": 0})
    assert len(result["deleted"][SHANGHAI]) == 40
    assert len(cloud.journal.calls("DescribeImages")) < 40
    assert len(cloud.journal.calls("DescribeSnapshots")) == 1


def test_regions_are_pruned_each_for_itself(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[copy(number, BEIJING) for number in (1, 2, 3)])
    machine(cloud, image_id(1, BEIJING))
    result = run(module, **{**ASKED, "regions": [BEIJING, SHANGHAI]})
    assert result["deleted"] == {
        BEIJING: [image_id(1, BEIJING)],
        SHANGHAI: [image_id(2), image_id(1)],
    }
    assert result["freed_gib_by_region"] == {BEIJING: 50, SHANGHAI: 100}
    assert [image["region"] for image in result["images"]] == [BEIJING] * 3 + [SHANGHAI] * 4


# Bad input ----------------------------------------------------------------------------------------------------------

EVERYTHING = [".*", ".+", "(.*)", "[\\s\\S]+", "|golden-.*", "\\S+", "[a-z0-9-]+", "[A-Z]+", ".{1,60}", "(?i)[a-z]+"]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        *(({"name_regex": text}, "matches every name") for text in EVERYTHING),
        ({"name_regex": "("}, "name_regex is not a regular expression"),
        ({"family": "golden"}, "family and name_regex are both given"),
        ({"name_regex": ""}, "give family or name_regex"),
        ({"keep": -1}, "keep is negative"),
        ({"minimum_age_days": -0.5}, "minimum_age_days must be a number of days"),
        ({"minimum_age_days": "nan"}, "minimum_age_days must be a number of days"),
        ({"regions": [""]}, "Name the regions to prune"),
        ({"regions": [SHANGHAI, SHANGHAI]}, "regions names ap-shanghai more than once"),
        ({"regions": [SHANGHAI, "ap-nowhere"]}, "ap-nowhere is not a region that this account can use"),
        ({"protected_image_ids": ["golden"]}, "'golden' is not an image id"),
        ({"wait_timeout": -1}, "wait_timeout is negative"),
    ],
)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert result["msg"].count(". ") == 0, "one sentence"
    assert cloud.journal.writes() == []
    assert there(cloud) == ALL


def test_empty_options_are_not_given(run: Run) -> None:
    empty = {"region": SHANGHAI, "regions": ["", " "], "family": "", "protected_image_ids": [""]}
    assert run(module, **{**ASKED, **empty}, check=True)["deleted"] == {SHANGHAI: [image_id(2), image_id(1)]}


def test_documented_results_are_real(cloud: Emulator, run: Run) -> None:
    good = run(module, **ASKED)
    cloud.add_faults(Fault("error", action="DescribeInstances", code=DENIED))
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), [good, run(module, **ASKED)]) == set()
