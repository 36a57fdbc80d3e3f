# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: which request they hit, what the client then sees, and what became of the request."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import typing as t
from urllib.parse import urlsplit

import pytest

from tests.emulator import Emulator, Fault, ManualClock
from tests.emulator.faults import ANSWER_FAULTS, WORLD_FAULTS, Faults

from .client import Answer, Api, Key, Refused, Reply, authorization
from .conftest import ACME, filters, image_ids

COPY: Answer = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}
HALF_HOUR = 1800.0
PRIVATE = filters(image_type="PRIVATE_IMAGE")

# Which request is hit -----------------------------------------------------------------------------------------------


def strikes(fault: Fault, count: int = 5, **request: t.Any) -> list[bool]:
    """Which of several equal requests it hits."""
    faults = Faults()
    faults.add(fault)
    asked = {
        "when": "before",
        "action": "SyncImages",
        "region": "ap-guangzhou",
        "account": "1",
        "params": {},
        **request,
    }
    return [faults.strike(**asked) is not None for _number in range(count)]


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        ({}, [True, False, False, False, False]),
        ({"times": 2}, [True, True, False, False, False]),
        ({"times": None}, [True] * 5),
        ({"skip": 2}, [False, False, True, False, False]),
        ({"skip": 1, "times": 3}, [False, True, True, True, False]),
        ({"action": "SyncImages", "region": "ap-guangzhou", "account": "1"}, [True, False, False, False, False]),
        ({"action": "DeleteImages"}, [False] * 5),
        ({"region": "ap-shanghai"}, [False] * 5),
        ({"account": "2"}, [False] * 5),
        ({"when": "after"}, [False] * 5),
    ],
)
def test_which_requests_a_rule_hits(rule: dict[str, t.Any], hit: list[bool]) -> None:
    assert strikes(Fault("throttle", **rule)) == hit


def test_a_rule_can_look_at_parameters() -> None:
    rule = Fault("throttle", match={"DryRun": True, "ImageIds": ["img-1"]})
    assert strikes(rule, 1, params={"DryRun": True, "ImageIds": ["img-1"], "Other": 1}) == [True]
    assert strikes(rule, 1, params={"DryRun": True, "ImageIds": ["img-2"]}) == [False]
    assert strikes(rule, 1, params={"DryRun": True}) == [False]


def test_rules_wait_in_line() -> None:
    faults = Faults()
    faults.add(Fault("throttle"), Fault("cut"), Fault("http", times=None))
    struck = [faults.strike("before", "A", "r", "1", {}) for _number in range(4)]
    assert [fault.do for fault in struck if fault] == ["throttle", "cut", "http", "http"]
    assert faults.struck == 4
    assert [fault.do for fault in faults.waiting] == ["http"]
    faults.clear()
    assert faults.waiting == ()


def test_a_world_fault_waits_for_its_kind_only() -> None:
    faults = Faults()
    faults.add(Fault("copy_fails", region="ap-shanghai", match={"ImageName": "x"}))
    assert faults.strike("before", "SyncImages", "ap-shanghai", "1", {"ImageName": "x"}) is None
    assert faults.fate("copy_vanishes", "SyncImages", "ap-shanghai", "1", {"ImageName": "x"}) is None
    assert faults.fate("copy_fails", "SyncImages", "ap-tokyo", "1", {"ImageName": "x"}) is None
    assert faults.fate("copy_fails", "SyncImages", "ap-shanghai", "1", {}) is None
    assert faults.fate("copy_fails", "SyncImages", "ap-shanghai", "1", {"ImageName": "x"}) is not None


