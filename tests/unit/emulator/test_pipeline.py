# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to an answer: envelope, order of checks, regions, permissions, rates, GET requests."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, ManualClock, schema
from tests.emulator.actions import HANDLERS
from tests.emulator.call import Call
from tests.emulator.errors import ApiError, EmulatorBug
from tests.emulator.pipeline import RATES, read_query

from .client import Answer, Api, Key, Refused, opened
from .conftest import ACME, Refuses, image_ids

# The envelope -------------------------------------------------------------------------------------------------------


def test_an_answer(api: Api) -> None:
    reply = api.post("DescribeImageQuota")
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert set(reply.response) == {"ImageNumQuota", "RequestId"}
    assert list(api("DescribeImages")) == ["TotalCount", "ImageSet", "RequestId"]


def test_an_error_is_a_success_of_http(api: Api) -> None:
    reply = api.post("DescribeImages", params={"Colour": "red"})
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.response["Error"] == {
        "Code": "UnknownParameter",
        "Message": "The parameter `Colour` is not recognized.",
    }
    assert set(reply.response) == {"Error", "RequestId"}


def test_every_request_has_an_id_of_its_own(cloud: Emulator, api: Api) -> None:
    ids = [api.post("DescribeImages", params=params).response["RequestId"] for params in ({}, {}, {"Colour": 1})]
    assert len(set(ids)) == 3
    assert [entry.request_id for entry in cloud.journal.entries] == ids


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b'"text"', b"3"])
def test_a_body_that_is_no_object(api: Api, body: bytes) -> None:
    headers = api.headers("DescribeImages")
    assert api.send("POST", headers, body=body).code == "InvalidRequest"


def test_an_empty_body_has_no_parameters(api: Api) -> None:
    assert api.send("POST", api.headers("DescribeImages")).response["TotalCount"] == 3


@pytest.mark.parametrize(
    ("action", "service", "version", "code"),
    [
        ("DescribePictures", "cvm", "2017-03-12", "InvalidAction"),
        ("", "cvm", "2017-03-12", "InvalidAction"),
        ("DescribeImages", "cvm", "2016-01-01", "NoSuchVersion"),
        ("DescribeImages", "nothing", "2017-03-12", "NoSuchProduct"),
    ],
)
def test_unknown_actions_versions_and_products(api: Api, action: str, service: str, version: str, code: str) -> None:
    assert api.post(action, service=service, x_tc_version=version).code == code


# Regions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["ap-nowhere", "ap-taipei", "ap-mumbai", "ap-shanghai-adc", "AP-GUANGZHOU"])
def test_regions_that_cannot_be_used(refuses: Refuses, region: str) -> None:
    assert refuses("DescribeImages", region) == "UnsupportedRegion"


@pytest.mark.parametrize("region", ["ap-guangzhou", "ap-hongkong", "eu-frankfurt", "ap-shanghai-fsi"])
def test_regions_that_can(api: Api, region: str) -> None:
    assert "ImageSet" in api("DescribeImages", region)


def test_an_account_can_be_limited_to_regions(cloud: Emulator, api: Api, partner: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].regions = ("ap-guangzhou",)
    assert "ImageSet" in api("DescribeImages")
    assert refuses("DescribeImages", "ap-shanghai") == "UnsupportedRegion"
    assert "ImageSet" in partner("DescribeImages", "ap-shanghai")


def test_a_missing_region(api: Api) -> None:
    reply = api.post("DescribeImages", region="")
    assert reply.code == "MissingParameter"
    assert "`Region`" in reply.response["Error"]["Message"]


def test_an_empty_region_is_not_a_missing_one(api: Api) -> None:
    for action in ("DescribeImages", "DescribeRegions"):
        reply = api.post(action, x_tc_region="")
        assert reply.code == "InvalidParameterValue"
        assert "`X-TC-Region`" in reply.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("service", "action", "params"),
    [
        ("cvm", "DescribeRegions", {}),
        ("region", "DescribeRegions", {"Product": "cvm"}),
        ("sts", "GetCallerIdentity", {}),
        ("tag", "UnTagResources", {"ResourceList": [], "TagKeys": []}),
    ],
)
def test_actions_that_need_no_region(api: Api, service: str, action: str, params: Answer) -> None:
    assert opened(api.post(action, region="", service=service, params=params))


@pytest.mark.parametrize(
    ("service", "action", "params"),
    [("cvm", "DescribeZones", {}), ("region", "DescribeZones", {"Product": "cvm"}), ("vpc", "DescribeVpcs", {})],
)
def test_actions_that_need_one(api: Api, service: str, action: str, params: Answer) -> None:
    assert api.post(action, region="", service=service, params=params).code == "MissingParameter"


# Permissions and keys -----------------------------------------------------------------------------------------------


def test_a_denied_action(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"SyncImages"})
    assert refuses("SyncImages", Colour="red") == "AuthFailure.UnauthorizedOperation"
    assert "ImageSet" in api("DescribeImages")


