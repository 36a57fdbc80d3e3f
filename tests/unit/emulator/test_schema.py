# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests held against the official description and the overlay."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import schema
from tests.emulator.actions import HANDLERS
from tests.emulator.errors import COMMON_CODES, ApiError, EmulatorBug

CVM = schema.services()["cvm", "2017-03-12"]
OVERLAY = json.loads((schema.SCHEMA_DIR / "overlay.json").read_text("utf-8"))["patches"]
LIMITS = [patch for patch in OVERLAY if patch["keyword"] != "null"]
NULLS = [patch for patch in OVERLAY if patch["keyword"] == "null"]

HOLDERS: dict[str, tuple[str, t.Callable[[t.Any], dict[str, t.Any]]]] = {
    "SystemDisk": ("RunInstances", lambda value: {"SystemDisk": value}),
    "DataDisk": ("RunInstances", lambda value: {"DataDisks": [value]}),
    "InternetAccessible": ("RunInstances", lambda value: {"InternetAccessible": value}),
}
"""Objects that are limited inside a request, and a request that holds one."""


def refused(params: dict[str, t.Any], action: str = "DescribeImages", service: schema.Service = CVM) -> ApiError:
    with pytest.raises(ApiError) as caught:
        service.check_request(action, params)
    return caught.value


@pytest.mark.parametrize(
    ("action", "params", "code", "named"),
    [
        ("DescribeImages", {"ImageId": "x"}, "UnknownParameter", "`ImageId`"),
        (
            "DescribeImages",
            {"Filters": [{"Name": "a", "Values": ["b"], "Key": 1}]},
            "UnknownParameter",
            "`Filters.0.Key`",
        ),
        ("SyncImages", {"ImageIds": ["img-1"]}, "MissingParameter", "`DestinationRegions`"),
        ("DescribeImages", {"Filters": [{"Name": "a"}]}, "MissingParameter", "`Filters.0.Values`"),
        ("RunInstances", {"Placement": {}}, "MissingParameter", "`Placement.Zone`"),
        ("DescribeImages", {"ImageIds": "img-1"}, "InvalidParameter", "`ImageIds`"),
        ("DescribeImages", {"ImageIds": ["img-1", 2]}, "InvalidParameter", "`ImageIds.1`"),
        ("DescribeImages", {"Limit": "5"}, "InvalidParameter", "`Limit`"),
        ("DescribeImages", {"Limit": True}, "InvalidParameter", "`Limit`"),
        ("DescribeImages", {"Limit": 5.0}, "InvalidParameter", "`Limit`"),
        ("DescribeImages", {"Offset": -1}, "InvalidParameter", "`Offset`"),
        ("DescribeImages", {"Filters": None}, "InvalidParameter", "`Filters`"),
        (
            "SyncImages",
            {"ImageIds": ["i"], "DestinationRegions": ["r"], "DryRun": "true"},
            "InvalidParameter",
            "`DryRun`",
        ),
        ("RunInstances", {"DataDisks": [{"DiskSize": "big"}]}, "InvalidParameter", "`DataDisks.0.DiskSize`"),
    ],
)
def test_names_and_types(action: str, params: dict[str, t.Any], code: str, named: str) -> None:
    error = refused(params, action)
    assert error.code == code
    assert named in error.message


def test_null_is_allowed_where_the_description_says_so() -> None:
    CVM.check_request("RunInstances", {"LoginSettings": {"KeyIds": None}})


def test_the_worst_is_named_first() -> None:
    """Unknown, then missing, then wrong type, then limits."""
    params: dict[str, t.Any] = {"ImageIds": ["a", "b"], "DryRun": "yes", "Colour": "red"}
    assert refused(params, "SyncImages").code == "UnknownParameter"
    del params["Colour"]
    assert refused(params, "SyncImages").code == "MissingParameter"
    params["DestinationRegions"] = ["ap-shanghai"]
    assert refused(params, "SyncImages").code == "InvalidParameter"
    params["DryRun"] = True
    assert refused(params, "SyncImages").code == "InvalidParameterValue.LimitExceeded"
    params["ImageIds"] = ["a"]
    CVM.check_request("SyncImages", params)


# The overlay --------------------------------------------------------------------------------------------------------


def service_of(patch: dict[str, t.Any]) -> schema.Service:
    return next(service for service in schema.services().values() if service.name == patch["service"])


def sample(part: dict[str, t.Any], definitions: dict[str, t.Any], serial: int = 1) -> t.Any:
    """The smallest value that the schema accepts; another for another serial."""
    if "$ref" in part:
        part = definitions[part["$ref"].rsplit("/", 1)[1]]
    if "enum" in part:
        return part["enum"][0]
    kind = part["type"]
    if kind == "object":
        return {name: sample(part["properties"][name], definitions, serial) for name in part["required"]}
    if kind == "array":
        return [sample(part["items"], definitions, number) for number in range(part.get("minItems", 0))]
    values = {"string": f"value{serial}", "integer": serial, "boolean": True, "number": 1.5}
    return values[kind]


