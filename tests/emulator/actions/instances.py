# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cvm: instances, key pairs and what is sold."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
import typing as t
from dataclasses import replace

from .. import catalogue
from ..call import Call, check_image_id, named_filters, tag_list, tags_fit
from ..clock import iso
from ..errors import ApiError
from ..timeline import GONE, Timeline
from ..world import NORMAL, RESERVED_TAG_PREFIXES, SYNCING, Image, Instance, Launch, Subnet
from .images import dry_run_answer, type_for
from .templates import launch_params

Answer = dict[str, t.Any]

PENDING, RUNNING, LAUNCH_FAILED = "PENDING", "RUNNING", "LAUNCH_FAILED"
STARTING, STOPPING, STOPPED = "STARTING", "STOPPING", "STOPPED"
SHUTDOWN, TERMINATING = "SHUTDOWN", "TERMINATING"

PERIODS = (*range(1, 13), 24, 36, 48, 60)
"""Months for which prepaid instances are sold."""

DAY = 86400
RECYCLE_DAYS = 7

SECONDS = {PENDING: 40, STARTING: 20, STOPPING: 30, TERMINATING: 30, LAUNCH_FAILED: 900}
"""How long a passing state lasts, in virtual seconds. Nothing is documented; these are plausible."""

USER_DATA_BYTES = 16 * 1024

_ID = re.compile(r"ins-[0-9a-z]{8}")
_SERIAL = re.compile(r"\{R:(?P<first>\d{1,9})(?:,F:(?P<width>[0-8]))?\}")
_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")

STATE_CODES = {
    PENDING: "UnsupportedOperation.InstanceStatePending",
    STARTING: "UnsupportedOperation.InstanceStateStarting",
    STOPPING: "UnsupportedOperation.InstanceStateStopping",
    STOPPED: "UnsupportedOperation.InstanceStateStopped",
    RUNNING: "UnsupportedOperation.InstanceStateRunning",
    TERMINATING: "UnsupportedOperation.InstanceStateTerminating",
    SHUTDOWN: "UnsupportedOperation.InstanceStateShutdown",
    LAUNCH_FAILED: "InvalidInstance.NotSupported",
}
"""The code for an instance in a state that does not suit. Only TerminateInstances lists one for LAUNCH_FAILED."""

FILTERS = (
    "zone",
    "project-id",
    "vpc-id",
    "subnet-id",
    "instance-id",
    "security-group-id",
    "instance-name",
    "instance-charge-type",
    "instance-state",
    "private-ip-address",
    "public-ip-address",
    "tag-key",
    "tag-value",
)


# RunInstances -------------------------------------------------------------------------------------------------------


def run_instances(call: Call) -> Answer:
    fingerprint = hashlib.sha256(json.dumps(call.params, sort_keys=True).encode()).hexdigest()
    token = "" if call.get("DryRun") else call.get("ClientToken", "")
    token_key = (call.account.uin, call.region, token)
    known = call.world.launches.get(token_key) if token else None
    if known is not None and known.until > call.now:
        conflict = call.world.behaviour.client_token_conflict_code
        if known.fingerprint != fingerprint and conflict:
            raise ApiError(conflict, "`ClientToken` was used with other parameters.")
        return {"InstanceIdSet": list(known.instance_ids)}
    call = replace(call, params=launch_params(call))
    _check_launch(call)
    if call.get("DryRun"):
        return dry_run_answer(call, {"InstanceIdSet": []})
    count = call.get("InstanceCount", 1)
    made = [_make_instance(call, number, count) for number in range(1, count + 1)]
    ids = tuple(instance.instance_id for instance in made)
    if token:
        until = call.now + call.world.behaviour.client_token_lifetime
        call.world.launches[token_key] = Launch(ids, fingerprint, until)
    return {"InstanceIdSet": list(ids)}