def test_an_account_can_have_several_keys(cloud: Emulator, api: Api) -> None:
    cloud.world.accounts[ACME].credentials["AKIDsecond"] = "second-key"
    assert image_ids(Api(cloud, Key("AKIDsecond", "second-key"))("DescribeImages")) == image_ids(api("DescribeImages"))


# Rates --------------------------------------------------------------------------------------------------------------


def test_rates_are_free_unless_switched_on(api: Api) -> None:
    for _number in range(45):
        api("DescribeImageQuota")


@pytest.mark.parametrize(
    ("action", "limit"),
    [
        ("DescribeImages", 40),
        ("DescribeInstances", 40),
        ("DescribeRegions", 20),
        ("DescribeZones", 20),
        ("DescribeImageQuota", 10),
    ],
)
def test_a_rate_a_second(
    cloud: Emulator, clock: ManualClock, api: Api, refuses: Refuses, action: str, limit: int
) -> None:
    cloud.world.behaviour.rate_limits = True
    for _number in range(limit):
        api(action)
    with pytest.raises(
        Refused, match=f"`{limit + 1}` in a second, which exceeds the frequency limit `{limit}`"
    ) as refused:
        api(action)
    assert refused.value.code == "RequestLimitExceeded"
    clock.advance(1)
    api(action)


def test_rates_are_counted_apart(cloud: Emulator, api: Api, partner: Api) -> None:
    """By account, region, service and action."""
    cloud.world.behaviour.rate_limits = True
    for _number in range(RATES["DescribeRegions"]):
        api("DescribeRegions")
    assert api.post("DescribeRegions").code == "RequestLimitExceeded"
    api("DescribeZones")
    api("DescribeRegions", "ap-shanghai")
    api("DescribeRegions", service="region", Product="cvm")
    partner("DescribeRegions")


def test_a_throttled_write_has_no_effect(cloud: Emulator, api: Api) -> None:
    cloud.world.behaviour.rate_limits = True
    for _number in range(11):
        api.post("ModifyImageAttribute", params={"ImageId": "img-golden01", "ImageDescription": str(_number)})
    assert cloud.world.images["img-golden01"].description == "9"
    assert len(cloud.journal.effects()) == 10


# Order --------------------------------------------------------------------------------------------------------------


