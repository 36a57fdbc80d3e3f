# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role copy_and_launch as an operator drives it: mistakes, strategies, batches, and machines to go on with."""

from __future__ import annotations

import json
import socket
import typing as t
from pathlib import Path

import pytest

from tests.emulator import Emulator, Fault

from .conftest import Play
from .test_playbooks import WANTED, host, inventory, machines

ACME = "100000000001"
PASSWORD = "Instance-pass-77"
ROLE = "tencentcloud.cvm.copy_and_launch"
FOUR = ("ap-chengdu-1", "ap-chongqing-1", "ap-shanghai-5", "ap-nanjing-2")


def play_book(folder: Path, *plays: dict[str, t.Any]) -> str:
    """A playbook of these plays, whose hosts are regions unless they say otherwise."""
    defaults = {"hosts": "copy_and_launch_targets", "gather_facts": False}
    path = folder / "site.yml"
    path.write_text(json.dumps([{"name": f"Play {number}", **defaults, **one} for number, one in enumerate(plays)]))
    return str(path)


def subnets(cloud: Emulator, zone: str) -> dict[str, str]:
    """The default network of a zone, as the role is told."""
    found = next(one for one in cloud.world.subnets.values() if (one.account, one.zone) == (ACME, zone))
    return {"instance_vpc_id": found.vpc_id, "instance_subnet_id": found.subnet_id}


