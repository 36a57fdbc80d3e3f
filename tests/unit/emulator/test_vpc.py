# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpc: the default networks of every account."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest

from tests.emulator import Emulator

from .client import Answer, Api
from .conftest import ACME, Refuses, filters

LISTS = {
    "DescribeVpcs": ("VpcSet", "VpcId", "VpcIds"),
    "DescribeSubnets": ("SubnetSet", "SubnetId", "SubnetIds"),
    "DescribeSecurityGroups": ("SecurityGroupSet", "SecurityGroupId", "SecurityGroupIds"),
}


def ids(api: Api, action: str, *region: str, **params: t.Any) -> list[str]:
    answer = api(action, *region, service="vpc", **params)
    found = [item[LISTS[action][1]] for item in answer[LISTS[action][0]]]
    if not params:
        assert answer["TotalCount"] == len(found)
    return found


def test_every_account_has_a_default_network_in_every_region(api: Api, partner: Api) -> None:
    for region, zones in (("ap-guangzhou", 7), ("ap-tokyo", 2), ("ap-shanghai-fsi", 4)):
        assert [len(ids(api, action, region)) for action in LISTS] == [1, zones, 1]
    for action in LISTS:
        assert not {*ids(api, action)} & {*ids(partner, action)}
        assert not {*ids(api, action)} & {*ids(api, action, "ap-shanghai")}


def test_subnets_lie_in_their_vpc_and_apart(api: Api) -> None:
    (vpc,) = api("DescribeVpcs", service="vpc")["VpcSet"]
    subnets = api("DescribeSubnets", service="vpc")["SubnetSet"]
    networks = [ipaddress.ip_network(subnet["CidrBlock"]) for subnet in subnets]
    whole = ipaddress.ip_network(vpc["CidrBlock"])
    assert all(network.subnet_of(whole) for network in networks)  # type: ignore[arg-type]
    assert not any(one.overlaps(two) for one in networks for two in networks if one is not two)
    assert {subnet["VpcId"] for subnet in subnets} == {vpc["VpcId"]}
    assert sorted(subnet["Zone"] for subnet in subnets) == [f"ap-guangzhou-{number}" for number in range(1, 8)]
    assert vpc["IsDefault"] is True


def test_accounts_whose_uins_end_alike_do_not_share_networks(cloud: Emulator) -> None:
    twin = {"name": "twin", "uin": "200000000001", "credentials": [{"secret_id": "AKIDtwin", "secret_key": "k"}]}
    cloud.plant(accounts=[twin])
    for things in (cloud.world.vpcs, cloud.world.subnets, cloud.world.security_groups):
        owners = [thing.account for thing in things.values()]
        assert owners.count(ACME) == owners.count("200000000001") > 0


@pytest.mark.parametrize("action", LISTS)
def test_ids(api: Api, action: str) -> None:
    name = LISTS[action][2]
    first = ids(api, action)[0]
    assert ids(api, action, **{name: [first, "vpc-nowhere1"]}) == [first]
    assert ids(api, action, **{name: ["vpc-nowhere1"]}) == []


@pytest.mark.parametrize(
    ("action", "which", "count"),
    [
        ("DescribeVpcs", {"is_default": "true"}, 1),
        ("DescribeVpcs", {"is_default": "false"}, 0),
        ("DescribeVpcs", {"vpc_name": "Default-VPC"}, 1),
        ("DescribeVpcs", {"vpc_name": "fault"}, 1),
        ("DescribeVpcs", {"vpc_name": "other"}, 0),
        ("DescribeVpcs", {"cidr_block": "172.16.0.0/16"}, 1),
        ("DescribeVpcs", {"tag_key": "team"}, 0),
        ("DescribeVpcs", {"tag:team": "web"}, 0),
        ("DescribeSubnets", {"zone": "ap-guangzhou-6"}, 1),
        ("DescribeSubnets", {"zone": ["ap-guangzhou-6", "ap-guangzhou-7"]}, 2),
        ("DescribeSubnets", {"zone": "ap-guangzhou-6", "is_default": "false"}, 0),
        ("DescribeSubnets", {"subnet_name": "Default-Subnet"}, 7),
        ("DescribeSubnets", {"subnet_name": "Default"}, 0),
        ("DescribeSubnets", {"vpc_id": "vpc-nowhere1"}, 0),
        ("DescribeSecurityGroups", {"security_group_name": "default"}, 1),
        ("DescribeSecurityGroups", {"project_id": "0"}, 1),
    ],
)
def test_filters(api: Api, action: str, which: dict[str, t.Any], count: int) -> None:
    assert len(ids(api, action, Filters=filters(**which))) == count


@pytest.mark.parametrize("action", LISTS)
def test_an_unknown_filter(refuses: Refuses, action: str) -> None:
    for name in ("colour", "id"):
        code = refuses(action, service="vpc", Filters=filters(**{name: "x"}))
        assert code == "InvalidParameter.FilterInvalidKey"


@pytest.mark.parametrize("action", LISTS)
def test_ids_and_filters_do_not_go_together(refuses: Refuses, action: str) -> None:
    asked: Answer = {LISTS[action][2]: ["vpc-1"], "Filters": filters(is_default="true")}
    assert refuses(action, service="vpc", **asked) == "InvalidParameter.Coexist"


def test_pages_are_spelt_as_strings(api: Api) -> None:
    every = ids(api, "DescribeSubnets")
    assert ids(api, "DescribeSubnets", Offset="2", Limit="3") == every[2:5]
    answer = api("DescribeSubnets", service="vpc", Offset="7")
    assert (answer["TotalCount"], answer["SubnetSet"]) == (7, [])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Limit": "many"}, "InvalidParameterValue"),
        ({"Limit": "-1"}, "InvalidParameterValue"),
        ({"Offset": "\u00b2"}, "InvalidParameterValue"),
        ({"Limit": "101"}, "InvalidParameterValue.Range"),
        ({"Limit": 20}, "InvalidParameter"),
        ({"VpcIds": [f"vpc-{number}" for number in range(101)]}, "InvalidParameterValue.LimitExceeded"),
    ],
)
def test_what_pages_refuse(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeVpcs", service="vpc", **params) == code
