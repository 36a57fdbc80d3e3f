# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Instances: what the API says of them, and the calls that read or change them. One function an action."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import _tags
from ._client import PAGE_SIZE, Client
from ._errors import CloudError

GROUP_TAG = "cvm-instance-group"
"""Membership: every instance that the collection launches carries the name of its group."""

MOST_IDS_A_CALL = 100

PENDING, RUNNING, STOPPED, LAUNCH_FAILED = "PENDING", "RUNNING", "STOPPED", "LAUNCH_FAILED"
DEAD_STATES = (LAUNCH_FAILED, "SHUTDOWN", "TERMINATING")
STEADY_STATES = (RUNNING, STOPPED)
PREPAID, BY_THE_HOUR = "PREPAID", "POSTPAID_BY_HOUR"
STATES = (
    *(PENDING, RUNNING, STOPPED, LAUNCH_FAILED),
    *("STARTING", "STOPPING", "REBOOTING", "SHUTDOWN", "TERMINATING"),
    *("ENTER_RESCUE_MODE", "RESCUE_MODE", "EXIT_RESCUE_MODE"),
    *("ENTER_SERVICE_LIVE_MIGRATE", "SERVICE_LIVE_MIGRATE", "EXIT_SERVICE_LIVE_MIGRATE"),
)
"""Every state, as data structures and error codes of the API name them."""


@dataclass(frozen=True)
class Instance:
    """An instance as DescribeInstances shows it. Memory is GiB."""

    region: str
    instance_id: str
    instance_name: str
    instance_state: str
    instance_type: str = ""
    instance_charge_type: str = ""
    image_id: str = ""
    zone: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    created_time: str = ""
    os_name: str = ""
    cpu: int = 0
    memory: int = 0
    private_ip_addresses: tuple[str, ...] = ()
    public_ip_addresses: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    disable_api_termination: bool = False
    latest_operation_error_msg: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_api(cls, region: str, item: Mapping[str, t.Any]) -> Instance:
        network = item.get("VirtualPrivateCloud") or {}
        return cls(
            region=region,
            instance_id=item["InstanceId"],
            instance_name=item.get("InstanceName") or "",
            instance_state=item.get("InstanceState") or "",
            instance_type=item.get("InstanceType") or "",
            instance_charge_type=item.get("InstanceChargeType") or "",
            image_id=item.get("ImageId") or "",
            zone=(item.get("Placement") or {}).get("Zone") or "",
            vpc_id=network.get("VpcId") or "",
            subnet_id=network.get("SubnetId") or "",
            created_time=item.get("CreatedTime") or "",
            os_name=item.get("OsName") or "",
            cpu=item.get("CPU") or 0,
            memory=item.get("Memory") or 0,
            private_ip_addresses=tuple(item.get("PrivateIpAddresses") or ()),
            public_ip_addresses=tuple(item.get("PublicIpAddresses") or ()),
            security_group_ids=tuple(item.get("SecurityGroupIds") or ()),
            disable_api_termination=bool(item.get("DisableApiTermination")),
            latest_operation_error_msg=item.get("LatestOperationErrorMsg") or "",
            tags={tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()},
        )

    def to_result(self) -> dict[str, t.Any]:
        """The instance in snake_case, as modules return it."""
        return {
            "region": self.region,
            "instance_id": self.instance_id,
            "instance_name": self.instance_name,
            "instance_state": self.instance_state,
            "instance_type": self.instance_type,
            "instance_charge_type": self.instance_charge_type,
            "image_id": self.image_id,
            "zone": self.zone,
            "vpc_id": self.vpc_id,
            "subnet_id": self.subnet_id,
            "created_time": self.created_time,
            "os_name": self.os_name,
            "cpu": self.cpu,
            "memory": self.memory,
            "private_ip_addresses": list(self.private_ip_addresses),
            "public_ip_addresses": list(self.public_ip_addresses),
            "security_group_ids": list(self.security_group_ids),
            "disable_api_termination": self.disable_api_termination,
            "tags": dict(self.tags),
        }


def find_group(client: Client, name: str) -> list[Instance]:
    """The instances that carry the group's tag, in whatever state."""
    found = search(client, {f"tag:{GROUP_TAG}": [name]})
    return [instance for instance in found if instance.tags.get(GROUP_TAG) == name]


def search(client: Client, filters: Mapping[str, Sequence[str]]) -> list[Instance]:
    """Every instance of the client's region that passes the filters, to the last page."""
    listed = [{"Name": name, "Values": list(values)} for name, values in filters.items()]
    try:
        items = client.pages("DescribeInstances", {"Filters": listed} if listed else {}, "InstanceSet")
    except CloudError as error:
        if error.code != _tags.UNKNOWN_KEY:
            raise
        return []
    instances = (Instance.from_api(client.region, item) for item in items)
    return list({instance.instance_id: instance for instance in instances}.values())


def find_by_ids(client: Client, instance_ids: Sequence[str]) -> list[Instance]:
    found: list[Instance] = []
    for chunk in chunks(instance_ids):
        answer = client.call("DescribeInstances", {"InstanceIds": chunk, "Limit": PAGE_SIZE})
        found += [Instance.from_api(client.region, item) for item in answer.get("InstanceSet") or ()]
    return found


def run(client: Client, request: Mapping[str, t.Any]) -> tuple[str, ...]:
    """Launch instances, which are billed from then on; returns their ids. The request carries a ClientToken."""
    return tuple(client.call("RunInstances", dict(request)).get("InstanceIdSet") or ())


def try_run(client: Client, request: Mapping[str, t.Any]) -> None:
    """Ask whether a launch would be accepted (DryRun); raises what it would be refused with."""
    plain = {key: value for key, value in request.items() if key != "ClientToken"}
    try:
        client.call("RunInstances", {**plain, "DryRun": True})
    except CloudError as error:
        if error.code != "DryRunOperation":
            raise


def start(client: Client, instance_ids: Sequence[str]) -> None:
    client.call("StartInstances", {"InstanceIds": list(instance_ids)})


def stop(client: Client, instance_ids: Sequence[str], *, stop_charging: bool) -> None:
    mode = {"StoppedMode": "STOP_CHARGING"} if stop_charging else {}
    client.call("StopInstances", {"InstanceIds": list(instance_ids), "StopType": "SOFT_FIRST", **mode})


def terminate(client: Client, instance_ids: Sequence[str]) -> None:
    """End instances for good, with the disks that go with them. All must be charged alike.

    Prepaid ones are put into the recycle bin. Those that are there already are destroyed.
    """
    client.call("TerminateInstances", {"InstanceIds": list(instance_ids)})


def rename(client: Client, instance_ids: Sequence[str], name: str) -> None:
    client.call("ModifyInstancesAttribute", {"InstanceIds": list(instance_ids), "InstanceName": name})


def set_security_groups(client: Client, instance_ids: Sequence[str], group_ids: Sequence[str]) -> None:
    client.call("ModifyInstancesAttribute", {"InstanceIds": list(instance_ids), "SecurityGroups": list(group_ids)})


def chunks(ids: Sequence[str]) -> list[list[str]]:
    """As many ids as one call may name."""
    return [list(ids[start : start + MOST_IDS_A_CALL]) for start in range(0, len(ids), MOST_IDS_A_CALL)]
