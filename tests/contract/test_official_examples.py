# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent's own examples pass the emulator's schema, and the schema is that of the CLI that is installed."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.emulator import Emulator, refresh, schema
from tests.emulator.actions import HANDLERS
from tests.emulator.errors import ApiError
from tests.emulator.pipeline import read_query

from .conftest import eventually, sdk_caller

AGAINST_THEIR_DESCRIPTION = {
    ("AssumeRoleWithWebIdentity", "DurationSeconds"): ("1800", 1800),
}
"""Examples whose value is of another type than Tencent's own description says: (what it is, what it should be)."""


def examples(services: Path) -> t.Iterator[tuple[schema.Service, str, dict[str, str]]]:
    for service in schema.services().values():
        path = services / service.name / f"v{service.version.replace('-', '')}" / "examples.json"
        listed = json.loads(path.read_text("utf-8"))["actions"]
        for action in service.actions:
            for example in listed.get(action, []):
                yield service, action, example


def request_of(service: schema.Service, action: str, text: str) -> dict[str, t.Any]:
    """The parameters of an example: a JSON body, or a query spread over lines."""
    _head, _gap, body = text.partition("\n\n")
    if body.strip():
        parsed: dict[str, t.Any] = json.loads(body)
        return parsed
    query = "".join(line.strip() for line in text.partition("?")[2].splitlines())
    named = [(key, value) for key, value in parse_qsl(query) if key != "Action" and not key.startswith("<")]
    return read_query("&".join(f"{key}={value}" for key, value in named), service, action)


def test_every_official_example_request_is_accepted(services: Path) -> None:
    count = 0
    odd = dict(AGAINST_THEIR_DESCRIPTION)
    for service, action, example in examples(services):
        params = request_of(service, action, example["input"])
        for name, value in params.items():
            if AGAINST_THEIR_DESCRIPTION.get((action, name), (None,))[0] == value:
                params[name] = odd.pop((action, name))[1]
        try:
            service.check_request(action, params)
        except ApiError as error:
            pytest.fail(f"{service.name} {action} ({example['title']}): {error}")
        count += 1
    assert count > 40
    assert odd == {}, "these examples have been mended"


def test_every_official_example_answer_fits_the_schema(services: Path) -> None:
    problems = []
    for service, action, example in examples(services):
        answer = json.loads(example["output"])["Response"]
        problems += [f"{service.name} {action}: {text}" for text in service.check_example_answer(action, answer)]
    assert problems == []


NOT_EMULATED: dict[tuple[str, str], set[str]] = {
    ("cvm", "DescribeImages"): {"CdcCacheStatus"},
    ("cvm", "DescribeInstances"): {
        *("CdcId", "ThroughputPerformance", "PublicIpAssigned", "HostId", "HostIds"),
        *("Ipv6AddressCount", "PrivateIpAddresses"),
    },
    ("cvm", "DescribeKeyPairs"): {"AssociatedInstanceIds", "Description", "PublicKey", "Key", "Value"},
    ("vpc", "DescribeVpcs"): {
        *("AssistantCidrSet", "AssistantType", "CidrBlock", "SubnetSet", "VpcId"),
        *("IPv6CidrBlock", "ISPType", "Key", "Value"),
    },
}
"""Optional members of official example answers that ours leave out: features that are not emulated."""


def paths(value: t.Any, path: str = "") -> t.Iterator[str]:
    """The place of every member of an answer: ``.ImageSet[].Tags[].Key``"""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}"
            yield from paths(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{path}[]")


def test_our_answers_have_what_official_example_answers_have(cloud: Emulator, services: Path) -> None:
    """What the schema requires is checked of each answer; this is about the rest, of the actions that modules read."""
    call = sdk_caller(cloud)
    launch = {"ImageId": "img-go1dweb1", "Placement": {"Zone": "ap-guangzhou-6"}, "InstanceType": "S5.MEDIUM2"}
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "web"}]}]
    call("cvm", "RunInstances", **launch, DataDisks=[{"DiskSize": 50}], TagSpecification=tags)
    eventually(lambda: call("cvm", "DescribeInstances")["InstanceSet"])
    private = [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}]
    shared = {"ImageIds": ["img-partner1"], "DestinationRegions": ["ap-guangzhou"], "ImageName": "another"}
    asked: dict[tuple[str, str], dict[str, t.Any]] = {
        ("cvm", "DescribeImages"): {"Filters": private},
        ("cvm", "DescribeInstances"): {},
        ("cvm", "DescribeKeyPairs"): {},
        ("cvm", "SyncImages"): {**shared, "ImageSetRequired": True},
        ("region", "DescribeRegions"): {"Product": "cvm"},
        ("sts", "GetCallerIdentity"): {},
        ("vpc", "DescribeVpcs"): {},
    }
    answers = {action: set(paths(call(*action, **params))) for action, params in asked.items()}
    official: dict[tuple[str, str], set[str]] = {action: set() for action in asked}
    for service, action, example in examples(services):
        if (service.name, action) in asked:
            official[service.name, action] |= set(paths(json.loads(example["output"])["Response"]))
    for asked_for, wanted in official.items():
        lacking = {path.rpartition(".")[2] for path in wanted - answers[asked_for]}
        assert lacking == NOT_EMULATED.get(asked_for, set()), asked_for


def test_the_schema_is_that_of_the_installed_cli(services: Path) -> None:
    assert refresh.main(["--services", str(services), "--check"]) == 0


def test_every_emulated_action_has_a_handler() -> None:
    listed = {(service.name, action) for service in schema.services().values() for action in service.actions}
    assert listed == set(HANDLERS)