def _check_launch(call: Call) -> None:
    zone = call.get("Placement", {}).get("Zone")
    if not zone:
        raise ApiError("MissingParameter", "The request is missing a required parameter `Placement`.")
    if catalogue.region_of_zone(zone) != call.region:
        raise ApiError("InvalidZone.MismatchRegion", f"The zone {zone} is not in the region {call.region}.")
    image = _launchable(call)
    _check_type(call, zone)
    _check_network(call, zone)
    _check_login(call, image)
    _check_user_data(call)
    _check_disks(call, image)
    for key in _tags_given(call):
        if key.lower().startswith(RESERVED_TAG_PREFIXES):
            raise ApiError("FailedOperation.TagKeyReserved", f"The tag key {key} is reserved.")
    if call.get("InstanceChargeType") == "PREPAID":
        _check_prepaid(call)


def _check_prepaid(call: Call) -> None:
    prepaid = call.get("InstanceChargePrepaid")
    if not prepaid:
        raise ApiError("MissingParameter", "The request is missing a required parameter `InstanceChargePrepaid`.")
    if prepaid["Period"] not in PERIODS:
        raise ApiError("InvalidPeriod", f"Prepaid instances are not sold for {prepaid['Period']} months.")


def _launchable(call: Call) -> Image:
    image_id = call.get("ImageId")
    if not image_id:
        raise ApiError("MissingParameter", "The request is missing a required parameter `ImageId`.")
    check_image_id(image_id)
    image = call.world.images.get(image_id)
    seen = image is not None and image.region == call.region and type_for(call, image) and image.visible(call.now)
    if image is None or not seen:
        raise ApiError("InvalidImageId.NotFound", f"ImageId {image_id} is not found")
    state = call.world.image_state(image, call.now)
    only_busy = state == SYNCING and image.timeline.at(call.now) == NORMAL
    if state != NORMAL and not (only_busy and call.world.behaviour.launch_from_busy_source):
        raise ApiError("InvalidParameterValue.InvalidImageState", f"The image {image_id} is in state {state}.")
    return image


def _check_type(call: Call, zone: str) -> None:
    instance_type = call.get("InstanceType", "S5.SMALL2")
    sold = catalogue.sold(instance_type, zone)
    if sold is None:
        raise ApiError(
            "ResourceUnavailable.InstanceType",
            f"This instance type `{instance_type}` is not available in the current zone `{zone}`.",
        )
    if not sold:
        raise ApiError("ResourcesSoldOut.SpecifiedInstanceType", f"{instance_type} is sold out in {zone}.")


def _check_network(call: Call, zone: str) -> None:
    subnet = _subnet(call, zone)
    if subnet.zone != zone:
        raise ApiError(
            "InvalidParameterValue.SubnetIdZoneIdNotMatch", f"The subnet {subnet.subnet_id} is not in the zone {zone}."
        )
    _check_groups(call, call.get("SecurityGroupIds", []))


def _check_groups(call: Call, group_ids: t.Iterable[str]) -> None:
    for group_id in group_ids:
        group = call.world.security_groups.get(group_id)
        if group is None or (group.account, group.region) != (call.account.uin, call.region):
            raise ApiError("InvalidSecurityGroupId.NotFound", f"The security group {group_id} is not found.")


def _subnet(call: Call, zone: str) -> Subnet:
    """The subnet asked for, or the default one of the zone."""
    asked = call.get("VirtualPrivateCloud")
    mine = [
        subnet
        for subnet in call.world.subnets.values()
        if (subnet.account, subnet.region) == (call.account.uin, call.region)
    ]
    if not asked or (asked["VpcId"], asked["SubnetId"]) == ("DEFAULT", "DEFAULT"):
        defaults = [subnet for subnet in mine if subnet.default and subnet.zone == zone]
        if not defaults:
            raise ApiError("InvalidParameterValue.SubnetNotExist", f"There is no default subnet in {zone}.")
        return defaults[0]
    if not any(subnet.vpc_id == asked["VpcId"] for subnet in mine):
        raise ApiError("InvalidParameterValue.VpcIdNotExist", f"The VPC {asked['VpcId']} does not exist.")
    for subnet in mine:
        if subnet.subnet_id == asked["SubnetId"]:
            if subnet.vpc_id != asked["VpcId"]:
                raise ApiError("InvalidParameterValue.VpcIdSubnetIdNotMatch", "The subnet is not of that VPC.")
            return subnet
    raise ApiError("InvalidParameterValue.SubnetNotExist", f"The subnet {asked['SubnetId']} does not exist.")


