# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path, for tests in another process; and the emulator as tests in this one use it."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, Fault, ManualClock, ScaledClock, admin

from .client import Answer, Api, Key, control, transmit
from .conftest import ACME, PARTNER, SEED, START
from .test_instances import run


def done(cloud: Emulator, command: str, data: t.Any = None) -> None:
    assert control(cloud, "POST", command, data) == (200, {"done": True})


def test_the_journal_is_told(cloud: Emulator, api: Api) -> None:
    answer = api("DescribeImages", Limit=1)
    status, entries = control(cloud, "GET", "journal")
    assert status == 200
    assert entries == cloud.journal_as_json()
    (entry,) = entries
    assert (entry["action"], entry["params"], entry["request_id"]) == (
        "DescribeImages",
        {"Limit": 1},
        answer["RequestId"],
    )


def test_the_control_path_is_not_in_the_journal(cloud: Emulator) -> None:
    for command in ("journal", "state", "bugs"):
        control(cloud, "GET", command)
    assert cloud.journal.entries == ()


def test_the_state_is_told(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    copies = api("SyncImages", ImageIds=["img-golden01"], DestinationRegions=["ap-shanghai"], ImageSetRequired=True)
    (instance_id,) = run(api, InstanceName="web")
    status, state = control(cloud, "GET", "state")
    assert (status, state["now"]) == (200, "2027-01-15T08:00:00Z")
    images = {image["image_id"]: image for image in state["images"]}
    copy = images[copies["ImageSet"][0]["ImageId"]]
    assert (copy["state"], copy["copied_from"], copy["region"]) == ("SYNCING", "img-golden01", "ap-shanghai")
    assert images["img-golden01"] == {
        "image_id": "img-golden01",
        "image_name": "golden",
        "account": ACME,
        "region": "ap-guangzhou",
        "state": "SYNCING",
        "copied_from": None,
        "tags": {"team": "web", "tier": "1"},
    }
    assert len(images) == 5
    assert state["instances"] == [
        {
            "instance_id": instance_id,
            "instance_name": "web",
            "account": ACME,
            "region": "ap-guangzhou",
            "image_id": "img-golden01",
            "state": "PENDING",
            "tags": {},
        }
    ]
    clock.advance(1800)
    assert {image["state"] for image in control(cloud, "GET", "state")[1]["images"]} == {"NORMAL"}


def test_the_clock_is_moved(cloud: Emulator, clock: ManualClock) -> None:
    done(cloud, "clock", {"advance": 90.5})
    assert clock.now() == START + 90.5


def test_a_clock_that_runs_by_itself_is_not_moved() -> None:
    with Emulator(SEED, ScaledClock(60)) as cloud:
        status, answer = control(cloud, "POST", "clock", {"advance": 5})
        assert (status, answer) == (400, {"error": "this emulator's clock runs by itself"})


def test_faults_are_added(cloud: Emulator, api: Api) -> None:
    done(cloud, "faults", [{"do": "throttle", "action": "DescribeImages"}, {"do": "http", "status": 500, "skip": 1}])
    assert api.post("DescribeImages").code == "RequestLimitExceeded"
    assert api.post("DescribeImages").code == ""
    assert api.post("DescribeImages").status == 500


def test_a_new_world(cloud: Emulator, api: Api) -> None:
    api("SyncImages", ImageIds=["img-golden01"], DestinationRegions=["ap-shanghai"])
    cloud.add_faults({"do": "throttle"})
    cloud.world.behaviour.image_set = "null"
    done(cloud, "reset")
    assert cloud.journal.entries == ()
    assert cloud.world.faults.waiting == ()
    assert cloud.world.behaviour.image_set == "asked"
    assert api("DescribeImages", "ap-shanghai")["TotalCount"] == 0
    assert api("DescribeImages")["TotalCount"] == 3


def test_a_new_world_of_another_seed(cloud: Emulator) -> None:
    done(cloud, "reset", {"accounts": [{**SEED["accounts"][0], "uin": "7"}]})
    assert set(cloud.world.accounts) == {"7"}
    assert cloud.world.images == {}
    done(cloud, "reset")
    assert set(cloud.world.accounts) == {ACME, PARTNER}


def test_a_seed_that_is_refused_leaves_the_world_as_it_is(cloud: Emulator) -> None:
    world = cloud.world
    status, answer = control(cloud, "POST", "reset", {"images": [{"name": "x"}]})
    assert (status, answer) == (400, {"error": "images, number 1: account, region is missing"})
    assert cloud.world is world


@pytest.mark.parametrize(
    ("method", "command", "data", "problem"),
    [
        ("GET", "nothing", None, "there is no GET /_emulator/nothing"),
        ("POST", "journal", None, "there is no POST /_emulator/journal"),
        ("GET", "reset", None, "there is no GET /_emulator/reset"),
        ("POST", "faults", None, "must be an iterable"),
        ("POST", "faults", {"do": "cut"}, "a fault has no"),
        ("POST", "faults", [5], "not iterable"),
        ("POST", "faults", [{"do": "explode"}], "no such fault"),
        ("POST", "clock", None, "not subscriptable"),
        ("POST", "clock", {"forward": 5}, "advance"),
        ("POST", "clock", {"advance": "soon"}, "could not convert"),
        ("POST", "reset", [1], "a seed is a mapping, not [1]"),
        ("POST", "reset", "x", "a seed is a mapping"),
        ("POST", "reset", {"colour": 1}, "a seed has no colour"),
    ],
)
def test_what_cannot_be_done_is_said(cloud: Emulator, method: str, command: str, data: t.Any, problem: str) -> None:
    status, answer = control(cloud, method, command, data)
    assert status == 400
    assert problem in answer["error"]


def test_a_body_that_is_no_json(cloud: Emulator) -> None:
    assert transmit(cloud.url, "POST", "/_emulator/reset", {}, b"{").status == 400


def test_a_slip_of_the_control_path_is_seen_as_one(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def slips(world: object) -> Answer:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(admin, "state", slips)
    reply = transmit(cloud.url, "GET", "/_emulator/state", {})
    assert reply.status == 500
    status, bugs = control(cloud, "GET", "bugs")
    assert (status, len(bugs)) == (200, 1)
    assert "/_emulator/state: " in bugs[0]
    assert "ZeroDivisionError: a slip" in bugs[0]
    assert cloud.bugs() == bugs
    cloud.journal.bugs.clear()


# From Python --------------------------------------------------------------------------------------------------------


def test_the_options_of_an_account(cloud: Emulator) -> None:
    acme = {"endpoint": cloud.url, "secret_id": "AKIDacme", "secret_key": "acme-key"}
    partner = {"endpoint": cloud.url, "secret_id": "AKIDpartner", "secret_key": "partner-key"}
    assert cloud.options() == cloud.options("acme") == cloud.options(ACME) == acme
    assert cloud.options("partner") == cloud.options(PARTNER) == partner
    with pytest.raises(KeyError, match="nobody"):
        cloud.options("nobody")


def test_faults_of_either_form(cloud: Emulator, api: Api) -> None:
    rule = Fault("throttle")
    cloud.add_faults(rule, {"do": "throttle"}, rule)
    assert [api.post("DescribeImages").code for _number in range(4)] == ["RequestLimitExceeded"] * 3 + [""]


def test_the_clock_is_the_one_given(cloud: Emulator, clock: ManualClock) -> None:
    assert cloud.clock is clock
    assert cloud.world.now() == START


def test_an_emulator_without_a_seed_knows_nobody() -> None:
    with Emulator() as cloud:
        assert isinstance(cloud.clock, ScaledClock)
        assert Api(cloud, Key("AKIDacme", "acme-key")).post("DescribeImages").code == "AuthFailure.SecretIdNotFound"


def test_a_new_world_from_python(cloud: Emulator) -> None:
    cloud.reset({"accounts": [], "behaviour": {"rate_limits": True}})
    assert cloud.world.accounts == {}
    assert cloud.world.behaviour.rate_limits is True
    cloud.reset()
    assert set(cloud.world.accounts) == {ACME, PARTNER}
    assert cloud.world.behaviour.rate_limits is False