def request_with(patch: dict[str, t.Any], value: t.Any) -> tuple[str, dict[str, t.Any]]:
    """The action and a request that is right but for the patched member, which has this value."""
    service = service_of(patch)
    holder = service.requests[patch["object"]]
    held = {**sample(holder, service.requests), patch["member"]: value}
    if patch["object"] in HOLDERS:
        action, put = HOLDERS[patch["object"]]
        return action, put(held)
    return patch["object"].removesuffix("Request"), held


def items(patch: dict[str, t.Any], count: int) -> list[t.Any]:
    service = service_of(patch)
    part = service.requests[patch["object"]]["properties"][patch["member"]]["items"]
    return [sample(part, service.requests, number) for number in range(1, count + 1)]


def at_limit(patch: dict[str, t.Any]) -> list[t.Any]:
    """Values that just pass."""
    keyword, limit = patch["keyword"], patch["value"]
    if keyword in ("minItems", "maxItems"):
        return [items(patch, limit)]
    if keyword in ("minLength", "maxLength"):
        return ["x" * limit]
    if keyword in ("minimum", "maximum"):
        return [limit]
    if keyword == "uniqueItems":
        return [items(patch, 2)]
    return list(limit) if keyword == "enum" else ["a=b,c.d@e-f_g"]


def beyond_limit(patch: dict[str, t.Any]) -> t.Any:
    keyword, limit = patch["keyword"], patch["value"]
    if keyword in ("minItems", "maxItems"):
        return items(patch, limit + (1 if keyword == "maxItems" else -1))
    if keyword in ("minLength", "maxLength"):
        return "x" * (limit + (1 if keyword == "maxLength" else -1))
    if keyword in ("minimum", "maximum"):
        return limit + (1 if keyword == "maximum" else -1)
    return items(patch, 1) * 2 if keyword == "uniqueItems" else "!"


def patch_name(patch: dict[str, t.Any]) -> str:
    return f"{patch['object']}.{patch['member']}-{patch['keyword']}"


@pytest.mark.parametrize("patch", LIMITS, ids=patch_name)
def test_every_limit_of_the_overlay_gives_its_code(patch: dict[str, t.Any]) -> None:
    action, params = request_with(patch, beyond_limit(patch))
    error = refused(params, action, service_of(patch))
    assert error.code == patch["code"]
    assert patch["member"] in error.message


@pytest.mark.parametrize("patch", LIMITS, ids=patch_name)
def test_what_just_keeps_a_limit_passes(patch: dict[str, t.Any]) -> None:
    for value in at_limit(patch):
        action, params = request_with(patch, value)
        service_of(patch).check_request(action, params)


@pytest.mark.parametrize("patch", OVERLAY, ids=patch_name)
def test_every_patch_names_its_source_and_an_official_code(patch: dict[str, t.Any]) -> None:
    assert len(patch["source"]) > 7
    if patch["keyword"] != "null":
        action, _params = request_with(patch, beyond_limit(patch))
        assert patch["code"] in schema.official_codes()[patch["service"], action] | COMMON_CODES


@pytest.mark.parametrize("patch", NULLS, ids=patch_name)
def test_members_that_may_be_null_in_answers(patch: dict[str, t.Any]) -> None:
    member = service_of(patch).answers[patch["object"]]["properties"][patch["member"]]
    assert {"type": "null"} in member["anyOf"]


# The emulator's own answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({}, "'ImageNumQuota' is a required property"),
        ({"ImageNumQuota": "500"}, "is not of type 'integer'"),
        ({"ImageNumQuota": 500, "Left": 3}, "'Left' was unexpected"),
        ({"ImageNumQuota": None}, "is not of type 'integer'"),
    ],
)
def test_an_answer_outside_the_schema_is_a_bug(answer: dict[str, t.Any], problem: str) -> None:
    CVM.check_answer("DescribeImageQuota", {"ImageNumQuota": 500, "RequestId": "r"})
    with pytest.raises(EmulatorBug, match=problem):
        CVM.check_answer("DescribeImageQuota", {**answer, "RequestId": "r"})


def test_a_shortened_example_answer_is_held_against_names_and_types_only() -> None:
    assert CVM.check_example_answer("DescribeImages", {"ImageSet": [{"ImageId": "img-1"}]}) == []
    assert len(CVM.check_example_answer("DescribeImages", {"ImageSet": [{"ImageID": 1}], "Total": 1})) == 2


# What is known ------------------------------------------------------------------------------------------------------


def test_every_described_action_has_a_handler_and_the_reverse() -> None:
    described = {(service.name, action) for service in schema.services().values() for action in service.actions}
    assert described == set(HANDLERS)


def test_every_action_has_its_list_of_error_codes() -> None:
    assert set(schema.official_codes()) == set(HANDLERS)


def test_the_descriptions_are_tccli_s() -> None:
    for path in schema.SCHEMA_DIR.glob("*-*-*-*.json"):
        described = json.loads(path.read_text("utf-8"))
        assert described["source"].startswith("tccli 3.")
        assert set(described["actions"]) <= set(described["official_actions"])