def _check_login(call: Call, image: Image) -> None:
    login = call.get("LoginSettings", {})
    windows = image.platform == "Windows"
    for key_id in login.get("KeyIds") or []:
        pair = call.world.key_pairs.get(key_id)
        if pair is None or pair.account != call.account.uin:
            raise ApiError("InvalidParameterValue.KeyPairNotFound", f"The key pair {key_id} is not found.")
    password = login.get("Password")
    if password is not None and login.get("KeyIds"):
        raise ApiError("InvalidParameterCombination", "`Password` and `KeyIds` cannot be given together.")
    if windows and login.get("KeyIds"):
        raise ApiError("UnsupportedOperation.KeyPairUnsupportedWindows", "Windows instances take no key pair.")
    if password is not None:
        _check_password(password, *((12, 3) if windows else (8, 2)))


def _check_password(password: str, shortest: int, classes: int) -> None:
    if not shortest <= len(password) <= 30:
        raise ApiError("InvalidPassword", f"The password must have {shortest} to 30 characters.")
    if sum(bool(re.search(kind, password)) for kind in _CLASSES) < classes:
        raise ApiError("InvalidPassword", f"The password must have characters of {classes} kinds.")


def _check_user_data(call: Call) -> None:
    try:
        decoded = base64.b64decode(call.get("UserData", ""), validate=True)
    except ValueError:
        raise ApiError("InvalidParameterValue.InvalidUserDataFormat", "`UserData` is not base64.") from None
    if len(decoded) > USER_DATA_BYTES:
        raise ApiError("InvalidParameterValue.InvalidUserDataFormat", "`UserData` is larger than 16 KB.")


def _check_disks(call: Call, image: Image) -> None:
    size = call.get("SystemDisk", {}).get("DiskSize", 50)
    needed = next((snapshot.size for snapshot in image.snapshots if snapshot.usage == "SYSTEM_DISK"), 20)
    if size < needed:
        raise ApiError(
            "InvalidParameterValue", f"The value `{size}` specified in the parameter `SystemDisk.DiskSize` is not valid"
        )


def _numbered(base: str, number: int, count: int) -> str:
    """The documented naming: a pattern {R:x} or {R:x,F:width} counts from x; without one, several get 1, 2 … n."""
    if _SERIAL.search(base):
        return _SERIAL.sub(lambda found: f"{int(found['first']) + number - 1:0{found['width'] or 0}d}", base)
    return base if count == 1 or not base else f"{base}{number}"


def _tags_given(call: Call) -> dict[str, str]:
    return {
        tag["Key"]: tag["Value"]
        for specification in call.get("TagSpecification", [])
        if specification["ResourceType"] == "instance"
        for tag in specification["Tags"]
    }