def test_the_order_of_checks(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    """Key, then region, permission, parameters, and the action's own rules last."""
    cloud.world.accounts[ACME].denied_actions = frozenset({"SyncImages"})
    wrong: t.Any = {"Colour": "red", "ImageIds": ["img-unknown1"], "DestinationRegions": ["ap-shanghai"]}
    nobody = Api(cloud, Key("AKIDnobody", "x"))
    assert refuses("SyncImages", "ap-nowhere", caller=nobody, **wrong) == "AuthFailure.SecretIdNotFound"
    assert refuses("SyncImages", "ap-nowhere", **wrong) == "UnsupportedRegion"
    assert refuses("SyncImages", **wrong) == "AuthFailure.UnauthorizedOperation"
    cloud.world.accounts[ACME].denied_actions = frozenset()
    assert refuses("SyncImages", **wrong) == "UnknownParameter"
    del wrong["Colour"]
    assert refuses("SyncImages", **wrong) == "InvalidImageId.NotFound"


# GET ----------------------------------------------------------------------------------------------------------------


def test_a_get_is_a_post_spelt_otherwise(cloud: Emulator, api: Api) -> None:
    query = "ImageIds.0=img-golden01&DestinationRegions.0=ap-shanghai&DestinationRegions.1=ap-beijing&DryRun=True"
    assert opened(api.get("SyncImages", query))["ImageSet"] == []
    (entry,) = cloud.journal.entries
    assert entry.params == {
        "ImageIds": ["img-golden01"],
        "DestinationRegions": ["ap-shanghai", "ap-beijing"],
        "DryRun": True,
    }
    assert entry.dry_run is True


def query_of(action: str, query: str) -> Answer:
    return read_query(query, schema.services()["cvm", "2017-03-12"], action)


@pytest.mark.parametrize(
    ("action", "query", "params"),
    [
        ("DescribeImages", "", {}),
        ("DescribeImages", "Limit=5&Offset=-1", {"Limit": 5, "Offset": -1}),
        (
            "DescribeImages",
            "Filters.0.Name=image-name&Filters.0.Values.0=a%20b&Filters.0.Values.1=",
            {"Filters": [{"Name": "image-name", "Values": ["a b", ""]}]},
        ),
        ("RunInstances", "LoginSettings.KeyIds.0=skey-1", {"LoginSettings": {"KeyIds": ["skey-1"]}}),
        ("RunInstances", "Placement.ProjectId=7", {"Placement": {"ProjectId": 7}}),
        ("RunInstances", "DryRun=false&DryRun2=false", {"DryRun": False, "DryRun2": "false"}),
        ("SyncImages", "&".join(f"ImageIds.{n}={n}" for n in (10, 2, 0)), {"ImageIds": ["0", "2", "10"]}),
        # What is spelt wrongly stays as it is, for the schema to refuse.
        ("DescribeImages", "Limit=--5", {"Limit": "--5"}),
        ("DescribeImages", "Limit=%C2%B2", {"Limit": "\u00b2"}),
        ("DescribeImages", "ImageIds.first=img-1", {"ImageIds": {"first": "img-1"}}),
        ("SyncImages", "DryRun=yes", {"DryRun": "yes"}),
        ("DescribePictures", "A.0=1", {"A": {"0": "1"}}),
    ],
)
def test_queries(action: str, query: str, params: Answer) -> None:
    assert query_of(action, query) == params


@pytest.mark.parametrize("query", ["A=1&A.0=2", "A.0=2&A=1", "A=1&A=2", "A.0.b=1&A.0=2", "A=1&A.b.c=2"])
def test_a_query_that_contradicts_itself(api: Api, query: str) -> None:
    with pytest.raises(ApiError) as refused:
        query_of("DescribeImages", query)
    assert refused.value.code == "InvalidParameter"
    assert api.get("DescribeImages", query).code == "InvalidParameter"


@pytest.mark.parametrize("query", ["Limit=many", "Limit=--5", "ImageIds.first=img-1", "ImageIds=img-1"])
def test_a_query_of_wrong_types(api: Api, query: str) -> None:
    assert api.get("DescribeImages", query).code == "InvalidParameter"


# Bugs of the emulator itself ----------------------------------------------------------------------------------------


def fails(call: Call) -> Answer:
    raise RuntimeError("a slip")


def invents(call: Call) -> Answer:
    raise ApiError("InvalidImageId.TooBlue", "This code does not exist.")


def gives_up(call: Call) -> Answer:
    raise EmulatorBug("out of my depth")


BUGS: list[tuple[t.Callable[[Call], Answer], str]] = [
    (lambda _call: {"ImageNumQuota": "many"}, "outside the official schema"),
    (lambda _call: {"ImageNumQuota": 5, "Blue": True}, "outside the official schema"),
    (lambda _call: {}, "outside the official schema"),
    (fails, "RuntimeError: a slip"),
    (invents, "InvalidImageId.TooBlue is not among the documented errors of cvm DescribeImageQuota"),
    (gives_up, "out of my depth"),
    (lambda _call: t.cast("Answer", None), "TypeError"),
]


@pytest.mark.parametrize(("handler", "problem"), BUGS)
def test_a_slip_of_the_emulator_is_seen_as_one(
    cloud: Emulator,
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    handler: t.Callable[[Call], Answer],
    problem: str,
) -> None:
    monkeypatch.setitem(HANDLERS, ("cvm", "DescribeImageQuota"), handler)

    reply = api.post("DescribeImageQuota")

    assert reply.status == 500
    assert reply.content_type != "application/json"
    assert problem.encode() in reply.body
    (bug,) = cloud.bugs()
    assert bug.startswith("DescribeImageQuota: ")
    assert problem in bug
    assert cloud.journal.bugs == [bug]
    assert cloud.journal.entries[-1].outcome == "<bug>"
    cloud.reset()
    assert cloud.journal.bugs == [bug], "a reset must not hide it"
    cloud.journal.bugs.clear()


def test_a_slip_outside_the_handler_is_seen_too(cloud: Emulator, api: Api) -> None:
    """A rule that nobody can compare with parameters: the fault stage itself fails, for a refusal as for a success."""

    class Uncomparable:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("a slip")

        __hash__ = None  # type: ignore[assignment]

    cloud.add_faults({"do": "cut", "when": "after", "times": None, "match": {"ImageId": Uncomparable()}})
    for params in ({"ImageId": "img-golden01"}, {"ImageId": "wrong"}):
        assert api.post("ModifyImageAttribute", params=params).status == 500
    assert len(cloud.bugs()) == 2
    cloud.journal.bugs.clear()


def test_an_official_action_that_is_not_emulated_cannot_be_mistaken(cloud: Emulator, api: Api) -> None:
    reply = api.post("RebootInstances", params={"InstanceIds": ["ins-1"]})
    assert reply.status == 500
    assert cloud.bugs() == ["RebootInstances: cvm RebootInstances is official but not emulated"]
    cloud.journal.bugs.clear()


def test_a_null_image_set_is_allowed_by_its_switch_only(
    cloud: Emulator, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, ("cvm", "DescribeImages"), lambda _call: {"TotalCount": 0, "ImageSet": None})
    assert api.post("DescribeImages").status == 500
    cloud.world.behaviour.image_set = "null"
    assert api.post("DescribeImages").status == 500
    cloud.journal.bugs.clear()
    copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}
    assert api("SyncImages", **copy)["ImageSet"] is None
    monkeypatch.setitem(HANDLERS, ("cvm", "SyncImages"), lambda _call: {"ImageSet": None, "Blue": 1})
    assert api.post("SyncImages", params=copy).status == 500
    cloud.journal.bugs.clear()
