# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: what they may say, and what is said of those that cannot be understood."""

from __future__ import annotations

import copy
import json
import time
import typing as t
from pathlib import Path

import pytest

from tests.emulator import SEEDS, Emulator, ManualClock, seed
from tests.emulator.seed import SeedError
from tests.emulator.world import World

from .client import Answer, Api, Key
from .conftest import ACME, PARTNER, SEED, START, image_ids
from .test_images import plant, seen

ACCOUNT: Answer = {"name": "one", "uin": 1, "credentials": [{"secret_id": "AKID1", "secret_key": "k1"}]}
IMAGE: Answer = {"account": "one", "region": "ap-guangzhou", "name": "golden"}
INSTANCE: Answer = {"account": "one", "zone": "ap-guangzhou-6", "name": "web", "image_id": "img-golden01"}

TEMPLATE: Answer = {
    "account": "one",
    "region": "ap-guangzhou",
    "name": "web",
    "versions": [{"image_id": "img-golden01", "zone": "ap-guangzhou-6"}],
}


def planted(**data: t.Any) -> World:
    world = World(ManualClock(START))
    seed.plant(world, {"accounts": [ACCOUNT], **data})
    return world


def error(**data: t.Any) -> str:
    with pytest.raises(SeedError) as caught:
        planted(**data)
    return str(caught.value)


# Files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["seed.yml", "seed.json"])
def test_a_file_of_either_form(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(SEED), "utf-8")
    with Emulator(path, ManualClock(START)) as cloud:
        assert set(cloud.world.accounts) == {ACME, PARTNER}


