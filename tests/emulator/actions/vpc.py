# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpc: the networks that instances are launched into; read only."""

from __future__ import annotations

import typing as t

from ..call import Call
from ..errors import ApiError

Answer = dict[str, t.Any]
CREATED = "2024-01-01 00:00:00"
MOST_ON_A_PAGE = 100

VPC_FILTERS = ("vpc-id", "vpc-name", "cidr-block", "is-default")
SUBNET_FILTERS = ("subnet-id", "vpc-id", "zone", "subnet-name", "cidr-block", "is-default")
GROUP_FILTERS = ("security-group-id", "security-group-name", "project-id")
FUZZY = ("vpc-name",)


def _chosen(
    call: Call,
    things: t.Iterable[t.Any],
    ids_name: str,
    names: tuple[str, ...],
    facts: t.Callable[[t.Any], tuple[str, ...]],
) -> list[t.Any]:
    """The caller's things of the region that pass the ids or the filters; facts are what those names stand for."""
    ids, filters = call.get(ids_name), call.get("Filters", [])
    if ids and filters:
        raise ApiError("InvalidParameter.Coexist", f"`{ids_name}` and `Filters` cannot be given together.")
    for item in filters:
        if item["Name"] not in (*names, "tag-key") and not item["Name"].startswith("tag:"):
            raise ApiError("InvalidParameter.FilterInvalidKey", f"The filter `{item['Name']}` is not valid.")
    return [
        thing
        for thing in things
        if (thing.account, thing.region) == (call.account.uin, call.region)
        and (not ids or facts(thing)[0] in ids)
        and all(_fits(dict(zip(names, facts(thing), strict=True)), item["Name"], item["Values"]) for item in filters)
    ]


def _fits(facts: dict[str, str], name: str, values: list[str]) -> bool:
    # Nothing has tags here, so that no filter by tag finds anything.
    if name not in facts:
        return False
    return any(value in facts[name] if name in FUZZY else value == facts[name] for value in values)


def _page(call: Call, things: t.Sequence[t.Any]) -> list[t.Any]:
    page = call.page(things)
    if int(call.get("Limit", "20")) > MOST_ON_A_PAGE:
        raise ApiError("InvalidParameterValue.Range", f"`Limit` is at most {MOST_ON_A_PAGE}.")
    return page


def describe_vpcs(call: Call) -> Answer:
    vpcs = _chosen(
        call,
        call.world.vpcs.values(),
        "VpcIds",
        VPC_FILTERS,
        lambda vpc: (vpc.vpc_id, vpc.name, vpc.cidr, str(vpc.default).lower()),
    )
    items = [
        {
            "VpcName": vpc.name,
            "VpcId": vpc.vpc_id,
            "CidrBlock": vpc.cidr,
            "IsDefault": vpc.default,
            "EnableMulticast": False,
            "CreatedTime": CREATED,
            "DnsServerSet": [],
            "DomainName": "",
            "DhcpOptionsId": "",
            "EnableDhcp": True,
            "Ipv6CidrBlock": "",
            "TagSet": [],
            "EnableRouteVpcPublish": False,
            "Ipv6CidrBlockSet": [],
        }
        for vpc in _page(call, vpcs)
    ]
    return {"TotalCount": len(vpcs), "VpcSet": items}


def describe_subnets(call: Call) -> Answer:
    subnets = _chosen(
        call,
        call.world.subnets.values(),
        "SubnetIds",
        SUBNET_FILTERS,
        lambda subnet: (
            subnet.subnet_id,
            subnet.vpc_id,
            subnet.zone,
            subnet.name,
            subnet.cidr,
            str(subnet.default).lower(),
        ),
    )
    items = [
        {
            "VpcId": subnet.vpc_id,
            "SubnetId": subnet.subnet_id,
            "SubnetName": subnet.name,
            "CidrBlock": subnet.cidr,
            "IsDefault": subnet.default,
            "Zone": subnet.zone,
            "CreatedTime": CREATED,
            "TagSet": [],
        }
        for subnet in _page(call, subnets)
    ]
    return {"TotalCount": len(subnets), "SubnetSet": items}


def describe_security_groups(call: Call) -> Answer:
    groups = _chosen(
        call,
        call.world.security_groups.values(),
        "SecurityGroupIds",
        GROUP_FILTERS,
        lambda group: (group.group_id, group.name, "0"),
    )
    items = [
        {
            "SecurityGroupId": group.group_id,
            "SecurityGroupName": group.name,
            "SecurityGroupDesc": "",
            "ProjectId": "0",
            "IsDefault": group.name == "default",
            "CreatedTime": CREATED,
            "TagSet": [],
            "UpdateTime": CREATED,
        }
        for group in _page(call, groups)
    ]
    return {"TotalCount": len(groups), "SecurityGroupSet": items}


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeSecurityGroups": describe_security_groups,
    "DescribeSubnets": describe_subnets,
    "DescribeVpcs": describe_vpcs,
}