def test_a_rule_that_is_given_is_not_used_up() -> None:
    rule = Fault("throttle", skip=1, times=2)
    assert strikes(rule) == strikes(rule) == [False, True, True, False, False]
    assert (rule.skip, rule.times) == (1, 2)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"do": "explode"}, "no such fault: 'explode'"),
        ({"do": "cut", "when": "during"}, "before or after"),
        ({"do": "cut", "colour": "red", "sound": 1}, "a fault has no colour, sound; it has account"),
        ({"action": "SyncImages"}, "a fault needs `do`"),
        ({"do": "cut", "times": 0}, "once or more"),
        ({"do": "cut", "times": "2"}, "once or more"),
        ({"do": "cut", "skip": -1}, "skips no request or some"),
        ({"do": "delay", "seconds": -1}, "seconds of a fault is a number from 0 on, not -1"),
        ({"do": "http", "status": "502"}, "status of a fault is a number from 0 on, not '502'"),
        ({"do": "copy_fails", "percent": None}, "percent of a fault is a number from 0 on, not None"),
    ],
)
def test_a_rule_that_cannot_be_meant(data: dict[str, t.Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Fault.from_json(data)


def test_a_rule_from_json() -> None:
    data = {"do": "error", "code": "InternalError.X", "when": "after", "times": None, "match": {"DryRun": True}}
    assert Fault.from_json(data) == Fault(
        "error", code="InternalError.X", when="after", times=None, match={"DryRun": True}
    )


# What the client sees -----------------------------------------------------------------------------------------------


def throttled(reply: Reply) -> None:
    assert (reply.status, reply.content_type, reply.code) == (200, "application/json", "RequestLimitExceeded")


def is_error(reply: Reply) -> None:
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.response["Error"] == {"Code": "InternalError.Trade", "Message": "no luck"}


def is_http(reply: Reply) -> None:
    assert (reply.status, reply.content_type) == (503, "text/html")
    assert b"Response" not in reply.body


def is_garbage(reply: Reply) -> None:
    assert (reply.status, reply.content_type) == (200, "application/json")
    with pytest.raises(ValueError, match="codec can't decode"):
        json.loads(reply.body)


def mistyped(reply: Reply) -> None:
    assert (reply.status, reply.content_type) == (200, "application/json; charset=utf-8")
    assert len(reply.response["RequestId"]) == 36


SEEN = {
    "throttle": throttled,
    "error": is_error,
    "http": is_http,
    "garbage": is_garbage,
    "wrong_type": mistyped,
    "cut": ConnectionResetError,
    "cut_body": (http.client.IncompleteRead, ConnectionResetError),
}
DETAILS = {"code": "InternalError.Trade", "message": "no luck", "status": 503}


def copies(cloud: Emulator) -> int:
    return len(cloud.world.own_images(ACME, "ap-shanghai"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", [kind for kind in ANSWER_FAULTS if kind != "delay"])
def test_a_write_is_hit(cloud: Emulator, api: Api, kind: str, when: str) -> None:
    """Before: nothing happened. After: the copy is being made, whatever the client was told."""
    cloud.add_faults({"do": kind, "when": when, "action": "SyncImages", **DETAILS})
    seen: t.Any = SEEN[kind]

    if callable(seen) and not isinstance(seen, type):
        seen(api.post("SyncImages", params=COPY))
    else:
        with pytest.raises(seen):
            api.post("SyncImages", params=COPY)

    done = when == "after"
    assert copies(cloud) == int(done)
    (entry,) = cloud.journal.entries
    assert entry.fault == f"{when} {kind}"
    assert entry.executed is done
    assert bool(cloud.journal.effects("SyncImages")) is done
    told = {"throttle": "RequestLimitExceeded", "error": "InternalError.Trade"}
    assert entry.outcome == told.get(kind, f"<{kind}>")
    if not done:
        assert api("SyncImages", **COPY)["ImageSet"][0]["Region"] == "ap-shanghai"
        assert copies(cloud) == 1


def test_every_answer_fault_is_tested() -> None:
    assert {*SEEN, "delay"} == set(ANSWER_FAULTS)


def test_a_cut_comes_before_the_first_byte(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "cut", "when": "after"})
    headers = api.headers("DescribeImages")
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    lines = ["POST / HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "content-length: 2", "", "{}"]
    address = urlsplit(cloud.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert cloud.journal.entries[0].executed is True


def test_a_cut_body_ends_in_the_middle(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "cut_body", "when": "after"})
    headers = api.headers("DescribeImages")
    connection = http.client.HTTPConnection(cloud.url.removeprefix("http://"), timeout=10)
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    connection.request("POST", "/", b"{}", headers)
    response = connection.getresponse()
    promised = int(response.headers["Content-Length"])
    start = response.read1(promised)
    assert start.startswith(b'{"Response": ')
    assert len(start) == promised // 2
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        response.read()
    connection.close()


def test_a_wrong_type_before_hides_an_error_in_a_success(cloud: Emulator, api: Api) -> None:
    """A client that goes by the Content-Type takes this for a success that never happened."""
    cloud.add_faults({"do": "wrong_type"})
    assert api.post("SyncImages", params=COPY).code == "InternalError"


def test_a_wrong_type_after_hides_the_true_answer(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "wrong_type", "when": "after"})
    assert api.post("SyncImages", params=COPY).response["ImageSet"][0]["Region"] == "ap-shanghai"


def test_a_fault_after_hits_refusals_too(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "http", "when": "after", "status": 502})
    assert api.post("SyncImages", params={**COPY, "ImageIds": ["img-unknown1"]}).status == 502
    (entry,) = cloud.journal.entries
    assert (entry.executed, entry.outcome) == (False, "<http>")


def test_a_stranger_meets_no_fault(cloud: Emulator) -> None:
    """Whoever is not known is refused for that; the fault waits on."""
    cloud.add_faults({"do": "http", "when": "after"}, {"do": "http"})
    unknown = Api(cloud, Key("AKIDnobody", "x"))
    assert unknown.post("DescribeImages").code == "AuthFailure.SecretIdNotFound"
    assert len(cloud.world.faults.waiting) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delayed_request_runs_and_is_answered_truly(cloud: Emulator, api: Api, when: str) -> None:
    cloud.add_faults({"do": "delay", "seconds": 0.15, "when": when})
    began = time.monotonic()
    answer = api("SyncImages", **COPY)
    assert time.monotonic() - began >= 0.15
    assert answer["ImageSet"][0]["Region"] == "ap-shanghai"
    (entry,) = cloud.journal.entries
    assert (entry.outcome, entry.executed, entry.fault) == ("ok", True, f"{when} delay")
    assert entry.request_id == answer["RequestId"]


def test_a_delayed_request_runs_late(cloud: Emulator, api: Api) -> None:
    """What is decided is decided when it runs: a copy that came first makes the source busy."""
    cloud.add_faults({"do": "delay", "seconds": 0.5, "match": {"DestinationRegions": ["ap-shanghai"]}})
    codes: list[str] = []
    late = threading.Thread(target=lambda: codes.append(api.post("SyncImages", params=COPY).code))
    late.start()
    while not cloud.journal.calls("SyncImages"):
        time.sleep(0.001)
    api("SyncImages", **{**COPY, "DestinationRegions": ["ap-beijing"]})
    late.join()
    assert codes == ["InvalidParameterValue.InvalidImageState"]


def test_a_refusal_is_delayed_too(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "delay", "seconds": 0.05})
    assert api.post("SyncImages", params={**COPY, "ImageIds": ["img-unknown1"]}).code == "InvalidImageId.NotFound"


def test_a_late_request_can_lose_its_answer_as_well(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "delay", "seconds": 0.01}, {"do": "cut", "when": "after"})
    with pytest.raises(ConnectionResetError):
        api.post("SyncImages", params=COPY)
    assert cloud.journal.entries[0].fault == "before delay, after cut"
    assert copies(cloud) == 1


