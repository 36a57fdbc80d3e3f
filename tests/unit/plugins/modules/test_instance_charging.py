# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""instance and what instances cost: prepaid ones, and such that stop charging; against the emulator."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import instance as module

from tests.emulator import Emulator, ManualClock

from ...conftest import Run, like_source
from .test_instance import ASKED, NEW_IMAGE, effects, states

PREPAID: dict[str, t.Any] = {**ASKED, "charge_type": "PREPAID", "prepaid": {"period": 12}}
GONE = {"region": "ap-guangzhou", "name": "web", "state": "absent"}


@pytest.fixture(autouse=True)
def second_image(cloud: Emulator) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", id=NEW_IMAGE, name="golden-2")])


def test_a_prepaid_launch_and_rerun(cloud: Emulator, run: Run) -> None:
    foreseen = run(module, **PREPAID, exact_count=2, check=True)
    assert (foreseen["changed"], effects(cloud)) == (True, [])
    first = run(module, **PREPAID, exact_count=2)
    assert [item["instance_charge_type"] for item in first["instances"]] == ["PREPAID"] * 2
    made = cloud.world.instances[first["instance_ids"][0]]
    assert made.prepaid == {"Period": 12, "RenewFlag": "NOTIFY_AND_MANUAL_RENEW"}
    again = run(module, **PREPAID, exact_count=2)
    assert (again["changed"], again["instance_ids"]) == (False, first["instance_ids"])


