# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, addresses, variables and groups of the inventory's hosts."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import InputError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._hosts import (
    check_hostnames,
    group_names,
    host_names,
    variables,
)

A, B, C = "ins-aaaaaaaa", "ins-bbbbbbbb", "ins-cccccccc"
EVERY_GROUP = ["region", "zone", "image", "source_image"]
BY_NAME = ["instance_name", "instance_id"]


def found(instance_id: str, name: str = "", **different: t.Any) -> dict[str, t.Any]:
    return {
        "instance_id": instance_id,
        "instance_name": name,
        "region": "ap-tokyo",
        "zone": "ap-tokyo-2",
        "image_id": "img-00000001",
        "private_ip_addresses": [],
        "public_ip_addresses": [],
        "tags": {},
        **different,
    }


NAMES: list[tuple[str, list[dict[str, t.Any]], list[str], dict[str, str]]] = [
    ("names", [found(A, "web"), found(B, "db")], BY_NAME, {A: "web", B: "db"}),
    ("ids", [found(A, "web")], ["instance_id"], {A: A}),
    ("no name", [found(A)], BY_NAME, {A: A}),
    ("nothing to be named by", [found(A)], [], {A: A}),
    ("nothing that it has", [found(A, "web")], ["tag:host", "public_ip_address"], {A: A}),
    (
        "two of a name",
        [found(A, "web"), found(B, "web"), found(C, "db")],
        BY_NAME,
        {A: f"web-{A}", B: f"web-{B}", C: "db"},
    ),
    ("a tag", [found(A, "web", tags={"host": "front"}), found(B, "db")], ["tag:host", *BY_NAME], {A: "front", B: "db"}),
    (
        "a tag and a name alike",
        [found(A, "x", tags={"host": "db"}), found(B, "db")],
        ["tag:host", *BY_NAME],
        {A: f"db-{A}", B: f"db-{B}"},
    ),
    (
        "a public address",
        [found(A, "web", public_ip_addresses=["203.0.113.1", "203.0.113.2"])],
        ["public_ip_address"],
        {A: "203.0.113.1"},
    ),
    (
        "private addresses that repeat",
        [found(A, private_ip_addresses=["10.0.0.5"]), found(B, private_ip_addresses=["10.0.0.5"])],
        ["private_ip_address"],
        {A: f"10.0.0.5-{A}", B: f"10.0.0.5-{B}"},
    ),
    ("the id of another", [found(A, B), found(B, "web")], BY_NAME, {A: f"{B}-{A}", B: "web"}),
    ("its own id", [found(A, A)], BY_NAME, {A: A}),
    ("this machine", [found(A, "localhost")], BY_NAME, {A: f"localhost-{A}"}),
    (
        "a name that looks like the way out",
        [found(A, "web"), found(B, "web"), found(C, f"web-{A}")],
        BY_NAME,
        {A: A, B: f"web-{B}", C: C},
    ),
    ("another source's", [found(A, "taken"), found(B, "web")], BY_NAME, {A: f"taken-{A}", B: "web"}),
]


@pytest.mark.parametrize(
    ("instances", "hostnames", "expected"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES]
)
def test_names(instances: list[dict[str, t.Any]], hostnames: list[str], expected: dict[str, str]) -> None:
    assert host_names(instances, hostnames, {"taken"}) == expected


@pytest.mark.parametrize("instances", [row[1] for row in NAMES], ids=[row[0] for row in NAMES])
@pytest.mark.parametrize(
    "hostnames", [[], BY_NAME, ["tag:host"], ["private_ip_address"], ["public_ip_address"]], ids=str
)
def test_no_host_is_lost(instances: list[dict[str, t.Any]], hostnames: list[str]) -> None:
    names = host_names(instances, hostnames)
    assert set(names) == {instance["instance_id"] for instance in instances}
    assert len(set(names.values())) == len(instances)
    assert "" not in names.values()


@pytest.mark.parametrize("wrong", ["name", "tag:", "tag", "ip"])
def test_what_names_no_host_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match=f"^'{wrong}' in hostnames is nothing that names a host; give instance_name,"):
        check_hostnames(["instance_name", wrong])


def test_what_names_hosts() -> None:
    check_hostnames(["instance_name", "instance_id", "public_ip_address", "private_ip_address", "tag:a b"])


@pytest.mark.parametrize(
    ("preference", "public", "private", "expected"),
    [
        ("public_or_private", ["203.0.113.1"], ["10.0.0.5"], "203.0.113.1"),
        ("public_or_private", [], ["10.0.0.5"], "10.0.0.5"),
        ("public_or_private", [], [], None),
        ("public", ["203.0.113.1"], ["10.0.0.5"], "203.0.113.1"),
        ("public", [], ["10.0.0.5"], None),
        ("private", ["203.0.113.1"], ["10.0.0.5"], "10.0.0.5"),
        ("none", ["203.0.113.1"], ["10.0.0.5"], None),
    ],
)
def test_addresses(preference: str, public: list[str], private: list[str], expected: str | None) -> None:
    host_vars = variables(found(A, public_ip_addresses=public, private_ip_addresses=private), preference)
    assert host_vars.get("ansible_host") == expected
    assert ("ansible_host" in host_vars) is (expected is not None)


def test_variables_have_a_prefix() -> None:
    host_vars = variables(found(A, "web", tags={"team": "x"}), "none")
    assert host_vars["cvm_tags"] == {"team": "x"}
    assert {name for name in host_vars if not name.startswith("cvm_")} == set()


SOURCE = "ap-guangzhou/img-source01"


@pytest.mark.parametrize(
    ("different", "groupings", "expected"),
    [
        ({}, [], []),
        ({}, EVERY_GROUP, ["region_ap-tokyo", "zone_ap-tokyo-2", "image_img-00000001"]),
        ({"source_image": None}, ["source_image"], []),
        ({"source_image": SOURCE}, ["source_image", "region"], [f"source_image_{SOURCE}", "region_ap-tokyo"]),
        ({"zone": ""}, ["zone"], []),
    ],
)
def test_groups(different: dict[str, t.Any], groupings: list[str], expected: list[str]) -> None:
    assert group_names(found(A, **different), groupings) == expected
