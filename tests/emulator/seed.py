# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: YAML or JSON files that say what the emulated cloud holds when it starts."""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, date, datetime, time
from pathlib import Path

import yaml

from . import catalogue
from .faults import Fault
from .timeline import GONE, Timeline
from .world import (
    CREATEFAILED,
    CREATING,
    IMPORTFAILED,
    IMPORTING,
    NORMAL,
    SYNCING,
    Account,
    Image,
    Instance,
    KeyPair,
    LaunchTemplate,
    LaunchTemplateVersion,
    Role,
    SecurityGroup,
    Snapshot,
    Subnet,
    Vpc,
    World,
)

Data = dict[str, t.Any]
DAY = 86400.0

REQUIRED: dict[str, tuple[str, ...]] = {
    "accounts": ("uin", "name", "credentials"),
    "key_pairs": ("account", "id", "name"),
    "images": ("account", "region", "name"),
    "instances": ("account", "zone", "name", "image_id"),
    "launch_templates": ("account", "region", "name", "versions"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "accounts": ("cross_border", "denied_actions", "image_quotas", "kms_keys", "regions", "roles"),
    "key_pairs": (),
    "images": (
        *("id", "created", "age_days", "state", "ready_in_minutes", "outcome", "size", "data_disks", "os_name"),
        *("platform", "architecture", "source_kind", "description", "family", "deprecated", "public"),
        *("encrypted_with", "copied_from", "shared_with", "tags"),
    ),
    "instances": (
        *("id", "created", "age_days", "state", "instance_type", "charge_type", "disk_size", "data_disks"),
        *("private_ip", "protected", "tags"),
    ),
    "launch_templates": ("id", "created", "age_days", "default_version", "tags"),
}
VERSION_KEYS = ("number", "image_id", "zone", "instance_type", "description", "data")
"""What a version of a launch template may say."""

OTHER_KEYS = ("behaviour", "faults")

INSTANCE_STATES = ("PENDING", "RUNNING", "STOPPED", "LAUNCH_FAILED", "SHUTDOWN")


class SeedError(ValueError):
    """A seed that cannot be understood; the message says where."""


def load(path: Path) -> Data:
    try:
        data = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SeedError(f"{path} is neither YAML nor JSON: {error}") from error
    if not isinstance(data, dict):
        raise SeedError(f"{path}: a seed is a mapping")
    return data


def plant(world: World, data: Data) -> None:
    """Add everything a seed names to the world."""
    if not isinstance(data, dict):
        raise SeedError(f"a seed is a mapping, not {data!r}")
    known = {*REQUIRED, *OTHER_KEYS}
    if set(data) - known:
        raise SeedError(f"a seed has no {', '.join(sorted(set(data) - known))}; it has {', '.join(sorted(known))}")
    world.behaviour.change(data.get("behaviour") or {})
    planters = {
        "accounts": _account,
        "key_pairs": _key_pair,
        "images": _image,
        "instances": _instance,
        "launch_templates": _launch_template,
    }
    for kind, planter in planters.items():
        for number, item in enumerate(_listed(data, kind), start=1):
            where = f"{kind}, number {number}"
            _check_keys(kind, where, item)
            try:
                planter(world, item)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SeedError(f"{where} ({item['name']}): {error}") from error
    world.faults.add(*(Fault.from_json(item) for item in _listed(data, "faults")))


def _listed(data: Data, kind: str) -> list[t.Any]:
    listed = data.get(kind) or []
    if not isinstance(listed, list):
        raise SeedError(f"{kind}: a list is needed, not {listed!r}")
    return listed


def _check_keys(kind: str, where: str, item: t.Any) -> None:
    if not isinstance(item, dict):
        raise SeedError(f"{where}: a mapping is needed, not {item!r}")
    missing = [key for key in REQUIRED[kind] if key not in item]
    if missing:
        raise SeedError(f"{where}: {', '.join(missing)} is missing")
    known = {*REQUIRED[kind], *OPTIONAL[kind]}
    if set(item) - known:
        raise SeedError(f"{where}: there is no {', '.join(sorted(set(item) - known))}, but {', '.join(sorted(known))}")


def _id(item: Data, prefix: str, taken: t.Container[str], made: t.Callable[[str], str]) -> str:
    """The id that an item names, or a new one."""
    if "id" not in item:
        return made(prefix)
    if not re.fullmatch(rf"{prefix}-[0-9a-z]{{8}}", item["id"]):
        raise SeedError(f"the id {item['id']} is not {prefix}- and eight digits or small letters")
    if item["id"] in taken:
        raise SeedError(f"the id {item['id']} is there already")
    return str(item["id"])


def _key_pair(world: World, item: Data) -> None:
    world.key_pairs[item["id"]] = KeyPair(
        item["id"], _uin(world, item["account"]), item["name"], world.now() - 30 * DAY
    )


def _account(world: World, item: Data) -> None:
    keys = {secret_id for account in world.accounts.values() for secret_id in account.credentials}
    if str(item["uin"]) in world.accounts or keys & {pair["secret_id"] for pair in item["credentials"]}:
        raise SeedError("the uin or a secret id is another account's")
    account = Account(
        uin=str(item["uin"]),
        name=item["name"],
        credentials={pair["secret_id"]: pair["secret_key"] for pair in item["credentials"]},
        cross_border=item.get("cross_border", False),
        denied_actions=frozenset(item.get("denied_actions", ())),
        image_quotas=dict(item.get("image_quotas", {})),
        kms_keys=frozenset(item.get("kms_keys", ())),
        regions=tuple(item["regions"]) if "regions" in item else None,
    )
    for role in item.get("roles", []):
        account.roles[role["name"]] = _role(role)
    world.accounts[account.uin] = account
    for region in catalogue.regions().values():
        if region.usable:
            _default_network(world, account.uin, region)


def _role(item: Data) -> Role:
    identity = item.get("web_identity") or {}
    return Role(
        item["name"],
        trusted=tuple(str(uin) for uin in item.get("trusted", ())),
        external_id=item.get("external_id"),
        on_instance=item.get("on_instance", False),
        provider_id=identity.get("provider_id"),
        web_token=identity.get("token"),
    )


def _default_network(world: World, uin: str, region: catalogue.Region) -> None:
    """Every account has a default VPC, a default subnet in each zone and a default security group, in each region."""
    place = region.region.replace("-", "")
    short = f"{uin[-3:]}{place}"
    stem = f"{uin}{place}" if f"vpc-{short}" in world.vpcs else short
    vpc = Vpc(f"vpc-{stem}", uin, region.region, "Default-VPC", "172.16.0.0/16", True)
    world.vpcs[vpc.vpc_id] = vpc
    for number, zone in enumerate(region.zones):
        subnet_id = f"subnet-{stem}{zone.rpartition('-')[2]}"
        cidr = f"172.16.{number * 16}.0/20"
        world.subnets[subnet_id] = Subnet(subnet_id, vpc.vpc_id, uin, region.region, zone, "Default-Subnet", cidr, True)
    group_id = f"sg-{stem}"
    world.security_groups[group_id] = SecurityGroup(group_id, uin, region.region, "default")


def _uin(world: World, name: str | int) -> str:
    for account in world.accounts.values():
        if str(name) in (account.name, account.uin):
            return account.uin
    raise SeedError(f"no account is called {name!r}")


def _moment(world: World, item: Data, key: str, default_days: float) -> float:
    """``created: 2026-11-01T08:00:00Z``, UTC if it does not say, or ``age_days: 3``."""
    if key in item:
        given = item[key]
        if isinstance(given, date) and not isinstance(given, datetime):
            given = datetime.combine(given, time())
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return world.now() - float(item.get("age_days", default_days)) * DAY


def _image(world: World, item: Data) -> None:
    if item["region"] not in catalogue.regions():
        raise SeedError(f"there is no region {item['region']}")
    created = _moment(world, item, "created", 30)
    image = Image(
        image_id=_id(item, "img", world.images, world.new_id),
        name=item["name"],
        account=_uin(world, item["account"]),
        region=item["region"],
        created=created,
        timeline=_image_timeline(world, item, created),
        size=item.get("size", 50),
        public=item.get("public", False),
        source_kind="OFFICIAL" if item.get("public") else item.get("source_kind", "CREATE_IMAGE"),
        description=item.get("description", ""),
        family=item.get("family", ""),
        deprecated=item.get("deprecated", False),
        encrypted_with=item.get("encrypted_with"),
        copied_from=item.get("copied_from"),
    )
    image.os_name = item.get("os_name", image.os_name)
    image.platform = item.get("platform", image.platform)
    image.architecture = item.get("architecture", image.architecture)
    disks = [("SYSTEM_DISK", image.size), *(("DATA_DISK", size) for size in item.get("data_disks", ()))]
    image.snapshots = tuple(Snapshot(world.new_id("snap"), usage, size) for usage, size in disks)
    image.shared_with = {_uin(world, name): created for name in item.get("shared_with", ())}
    world.images[image.image_id] = image
    if item.get("tags"):
        world.tag(image.image_id, created, {key: str(value) for key, value in item["tags"].items()})


def _image_timeline(world: World, item: Data, created: float) -> Timeline:
    """``state`` now, and for one that passes, ``ready_in_minutes`` and the state it then takes (``outcome``)."""
    state = item.get("state", NORMAL)
    passing, final = (SYNCING, CREATING, IMPORTING), (NORMAL, CREATEFAILED, IMPORTFAILED)
    if state in final:
        return Timeline.of((created, state))
    if state not in passing:
        raise SeedError(f"an image cannot be in state {state}")
    ready = world.now() + 60 * float(item.get("ready_in_minutes", 10))
    outcome = item.get("outcome", NORMAL)
    if outcome not in (*final, GONE):
        raise SeedError(f"an image cannot end as {outcome}")
    return Timeline.of((created, state), (ready, outcome))


def _instance(world: World, item: Data) -> None:
    uin = _uin(world, item["account"])
    region = catalogue.region_of_zone(item["zone"])
    subnets = [subnet for subnet in world.subnets.values() if (subnet.account, subnet.zone) == (uin, item["zone"])]
    if region is None or not subnets:
        raise SeedError(f"there is no zone {item['zone']} to have instances in")
    created = _moment(world, item, "created", 10)
    subnet = subnets[0]
    state, kind = item.get("state", "RUNNING"), item.get("instance_type", "S5.SMALL2")
    if state not in INSTANCE_STATES:
        raise SeedError(f"an instance cannot be in state {state}")
    if kind not in {spec.instance_type for spec in catalogue.INSTANCE_TYPES}:
        raise SeedError(f"no instance type is called {kind}")
    instance = Instance(
        instance_id=_id(item, "ins", world.instances, world.new_id),
        account=uin,
        region=region,
        zone=item["zone"],
        name=item["name"],
        instance_type=kind,
        image_id=item["image_id"],
        created=created,
        timeline=Timeline.of((created, state)),
        charge_type=item.get("charge_type", "POSTPAID_BY_HOUR"),
        system_disk=_disk(world, item.get("disk_size", 50)),
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.subnet_id,
        private_ip=item.get("private_ip", f"172.16.200.{len(world.instances) + 10}"),
        internet={"InternetChargeType": "TRAFFIC_POSTPAID_BY_HOUR", "InternetMaxBandwidthOut": 0},
        protected=item.get("protected", False),
    )
    instance.data_disks = [{**_disk(world, size), "DeleteWithInstance": True} for size in item.get("data_disks", ())]
    world.instances[instance.instance_id] = instance
    if item.get("tags"):
        world.tag(instance.instance_id, created, {key: str(value) for key, value in item["tags"].items()})


def _launch_template(world: World, item: Data) -> None:
    if item["region"] not in catalogue.regions():
        raise SeedError(f"there is no region {item['region']}")
    versions: dict[int, LaunchTemplateVersion] = {}
    for version in item["versions"]:
        unknown = set(version) - set(VERSION_KEYS)
        if unknown:
            raise SeedError(f"a version has no {', '.join(sorted(unknown))}, but {', '.join(VERSION_KEYS)}")
        versions[version.get("number", max(versions, default=0) + 1)] = _template_version(version)
    default = item.get("default_version", min(versions, default=1))
    if default not in versions:
        raise SeedError(f"there is no version {default} that could be the default")
    created = _moment(world, item, "created", 30)
    template_id = _id(item, "lt", world.launch_templates, world.new_id)
    world.launch_templates[template_id] = LaunchTemplate(
        template_id, _uin(world, item["account"]), item["region"], item["name"], created, versions, default
    )
    if item.get("tags"):
        world.tag(template_id, created, {key: str(value) for key, value in item["tags"].items()})


def _template_version(version: Data) -> LaunchTemplateVersion:
    data = {"ImageId": version["image_id"], "Placement": {"Zone": version["zone"]}, **version.get("data", {})}
    if "instance_type" in version:
        data["InstanceType"] = version["instance_type"]
    return LaunchTemplateVersion(data, version.get("description", ""))


def _disk(world: World, size: int) -> Data:
    return {"DiskType": "CLOUD_PREMIUM", "DiskSize": size, "DiskId": world.new_id("disk")}