def test_the_request_id_of_an_injected_error_is_in_the_journal(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "throttle"})
    with pytest.raises(Refused) as refused:
        api("DescribeImages")
    assert cloud.journal.entries[0].request_id == refused.value.request_id


def test_another_account_and_region_are_spared(cloud: Emulator, api: Api, partner: Api) -> None:
    cloud.add_faults({"do": "throttle", "account": ACME, "region": "ap-shanghai"})
    partner("DescribeImages", "ap-shanghai")
    api("DescribeImages", "ap-guangzhou")
    assert api.post("DescribeImages", "ap-shanghai").code == "RequestLimitExceeded"


# What becomes of what is made ---------------------------------------------------------------------------------------


def states(api: Api, clock: ManualClock, region: str = "ap-shanghai", steps: int = 20) -> list[str]:
    """The states that a copy shows on its way, each once; '' while it is not shown."""
    shown = [""]
    for _step in range(steps):
        listed = api("DescribeImages", region, Filters=PRIVATE)["ImageSet"]
        state = listed[0]["ImageState"] if listed else ""
        if state != shown[-1]:
            shown.append(state)
        clock.advance(2 * HALF_HOUR / steps)
    return shown[1:]


def test_a_copy_without_a_fault(api: Api, clock: ManualClock) -> None:
    api("SyncImages", **COPY)
    assert states(api, clock) == ["SYNCING", "NORMAL"]