def _make_instance(call: Call, number: int, count: int) -> Instance:
    world, now = call.world, call.now
    zone = call.params["Placement"]["Zone"]
    subnet = _subnet(call, zone)
    failure = world.faults.fate("launch_fails", "RunInstances", call.region, call.account.uin, call.params)
    timeline = Timeline.of((now, PENDING), (now + SECONDS[PENDING], RUNNING))
    if failure:
        dead = now + SECONDS[PENDING]
        timeline = Timeline.of((now, PENDING), (dead, LAUNCH_FAILED), (dead + SECONDS[LAUNCH_FAILED], GONE))
    network = ipaddress.ip_network(subnet.cidr)
    internet = {"InternetChargeType": "TRAFFIC_POSTPAID_BY_HOUR", "InternetMaxBandwidthOut": 0}
    internet.update({key: value for key, value in call.get("InternetAccessible", {}).items() if key in internet})
    public = internet["InternetMaxBandwidthOut"] and call.get("InternetAccessible", {}).get("PublicIpAssigned", True)
    serial = len(world.instances) + 1
    private_ip = str(network[1 + serial % (network.num_addresses - 2)])
    instance = Instance(
        instance_id=world.new_id("ins"),
        account=call.account.uin,
        region=call.region,
        zone=zone,
        name=_numbered(call.get("InstanceName", ""), number, count) or "unnamed",
        instance_type=call.get("InstanceType", "S5.SMALL2"),
        image_id=call.params["ImageId"],
        created=now,
        timeline=timeline,
        visible_from=now + world.behaviour.instance_visible_after,
        launch_error=failure.message if failure else "",
        charge_type=call.get("InstanceChargeType", "POSTPAID_BY_HOUR"),
        prepaid=call.get("InstanceChargePrepaid", {}),
        system_disk={"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, **call.get("SystemDisk", {})},
        data_disks=[_data_disk(call, disk) for disk in call.get("DataDisks", [])],
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.subnet_id,
        private_ip=private_ip,
        public_ip=f"203.0.113.{serial % 250 + 1}" if public else None,
        internet=internet,
        security_group_ids=list(call.get("SecurityGroupIds", [])),
        key_ids=list(call.get("LoginSettings", {}).get("KeyIds") or []),
        project_id=call.params["Placement"].get("ProjectId", 0),
        hostname=_numbered(call.get("HostName", ""), number, count).replace("{IP}", private_ip),
        cam_role_name=call.get("CamRoleName", ""),
        user_data=call.get("UserData", ""),
        protected=call.get("DisableApiTermination", False),
        operation=("RunInstances", now, now + SECONDS[PENDING]),
    )
    instance.system_disk["DiskId"] = world.new_id("disk")
    world.instances[instance.instance_id] = instance
    tags = _tags_given(call)
    if tags:
        # Tags given at birth are part of the instance: no delay is documented or reported for them.
        world.tag(instance.instance_id, now - world.behaviour.tags_visible_after, tags)
    return instance


def _data_disk(call: Call, disk: Answer) -> Answer:
    return {"DiskType": "CLOUD_PREMIUM", "DeleteWithInstance": True, **disk, "DiskId": call.world.new_id("disk")}


# DescribeInstances --------------------------------------------------------------------------------------------------


def describe_instances(call: Call) -> Answer:
    if call.get("InstanceIds") and call.get("Filters"):
        raise ApiError("InvalidParameter", "`InstanceIds` and `Filters` cannot be given together.")
    wanted_ids = call.get("InstanceIds")
    for instance_id in wanted_ids or ():
        _check_instance_id(instance_id)
    filters = named_filters(call, FILTERS)
    seen = [
        instance
        for instance in sorted(call.world.instances.values(), key=lambda item: (-item.created, item.instance_id))
        if (instance.account, instance.region) == (call.account.uin, call.region)
        and instance.visible(call.now)
        and (not wanted_ids or instance.instance_id in wanted_ids)
        and all(_fits(call, instance, name, values) for name, values in filters)
    ]
    return {"TotalCount": len(seen), "InstanceSet": [_render(call, instance) for instance in call.page(seen)]}


def _check_instance_id(instance_id: str) -> None:
    if not _ID.fullmatch(instance_id):
        raise ApiError("InvalidInstanceId.Malformed", f"The instance id {instance_id} has a wrong format.")


def _fits(call: Call, instance: Instance, name: str, values: list[str]) -> bool:
    if name.startswith("tag"):
        return tags_fit(call.world.shown_tags(instance.instance_id, call.now), name, values)
    if name == "security-group-id":
        return any(group_id in values for group_id in instance.security_group_ids)
    actual = {
        "zone": instance.zone,
        "project-id": str(instance.project_id),
        "vpc-id": instance.vpc_id,
        "subnet-id": instance.subnet_id,
        "instance-id": instance.instance_id,
        "instance-name": instance.name,
        "instance-charge-type": instance.charge_type,
        "instance-state": instance.timeline.at(call.now),
        "private-ip-address": instance.private_ip,
        "public-ip-address": instance.public_ip,
    }[name]
    if name == "instance-name":
        return any(value in str(actual) for value in values)
    return actual in values


def _render(call: Call, instance: Instance) -> Answer:
    now = call.now
    state = instance.timeline.at(now)
    spec = next(item for item in catalogue.INSTANCE_TYPES if item.instance_type == instance.instance_type)
    image = call.world.images.get(instance.image_id)
    alive = state not in (PENDING, LAUNCH_FAILED)
    prepaid = instance.charge_type == "PREPAID"
    return {
        "Placement": {"Zone": instance.zone, "ProjectId": instance.project_id},
        "InstanceId": instance.instance_id,
        "InstanceType": instance.instance_type,
        "CPU": spec.cpu,
        "Memory": spec.memory,
        "RestrictState": "NORMAL",
        "InstanceName": instance.name,
        "InstanceChargeType": instance.charge_type,
        "SystemDisk": {"Encrypt": False, "KmsKeyId": "", **instance.system_disk},
        "DataDisks": [{"Encrypt": False, "KmsKeyId": None, **disk} for disk in instance.data_disks],
        "PrivateIpAddresses": [instance.private_ip] if alive else [],
        "PublicIpAddresses": [instance.public_ip] if alive and instance.public_ip else None,
        "InternetAccessible": instance.internet,
        "VirtualPrivateCloud": {"VpcId": instance.vpc_id, "SubnetId": instance.subnet_id, "AsVpcGateway": False},
        "ImageId": instance.image_id,
        "RenewFlag": instance.prepaid.get("RenewFlag", "NOTIFY_AND_MANUAL_RENEW") if prepaid else None,
        "CreatedTime": iso(instance.created),
        "ExpiredTime": iso(instance.created + instance.prepaid.get("Period", 1) * 30 * DAY) if prepaid else None,
        "OsName": image.os_name if image else "",
        "SecurityGroupIds": instance.security_group_ids,
        "LoginSettings": {"KeyIds": instance.key_ids},
        "InstanceState": state,
        "Tags": tag_list(call.world.shown_tags(instance.instance_id, call.now)),
        "StopChargingMode": instance.stopped_mode if state in (STOPPING, STOPPED) else "NOT_APPLICABLE",
        "Uuid": f"uuid-of-{instance.instance_id}",
        **_latest_operation(instance, now),
        "DisasterRecoverGroupId": "",
        "IPv6Addresses": None,
        "CamRoleName": instance.cam_role_name,
        "HpcClusterId": "",
        "RdmaIpAddresses": None,
        "DedicatedClusterId": "",
        "IsolatedSource": "MANMADE" if prepaid and state == SHUTDOWN else "NOTISOLATED",
        "DisasterRecoverGroupIds": [],
        "LicenseType": "TencentCloud",
        "DisableApiTermination": instance.protected,
        "HostName": instance.hostname,
        "DefaultLoginUser": "root",
        "DefaultLoginPort": 22,
    }


def _latest_operation(instance: Instance, now: float) -> Answer:
    """Null for a launch, as recorded of fresh instances; a launch that failed gives its reason here."""
    name, _began, ends = instance.operation or (None, 0.0, 0.0)
    failed = bool(instance.launch_error) and now >= ends
    if name == "RunInstances" and not failed:
        name = None
    outcome = None
    if name is not None:
        outcome = "FAILED" if failed else "OPERATING" if now < ends else "SUCCESS"
    return {
        "LatestOperation": name,
        "LatestOperationState": outcome,
        "LatestOperationRequestId": None,
        "LatestOperationErrorMsg": instance.launch_error if failed else None,
    }


# Changing instances -------------------------------------------------------------------------------------------------


def _in_state(call: Call, *allowed: str, codes: t.Mapping[str, str] | None = None) -> list[Instance]:
    """Every instance named, or none if one of them is not in an allowed state."""
    instances = [call.own_instance(instance_id) for instance_id in _checked_ids(call)]
    for instance in instances:
        state = instance.timeline.at(call.now)
        if state not in allowed:
            raise ApiError((codes or STATE_CODES)[state], f"The instance {instance.instance_id} is in state {state}.")
        if _moves(instance, call.now):
            raise ApiError(
                "OperationDenied.InstanceOperationInProgress",
                f"The instance `['{instance.instance_id}']` already has operation in progress. Please try again later.",
            )
    return instances


def _moves(instance: Instance, now: float) -> bool:
    """It is being started, stopped or terminated, whatever state it shows."""
    action = instance.operation[0] if instance.operation else None
    return instance.in_operation(now) and action in ("StartInstances", "StopInstances", "TerminateInstances")


def _move(call: Call, action: str, instance: Instance, passing: str, last: str) -> None:
    """Put an instance on a new course, which it may show late."""
    begins = call.now + call.world.behaviour.instance_change_shown_after
    ends = begins + SECONDS[passing]
    as_before = instance.timeline.then((call.now, instance.timeline.at(call.now)))
    instance.timeline = as_before.then((begins, passing), (ends, last))
    instance.operation = (action, call.now, ends)


def _checked_ids(call: Call) -> list[str]:
    ids: list[str] = call.params["InstanceIds"]
    for instance_id in ids:
        _check_instance_id(instance_id)
    return ids


def start_instances(call: Call) -> Answer:
    for instance in _in_state(call, STOPPED):
        _move(call, "StartInstances", instance, STARTING, RUNNING)
    return {}


def stop_instances(call: Call) -> Answer:
    for instance in _in_state(call, RUNNING):
        _move(call, "StopInstances", instance, STOPPING, STOPPED)
        prepaid = instance.charge_type == "PREPAID"
        instance.stopped_mode = "NOT_APPLICABLE" if prepaid else call.get("StoppedMode", "KEEP_CHARGING")
    return {}


def terminate_instances(call: Call) -> Answer:
    named = [call.own_instance(instance_id) for instance_id in _checked_ids(call)]
    if len({instance.charge_type for instance in named}) > 1:
        raise ApiError("UnsupportedOperation.InstanceMixedPricingModel", "All instances must be charged alike.")
    protected = [instance.instance_id for instance in named if instance.protected]
    if protected:
        raise ApiError("UnsupportedOperation.InstancesProtected", f"The instance {protected[0]} is protected.")
    codes = {**STATE_CODES, LAUNCH_FAILED: "UnsupportedOperation.InstanceStateLaunchFailed"}
    for instance in _in_state(call, RUNNING, STOPPED, SHUTDOWN, codes=codes):
        # A prepaid instance goes to the recycle bin first, and from there for good: by another call, or in time.
        recycled = instance.charge_type == "PREPAID" and instance.timeline.at(call.now) != SHUTDOWN
        _move(call, "TerminateInstances", instance, TERMINATING, SHUTDOWN if recycled else GONE)
        if recycled:
            recycled_at = instance.timeline.marks[-1][0]
            instance.timeline = instance.timeline.then((recycled_at + RECYCLE_DAYS * DAY, GONE))
    return {}


def modify_instances_attribute(call: Call) -> Answer:
    instances = _in_state(call, RUNNING, STOPPED)
    groups = call.get("SecurityGroups")
    _check_groups(call, groups or ())
    for instance in instances:
        instance.name = call.get("InstanceName", instance.name)
        instance.hostname = call.get("HostName", instance.hostname)
        instance.cam_role_name = call.get("CamRoleName", instance.cam_role_name)
        instance.protected = call.get("DisableApiTermination", instance.protected)
        instance.security_group_ids = list(groups) if groups is not None else instance.security_group_ids
    return {}


# What is sold -------------------------------------------------------------------------------------------------------


def describe_zone_instance_config_infos(call: Call) -> Answer:
    names = ("zone", "instance-family", "instance-type", "instance-charge-type", "sort-keys")
    filters = named_filters(call, names, most_values=100)
    for zone in (value for name, values in filters if name == "zone" for value in values):
        if catalogue.region_of_zone(zone) != call.region:
            raise ApiError("InvalidZone.MismatchRegion", f"The zone {zone} is not in the region {call.region}.")
    items = [
        _quota_item(zone, spec, bool(catalogue.sold(spec.instance_type, zone)))
        for zone in catalogue.regions()[call.region].zones
        for spec in catalogue.INSTANCE_TYPES
        if catalogue.sold(spec.instance_type, zone) is not None
        and all(_offer(zone, spec).get(name) in (None, *values) for name, values in filters)
    ]
    return {"InstanceTypeQuotaSet": items}


def _offer(zone: str, spec: catalogue.InstanceType) -> dict[str, str]:
    """What the filters look at."""
    return {
        "zone": zone,
        "instance-family": spec.family,
        "instance-type": spec.instance_type,
        "instance-charge-type": "POSTPAID_BY_HOUR",
    }


def _quota_item(zone: str, spec: catalogue.InstanceType, sold: bool) -> Answer:
    return {
        "Zone": zone,
        "InstanceType": spec.instance_type,
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "NetworkCard": 25,
        "Externals": {},
        "Cpu": spec.cpu,
        "Memory": spec.memory,
        "InstanceFamily": spec.family,
        "TypeName": f"Standard {spec.family}",
        "LocalDiskTypeList": [],
        "Status": "SELL" if sold else "SOLD_OUT",
        "Price": {"UnitPrice": spec.hourly_price, "UnitPriceDiscount": spec.hourly_price, "ChargeUnit": "HOUR"},
        "SoldOutReason": "" if sold else "sold out",
        "InstanceBandwidth": 1.5,
        "InstancePps": 30,
        "StorageBlockAmount": 0,
        "CpuType": "sample",
        "Gpu": 0,
        "Fpga": 0,
        "Remark": "",
        "GpuCount": 0.0,
        "Frequency": "-",
        "StatusCategory": "EnoughStock" if sold else "WithoutStock",
    }


def describe_key_pairs(call: Call) -> Answer:
    if call.get("KeyIds") and call.get("Filters"):
        raise ApiError("InvalidParameter", "`KeyIds` and `Filters` cannot be given together.")
    filters = named_filters(call, ("project-id", "key-name", "tag-key", "tag-value"))
    pairs = [
        pair
        for pair in call.world.key_pairs.values()
        if pair.account == call.account.uin
        and (not call.get("KeyIds") or pair.key_id in call.get("KeyIds"))
        # Key pairs have no tags here, so that no filter by tag finds one.
        and all({"key-name": pair.name, "project-id": "0"}.get(name) in values for name, values in filters)
    ]
    return {
        "TotalCount": len(pairs),
        "KeyPairSet": [
            {"KeyId": pair.key_id, "KeyName": pair.name, "ProjectId": 0, "CreatedTime": iso(pair.created), "Tags": []}
            for pair in call.page(pairs)
        ],
    }


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeInstances": describe_instances,
    "DescribeKeyPairs": describe_key_pairs,
    "DescribeZoneInstanceConfigInfos": describe_zone_instance_config_infos,
    "ModifyInstancesAttribute": modify_instances_attribute,
    "RunInstances": run_instances,
    "StartInstances": start_instances,
    "StopInstances": stop_instances,
    "TerminateInstances": terminate_instances,
}