def test_an_empty_file_is_an_empty_world(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text("# nothing\n", "utf-8")
    assert seed.load(path) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"accounts: [", "neither YAML nor JSON"),
        (b"\xff\xfe\xff", "neither YAML nor JSON"),
        (b"- one\n- two\n", "a seed is a mapping"),
        (b"just words", "a seed is a mapping"),
    ],
)
def test_a_file_that_is_no_seed(tmp_path: Path, text: bytes, problem: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_bytes(text)
    with pytest.raises(SeedError, match=problem) as caught:
        Emulator(path)
    assert str(path) in str(caught.value)


def test_every_seed_in_the_tree_can_be_planted() -> None:
    paths = sorted(SEEDS.glob("*.yml"))
    assert paths
    for path in paths:
        seed.plant(World(ManualClock()), seed.load(path))


def test_planting_leaves_the_seed_as_it_was() -> None:
    data = copy.deepcopy(SEED)
    with Emulator(data, ManualClock(START)) as cloud:
        api = Api(cloud, Key("AKIDacme", "acme-key"))
        api("ModifyImageAttribute", ImageId="img-golden01", ImageName="changed")
        cloud.world.accounts[ACME].image_quotas["ap-tokyo"] = 1
        cloud.reset()
        assert seen(api, "img-golden01")["ImageName"] == "golden"
    assert data == SEED


# What a seed can say ------------------------------------------------------------------------------------------------


def test_the_defaults() -> None:
    world = planted(images=[IMAGE], instances=[INSTANCE])
    (image,) = list(world.images.values())
    assert (image.size, image.architecture, image.source_kind) == (50, "x86_64", "CREATE_IMAGE")
    assert (START - image.created) / 86400 == 30
    (instance,) = list(world.instances.values())
    assert (instance.instance_type, instance.charge_type) == ("S5.SMALL2", "POSTPAID_BY_HOUR")
    assert instance.timeline.at(START) == "RUNNING"
    assert world.accounts["1"].uin == "1"


@pytest.mark.parametrize(
    ("given", "created"),
    [
        ({"age_days": 2}, START - 2 * 86400),
        ({"created": "2026-11-01T08:00:00Z"}, 1793520000),
        ({"created": "2026-11-01T08:00:00+08:00"}, 1793491200),
        ({"created": "2026-11-01T08:00:00"}, 1793520000),
        ({"created": "2026-11-01 08:00:00"}, 1793520000),
        ({"created": "2026-11-01"}, 1793491200),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Answer, created: float, zone: str) -> None:
    """As YAML spells them; UTC where they do not say, whatever the zone of this machine."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    path = tmp_path / "seed.yml"
    text = "".join(f"{key}: {value}\n" for key, value in given.items())
    path.write_text(text, "utf-8")
    (image,) = list(planted(images=[{**IMAGE, **seed.load(path)}]).images.values())
    monkeypatch.undo()
    time.tzset()
    assert image.created == created


def test_states_that_pass(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    plant(cloud, state="SYNCING", ready_in_minutes=4, age_days=1 / 1440)
    plant(cloud, id="img-planted2", name="b", state="CREATING", outcome="CREATEFAILED")
    plant(cloud, id="img-planted3", name="c", state="IMPORTING", outcome="GONE", ready_in_minutes=1)
    image = seen(api, "img-planted1")
    assert (image["ImageState"], image["SyncPercent"]) == ("SYNCING", 20)
    clock.advance(60)
    assert api("DescribeImages", ImageIds=["img-planted3"])["TotalCount"] == 0
    clock.advance(180)
    assert seen(api, "img-planted1")["ImageState"] == "NORMAL"
    assert seen(api, "img-planted2")["ImageState"] == "CREATING"
    clock.advance(360)
    assert seen(api, "img-planted2")["ImageState"] == "CREATEFAILED"


def test_a_seeded_copy_makes_its_source_busy(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    plant(cloud, region="ap-shanghai", state="SYNCING", ready_in_minutes=4, copied_from="img-golden01")
    assert seen(api, "img-golden01")["ImageState"] == "SYNCING"
    clock.advance(240)
    assert seen(api, "img-golden01")["ImageState"] == "NORMAL"


def test_roles_quotas_and_the_rest_of_an_account() -> None:
    more = {
        "cross_border": True,
        "denied_actions": ["SyncImages"],
        "image_quotas": {"ap-tokyo": 3},
        "kms_keys": ["kms-1"],
        "regions": ["ap-tokyo"],
        "roles": [{"name": "r", "trusted": [2], "external_id": "x"}, {"name": "s"}],
    }
    world = World(ManualClock(START))
    seed.plant(world, {"accounts": [{**ACCOUNT, **more}]})
    account = world.accounts["1"]
    assert (account.cross_border, account.regions) == (True, ("ap-tokyo",))
    assert set(account.denied_actions) == {"SyncImages"}
    assert set(account.kms_keys) == {"kms-1"}
    assert (world.image_quota("1", "ap-tokyo"), world.image_quota("1", "ap-seoul")) == (3, 500)
    assert (account.roles["r"].trusted, account.roles["r"].external_id) == (("2",), "x")
    assert (account.roles["s"].trusted, account.roles["s"].external_id) == ((), None)


def test_disks_and_tags() -> None:
    image = {**IMAGE, "size": 40, "data_disks": [10, 20], "tags": {"n": 1}, "encrypted_with": "kms-1"}
    image |= {"architecture": "arm64", "source_kind": "EXTERNAL_IMPORT", "description": "d", "family": "f"}
    instance = {**INSTANCE, "disk_size": 60, "data_disks": [10], "tags": {"on": True}}
    world = planted(images=[image], instances=[instance])
    (made,), (machine,) = world.images.values(), world.instances.values()
    assert [(disk.usage, disk.size) for disk in made.snapshots] == [
        ("SYSTEM_DISK", 40),
        ("DATA_DISK", 10),
        ("DATA_DISK", 20),
    ]
    assert world.tags_of(made.image_id).at(START) == {"n": "1"}
    assert (made.encrypted_with, made.architecture, made.source_kind) == ("kms-1", "arm64", "EXTERNAL_IMPORT")
    assert (made.description, made.family, made.os_name) == ("d", "f", "TencentOS Server 3.1 (TK4)")
    assert (machine.system_disk["DiskSize"], machine.data_disks[0]["DiskSize"]) == (60, 10)
    assert world.tags_of(machine.instance_id).at(START) == {"on": "True"}


def test_behaviour_and_faults() -> None:
    world = planted(behaviour={"image_set": "null", "copy_minutes": [1, 2]}, faults=[{"do": "cut", "times": None}])
    assert (world.behaviour.image_set, world.behaviour.copy_minutes) == ("null", (1.0, 2.0))
    assert [fault.do for fault in world.faults.waiting] == ["cut"]


def test_empty_lists_may_be_left_empty() -> None:
    """As YAML reads a key without a value."""
    world = planted(images=None, instances=None, key_pairs=None, faults=None, behaviour=None)
    assert (world.images, world.instances, world.faults.waiting) == ({}, {}, ())


def test_planting_more_later(cloud: Emulator, api: Api) -> None:
    plant(cloud)
    assert "img-planted1" in image_ids(api("DescribeImages"))
    cloud.plant(behaviour={"image_visible_after": 60}, faults=[{"do": "throttle"}])
    assert cloud.world.behaviour.image_visible_after == 60.0
    assert cloud.world.behaviour.image_deleted_after == 10.0
    assert api.post("DescribeImages").code == "RequestLimitExceeded"


def test_an_image_may_belong_to_an_account_by_name_or_uin() -> None:
    world = planted(images=[IMAGE, {**IMAGE, "account": "1"}, {**IMAGE, "account": 1}])
    assert {image.account for image in world.images.values()} == {"1"}


# What it cannot -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            {"snapshots": []},
            "a seed has no snapshots; it has accounts, behaviour, faults, images, instances, key_pairs, launch",
        ),
        ({"images": 5}, "images: a list is needed, not 5"),
        ({"faults": {"do": "cut"}}, "faults: a list is needed, not {'do': 'cut'}"),
        ({"images": ["golden"]}, "images, number 1: a mapping is needed, not 'golden'"),
        ({"images": [{"name": "golden"}]}, "images, number 1: account, region is missing"),
        ({"images": [IMAGE, {**IMAGE, "colour": 1}]}, "images, number 2: there is no colour, but account, age_days"),
        ({"images": [{**IMAGE, "account": "two"}]}, "images, number 1 (golden): no account is called 'two'"),
        ({"images": [{**IMAGE, "region": "ap-nowhere"}]}, "there is no region ap-nowhere"),
        ({"images": [{**IMAGE, "shared_with": ["two"]}]}, "no account is called 'two'"),
        ({"images": [{**IMAGE, "state": "BROKEN"}]}, "an image cannot be in state BROKEN"),
        ({"images": [{**IMAGE, "state": "SYNCING", "outcome": "LOST"}]}, "an image cannot end as LOST"),
        ({"images": [{**IMAGE, "id": "golden"}]}, "the id golden is not img- and eight digits or small letters"),
        ({"images": [{**IMAGE, "id": "img-golden01"}] * 2}, "images, number 2 (golden): the id img-golden01 is there"),
        ({"images": [{**IMAGE, "created": "yesterday"}]}, "Invalid isoformat string: 'yesterday'"),
        ({"images": [{**IMAGE, "age_days": "old"}]}, "could not convert string to float: 'old'"),
        ({"images": [{**IMAGE, "tags": ["a"]}]}, "images, number 1 (golden)"),
        ({"instances": [{"account": "one"}]}, "instances, number 1: zone, name, image_id is missing"),
        ({"instances": [{**INSTANCE, "zone": "ap-nowhere-1"}]}, "there is no zone ap-nowhere-1 to have instances in"),
        ({"instances": [{**INSTANCE, "zone": "ap-zhongwei-1"}]}, "there is no zone ap-zhongwei-1 to have instances in"),
        ({"instances": [{**INSTANCE, "state": "GONE"}]}, "an instance cannot be in state GONE"),
        ({"instances": [{**INSTANCE, "instance_type": "S9.HUGE"}]}, "no instance type is called S9.HUGE"),
        ({"instances": [{**INSTANCE, "id": "web"}]}, "the id web is not ins- and eight digits or small letters"),
        ({"instances": [{**INSTANCE, "region": "ap-guangzhou"}]}, "there is no region, but account"),
        ({"launch_templates": [{**TEMPLATE, "region": "ap-nowhere"}]}, "there is no region ap-nowhere"),
        ({"launch_templates": [{**TEMPLATE, "id": "lt-1"}]}, "the id lt-1 is not lt- and eight digits"),
        ({"launch_templates": [{**TEMPLATE, "versions": []}]}, "there is no version 1 that could be the default"),
        ({"launch_templates": [{**TEMPLATE, "default_version": 2}]}, "there is no version 2 that could be the default"),
        ({"launch_templates": [{**TEMPLATE, "versions": [{"colour": 1}]}]}, "a version has no colour, but number"),
        ({"launch_templates": [{**TEMPLATE, "versions": [{"zone": "ap-tokyo-1"}]}]}, "(web): 'image_id'"),
        ({"key_pairs": [{"account": "two", "id": "skey-1", "name": "n"}]}, "no account is called 'two'"),
        ({"key_pairs": [{"account": "one", "id": "skey-1"}]}, "key_pairs, number 1: name is missing"),
        ({"accounts": [{"name": "one"}]}, "accounts, number 1: uin, credentials is missing"),
        (
            {"accounts": [ACCOUNT, {**ACCOUNT, "name": "two"}]},
            "accounts, number 2 (two): the uin or a secret id is another",
        ),
        ({"accounts": [ACCOUNT, {**ACCOUNT, "uin": 2}]}, "the uin or a secret id is another account's"),
        ({"accounts": [{**ACCOUNT, "credentials": [{"secret_id": "x"}]}]}, "accounts, number 1 (one): 'secret_key'"),
        ({"accounts": [{**ACCOUNT, "roles": [{}]}]}, "accounts, number 1 (one): 'name'"),
    ],
)
def test_what_is_said_of_a_seed_that_is_not_understood(data: Answer, problem: str) -> None:
    assert problem in error(**data)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"behaviour": {"colour": 1}}, "no such behaviour: colour; there are bad_destination_fails_all"),
        ({"behaviour": {"image_set": "random"}}, "one of asked, reversed, partial, empty, null"),
        ({"faults": [{"do": "explode"}]}, "no such fault: 'explode'"),
        ({"faults": [{"when": "before"}]}, "a fault needs `do`"),
    ],
)
def test_wrong_behaviours_and_faults(data: Answer, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        planted(**data)


@pytest.mark.parametrize("data", [[], "x", 5])
def test_a_seed_that_is_no_mapping(data: t.Any) -> None:
    with pytest.raises(SeedError, match="a seed is a mapping"):
        seed.plant(World(ManualClock(START)), data)
