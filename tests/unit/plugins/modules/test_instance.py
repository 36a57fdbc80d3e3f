# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""instance, whole, against the emulator."""

from __future__ import annotations

import base64
import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import instance as module

from tests.emulator import Emulator, ManualClock

from ...conftest import Run, like_source, undocumented_or_unseen

ASKED = {
    "region": "ap-guangzhou",
    "name": "web",
    "image_id": "img-source01",
    "zone": "ap-guangzhou-6",
    "instance_type": "S5.MEDIUM4",
}
NEW_IMAGE = "img-source02"
PRECIOUS = {
    "account": "acme",
    "zone": "ap-guangzhou-6",
    "id": "ins-precious",
    "name": "web",
    "image_id": "img-source01",
    "instance_type": "S5.MEDIUM4",
    "tags": {"cvm-instance-group": "web"},
}
"""A member of the group."""


@pytest.fixture(autouse=True)
def second_image(cloud: Emulator) -> None:
    cloud.plant(
        images=[like_source(region="ap-guangzhou", id=NEW_IMAGE, name="golden-2")],
        key_pairs=[{"account": "acme", "id": "skey-1", "name": "ops"}],
    )


def effects(cloud: Emulator) -> list[str]:
    return [entry.action for entry in cloud.journal.effects()]


def states(cloud: Emulator) -> list[str]:
    now = cloud.clock.now()
    return sorted(instance.timeline.at(now) for instance in cloud.world.own_instances("100000000001", "ap-guangzhou"))


def test_launch_and_rerun(cloud: Emulator, run: Run) -> None:
    first = run(module, **ASKED, tags={"tier": 1})

    assert first["changed"] is True
    (instance,) = first["instances"]
    assert instance["instance_state"] == "RUNNING"
    assert instance["private_ip_addresses"]
    assert instance["tags"] == {"cvm-instance-group": "web", "tier": "1"}
    cloud.journal.clear()
    again = run(module, **ASKED, tags={"tier": 1})
    assert (again["changed"], again["instance_ids"]) == (False, first["instance_ids"])
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeInstances"]


def test_several_all_bear_the_name(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, exact_count=3)
    assert [instance["instance_name"] for instance in result["instances"]] == ["web"] * 3
    assert effects(cloud) == ["RunInstances", "ModifyInstancesAttribute"]
    assert run(module, **ASKED, exact_count=3)["changed"] is False


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_first_group_of_an_account_that_never_used_the_tag(
    cloud: Emulator, run: Run, state: str, check: bool
) -> None:
    unknown = {"do": "error", "action": "DescribeInstances", "code": "InvalidParameterValue.TagKeyNotFound"}
    cloud.add_faults(unknown)
    result = run(module, **ASKED, state=state, check=check)
    assert (result.get("failed"), result["changed"]) == (None, state == "present")
    assert states(cloud) == ([] if check or state == "absent" else ["RUNNING"])


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (2, 0), (2, 2)])
def test_exact_count(cloud: Emulator, run: Run, clock: ManualClock, before: int, after: int) -> None:
    run(module, **ASKED, exact_count=before)
    result = run(module, **ASKED, exact_count=after)
    clock.advance(120)
    assert len(result["instances"]) == after
    assert result["changed"] is (before != after)
    assert states(cloud) == ["RUNNING"] * after


@pytest.mark.parametrize("state", ["present", "stopped", "running"])
@pytest.mark.parametrize("check", [True, False])
def test_without_exact_count_nothing_is_ended(cloud: Emulator, run: Run, state: str, check: bool) -> None:
    run(module, **ASKED, exact_count=3)
    cloud.journal.clear()

    refused = run(module, **ASKED, state=state, check=check)

    assert "has 3 instances, and exact_count does not say how many it shall have" in refused["msg"]
    assert cloud.journal.writes() == []
    assert run(module, **ASKED, state="absent")["changed"] is True


def test_a_stranger_of_the_same_name_is_no_member(cloud: Emulator, run: Run) -> None:
    cloud.plant(
        instances=[
            {
                "account": "acme",
                "zone": "ap-guangzhou-6",
                "id": "ins-strange1",
                "name": "web",
                "image_id": "img-source01",
            }
        ]
    )
    result = run(module, **ASKED)
    assert "ins-strange1" not in result["instance_ids"]
    run(module, **{**ASKED, "state": "absent"})
    assert states(cloud) == ["RUNNING"]


