# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection, by their full names."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest

from tests.emulator import Emulator

from .conftest import Play

TARGETS: list[dict[str, t.Any]] = [
    {"region": "ap-guangzhou", "zone": "ap-guangzhou-6"},
    {"region": "ap-chengdu", "zone": "ap-chengdu-1", "instance_type": "S5.MEDIUM4"},
    {"region": "ap-chongqing", "zone": "ap-chongqing-1", "instance_count": 2},
]
WANTED = {
    "copy_and_launch_source_region": "ap-guangzhou",
    "copy_and_launch_image_name": "golden-web-2026-11",
    "copy_and_launch_instance_name": "web",
    "copy_and_launch_targets": TARGETS,
}

GO_ON = {"copy_and_launch_stop_on_mistake": False}


def machines(cloud: Emulator) -> dict[str, int]:
    """region -> number of machines that the collection launched."""
    counts: dict[str, int] = {}
    for instance in cloud.world.instances.values():
        if "cvm-instance-group" in cloud.world.tags_of(instance.instance_id).at(cloud.clock.now()):
            counts[instance.region] = counts.get(instance.region, 0) + 1
    return counts


def test_copy_and_launch(cloud: Emulator, play: Play) -> None:
    """tencentcloud.cvm.copy_and_launch: one call for all regions, machines in each, nothing the second time."""
    first = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED))

    assert (first.code, first.failed) == (0, 0), first.output
    assert machines(cloud) == {"ap-guangzhou": 1, "ap-chengdu": 1, "ap-chongqing": 2}
    sent = cloud.journal.effects("SyncImages")
    assert [entry.params["DestinationRegions"] for entry in sent] == [["ap-chengdu", "ap-chongqing"]]
    types = {instance.region: instance.instance_type for instance in cloud.world.instances.values()}
    assert types["ap-chengdu"] == "S5.MEDIUM4"

    second = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED))

    assert (second.code, second.changed) == (0, 0), second.output


def test_copy_and_launch_in_check_mode_writes_nothing(cloud: Emulator, play: Play) -> None:
    checked = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED), "--check", "--diff")
    assert (checked.code, checked.failed) == (0, 0), checked.output
    assert "ap-chengdu: planned -> none yet" in checked.output
    assert cloud.journal.writes() == []


def inventory(folder: Path, hosts: dict[str, t.Any]) -> str:
    """An inventory whose hosts are regions; each has its region, its zone, and what is its own."""
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        **{key: value for key, value in WANTED.items() if key != "copy_and_launch_targets"},
    }
    group = {"hosts": hosts, "vars": common}
    path = folder / "regions.yml"
    path.write_text(json.dumps({"all": {"children": {"copy_and_launch_targets": group}}}), "utf-8")
    return str(path)


def host(zone: str, **own: str) -> dict[str, str]:
    return {
        "copy_and_launch_region": zone.rpartition("-")[0],
        "copy_and_launch_instance_zone": zone,
        **{f"copy_and_launch_{name}": value for name, value in own.items()},
    }


def test_regions_as_hosts_of_an_inventory_and_limit(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """An inventory whose hosts are regions; --limit leaves the others alone."""
    regions = inventory(tmp_path, {target["region"]: host(target["zone"]) for target in TARGETS})

    played = play("-i", regions, "tencentcloud.cvm.copy_and_launch", "--limit", "localhost,ap-chengdu")

    assert (played.code, played.failed) == (0, 0), played.output
    assert machines(cloud) == {"ap-chengdu": 1}
    assert not cloud.journal.calls(region="ap-chongqing")


def test_every_host_has_an_image_of_its_own(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """Those that want the same copy share a call; a source that is missing, or not the only one of its name, fails."""
    names = {"img-tw1n0001": "twins", "img-tw1n0002": "twins", "img-g0lden10": "golden-10"}
    images = [{"account": "acme", "region": "ap-guangzhou", "id": key, "name": name} for key, name in names.items()]
    cloud.plant(images=images)
    regions = inventory(
        tmp_path,
        {
            "web-a": host("ap-chengdu-1"),
            "web-b": host("ap-shanghai-5"),
            "old": host("ap-chongqing-1", image_name="golden-10"),
            "typo": host("ap-guangzhou-6", image_name="golden-wbe"),
            "twins": host("ap-guangzhou-6", image_name="twins"),
            "both": host("ap-guangzhou-6", image_id="img-g0lden10"),
        },
    )

    played = play("-i", regions, "tencentcloud.cvm.copy_and_launch", "-e", json.dumps(GO_ON))

    assert (played.code != 0, played.failed) == (True, 3), played.output
    assert "There is no image golden-wbe in ap-guangzhou to launch from" in played.output
    assert "2 images are named twins in ap-guangzhou (img-tw1n0001, img-tw1n0002); say which by" in played.output
    assert "Name the source image by copy_and_launch_image_id or by copy_and_launch_image_name" in played.output
    sent = [entry.params for entry in cloud.journal.effects("SyncImages")]
    assert sorted((call["ImageIds"], call["DestinationRegions"]) for call in sent) == [
        (["img-g0lden10"], ["ap-chongqing"]),
        (["img-go1dweb1"], ["ap-chengdu", "ap-shanghai"]),
    ]
    assert machines(cloud) == {"ap-chengdu": 1, "ap-shanghai": 1, "ap-chongqing": 1}


def test_bad_regions_do_not_hide_the_good_ones(cloud: Emulator, play: Play) -> None:
    """One that is full, one across the border and one that is none fail their own hosts; the others share a call."""
    cloud.world.accounts["100000000001"].image_quotas["ap-chengdu"] = 0
    zones = ("ap-shanghai-5", "ap-singapore-1", "ap-chengduu-1")
    more = [*TARGETS, *({"region": zone.rpartition("-")[0], "zone": zone} for zone in zones)]

    played = play(
        "tencentcloud.cvm.copy_and_launch", "-e", json.dumps({**WANTED, **GO_ON, "copy_and_launch_targets": more})
    )

    assert (played.code != 0, played.failed) == (True, 3), played.output
    assert "0 of 0 custom images" in played.output
    assert "set allow_cross_border" in played.output
    assert "Did you mean ap-chengdu?" in played.output
    sent = cloud.journal.effects("SyncImages")
    assert [entry.params["DestinationRegions"] for entry in sent] == [["ap-chongqing", "ap-shanghai"]]
    assert machines(cloud) == {"ap-guangzhou": 1, "ap-chongqing": 2, "ap-shanghai": 1}
    cloud.world.accounts["100000000001"].image_quotas.clear()
    again = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED))
    assert again.code == 0, again.output
    assert machines(cloud) == {"ap-guangzhou": 1, "ap-chengdu": 1, "ap-chongqing": 2, "ap-shanghai": 1}