def test_a_mistake_in_any_region_stops_everything_in_seconds(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """One good region, and every mistake there can be in the others: one sentence each, and nothing is written."""
    elsewhere = subnets(cloud, "ap-shanghai-2")
    cloud.world.accounts[ACME].image_quotas["ap-beijing"] = 0
    own: dict[str, dict[str, t.Any]] = {
        "good": host("ap-chongqing-1"),
        "zone": {**host("ap-chengdu-1"), "copy_and_launch_instance_zone": "ap-shanghai-5"},
        "type": host("ap-chengdu-1", instance_type="S9.HUGE"),
        "subnet": host("ap-shanghai-5", **elsewhere),
        "count": host("ap-chengdu-1", instance_count="-1"),
        "data": host("ap-chengdu-1", instance_user_data="#" * (16 * 1024 + 1)),
        "group": {**host("ap-chengdu-1"), "copy_and_launch_instance_security_group_ids": ["sg-n0where1"]},
        "key": {**host("ap-chengdu-1"), "copy_and_launch_instance_key_ids": ["skey-n0where1"]},
        "disk": {**host("ap-chengdu-1"), "copy_and_launch_instance_system_disk": {"disk_size": 20}},
        "quota": host("ap-beijing-6", copy_name="golden-again"),
    }

    played = play("-i", inventory(tmp_path, own), ROLE, "-e", "copy_and_launch_stop_on_mistake=")

    assert (played.code != 0, played.failed) == (True, len(own) - 1), played.output
    for sentence in (
        "The zone ap-shanghai-5 is not in the region ap-chengdu",
        "This instance type `S9.HUGE` is not available in the current zone `ap-chengdu-1`",
        f"The subnet {elsewhere['instance_subnet_id']} is not in the zone ap-shanghai-5",
        "exact_count is -1; it must be from 0 to 500.",
        "user_data has 16385 bytes; Tencent Cloud allows 16384 (16 KB).",
        "The security group sg-n0where1 is not found",
        "The key pair skey-n0where1 is not found",
        "The system disk of 20 GiB is smaller than the image golden-web-2026-11 in ap-guangzhou, which has 50 GiB",
        "the region holds 1 of 0 custom images",
    ):
        assert sentence in played.output, played.output
    assert "Traceback" not in played.output
    assert cloud.journal.writes() == []
    assert not [entry for entry in cloud.journal.calls("SyncImages") if not entry.dry_run]


TWICE = [{"region": "ap-shanghai", "zone": zone} for zone in ("ap-shanghai-2", "ap-shanghai-5")]
MISTAKES: list[tuple[dict[str, t.Any], str]] = [
    ({"targets": ""}, "There is no target region: list them in copy_and_launch_targets"),
    ({"targets": TWICE}, "names a region that no other one names"),
    ({"targets": [{"region": "ap-chengdu", "type": "S5.LARGE8"}]}, "key_ids; not known: type."),
    ({"targets": [{"zone": "ap-chengdu-1"}]}, "Each of copy_and_launch_targets names a region"),
    (
        {"targets": [{"region": "ap-chengdu", "instance_type": "S5.MEDIUM4"}], "instance_type": "S5.MEDIUM2"},
        "gives ap-chengdu another value than copy_and_launch_instance_type, which holds for every region",
    ),
]


@pytest.mark.parametrize(("wrong", "said"), MISTAKES)
def test_a_list_of_targets_that_would_be_misunderstood(
    cloud: Emulator, play: Play, wrong: dict[str, t.Any], said: str
) -> None:
    own = {f"copy_and_launch_{key}": value for key, value in wrong.items()}
    played = play(ROLE, "-e", json.dumps({**WANTED, **own}))
    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert said in played.output
    assert not cloud.journal.entries


def test_the_play_decides_what_one_mistake_means_for_the_others(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """Without a word of the play the others go on, and the region in error is not copied to; with one nobody does."""
    hosts = {"good": host("ap-chongqing-1"), "typo": host("ap-chengdu-1", instance_type="S9.HUGE")}
    regions = inventory(tmp_path, {**hosts, "fine": host("ap-shanghai-5")})
    strict = play("-i", regions, play_book(tmp_path, {"roles": [ROLE], "any_errors_fatal": True}))
    assert (strict.code != 0, strict.failed) == (True, 1), strict.output
    assert cloud.journal.writes() == []

    lenient = play("-i", regions, play_book(tmp_path, {"roles": [ROLE]}))

    assert (lenient.code != 0, lenient.failed) == (True, 1), lenient.output
    sent = cloud.journal.effects("SyncImages")
    assert [entry.params["DestinationRegions"] for entry in sent] == [["ap-chongqing", "ap-shanghai"]]
    assert machines(cloud) == {"ap-chongqing": 1, "ap-shanghai": 1}


def test_batches_forks_and_limit(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """serial makes a call a batch, and too many failures in one keep the next from beginning; --limit leaves out."""
    hosts: dict[str, t.Any] = {zone.rpartition("-")[0]: host(zone) for zone in ("ap-chengdu-1", *FOUR[1:])}
    typo = inventory(tmp_path, {**hosts, "ap-chengdu": host("ap-chengdu-1", instance_type="S9.HUGE")})
    stopped = play("-i", typo, play_book(tmp_path, {"roles": [ROLE], "serial": 2, "max_fail_percentage": 49}))
    assert (stopped.code != 0, stopped.failed) == (True, 1), stopped.output
    assert cloud.journal.writes() == []
    assert not cloud.journal.calls(region="ap-shanghai")
    limit = ("--limit", "!ap-nanjing", "--forks", "1", "-e", "copy_and_launch_serial=2")

    played = play("-i", inventory(tmp_path, hosts), ROLE, *limit)

    assert (played.code, played.failed) == (0, 0), played.output
    sent = cloud.journal.effects("SyncImages")
    assert [entry.params["DestinationRegions"] for entry in sent] == [["ap-chengdu", "ap-chongqing"], ["ap-shanghai"]]
    assert machines(cloud) == {"ap-chengdu": 1, "ap-chongqing": 1, "ap-shanghai": 1}
    assert not cloud.journal.calls(region="ap-nanjing")


def test_free_launches_where_the_copy_is_ready(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """Four regions, one call: the machine of the fastest runs while the slowest is still being copied to.

    A mistake in a fifth region neither holds them up nor is copied to.
    """
    slow = {"ap-nanjing": 9000, "ap-shanghai": 4500}
    cloud.add_faults(*(Fault("copy_slow", region=region, seconds=seconds) for region, seconds in slow.items()))
    hosts = {zone: host(zone, copy_name="golden-free") for zone in FOUR}
    hosts["typo"] = host("ap-beijing-6", copy_name="golden-free", instance_type="S9.HUGE")

    played = play("-i", inventory(tmp_path, hosts), play_book(tmp_path, {"roles": [ROLE], "strategy": "free"}))

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "fatal: [typo]" in played.output
    sent = cloud.journal.effects("SyncImages")
    assert sorted(region for entry in sent for region in entry.params["DestinationRegions"]) == [
        "ap-chengdu",
        "ap-chongqing",
        "ap-nanjing",
        "ap-shanghai",
    ]
    assert len(sent) == 1, "the others' copies had to wait until the first one's were finished"
    copies = {image.region: image for image in cloud.world.images.values() if image.name == "golden-free"}
    assert len([image for image in cloud.world.images.values() if image.name == "golden-free"]) == len(FOUR)
    ready = {region: max(begins for begins, _state in image.timeline.marks) for region, image in copies.items()}
    running = {
        one.region: max(begins for begins, _state in one.timeline.marks)
        for one in cloud.world.instances.values()
        if one.image_id in {image.image_id for image in copies.values()}
    }
    assert machines(cloud) == dict.fromkeys(copies, 1)
    assert min(running.values()) < ready["ap-nanjing"] == max(ready.values())
    assert all(ready[region] < running[region] for region in copies)


def test_the_image_that_stands_in_is_not_taken_for_the_copy(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """What runs another image is seen as such while there is no copy yet; a full group needs nothing."""
    member = {"account": "acme", "name": "web", "tags": {"cvm-instance-group": "web"}}
    ubuntu = {"account": "partner", "age_days": 500, "public": True, "size": 20, "platform": "Ubuntu"}
    cloud.plant(
        images=[{**ubuntu, "region": "ap-chengdu", "id": "img-ubuntu99", "name": "Ubuntu Server 22.04 LTS 64bit"}],
        instances=[
            {**member, "zone": "ap-chengdu-1", "id": "ins-chengdu1", "image_id": "img-ubuntu04"},
            {**member, "zone": "ap-chongqing-1", "id": "ins-chongqi1", "image_id": "img-ubuntu05"},
            {**member, "zone": "ap-shanghai-5", "id": "ins-shangha1", "image_id": "img-ubuntu01"},
        ],
    )
    small = {"copy_and_launch_instance_system_disk": {"disk_size": 20}}
    replaced = host("ap-chengdu-1", instance_on_image_change="replace", instance_security_group_ids="sg-n0where1")
    regions = inventory(
        tmp_path,
        {
            "replace": replaced,
            "fail": host("ap-chongqing-1", instance_on_image_change="fail"),
            "keep": {**host("ap-shanghai-5"), **small},
        },
    )

    played = play("-i", regions, ROLE)

    assert (played.code != 0, played.failed) == (True, 2), played.output
    assert "ins-chongqi1 of the group web in ap-chongqing cannot run the copy, which is not there yet" in played.output
    assert "The security group sg-n0where1 is not found" in played.output
    assert "fatal: [keep]" not in played.output
    assert {entry.params["ImageId"] for entry in cloud.journal.calls("RunInstances")} == {"img-ubuntu99"}
    assert cloud.journal.writes() == []


def test_one_localhost_with_plain_variables(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """Every option of the launch arrives, the password is told to nobody, and again nothing is asked and changed."""
    asked = {
        "instance_password": PASSWORD,
        "instance_hostname": "web-host",
        "instance_cam_role_name": "web-role",
        "instance_charge_type": "SPOTPAID",
        "instance_user_data": "#!/bin/sh",
        "instance_system_disk": {"disk_size": 60},
        "instance_data_disks": [{"disk_size": 20}],
        "instance_internet": {"max_bandwidth_out": 5, "public_ip_assigned": True},
        "instance_tags": {"team": "web"},
        "instance_wait_timeout": 300,
        "copy_name": "",
        "instance_security_group_ids": "",
    }
    wanted = {key: value for key, value in WANTED.items() if key != "copy_and_launch_targets"}
    own = {f"copy_and_launch_{key}": value for key, value in asked.items()}
    site = play_book(
        tmp_path,
        {"hosts": "localhost", "roles": [ROLE], "vars": {**wanted, **host("ap-chengdu-1"), **own}},
    )

    first = play(site, "-vvvv")

    assert (first.code, first.failed) == (0, 0), first.output
    assert PASSWORD not in first.output
    (launch,) = cloud.journal.effects("RunInstances")
    assert launch.params["LoginSettings"] == {"Password": PASSWORD}
    assert (launch.params["HostName"], launch.params["CamRoleName"]) == ("web-host", "web-role")
    assert launch.params["InstanceChargeType"] == "SPOTPAID"
    assert (launch.params["SystemDisk"], len(launch.params["DataDisks"])) == ({"DiskSize": 60}, 1)
    assert launch.params["InternetAccessible"]["InternetMaxBandwidthOut"] == 5
    tried = len(cloud.journal.calls("RunInstances"))
    assert tried == 2, "a question before the copy, and the launch after it"
    second = play(site)
    assert (second.code, second.changed) == (0, 0), second.output
    assert len(cloud.journal.calls("RunInstances")) == tried


def test_without_preflight_a_mistake_shows_when_the_copy_is_there(cloud: Emulator, play: Play) -> None:
    targets = [{"region": "ap-chengdu", "zone": "ap-chengdu-1", "instance_type": "S9.HUGE"}]
    wanted = {**WANTED, "copy_and_launch_targets": targets}

    played = play(ROLE, "-e", json.dumps(wanted), "-e", "copy_and_launch_preflight=false")

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "This instance type `S9.HUGE` is not available" in played.output
    assert len(cloud.journal.effects("SyncImages")) == 1
    assert machines(cloud) == {}


def test_the_machines_are_waited_for_and_become_hosts(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """Of every region, by their ids, whatever the strategy; the region whose machine stays shut fails alone."""
    member = {"account": "acme", "name": "web", "private_ip": "127.0.0.1", "tags": {"cvm-instance-group": "web"}}
    zones = {"ap-chengdu-1": "ins-chengdu1", "ap-chongqing-1": "ins-chongqi1", "ap-shanghai-5": "ins-shangha1"}
    cloud.plant(instances=[{**member, "zone": zone, "id": zones[zone], "image_id": "img-go1dweb1"} for zone in zones])
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))  # and never listens
        hosts: dict[str, t.Any] = {zone: host(zone) for zone in zones}
        hosts["ap-shanghai-5"] |= {"copy_and_launch_ssh_port": shut.getsockname()[1], "copy_and_launch_ssh_timeout": 1}
        regions = inventory(tmp_path, hosts)
        wish = {
            "copy_and_launch_wait_for_ssh": True,
            "copy_and_launch_add_host_group": "new_web",
            "copy_and_launch_address": "private",
        }
        mine = {"copy_and_launch_ssh_port": door.getsockname()[1]}
        told = "{{ inventory_hostname }} {{ instance_id }} {{ region }} {{ image_id }} "
        told += "{{ ansible_host }}:{{ ansible_port }}"
        show = {"hosts": "new_web", "strategy": "linear", "tasks": [{"debug": {"msg": told}}]}
        group = json.loads(Path(regions).read_text("utf-8"))
        group["all"]["children"]["copy_and_launch_targets"]["vars"] |= {**wish, **mine}
        Path(regions).write_text(json.dumps(group), "utf-8")
        site = play_book(tmp_path, {"roles": [ROLE]}, show)

        lockstep = play("-i", regions, site)
        free = play("-i", regions, site, ANSIBLE_STRATEGY="free")
        imported = tmp_path / "imported.yml"
        imported.write_text(json.dumps([{"import_playbook": ROLE}, {"name": "Show", "gather_facts": False, **show}]))
        by_playbook = play("-i", regions, str(imported), ANSIBLE_STRATEGY="free")

    for played in (lockstep, by_playbook):
        assert (played.code != 0, played.failed) == (True, 1), played.output
        assert "ins-shangha1 in ap-shanghai does not let in at 127.0.0.1 port" in played.output
        for zone in ("ap-chengdu-1", "ap-chongqing-1"):
            where = f"{zone.rpartition('-')[0]} img-go1dweb1 127.0.0.1:{mine['copy_and_launch_ssh_port']}"
            assert f"{zones[zone]} {zones[zone]} {where}" in played.output, played.output
    assert free.code != 0
    assert "not supported in the free strategy" in free.output.replace("\n", " "), free.output
    assert "Tell the other hosts" not in free.output, "it was not said at once"
