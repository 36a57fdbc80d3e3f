# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpc: the networks that instances are launched into; read only."""

from __future__ import annotations

import typing as t

from ..call import Call

Answer = dict[str, t.Any]
CREATED = "2024-01-01 00:00:00"


def _chosen(call: Call, things: t.Iterable[t.Any], ids: list[str] | None, facts: t.Callable[[t.Any], Answer]) -> list[t.Any]:
    """The caller's things of the region that pass the ids or the filters; facts maps filter names to values."""
    wanted = {item["Name"]: item["Values"] for item in call.get("Filters", [])}
    return [
        thing
        for thing in things
        if (thing.account, thing.region) == (call.account.uin, call.region)
        and (not ids or facts(thing)["id"] in ids)
        and all(str(facts(thing).get(name, "")) in values for name, values in wanted.items())
    ]


def describe_vpcs(call: Call) -> Answer:
    vpcs = _chosen(
        call,
        call.world.vpcs.values(),
        call.get("VpcIds"),
        lambda vpc: {"id": vpc.vpc_id, "vpc-id": vpc.vpc_id, "vpc-name": vpc.name, "is-default": str(vpc.default).lower()},
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
        for vpc in call.page(vpcs)
    ]
    return {"TotalCount": len(vpcs), "VpcSet": items}


def describe_subnets(call: Call) -> Answer:
    subnets = _chosen(
        call,
        call.world.subnets.values(),
        call.get("SubnetIds"),
        lambda subnet: {
            "id": subnet.subnet_id,
            "subnet-id": subnet.subnet_id,
            "vpc-id": subnet.vpc_id,
            "zone": subnet.zone,
            "subnet-name": subnet.name,
            "is-default": str(subnet.default).lower(),
        },
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
        for subnet in call.page(subnets)
    ]
    return {"TotalCount": len(subnets), "SubnetSet": items}


def describe_security_groups(call: Call) -> Answer:
    groups = _chosen(
        call,
        call.world.security_groups.values(),
        call.get("SecurityGroupIds"),
        lambda group: {
            "id": group.group_id,
            "security-group-id": group.group_id,
            "security-group-name": group.name,
        },
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
        for group in call.page(groups)
    ]
    return {"TotalCount": len(groups), "SecurityGroupSet": items}


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeSecurityGroups": describe_security_groups,
    "DescribeSubnets": describe_subnets,
    "DescribeVpcs": describe_vpcs,
}