def test_copy_shared(cloud: Emulator, play: Play) -> None:
    """tencentcloud.cvm.copy_shared: the partner's image becomes our own and goes on to another region."""
    wanted = {
        "copy_shared_region": "ap-guangzhou",
        "copy_shared_image_id": "img-partner1",
        "copy_shared_copy_name": "base-2026-11",
        "copy_shared_destinations": ["ap-chengdu"],
    }
    typo = play("tencentcloud.cvm.copy_shared", "-e", json.dumps({**wanted, "copy_shared_destinations": "ap-nowhere"}))
    assert (typo.code != 0, "in ap-nowhere failed: UnsupportedRegion" in typo.output) == (True, True), typo.output
    assert cloud.journal.writes() == []

    first = play("tencentcloud.cvm.copy_shared", "-e", json.dumps(wanted))

    assert (first.code, first.failed) == (0, 0), first.output
    for region in ("ap-guangzhou", "ap-chengdu"):
        assert "base-2026-11" in [image.name for image in cloud.world.own_images("100000000001", region)]
    second = play("tencentcloud.cvm.copy_shared", "-e", json.dumps(wanted))
    assert (second.code, second.changed) == (0, 0), second.output


@pytest.mark.parametrize("name", ["", "golden-web-2026-11"])
def test_an_encrypted_copy_without_a_name_of_its_own_copies_nothing(cloud: Emulator, play: Play, name: str) -> None:
    wanted = {"source_region": "ap-guangzhou", "image_name": "golden-web-2026-11", "region": "ap-chengdu"}
    asked = {f"copy_encrypted_{key}": value for key, value in {**wanted, "copy_name": name}.items()}
    played = play("tencentcloud.cvm.copy_encrypted", "-e", json.dumps(asked))
    assert played.code != 0
    assert "Name the encrypted copy by copy_encrypted_copy_name" in played.output
    assert not cloud.journal.entries


def test_a_region_that_fails_has_its_row_in_the_table(cloud: Emulator, play: Play) -> None:
    """tencentcloud.cvm.demo in check mode, with a region that is full. What it does is the session demo's affair."""
    cloud.world.accounts["100000000001"].image_quotas["ap-chengdu"] = 0

    played = play("tencentcloud.cvm.demo", "--check", "--diff")

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert cloud.journal.writes() == []
    rows = re.findall(r'"ours +(ap-\w+) +golden-web-2026-11(?:-encrypted)? +(\S+) +(\w+) ', played.output)
    # What was being copied when the world began may be finished by now.
    assert [(*row[:2], row[2].replace("resumed", "adopted")) for row in rows] == [
        ("ap-guangzhou", "img-go1dweb1", "source"),
        ("ap-shanghai", "-", "planned"),
        ("ap-beijing", "img-ha1fway1", "adopted"),
        ("ap-nanjing", "-", "planned"),
        ("ap-chengdu", "-", "failed"),
        ("ap-chongqing", "-", "planned"),
        ("ap-chengdu", "-", "failed"),
    ], played.output


def test_a_network_that_is_cut_is_one_sentence_and_the_rerun_finishes(cloud: Emulator, play: Play) -> None:
    """Pull the cable when the copies are made; push it in again; run again."""
    cloud.add_faults({"do": "cut", "action": "DescribeInstances", "times": None})

    cut = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED))

    assert cut.code != 0
    assert "no answer from the endpoint" in cut.output
    assert "Traceback" not in cut.output
    cloud.world.faults.clear()
    again = play("tencentcloud.cvm.copy_and_launch", "-e", json.dumps(WANTED))
    assert again.code == 0, again.output
    assert machines(cloud) == {"ap-guangzhou": 1, "ap-chengdu": 1, "ap-chongqing": 2}
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_without_a_key_it_says_what_was_tried(play: Play) -> None:
    """No credentials anywhere: one sentence."""
    played = play("tencentcloud.cvm.demo", TENCENTCLOUD_SECRET_ID="", TENCENTCLOUD_SECRET_KEY="")
    assert played.code != 0
    assert "No Tencent Cloud API key was found. Tried:" in played.output
    assert "Traceback" not in played.output
