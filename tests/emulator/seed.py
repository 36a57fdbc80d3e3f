# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: YAML or JSON files that say what the emulated cloud holds when it starts."""

from __future__ import annotations

import typing as t
from datetime import datetime
from pathlib import Path

import yaml

from . import catalogue
from .behaviour import Behaviour
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
    Role,
    SecurityGroup,
    Snapshot,
    Subnet,
    Vpc,
    World,
)

Data = dict[str, t.Any]
DAY = 86400.0


class SeedError(ValueError):
    """A seed that cannot be understood; the message says where."""


def load(path: Path) -> Data:
    data = yaml.safe_load(path.read_text("utf-8")) or {}
    if not isinstance(data, dict):
        raise SeedError(f"{path}: a seed is a mapping")
    return data


def behaviour_of(data: Data) -> Behaviour:
    return Behaviour.from_json(data.get("behaviour", {}))


def plant(world: World, data: Data) -> None:
    """Add everything a seed names to the world."""
    known = {"accounts", "images", "instances", "key_pairs", "behaviour", "faults"}
    if set(data) - known:
        raise SeedError(f"a seed has no {', '.join(sorted(set(data) - known))}; it has {', '.join(sorted(known))}")
    for item in data.get("accounts", []):
        _account(world, item)
    for item in data.get("key_pairs", []):
        owner = _uin(world, item["account"])
        world.key_pairs[item["id"]] = KeyPair(item["id"], owner, item["name"], world.now() - 30 * DAY)
    for item in data.get("images", []):
        _image(world, item)
    for item in data.get("instances", []):
        _instance(world, item)
    world.faults.add(*(Fault.from_json(item) for item in data.get("faults", [])))


def _account(world: World, item: Data) -> None:
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
        trusted = tuple(str(uin) for uin in role.get("trusted", ()))
        account.roles[role["name"]] = Role(role["name"], trusted, role.get("external_id"))
    world.accounts[account.uin] = account
    for region in catalogue.regions().values():
        if region.usable:
            _default_network(world, account.uin, region)


def _default_network(world: World, uin: str, region: catalogue.Region) -> None:
    """Every account has a default VPC, a default subnet in each zone and a default security group, in each region."""
    stem = f"{uin[-3:]}{region.region.replace('-', '')}"
    vpc = Vpc(f"vpc-{stem}", uin, region.region, "Default-VPC", "172.16.0.0/16", True)
    world.vpcs[vpc.vpc_id] = vpc
    for number, zone in enumerate(region.zones):
        subnet_id = f"subnet-{stem}{zone.rpartition('-')[2]}"
        cidr = f"172.16.{number * 16}.0/20"
        world.subnets[subnet_id] = Subnet(
            subnet_id, vpc.vpc_id, uin, region.region, zone, "Default-Subnet", cidr, True
        )
    group_id = f"sg-{stem}"
    world.security_groups[group_id] = SecurityGroup(group_id, uin, region.region, "default")


def _uin(world: World, name: str) -> str:
    for account in world.accounts.values():
        if name in (account.name, account.uin):
            return account.uin
    raise SeedError(f"no account is called {name!r}")


def _moment(world: World, item: Data, key: str, default_days: float) -> float:
    """``created: 2026-11-01T08:00:00Z`` or ``age_days: 3``."""
    if key in item:
        text = item[key]
        moment = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
        return moment.timestamp()
    return world.now() - float(item.get("age_days", default_days)) * DAY


def _image(world: World, item: Data) -> None:
    if item["region"] not in catalogue.regions():
        raise SeedError(f"the image {item.get('name')} is in no known region: {item['region']}")
    created = _moment(world, item, "created", 30)
    image = Image(
        image_id=item.get("id") or world.new_id("img"),
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
    image.snapshots = (Snapshot(world.new_id("snap"), "SYSTEM_DISK", image.size),) + tuple(
        Snapshot(world.new_id("snap"), "DATA_DISK", size) for size in item.get("data_disks", ())
    )
    image.shared_with = {_uin(world, name): created for name in item.get("shared_with", ())}
    world.images[image.image_id] = image
    if item.get("tags"):
        world.tags_of(image.image_id).write(created, {key: str(value) for key, value in item["tags"].items()})


def _image_timeline(world: World, item: Data, created: float) -> Timeline:
    """``state`` now, and for one that passes, ``ready_in_minutes`` and the state it then takes (``outcome``)."""
    state = item.get("state", NORMAL)
    passing, final = (SYNCING, CREATING, IMPORTING), (NORMAL, CREATEFAILED, IMPORTFAILED)
    if state in final:
        return Timeline.of((created, state))
    if state not in passing:
        raise SeedError(f"the image {item['name']} cannot be in state {state}")
    ready = world.now() + 60 * float(item.get("ready_in_minutes", 10))
    outcome = item.get("outcome", NORMAL)
    if outcome not in (*final, GONE):
        raise SeedError(f"the image {item['name']} cannot end as {outcome}")
    return Timeline.of((created, state), (ready, outcome))


def _instance(world: World, item: Data) -> None:
    uin = _uin(world, item["account"])
    region = catalogue.region_of_zone(item["zone"])
    if region is None:
        raise SeedError(f"the instance {item['name']} is in no known zone: {item['zone']}")
    created = _moment(world, item, "created", 10)
    subnet = next(
        subnet for subnet in world.subnets.values() if subnet.account == uin and subnet.zone == item["zone"]
    )
    instance = Instance(
        instance_id=item.get("id") or world.new_id("ins"),
        account=uin,
        region=region,
        zone=item["zone"],
        name=item["name"],
        instance_type=item.get("instance_type", "S5.SMALL2"),
        image_id=item["image_id"],
        created=created,
        timeline=Timeline.of((created, item.get("state", "RUNNING"))),
        charge_type=item.get("charge_type", "POSTPAID_BY_HOUR"),
        system_disk={"DiskType": "CLOUD_PREMIUM", "DiskSize": item.get("disk_size", 50), "DiskId": world.new_id("disk")},
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.subnet_id,
        private_ip=item.get("private_ip", f"172.16.200.{len(world.instances) + 10}"),
        internet={"InternetChargeType": "TRAFFIC_POSTPAID_BY_HOUR", "InternetMaxBandwidthOut": 0},
        protected=item.get("protected", False),
    )
    instance.data_disks = [
        {"DiskType": "CLOUD_PREMIUM", "DiskSize": size, "DeleteWithInstance": True, "DiskId": world.new_id("disk")}
        for size in item.get("data_disks", ())
    ]
    world.instances[instance.instance_id] = instance
    if item.get("tags"):
        world.tags_of(instance.instance_id).write(created, {key: str(value) for key, value in item["tags"].items()})