def test_launch_options_reach_the_api(cloud: Emulator, run: Run) -> None:
    group = next(
        group.group_id
        for group in cloud.world.security_groups.values()
        if (group.account, group.region) == ("100000000001", "ap-guangzhou")
    )
    result = run(
        module,
        **ASKED,
        key_ids=["skey-1"],
        hostname="web-host",
        user_data="#!/bin/sh\ntrue\n",
        security_group_ids=[group],
        system_disk={"disk_type": "CLOUD_BSSD", "disk_size": 80},
        data_disks=[{"disk_size": 20}],
        internet={"max_bandwidth_out": 5, "public_ip_assigned": True},
        cam_role_name="role",
        project_id=7,
    )
    made = cloud.world.instances[result["instance_ids"][0]]
    assert made.key_ids == ["skey-1"]
    assert base64.b64decode(made.user_data) == b"#!/bin/sh\ntrue\n"
    assert (made.system_disk["DiskSize"], made.data_disks[0]["DiskSize"]) == (80, 20)
    assert (made.hostname, made.cam_role_name, made.project_id) == ("web-host", "role", 7)
    assert result["instances"][0]["public_ip_addresses"]
    assert result["instances"][0]["security_group_ids"] == [group]


EMPTY: dict[str, t.Any] = {
    "image_id": "",
    "instance_type": "",
    "zone": "",
    "vpc_id": "",
    "subnet_id": "",
    "security_group_ids": [""],
    "key_ids": "",
    "password": "",
    "hostname": "",
    "user_data": "",
    "cam_role_name": "",
    "system_disk": {"disk_type": ""},
    "data_disks": [{"disk_size": 20, "disk_type": "", "snapshot_id": ""}],
    "internet": {"charge_type": ""},
}
"""What a survey sends that was left empty."""


def test_empty_options_do_not_reach_the_api(cloud: Emulator, run: Run) -> None:
    launched = run(module, **{**ASKED, **EMPTY, "image_id": "img-source01", "zone": "ap-guangzhou-6"})
    assert len(launched["instances"]) == 1
    (request,) = (entry.params for entry in cloud.journal.effects("RunInstances"))
    assert sorted(set(request) - {"ClientToken", "TagSpecification"}) == [
        "DataDisks",
        "ImageId",
        "InstanceChargeType",
        "InstanceCount",
        "InstanceName",
        "Placement",
    ]
    assert request["DataDisks"] == [{"DiskSize": 20, "DeleteWithInstance": True}]


def test_empty_options_ask_for_no_change(cloud: Emulator, run: Run) -> None:
    first = run(module, **ASKED)
    again = run(module, **{**ASKED, **EMPTY}, on_image_change="fail")
    assert (again["changed"], again["instance_ids"]) == (False, first["instance_ids"])


def test_an_empty_password_leaves_room_for_keys(run: Run) -> None:
    assert run(module, **ASKED, password="", key_ids=["skey-1"])["changed"] is True


def test_the_longest_name_can_be_given_to_several(run: Run) -> None:
    result = run(module, **{**ASKED, "name": "x" * 60}, exact_count=2)
    assert [instance["instance_name"] for instance in result["instances"]] == ["x" * 60] * 2


def test_stop_and_start(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED, exact_count=2)
    stopped = run(module, **ASKED, exact_count=2, state="stopped")
    assert [instance["instance_state"] for instance in stopped["instances"]] == ["STOPPED"] * 2
    assert run(module, **ASKED, exact_count=2, state="stopped")["changed"] is False
    assert run(module, **ASKED, exact_count=2, state="present")["changed"] is False
    running = run(module, **ASKED, exact_count=2, state="running")
    assert [instance["instance_state"] for instance in running["instances"]] == ["RUNNING"] * 2