def test_a_lost_answer_pays_for_no_extra_instance(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": 12})
    assert len(run(module, **PREPAID, exact_count=2)["instances"]) == 2
    assert states(cloud) == ["RUNNING"] * 2


def test_renewal_reaches_the_api(cloud: Emulator, run: Run) -> None:
    prepaid = {"period": 1, "renew_flag": "NOTIFY_AND_AUTO_RENEW"}
    (instance_id,) = run(module, **{**PREPAID, "prepaid": prepaid})["instance_ids"]
    assert cloud.world.instances[instance_id].prepaid == {"Period": 1, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"}


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("wanted", [GONE, {**PREPAID, "exact_count": 1}, {**PREPAID, "exact_count": 0}])
def test_prepaid_ones_are_not_returned_unasked(
    cloud: Emulator, run: Run, wanted: dict[str, t.Any], check: bool
) -> None:
    run(module, **PREPAID, exact_count=2)
    cloud.journal.clear()
    result = run(module, **wanted, check=check)
    assert "is prepaid and would be returned; set terminate_prepaid to allow that" in result["msg"]
    assert cloud.journal.writes() == []
    assert states(cloud) == ["RUNNING"] * 2


def test_prepaid_ones_are_returned_into_the_recycle_bin_and_left_there(cloud: Emulator, run: Run) -> None:
    run(module, **PREPAID, exact_count=2)
    cloud.journal.clear()
    foreseen = run(module, **GONE, terminate_prepaid=True, check=True)
    assert (foreseen["changed"], cloud.journal.writes()) == (True, [])
    result = run(module, **GONE, terminate_prepaid=True)
    assert (result["changed"], result["instances"], states(cloud)) == (True, [], ["SHUTDOWN"] * 2)
    again = run(module, **GONE, terminate_prepaid=True)
    assert (again["changed"], states(cloud)) == (False, ["SHUTDOWN"] * 2)
    assert effects(cloud) == ["TerminateInstances"]


def test_after_a_return_the_group_is_launched_anew_at_once(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    """What lies in the recycle bin does not count, and its launch is not taken for this one."""
    old = run(module, **PREPAID)["instance_ids"]
    run(module, **GONE, terminate_prepaid=True)
    began = clock.now()
    new = run(module, **PREPAID)["instance_ids"]
    assert clock.now() - began < 120
    assert not set(old) & set(new)


def test_replace_returns_the_old_when_allowed(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **PREPAID)
    wanted = {**PREPAID, "image_id": NEW_IMAGE, "on_image_change": "replace", "terminate_prepaid": True}
    result = run(module, **wanted)
    clock.advance(60)
    assert [item["image_id"] for item in result["instances"]] == [NEW_IMAGE]
    assert states(cloud) == ["RUNNING", "SHUTDOWN"]
    assert run(module, **wanted)["changed"] is False


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_return_whose_answer_is_lost_never_becomes_a_destruction(
    cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, clock: ManualClock, when: str
) -> None:
    """Not even when the API goes on showing the instance as it was: a second request would destroy it."""
    (instance_id,) = run(module, **PREPAID)["instance_ids"]
    cloud.add_faults({"do": "cut", "action": "TerminateInstances", "when": when})
    made = cloud.world.instances[instance_id]
    truth = made.timeline
    advance = clock.advance
    hidden_since: list[float] = []

    def advance_and_show_late(seconds: float) -> None:
        """For 20 seconds after the return the instance looks as if it still ran."""
        nonlocal truth
        if made.timeline.at(clock.now()) == "TERMINATING" and not hidden_since:
            hidden_since.append(clock.now())
            truth, made.timeline = made.timeline, truth
        advance(seconds)
        if hidden_since and clock.now() - hidden_since[0] > 20 and len(hidden_since) == 1:
            hidden_since.append(clock.now())
            made.timeline = truth

    monkeypatch.setattr(clock, "advance", advance_and_show_late)
    result = run(module, **GONE, terminate_prepaid=True)
    assert (result.get("failed"), result["changed"], states(cloud)) == (None, True, ["SHUTDOWN"])
    assert effects(cloud)[1:] == ["TerminateInstances"]


def test_a_return_that_does_not_show_is_not_asked_for_again(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **PREPAID)
    cloud.world.behaviour.instance_change_shown_after = 200
    result = run(module, **GONE, terminate_prepaid=True)
    assert (result.get("failed"), result["changed"]) == (None, True)
    assert [entry.action for entry in cloud.journal.writes()].count("TerminateInstances") == 1
    clock.advance(60)
    assert states(cloud) == ["SHUTDOWN"]


def test_without_wait_a_failed_change_does_not_keep_prepaid_ones(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    """Nothing counts as returned before it was."""
    run(module, **PREPAID, exact_count=2)
    cloud.add_faults({"do": "cut", "action": "TagResources"})
    run(module, **PREPAID, exact_count=1, tags={"tier": 1}, terminate_prepaid=True, wait=False)
    clock.advance(60)
    assert states(cloud) == ["RUNNING", "SHUTDOWN"]


def test_prepaid_and_other_ones_go_in_calls_of_their_own(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    run(module, **PREPAID, exact_count=2)
    result = run(module, **GONE, terminate_prepaid=True)
    assert (result["changed"], result["instances"], states(cloud)) == (True, [], ["SHUTDOWN"])
    assert [len(entry.params["InstanceIds"]) for entry in cloud.journal.effects("TerminateInstances")] == [1, 1]


BAD_INPUT = [
    ({"prepaid": None}, "charge_type PREPAID needs prepaid.period"),
    ({"prepaid": {"period": 13}}, "prepaid.period is 13; Tencent Cloud sells 1 to 12, 24, 36, 48 and 60 months"),
    ({"prepaid": {"period": 0}}, "prepaid.period is 0"),
    ({"charge_type": "POSTPAID_BY_HOUR"}, "prepaid goes with charge_type PREPAID"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("wrong", "message"), BAD_INPUT)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**PREPAID, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert cloud.journal.writes() == []


# Stopped without charge -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stop_charging", "mode"), [(True, "STOP_CHARGING"), (False, "KEEP_CHARGING")])
def test_stopping_can_stop_the_charge(cloud: Emulator, run: Run, stop_charging: bool, mode: str) -> None:
    wanted = {**ASKED, "state": "stopped", "stop_charging": stop_charging}
    (instance_id,) = run(module, **ASKED)["instance_ids"]
    cloud.journal.clear()
    assert run(module, **wanted, check=True)["changed"] is True
    assert cloud.journal.writes() == []
    assert run(module, **wanted)["instances"][0]["instance_state"] == "STOPPED"
    assert cloud.world.instances[instance_id].stopped_mode == mode
    assert run(module, **wanted)["changed"] is False
    assert effects(cloud) == ["StopInstances"]


def test_only_those_by_the_hour_are_asked_to_stop_charging(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    run(module, **PREPAID, exact_count=2)
    result = run(module, **PREPAID, exact_count=2, state="stopped", stop_charging=True)
    assert [item["instance_state"] for item in result["instances"]] == ["STOPPED"] * 2
    asked = {
        cloud.world.instances[entry.params["InstanceIds"][0]].charge_type: entry.params.get("StoppedMode")
        for entry in cloud.journal.effects("StopInstances")
    }
    assert asked == {"POSTPAID_BY_HOUR": "STOP_CHARGING", "PREPAID": None}
