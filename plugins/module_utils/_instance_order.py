# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What the instance module was asked for, checked as far as that is possible without the API. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ._checks import too_long, wrong_image_id, wrong_tags, wrong_waiting
from ._errors import InputError
from ._instances import BY_THE_HOUR, GROUP_TAG, PREPAID

MOST_INSTANCES = 500
LONGEST_NAME = 60
"""What ModifyInstancesAttribute allows. RunInstances allows 128, but numbers the names of several: they are renamed."""

USER_DATA_BYTES = 16 * 1024
PERIODS = (*range(1, 13), 24, 36, 48, 60)
"""Months for which prepaid instances can be bought."""

_TEMPLATE_ID = re.compile(r"lt-[0-9a-z]+")


@dataclass(frozen=True)
class Template:
    """A launch template; without a version, that which is its default."""

    template_id: str
    version: int | None = None


@dataclass(frozen=True)
class Order:
    """A group of like instances in one region. ``launch`` is what RunInstances is told besides count and token.

    :param is_counted: the user has said how many; if not, nothing is ended for being too many
    """

    region: str
    name: str
    count: int
    state: str
    on_image_change: str
    is_counted: bool = True
    image_id: str | None = None
    instance_type: str | None = None
    zone: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    security_group_ids: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    terminate_prepaid: bool = False
    stop_charging: bool = False
    template: Template | None = None
    launch: Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    wait: bool = True
    wait_timeout: float = 600
    wait_delay: float = 15

    def wanted_tags(self) -> dict[str, str]:
        return {**self.tags, GROUP_TAG: self.name}

    def request(self, count: int, known_ids: Iterable[str], generation: str) -> dict[str, t.Any]:
        """The RunInstances request. The same decision has the same ClientToken, in this run and in the next."""
        request = {**self.launch, "InstanceCount": count}
        decision = [self.region, self.name, request, sorted(known_ids), generation]
        digest = hashlib.sha256(json.dumps(decision, sort_keys=True).encode()).hexdigest()
        return {**request, "ClientToken": f"ansible-{digest[:48]}"}


def read_order(params: Mapping[str, t.Any]) -> Order:
    """The order in the module's params; an InputError names everything that is wrong with it."""
    # Surveys leave empty texts. A tag's value is the user's own, and an empty one is refused by its check.
    params = {key: value if key == "tags" else _without_empty(value) for key, value in params.items()}
    wrong = [
        *([] if params["region"] else ["region is missing: give it, or set TENCENTCLOUD_REGION."]),
        *_wrong_group(params),
        *(wrong_image_id(params["image_id"]) if params["image_id"] else ()),
        *_wrong_network(params),
        *_wrong_login(params),
        *_wrong_user_data(params),
        *_wrong_charging(params),
        *_wrong_template(params["launch_template"]),
        *wrong_waiting(params),
    ]
    if wrong:
        raise InputError(" ".join(wrong))
    tags = {key: str(value) for key, value in (params["tags"] or {}).items()}
    groups = params["security_group_ids"]
    return Order(
        region=params["region"],
        name=params["name"],
        count=0 if params["state"] == "absent" else 1 if params["exact_count"] is None else params["exact_count"],
        is_counted=params["state"] == "absent" or params["exact_count"] is not None,
        state=params["state"],
        on_image_change=params["on_image_change"],
        image_id=params["image_id"],
        instance_type=params["instance_type"],
        zone=params["zone"],
        vpc_id=params["vpc_id"],
        subnet_id=params["subnet_id"],
        security_group_ids=None if groups is None else tuple(groups),
        tags=tags,
        terminate_prepaid=params["terminate_prepaid"],
        stop_charging=params["stop_charging"],
        template=_template(params["launch_template"]),
        launch=_launch(params, {**tags, GROUP_TAG: params["name"]}),
        wait=params["wait"],
        wait_timeout=params["wait_timeout"],
        wait_delay=params["wait_delay"],
    )