def test_more_than_fit_on_a_page_or_into_a_call(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    member = {key: value for key, value in PRECIOUS.items() if key != "id"}
    cloud.plant(instances=[member] * 120)
    same = run(module, **ASKED, exact_count=120)
    assert (same["changed"], len(set(same["instance_ids"]))) == (False, 120)
    gone = run(module, region="ap-guangzhou", name="web", state="absent", wait=False)
    clock.advance(60)
    assert (gone["instances"], states(cloud)) == ([], [])
    assert [len(entry.params["InstanceIds"]) for entry in cloud.journal.effects()] == [100, 20]


def test_a_group_whose_end_can_still_be_seen_is_launched_anew_at_once(
    cloud: Emulator, run: Run, clock: ManualClock
) -> None:
    """Those that are being terminated make it another decision, with another ClientToken."""
    old = run(module, **ASKED)["instance_ids"]
    run(module, **ASKED, exact_count=0, wait=False)
    began = clock.now()
    new = run(module, **ASKED)["instance_ids"]
    assert clock.now() - began < 120
    assert not set(old) & set(new)
    assert states(cloud) == ["RUNNING"]


CHANGES: list[tuple[dict[str, t.Any], list[str]]] = [
    ({"exact_count": 1}, ["RUNNING"]),
    ({"exact_count": 3, "state": "stopped"}, ["STOPPED"] * 3),
    ({"exact_count": 1, "state": "stopped"}, ["STOPPED"]),
    ({"state": "absent"}, []),
]


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_that_shows_late_is_neither_doubled_nor_an_error(
    cloud: Emulator, run: Run, clock: ManualClock, change: dict[str, t.Any], expected: list[str], wait: bool
) -> None:
    run(module, **ASKED, exact_count=3)
    cloud.journal.clear()
    cloud.world.behaviour.instance_change_shown_after = 8
    result = run(module, **ASKED, **change, wait=wait)
    clock.advance(60)
    assert (result.get("failed"), result["changed"], len(result["instances"])) == (None, True, len(expected))
    assert states(cloud) == expected
    assert len(effects(cloud)) == len(set(effects(cloud)))
    assert run(module, **ASKED, **change)["changed"] is False


BUSY: list[tuple[str, str, dict[str, t.Any]]] = [
    ("StopInstances", "OperationDenied.InstanceOperationInProgress", {"state": "stopped"}),
    ("StopInstances", "InvalidInstanceId.NotFound", {"state": "stopped"}),
    ("TerminateInstances", "MutexOperation.TaskRunning", {"state": "absent"}),
    ("TerminateInstances", "UnsupportedOperation.InstanceStateTerminating", {"state": "absent"}),
    ("ModifyInstancesAttribute", "UnsupportedOperation.InstanceStateRebooting", {}),
    ("TagResources", "FailedOperation.ResourceTagProcessing", {"tags": {"tier": 1}}),
]


@pytest.mark.parametrize(("action", "code", "change"), BUSY)
def test_an_instance_with_another_task_is_waited_for(
    cloud: Emulator, run: Run, action: str, code: str, change: dict[str, t.Any]
) -> None:
    cloud.plant(instances=[{**PRECIOUS, "name": "web1"}])
    cloud.add_faults({"do": "error", "action": action, "code": code, "times": 3})
    result = run(module, **ASKED, **change)
    assert (result.get("failed"), result["changed"]) == (None, True)
    assert effects(cloud).count(action) == 1


def test_an_instance_whose_other_task_does_not_end_is_told(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    busy = {"do": "error", "action": "StopInstances", "code": "OperationDenied.InstanceOperationInProgress"}
    cloud.add_faults({**busy, "times": None})
    result = run(module, **ASKED, state="stopped", wait_timeout=60)
    assert (result["failed"], result["changed"], result["error_code"]) == (True, False, busy["code"])
    assert "is not as wanted after 60 seconds" in result["msg"]
    assert states(cloud) == ["RUNNING"]


def test_absent_waits_until_they_are_gone(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED, exact_count=2)
    result = run(module, region="ap-guangzhou", name="web", state="absent")
    assert (result["changed"], result["instances"], states(cloud)) == (True, [], [])
    assert run(module, region="ap-guangzhou", name="web", state="absent")["changed"] is False


def test_several_can_be_launched_to_be_stopped(run: Run) -> None:
    """They are named anew before they stop: an instance that is stopping cannot be changed."""
    result = run(module, **ASKED, exact_count=2, state="stopped")
    assert [(item["instance_name"], item["instance_state"]) for item in result["instances"]] == [("web", "STOPPED")] * 2


def test_instances_that_are_charged_differently_go_in_calls_of_their_own(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED, exact_count=2)
    run(module, **ASKED, exact_count=3, charge_type="SPOTPAID")
    result = run(module, region="ap-guangzhou", name="web", state="absent")
    assert (result["changed"], result["instances"], states(cloud)) == (True, [], [])
    assert [len(entry.params["InstanceIds"]) for entry in cloud.journal.effects("TerminateInstances")] in (
        [1, 2],
        [2, 1],
    )


def test_tags_name_and_groups_converge(cloud: Emulator, run: Run) -> None:
    made = cloud.world.instances[run(module, **ASKED)["instance_ids"][0]]
    made.name = "renamed by hand"
    groups = [
        group.group_id
        for group in cloud.world.security_groups.values()
        if (group.account, group.region) == ("100000000001", "ap-guangzhou")
    ]
    wanted = {**ASKED, "tags": {"tier": 1}, "security_group_ids": groups}

    assert run(module, **wanted, check=True)["changed"] is True
    result = run(module, **wanted)

    assert (result["changed"], made.name, made.security_group_ids) == (True, "web", groups)
    assert cloud.world.tags_of(made.instance_id).at(cloud.clock.now())["tier"] == "1"
    assert run(module, **wanted)["changed"] is False


# A new image ----------------------------------------------------------------------------------------------------------


def test_keep_leaves_another_image(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    assert run(module, **{**ASKED, "image_id": NEW_IMAGE})["changed"] is False


def test_fail_on_another_image(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    cloud.journal.clear()
    result = run(module, **{**ASKED, "image_id": NEW_IMAGE}, on_image_change="fail")
    assert "runs the image img-source01 and not img-source02" in result["msg"]
    assert cloud.journal.writes() == []


def test_replace_waits_for_new_ones_that_it_has_to_start(cloud: Emulator, run: Run) -> None:
    cloud.plant(instances=[PRECIOUS, {**PRECIOUS, "id": "ins-renewed1", "image_id": NEW_IMAGE, "state": "STOPPED"}])
    run(module, **{**ASKED, "image_id": NEW_IMAGE}, on_image_change="replace", state="running")
    started, ended = cloud.journal.effects()
    assert (started.params["InstanceIds"], ended.params["InstanceIds"]) == (["ins-renewed1"], ["ins-precious"])
    assert ended.moment - started.moment >= 20, "the old one ended before the new one ran"


def test_replace_starts_the_new_before_it_ends_the_old(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    old = run(module, **ASKED, exact_count=2)["instance_ids"]
    cloud.journal.clear()

    result = run(module, **{**ASKED, "image_id": NEW_IMAGE}, exact_count=2, on_image_change="replace")

    assert [instance["image_id"] for instance in result["instances"]] == [NEW_IMAGE] * 2
    launched, ended = cloud.journal.effects("RunInstances")[0], cloud.journal.effects("TerminateInstances")[0]
    assert sorted(ended.params["InstanceIds"]) == sorted(old)
    assert ended.moment - launched.moment >= 40, "the old ones ended before the new ones ran"
    clock.advance(60)
    assert states(cloud) == ["RUNNING"] * 2
    again = run(module, **{**ASKED, "image_id": NEW_IMAGE}, exact_count=2, on_image_change="replace")
    assert again["changed"] is False


UNTOUCHABLE = [({"protected": True}, "is protected from termination"), ({"charge_type": "PREPAID"}, "is prepaid")]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("different", "message"), UNTOUCHABLE)
def test_nothing_is_launched_for_old_ones_that_cannot_go(
    cloud: Emulator, run: Run, different: dict[str, t.Any], message: str, check: bool
) -> None:
    cloud.plant(instances=[{**PRECIOUS, **different}])
    result = run(module, **{**ASKED, "image_id": NEW_IMAGE}, on_image_change="replace", check=check)
    assert message in result["msg"]
    assert cloud.journal.writes() == []


def test_check_mode_shows_the_new_in_place_of_the_old(cloud: Emulator, run: Run) -> None:
    old = run(module, **ASKED, exact_count=2)["instance_ids"]
    cloud.journal.clear()
    wanted = {**ASKED, "image_id": NEW_IMAGE, "on_image_change": "replace"}

    result = run(module, **wanted, exact_count=2, check=True)

    assert (result["changed"], result["instance_ids"]) == (True, old)
    before, after = (result["diff"][when]["instances"] for when in ("before", "after"))
    assert [instance["instance_id"] for instance in before] == old
    assert [instance["image_id"] for instance in after] == [NEW_IMAGE] * 2
    assert cloud.journal.writes() == []


# Check mode -----------------------------------------------------------------------------------------------------------


ON_ITS_WAY: list[tuple[str, dict[str, t.Any]]] = [
    ("STARTING", {"state": "stopped"}),
    ("STOPPING", {"state": "running"}),
    ("PENDING", {"tags": {"tier": 1}}),
    ("PENDING", {"exact_count": 0}),
    ("PENDING", {}),
]


@pytest.mark.parametrize(("passing", "wanted"), ON_ITS_WAY)
def test_check_mode_foresees_what_is_done_to_what_is_on_its_way(
    cloud: Emulator, run: Run, clock: ManualClock, passing: str, wanted: dict[str, t.Any]
) -> None:
    cloud.plant(instances=[PRECIOUS])
    arrived = {"STOPPING": "STOPPED"}.get(passing, "RUNNING")
    made = cloud.world.instances["ins-precious"]
    made.timeline = made.timeline.then((clock.now(), passing), (clock.now() + 20, arrived))
    foreseen = run(module, **ASKED, **wanted, check=True)
    assert cloud.journal.writes() == []
    real = run(module, **ASKED, **wanted)
    assert foreseen["changed"] is real["changed"] is bool(wanted)
    assert len(foreseen["diff"]["after"]["instances"]) == len(real["instances"])


def test_check_mode_asks_the_api(cloud: Emulator, run: Run) -> None:
    fine = run(module, **ASKED, exact_count=2, check=True)
    assert (fine["changed"], fine["instances"], len(fine["diff"]["after"]["instances"])) == (True, [], 2)
    impossible = run(module, **{**ASKED, "instance_type": "S9.HUGE"}, check=True)
    assert (impossible["error_code"], impossible["changed"]) == ("ResourceUnavailable.InstanceType", False)
    assert cloud.journal.writes() == []


def test_check_mode_asks_the_api_about_a_replacement_too(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    cloud.journal.clear()
    wanted = {**ASKED, "image_id": NEW_IMAGE, "on_image_change": "replace", "key_ids": ["skey-x"]}
    for check in (True, False):
        result = run(module, **wanted, check=check)
        assert result["error_code"] == "InvalidParameterValue.KeyPairNotFound"
    assert effects(cloud) == []


def test_check_mode_takes_dry_run_operation_for_yes(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.dry_run_code = "DryRunOperation"
    assert run(module, **ASKED, check=True)["changed"] is True


def test_check_mode_goes_on_where_a_copy_is_only_planned(cloud: Emulator, run: Run) -> None:
    result = run(module, **{**ASKED, "image_id": None}, check=True)
    assert (result["changed"], len(result["diff"]["after"]["instances"])) == (True, 1)
    assert "there is no image_id yet" in result["warnings"][0]
    real = run(module, **{**ASKED, "image_id": None})
    assert "which needs image_id" in real["msg"]
    assert cloud.journal.writes() == []


def test_check_mode_goes_on_where_a_copy_is_not_ready(cloud: Emulator, run: Run) -> None:
    """A copy module that would wait for a copy hands its id on in check mode."""
    cloud.plant(images=[like_source(region="ap-guangzhou", id="img-syncing1", name="x", state="SYNCING")])
    result = run(module, **{**ASKED, "image_id": "img-syncing1"}, check=True)
    assert (result.get("failed"), result["changed"], len(result["diff"]["after"]["instances"])) == (None, True, 1)
    assert "the image img-syncing1 is not ready" in result["warnings"][0]
    real = run(module, **{**ASKED, "image_id": "img-syncing1"})
    assert real["error_code"] == "InvalidParameterValue.InvalidImageState"


# Trouble --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [{"do": "cut"}, {"do": "http"}, {"do": "garbage"}, {"do": "error"}])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_never_starts_an_extra_instance(
    cloud: Emulator, run: Run, fault: dict[str, t.Any], when: str
) -> None:
    cloud.add_faults({**fault, "action": "RunInstances", "when": when})
    assert len(run(module, **ASKED, exact_count=2)["instances"]) == 2
    assert states(cloud) == ["RUNNING"] * 2


def test_a_lost_launch_is_looked_for_and_told(cloud: Emulator, run: Run) -> None:
    """More answers are lost than the client repeats the call for."""
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": 12})
    result = run(module, **ASKED)
    assert (result["changed"], result["instance_ids"]) == (True, list(cloud.world.instances))
    assert states(cloud) == ["RUNNING"]


def test_a_lost_launch_is_sent_again_as_it_was(
    cloud: Emulator, run: Run, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is in doubt an old instance vanishes, and one of the new ones comes into sight before the other."""
    old = run(module, **ASKED)["instance_ids"]
    run(module, **ASKED, exact_count=0, wait=False)
    cloud.world.behaviour.instance_visible_after = 50
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": 20})
    advance = clock.advance

    def advance_and_show_one(seconds: float) -> None:
        advance(seconds)
        new = [instance for instance in cloud.world.instances.values() if instance.instance_id not in old]
        for instance in new[:1]:
            instance.visible_from = instance.created + 10

    monkeypatch.setattr(clock, "advance", advance_and_show_one)
    result = run(module, **ASKED, exact_count=2)

    assert len({entry.params["ClientToken"] for entry in cloud.journal.effects("RunInstances")[1:]}) == 1
    assert sorted(result["instance_ids"]) == sorted(set(cloud.world.instances) - set(old))
    assert states(cloud) == ["RUNNING"] * 2


def test_a_refusal_after_a_lost_answer_leaves_the_launch_in_doubt(cloud: Emulator, run: Run) -> None:
    cloud.add_faults(
        {"do": "cut", "action": "RunInstances", "when": "after"},
        {"do": "error", "action": "RunInstances", "code": "OperationDenied", "skip": 1},
    )
    result = run(module, **ASKED)
    assert (result["changed"], result["instance_ids"]) == (True, list(cloud.world.instances))
    assert states(cloud) == ["RUNNING"]


def test_a_launch_that_is_lost_for_ever_is_told_with_the_last_trouble(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "error", "action": "RunInstances", "code": "InternalError", "times": None})
    result = run(module, **ASKED, wait_timeout=60)
    assert (result["failed"], result["changed"], result["error_code"]) == (True, True, "InternalError")
    assert "The last trouble was RunInstances in ap-guangzhou failed: InternalError" in result["msg"]
    assert result["request_id"]


def test_a_run_that_ended_in_doubt_is_continued_by_the_next(cloud: Emulator, run: Run) -> None:
    """All answers to the launch are lost until the time is over; instances are not even visible to the next run."""
    cloud.world.behaviour.instance_visible_after = 50
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": None})
    lost = run(module, **ASKED, exact_count=2, wait_timeout=20)
    assert (lost["failed"], lost["changed"], lost["instances"]) == (True, True, [])
    cloud.world.faults.clear()
    assert len(run(module, **ASKED, exact_count=2)["instances"]) == 2
    assert states(cloud) == ["RUNNING"] * 2


@pytest.mark.parametrize("wait", [True, False], ids=["wait", "no wait"])
def test_a_stale_client_token_does_not_stop_a_launch(cloud: Emulator, run: Run, clock: ManualClock, wait: bool) -> None:
    """However often the group has come and gone: only the first token is known, and met again."""
    for _time in range(3):
        run(module, **ASKED)
        run(module, **{**ASKED, "state": "absent"})
        clock.advance(600)
    result = run(module, **ASKED, wait=wait)
    assert (result["changed"], result["instance_ids"]) == (True, [list(cloud.world.instances)[-1]])
    clock.advance(60)
    assert states(cloud) == ["RUNNING"]


def test_a_stale_client_token_that_outlasts_the_time_is_told(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    (old,) = run(module, **ASKED)["instance_ids"]
    run(module, **{**ASKED, "state": "absent"})
    clock.advance(600)
    result = run(module, **ASKED, wait_timeout=120)
    assert f"answered the launch with {old}, and has not shown them since" in result["msg"]
    assert "a wait_timeout of more than 300" in result["msg"]


@pytest.mark.parametrize("wait", [True, False], ids=["wait", "no wait"])
def test_an_instance_that_is_shown_late_is_waited_for(cloud: Emulator, run: Run, wait: bool) -> None:
    cloud.world.behaviour.instance_visible_after = 280
    result = run(module, **ASKED, wait=wait)
    assert [item["instance_state"] for item in result["instances"]] == ["RUNNING"]
    assert effects(cloud) == ["RunInstances"]


@pytest.mark.parametrize(("seconds", "launches"), [(25, 1), (3600, 2)], ids=["for a moment", "for good"])
def test_an_instance_that_is_no_longer_shown(
    cloud: Emulator, run: Run, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, seconds: float, launches: int
) -> None:
    advance = clock.advance

    def advance_and_hide_the_first(by: float) -> None:
        advance(by)
        for instance in list(cloud.world.instances.values())[:1]:
            hidden = 10 < clock.now() - instance.created < 10 + seconds
            instance.visible_from = clock.now() + 1 if hidden else instance.created

    monkeypatch.setattr(clock, "advance", advance_and_hide_the_first)
    began = clock.now()
    result = run(module, **ASKED)
    assert clock.now() - began < 150, "what was seen is not waited for as long as what never was"
    assert effects(cloud) == ["RunInstances"] * launches
    assert result["instance_ids"] == [list(cloud.world.instances)[-1]]


def test_a_launch_that_fails_is_told_at_once_with_the_reason(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    cloud.add_faults({"do": "launch_fails", "message": "The disk could not be made."})
    began = clock.now()
    result = run(module, **ASKED)
    assert "The disk could not be made" in result["msg"]
    assert clock.now() - began < 60
    assert len(run(module, **ASKED)["instances"]) == 1


LOST_WRITES = [
    ("StopInstances", {"state": "stopped"}, ["STOPPED"] * 2),
    ("StartInstances", {"state": "running"}, ["RUNNING"] * 2),
    ("TerminateInstances", {"exact_count": 0}, []),
    ("ModifyInstancesAttribute", {"security_group_ids": True}, ["RUNNING"] * 2),
    ("TagResources", {"tags": {"tier": 1}}, ["RUNNING"] * 2),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("action", "different", "expected"), LOST_WRITES, ids=[row[0] for row in LOST_WRITES])
def test_a_write_whose_answer_is_lost_is_looked_up_again(
    cloud: Emulator, run: Run, action: str, different: dict[str, t.Any], expected: list[str], when: str
) -> None:
    wanted = {**ASKED, "exact_count": 2, **different}
    if "security_group_ids" in wanted:
        wanted["security_group_ids"] = [
            group.group_id
            for group in cloud.world.security_groups.values()
            if (group.account, group.region) == ("100000000001", "ap-guangzhou")
        ]
    run(module, **ASKED, exact_count=2, state="stopped" if action == "StartInstances" else "present")
    cloud.journal.clear()
    cloud.add_faults({"do": "cut", "action": action, "when": when})

    result = run(module, **wanted)

    assert (result.get("failed"), result["changed"], states(cloud)) == (None, True, expected)
    assert effects(cloud) == [action] * (2 if action == "TagResources" else 1)
    assert run(module, **wanted)["changed"] is False


def test_what_was_done_before_a_refusal_is_told(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED, exact_count=2)
    cloud.add_faults({"do": "error", "action": "TerminateInstances", "code": "OperationDenied"})
    result = run(module, **ASKED, exact_count=1, tags={"tier": 1})
    assert (result["failed"], result["changed"], result["error_code"]) == (True, True, "OperationDenied")


def test_throttling_is_waited_out(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "action": "RunInstances", "times": 4})
    assert len(run(module, **ASKED)["instances"]) == 1


def test_a_network_that_fails_while_waiting_is_waited_out(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "DescribeInstances", "skip": 2, "times": 12})
    assert run(module, **ASKED)["instances"][0]["instance_state"] == "RUNNING"


def test_time_that_is_over_is_told(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, wait_timeout=10)
    assert "is PENDING" in result["msg"]
    assert result["instance_ids"]
    assert run(module, **ASKED)["instances"][0]["instance_state"] == "RUNNING"
    assert len(cloud.world.instances) == 1


def test_without_wait(run: Run, clock: ManualClock) -> None:
    began = clock.now()
    result = run(module, **ASKED, wait=False)
    assert (result["changed"], [item["instance_state"] for item in result["instances"]]) == (True, ["PENDING"])
    assert clock.now() - began < 5, "it is seen within seconds"
    assert run(module, **ASKED, wait=False)["changed"] is False


def test_without_wait_several_have_their_name(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    result = run(module, **ASKED, exact_count=3, wait=False)
    assert [item["instance_name"] for item in result["instances"]] == ["web"] * 3
    clock.advance(200)
    cloud.journal.clear()
    assert run(module, **ASKED, exact_count=3, wait=False)["changed"] is False
    assert cloud.journal.writes() == []


def test_without_wait_the_result_shows_what_was_written(run: Run, clock: ManualClock) -> None:
    run(module, **ASKED, exact_count=2)
    began = clock.now()
    stopped = run(module, **ASKED, exact_count=2, state="stopped", wait=False)
    assert [item["instance_state"] for item in stopped["instances"]] == ["STOPPING"] * 2
    assert clock.now() - began < 5
    clock.advance(60)
    gone = run(module, region="ap-guangzhou", name="web", state="absent", wait=False)
    assert (gone["changed"], gone["instances"]) == (True, [])


def test_without_wait_what_cannot_be_seen_is_told(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.instance_visible_after = 90
    result = run(module, **ASKED, wait=False, wait_timeout=30)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "has not shown them since" in result["msg"]
    assert result["instance_ids"] == list(cloud.world.instances)


# What cannot be done --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("different", "message"),
    [
        ({"instance_type": "S5.LARGE8"}, "has instance_type S5.MEDIUM4 and not S5.LARGE8"),
        ({"zone": "ap-guangzhou-7"}, "has zone ap-guangzhou-6 and not ap-guangzhou-7"),
        ({"vpc_id": "vpc-x", "subnet_id": "subnet-x"}, "which cannot be changed in place"),
    ],
)
def test_what_cannot_converge_is_an_error(cloud: Emulator, run: Run, different: dict[str, t.Any], message: str) -> None:
    run(module, **ASKED)
    cloud.journal.clear()
    result = run(module, **{**ASKED, **different})
    assert message in result["msg"]
    assert cloud.journal.writes() == []


@pytest.mark.parametrize(("different", "message"), UNTOUCHABLE)
def test_what_must_not_be_terminated_is_not(
    cloud: Emulator, run: Run, different: dict[str, t.Any], message: str
) -> None:
    cloud.plant(instances=[{**PRECIOUS, **different}])
    result = run(module, region="ap-guangzhou", name="web", state="absent")
    assert message in result["msg"]
    assert cloud.journal.writes() == []


BAD_INPUT = [
    ({"exact_count": -1}, "exact_count is -1"),
    ({"exact_count": 501}, "exact_count is 501"),
    ({"name": ""}, "name is empty"),
    ({"name": "x" * 61}, "name has 61 characters; Tencent Cloud allows 60"),
    ({"zone": "ap-tokyo-1"}, "The zone ap-tokyo-1 is not in the region ap-guangzhou"),
    ({"image_id": "web"}, "'web' is not an image id"),
    ({"zone": None}, "which needs zone"),
    ({"vpc_id": "vpc-1"}, "vpc_id and subnet_id go together"),
    ({"user_data": "x" * 16385}, "user_data has 16385 bytes"),
    ({"tags": {"cvm-instance-group": "x"}}, "is set by this collection"),
    ({"wait_timeout": -1}, "wait_timeout is negative"),
    ({"region": ""}, "region is missing"),
    ({"password": "Secret-12345", "key_ids": ["skey-1"]}, "mutually exclusive"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("wrong", "message"), BAD_INPUT)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert cloud.journal.writes() == []


VPC, SUBNET = "vpc-001apguangzhou", "subnet-001apguangzhou"
"""The default network of acme in ap-guangzhou; subnets end with the number of their zone."""

API_REFUSALS = [
    ({"image_id": "img-missing1"}, "InvalidImageId.NotFound"),
    ({"zone": "ap-guangzhou-99"}, "InvalidZone.MismatchRegion"),
    ({"instance_type": "S9.HUGE"}, "ResourceUnavailable.InstanceType"),
    ({"vpc_id": "vpc-x", "subnet_id": "subnet-x"}, "InvalidParameterValue.VpcIdNotExist"),
    ({"vpc_id": VPC, "subnet_id": f"{SUBNET}7"}, "InvalidParameterValue.SubnetIdZoneIdNotMatch"),
    ({"vpc_id": VPC, "subnet_id": "subnet-x"}, "InvalidParameterValue.SubnetNotExist"),
    ({"security_group_ids": ["sg-x"]}, "InvalidSecurityGroupId.NotFound"),
    ({"key_ids": ["skey-x"]}, "InvalidParameterValue.KeyPairNotFound"),
    ({"password": "short"}, "InvalidPassword"),
    ({"system_disk": {"disk_size": 10}}, "InvalidParameterValue"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("wrong", "code"), API_REFUSALS)
def test_what_the_api_refuses(cloud: Emulator, run: Run, wrong: dict[str, t.Any], code: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)
    assert result["error_code"] == code
    assert result["msg"].startswith("Launching 1 instance(s) of web in ap-guangzhou failed: ")
    assert result["request_id"]
    assert cloud.world.instances == {}
    assert bool(cloud.journal.writes()) is not check


def test_a_password_never_appears(run: Run) -> None:
    result = run(module, **ASKED, password="Secret-12345")
    assert "Secret-12345" not in str(result)


def test_documented_results_are_real(run: Run) -> None:
    results = [run(module, **ASKED), run(module, **{**ASKED, "name": "other", "instance_type": "S9.HUGE"})]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