@pytest.mark.parametrize("state", ["CREATEFAILED", "IMPORTFAILED"])
def test_copy_fails(cloud: Emulator, api: Api, clock: ManualClock, state: str) -> None:
    cloud.add_faults({"do": "copy_fails", "action": "SyncImages", "state": state})
    api("SyncImages", **COPY)
    assert states(api, clock) == ["SYNCING", state]


def test_copy_fails_by_vanishing(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.failed_copy_vanishes = True
    cloud.add_faults({"do": "copy_fails"})
    api("SyncImages", **COPY)
    assert states(api, clock) == ["SYNCING", ""]


def test_copy_vanishes(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.add_faults({"do": "copy_vanishes"})
    api("SyncImages", **COPY)
    assert states(api, clock) == ["SYNCING", ""]


@pytest.mark.parametrize("kind", ["copy_fails", "copy_vanishes"])
def test_a_copy_gets_as_far_as_the_fault_says(cloud: Emulator, api: Api, clock: ManualClock, kind: str) -> None:
    cloud.world.behaviour.copy_minutes = (10.0, 10.0)
    cloud.add_faults({"do": kind, "percent": 40})
    api("SyncImages", **COPY)
    clock.advance(10 * 60 * 0.4 - 1)
    (image,) = api("DescribeImages", "ap-shanghai", Filters=PRIVATE)["ImageSet"]
    assert (image["ImageState"], image["SyncPercent"]) == ("SYNCING", 39)
    clock.advance(1)
    listed = api("DescribeImages", "ap-shanghai", Filters=PRIVATE)["ImageSet"]
    assert [image["ImageState"] for image in listed] == (["CREATEFAILED"] if kind == "copy_fails" else [])


def test_only_one_fate_befalls_a_copy(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "copy_vanishes"}, {"do": "copy_fails"})
    api("SyncImages", **COPY)
    assert [fault.do for fault in cloud.world.faults.waiting] == ["copy_fails"]


def test_copy_invisible(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.add_faults({"do": "copy_invisible", "seconds": 400})
    api("SyncImages", **COPY)
    clock.advance(399)
    assert image_ids(api("DescribeImages", "ap-shanghai", Filters=PRIVATE)) == []
    clock.advance(1)
    assert len(image_ids(api("DescribeImages", "ap-shanghai", Filters=PRIVATE))) == 1


def test_copy_slow(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.copy_minutes = (10.0, 10.0)
    cloud.add_faults({"do": "copy_slow", "seconds": 3600})
    api("SyncImages", **COPY)
    clock.advance(600 + 3599)
    (image,) = api("DescribeImages", "ap-shanghai", Filters=PRIVATE)["ImageSet"]
    assert (image["ImageState"], image["SyncPercent"]) == ("SYNCING", 99)
    clock.advance(1)
    (image,) = api("DescribeImages", "ap-shanghai", Filters=PRIVATE)["ImageSet"]
    assert (image["ImageState"], image["SyncPercent"]) == ("NORMAL", None)


def test_a_fate_of_one_region_spares_the_others(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    """The region of a world fault is where the thing is made, not where the request goes."""
    cloud.add_faults({"do": "copy_fails", "region": "ap-beijing"})
    api("SyncImages", **{**COPY, "DestinationRegions": ["ap-shanghai", "ap-beijing"]})
    clock.advance(HALF_HOUR)
    states = {}
    for region in ("ap-shanghai", "ap-beijing"):
        (image,) = api("DescribeImages", region, Filters=PRIVATE)["ImageSet"]
        states[region] = image["ImageState"]
    assert states == {"ap-shanghai": "NORMAL", "ap-beijing": "CREATEFAILED"}


def test_a_fate_can_look_at_parameters(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.add_faults({"do": "copy_fails", "match": {"ImageName": "doomed"}})
    api("SyncImages", **COPY)
    clock.advance(HALF_HOUR)
    api("SyncImages", **COPY, ImageName="doomed")
    clock.advance(HALF_HOUR)
    listed = api("DescribeImages", "ap-shanghai", Filters=PRIVATE)["ImageSet"]
    assert {image["ImageName"]: image["ImageState"] for image in listed} == {
        "golden": "NORMAL",
        "doomed": "CREATEFAILED",
    }


def test_a_dry_run_uses_up_no_fate(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "copy_fails"}, {"do": "launch_fails"})
    api("SyncImages", **COPY, DryRun=True)
    api("RunInstances", ImageId="img-golden01", Placement={"Zone": "ap-guangzhou-6"}, DryRun=True)
    assert len(cloud.world.faults.waiting) == 2


@pytest.mark.parametrize(
    ("fault", "seconds", "state"),
    [
        ({"do": "create_fails", "percent": 50, "state": "CREATEFAILED"}, 149, "CREATING"),
        ({"do": "create_fails", "percent": 50, "state": "CREATEFAILED"}, 151, "CREATEFAILED"),
        ({"do": "create_vanishes", "percent": 50}, 149, "CREATING"),
        ({"do": "create_vanishes", "percent": 50}, 151, None),
        ({"do": "create_invisible", "seconds": 60}, 59, None),
        ({"do": "create_invisible", "seconds": 60}, 61, "CREATING"),
        ({"do": "create_slow", "seconds": 60}, 359, "CREATING"),
        ({"do": "create_slow", "seconds": 60}, 361, "NORMAL"),
    ],
)
def test_what_becomes_of_a_new_image(
    cloud: Emulator, api: Api, clock: ManualClock, fault: Answer, seconds: float, state: str | None
) -> None:
    cloud.add_faults(fault, {**fault, "region": "ap-tokyo"})
    snapshots = [snapshot.snapshot_id for snapshot in cloud.world.images["img-golden01"].snapshots]
    made = api("CreateImage", ImageName="new", SnapshotIds=snapshots)["ImageId"]
    clock.advance(seconds)
    listed = api("DescribeImages", ImageIds=[made])["ImageSet"]
    assert [image["ImageState"] for image in listed] == ([state] if state else [])
    assert [fault.region for fault in cloud.world.faults.waiting] == ["ap-tokyo"]


def test_launch_fails(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.add_faults({"do": "launch_fails", "message": "no disk", "skip": 1})
    placed: Answer = {"ImageId": "img-golden01", "Placement": {"Zone": "ap-guangzhou-6"}}
    launched = api("RunInstances", **placed, InstanceCount=3)["InstanceIdSet"]
    clock.advance(60)
    listed = api("DescribeInstances", InstanceIds=launched)["InstanceSet"]
    found = {item["InstanceId"]: (item["InstanceState"], item["LatestOperationErrorMsg"]) for item in listed}
    assert [found[instance_id] for instance_id in launched] == [
        ("RUNNING", None),
        ("LAUNCH_FAILED", "no disk"),
        ("RUNNING", None),
    ]


def test_every_world_fault_is_tested() -> None:
    fates = {f"{kind}_{fate}" for kind in ("copy", "create") for fate in ("fails", "vanishes", "invisible", "slow")}
    assert set(WORLD_FAULTS) == {*fates, "launch_fails"}