def _without_empty(value: t.Any) -> t.Any:
    """An option without its empty texts, at whatever depth: an empty text is not given, nor is a list of nothing."""
    if isinstance(value, Mapping):
        return {key: _without_empty(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item for item in map(_without_empty, value) if item is not None] or None
    return None if value == "" else value


def _wrong_group(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    name, count = params["name"] or "", params["exact_count"]
    if not name:
        found.append("name is empty; it names the group of instances.")
    found += too_long("name", name, LONGEST_NAME)
    if count is not None and not 0 <= count <= MOST_INSTANCES:
        found.append(f"exact_count is {count}; it must be from 0 to {MOST_INSTANCES}.")
    return found + wrong_tags(params["tags"], (GROUP_TAG,))


def _wrong_network(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    region, zone = params["region"], params["zone"]
    if region and zone and not zone.startswith(f"{region}-"):
        found.append(f"The zone {zone} is not in the region {region}; give a zone such as {region}-1.")
    if bool(params["vpc_id"]) != bool(params["subnet_id"]):
        found.append("vpc_id and subnet_id go together: give both, or neither for the default network of the zone.")
    return found


def _wrong_login(params: Mapping[str, t.Any]) -> list[str]:
    if params["password"] and params["key_ids"]:
        return ["password and key_ids are mutually exclusive; give one of them."]
    return []


def _wrong_user_data(params: Mapping[str, t.Any]) -> list[str]:
    size = len((params["user_data"] or "").encode())
    if size <= USER_DATA_BYTES:
        return []
    return [f"user_data has {size} bytes; Tencent Cloud allows {USER_DATA_BYTES} (16 KB)."]


def _wrong_charging(params: Mapping[str, t.Any]) -> list[str]:
    charge_type, prepaid = params["charge_type"], params["prepaid"]
    if charge_type == PREPAID and not prepaid:
        return ["charge_type PREPAID needs prepaid.period, the months that are paid in advance."]
    if prepaid and charge_type != PREPAID:
        return ["prepaid goes with charge_type PREPAID; give both or neither."]
    if prepaid and prepaid["period"] not in PERIODS:
        return [f"prepaid.period is {prepaid['period']}; Tencent Cloud sells 1 to 12, 24, 36, 48 and 60 months."]
    return []


def _wrong_template(template: Mapping[str, t.Any] | None) -> list[str]:
    if not template:
        return []
    template_id, version = template["launch_template_id"], template["launch_template_version"]
    if not template_id:
        return ["launch_template needs a launch_template_id."] if version is not None else []
    found = []
    if not _TEMPLATE_ID.fullmatch(template_id):
        found.append(f"'{template_id}' is not a launch template id: one is lt- and eight letters or digits.")
    if version is not None and version < 1:
        found.append(f"launch_template_version is {version}; versions count from 1.")
    return found


def _template(given: Mapping[str, t.Any] | None) -> Template | None:
    if not given or not given["launch_template_id"]:
        return None
    return Template(given["launch_template_id"], given["launch_template_version"])


def from_template(order: Order, template_id: str, version: int, data: Mapping[str, t.Any]) -> Order:
    """The order with what the template's version adds to it.

    An option takes the place of the template's parameter as a whole, in the API as well. Only the place and the tags
    are put together here: a project given alone must not lose the zone, nor the group's tag the tags of the template.
    """
    place = {key: value for key, value in (data.get("Placement") or {}).items() if key in ("Zone", "ProjectId")}
    specifications = {item["ResourceType"]: item.get("Tags") or [] for item in data.get("TagSpecification") or ()}
    for item in order.launch["TagSpecification"]:
        tags = {tag["Key"]: tag for tag in (*specifications.get(item["ResourceType"], ()), *item["Tags"])}
        specifications[item["ResourceType"]] = [tags[key] for key in sorted(tags)]
    launch = {
        **order.launch,
        "LaunchTemplate": {"LaunchTemplateId": template_id, "LaunchTemplateVersion": version},
        "TagSpecification": [{"ResourceType": kind, "Tags": tags} for kind, tags in specifications.items()],
    }
    if "Placement" in order.launch:
        launch["Placement"] = {**place, **order.launch["Placement"]}
    return replace(order, image_id=order.image_id or data.get("ImageId") or None, launch=launch)


def _launch(params: Mapping[str, t.Any], tags: Mapping[str, str]) -> dict[str, t.Any]:
    """RunInstances parameters in the API's own names; what is not given is left to the API."""
    user_data = params["user_data"]
    given = {
        "ImageId": params["image_id"],
        "InstanceName": params["name"],
        "InstanceType": params["instance_type"],
        "InstanceChargeType": params["charge_type"] or (None if _template(params["launch_template"]) else BY_THE_HOUR),
        "InstanceChargePrepaid": _prepaid(params["prepaid"]),
        "Placement": _given({"Zone": params["zone"], "ProjectId": params["project_id"]}),
        "VirtualPrivateCloud": _given({"VpcId": params["vpc_id"], "SubnetId": params["subnet_id"]}),
        "SecurityGroupIds": params["security_group_ids"],
        "LoginSettings": _given({"KeyIds": params["key_ids"], "Password": params["password"]}),
        "HostName": params["hostname"],
        "UserData": base64.b64encode(user_data.encode()).decode() if user_data else None,
        "SystemDisk": _disk(params["system_disk"]),
        "DataDisks": [_disk(disk) for disk in params["data_disks"] or ()],
        "InternetAccessible": _internet(params["internet"]),
        "CamRoleName": params["cam_role_name"],
        "TagSpecification": [
            {
                "ResourceType": "instance",
                "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
            }
        ],
    }
    return {key: value for key, value in given.items() if value not in (None, {}, [])}


def _given(values: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {key: value for key, value in values.items() if value is not None}


def _disk(disk: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    if not disk:
        return {}
    return _given(
        {
            "DiskType": disk["disk_type"],
            "DiskSize": disk["disk_size"],
            "SnapshotId": disk.get("snapshot_id"),
            "DeleteWithInstance": disk.get("delete_with_instance"),
        }
    )


def _prepaid(prepaid: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    return _given({"Period": prepaid["period"], "RenewFlag": prepaid["renew_flag"]}) if prepaid else {}


def _internet(internet: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    if not internet:
        return {}
    return _given(
        {
            "InternetChargeType": internet["charge_type"],
            "InternetMaxBandwidthOut": internet["max_bandwidth_out"],
            "PublicIpAssigned": internet["public_ip_assigned"],
        }
    )
