# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin tencentcloud.cvm.instances, by ansible-inventory as a user runs it."""

from __future__ import annotations

import json
import subprocess
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible.vars.reserved import is_reserved_name

from tests.emulator import Emulator

from .conftest import Play, Played, user_environment

BOTH = ["ap-guangzhou", "ap-chengdu"]
COPY = "img-copy0001"
JSON_CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile"}
DENIED = {"do": "error", "code": "UnauthorizedOperation", "message": "no permission", "times": None}

Inventory = Callable[..., Played]


def machine(instance_id: str, name: str, **different: t.Any) -> dict[str, t.Any]:
    common = {"account": "acme", "zone": "ap-guangzhou-6", "image_id": "img-go1dweb1"}
    return {**common, "id": instance_id, "name": name, **different}


@pytest.fixture
def machines(cloud: Emulator) -> None:
    copy = {"account": "acme", "region": "ap-chengdu", "id": COPY, "name": "golden-web-2026-11", "age_days": 1}
    chengdu = {"zone": "ap-chengdu-1", "image_id": COPY}
    cloud.plant(
        images=[{**copy, "tags": {"cvm-image-source": "ap-guangzhou/img-go1dweb1"}}],
        instances=[
            machine("ins-00000001", "web", tags={"team": "web", "tier": "front end"}),
            machine("ins-00000002", "web", **chengdu, tags={"team": "web"}),
            machine("ins-00000003", "db", zone="ap-chengdu-1", image_id="img-deleted1"),
            machine("ins-00000004", "off", state="STOPPED"),
        ],
    )


@pytest.fixture
def inventory(cloud: Emulator, tmp_path: Path) -> Inventory:
    """inventory([{...}], "--graph", VARIABLE="…") writes configurations and runs ansible-inventory with them all."""

    def run(configs: list[dict[str, t.Any]], *arguments: str, **environment: str) -> Played:
        paths = [tmp_path / f"{number:02}.tencentcloud_cvm.yml" for number in range(len(configs))]
        for path, config in zip(paths, configs, strict=True):
            path.write_text(yaml.safe_dump({"plugin": "tencentcloud.cvm.instances", **config}), "utf-8")
        done = subprocess.run(
            ["ansible-inventory", *(part for path in paths for part in ("-i", str(path))), *arguments],
            env={
                **user_environment(cloud, tmp_path),
                "ANSIBLE_INVENTORY_ENABLED": "tencentcloud.cvm.instances",
                "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
                **environment,
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Played(done.returncode, done.stdout)

    return run


def said(played: Played) -> str:
    """What was printed, without the line breaks that ansible-core 2.18 puts into warnings."""
    return " ".join(played.output.split())


def listed(played: Played) -> dict[str, t.Any]:
    """The groups and host variables of --list; ansible-core 2.19 marks what came from outside."""

    def plain(value: dict[str, t.Any]) -> t.Any:
        return value.get("__ansible_unsafe", value)

    assert played.code == 0, played.output
    result: dict[str, t.Any] = json.loads(played.output, object_hook=plain)
    return result


def hosts(played: Played) -> set[str]:
    return set(listed(played)["_meta"]["hostvars"])


@pytest.mark.usefixtures("machines")
def test_hosts_their_variables_and_groups(inventory: Inventory) -> None:
    found = listed(inventory([{"regions": BOTH}], "--list"))

    web = ["web-ins-00000001", "web-ins-00000002"]
    members = {name: sorted(group["hosts"]) for name, group in found.items() if "hosts" in group}
    assert members == {
        "region_ap_guangzhou": ["golden-web-builder", web[0]],
        "region_ap_chengdu": ["db", web[1]],
        "zone_ap_guangzhou_6": ["golden-web-builder", web[0]],
        "zone_ap_chengdu_1": ["db", web[1]],
        "image_img_pub1ic01": ["golden-web-builder"],
        "image_img_go1dweb1": [web[0]],
        "image_img_copy0001": [web[1]],
        "image_img_deleted1": ["db"],
        "source_image_ap_guangzhou_img_go1dweb1": web,
    }
    host_vars = found["_meta"]["hostvars"][web[1]]
    assert host_vars["ansible_host"] == host_vars["cvm_private_ip_addresses"][0]
    assert (host_vars["cvm_region"], host_vars["cvm_tags"]) == ("ap-chengdu", {"team": "web"})
    assert host_vars["cvm_image_name"] == "golden-web-2026-11"
    assert [name for name in host_vars if is_reserved_name(name)] == []


@pytest.mark.usefixtures("machines")
def test_no_warning_in_a_play(inventory: Inventory, play: Play, tmp_path: Path) -> None:
    inventory([{"regions": BOTH}], "--list")
    task = {"name": "Say who it is", "ansible.builtin.debug": {"msg": "{{ cvm_instance_id }} {{ cvm_tags.team }}"}}
    (tmp_path / "say.yml").write_text(json.dumps([{"hosts": "web*", "gather_facts": False, "tasks": [task]}]), "utf-8")
    played = play("-i", "00.tencentcloud_cvm.yml", "say.yml")
    assert played.code == 0, played.output
    assert {f"ins-0000000{number} web" in played.output for number in (1, 2)} == {True}
    assert "WARNING" not in played.output


SELECTIONS: list[tuple[dict[str, t.Any], set[str]]] = [
    ({"states": ["STOPPED"]}, {"off"}),
    ({"states": []}, {"golden-web-builder", "web", "off"}),
    ({"tags": {"team": "web"}}, {"web"}),
    ({"instance_name": "web"}, {"web"}),
    ({"name_regex": "^golden"}, {"golden-web-builder"}),
    ({"image_ids": ["img-pub1ic01"]}, {"golden-web-builder"}),
    ({"instance_ids": ["ins-00000001"]}, {"web"}),
    ({"instance_ids": ["ins-00000001"], "hostnames": ["instance_id"]}, {"ins-00000001"}),
    ({"instance_ids": ["ins-00000001"], "hostnames": ["tag:tier"]}, {"front end"}),
    ({"instance_ids": ["ins-00000001"], "hostnames": ["tag:none", ""]}, {"ins-00000001"}),
    ({"regions": ["ap-chengdu"]}, {"web-ins-00000002", "db"}),
    ({"regions": "ap-chengdu, ap-tokyo"}, {"web-ins-00000002", "db"}),
    ({"regions": ["all"], "instance_name": "db"}, {"db"}),
    ({"regions": ["{{ lookup('ansible.builtin.env', 'WHERE') }}"]}, {"web-ins-00000002", "db"}),
    ({"regions": "{{ lookup('ansible.builtin.env', 'WHERE').split(',') }}"}, {"web-ins-00000002", "db"}),
    ({"tags": {"team": "{{ lookup('ansible.builtin.env', 'TEAM') }}"}}, {"web"}),
]


@pytest.mark.usefixtures("machines")
def test_filters_names_and_templates(inventory: Inventory) -> None:
    """Each in a file of its own, whose hosts are in a group of its own. The name web is taken by the first web."""
    configs = [
        {"group_by": [], **config, "groups": {f"row_{number}": "true"}}
        for number, (config, _expected) in enumerate(SELECTIONS)
    ]
    found = listed(inventory(configs, "--list", TENCENTCLOUD_REGION="ap-guangzhou", WHERE="ap-chengdu", TEAM="web"))
    seen = [(config, set(found[f"row_{number}"]["hosts"])) for number, (config, _expected) in enumerate(SELECTIONS)]
    assert seen == SELECTIONS


@pytest.mark.usefixtures("machines")
def test_constructed_groups_and_variables(inventory: Inventory) -> None:
    constructed = {
        "group_by": [],
        "keyed_groups": [{"key": "cvm_tags.tier", "prefix": "tier"}],
        "groups": {"small": "cvm_memory < 4"},
        "compose": {"ansible_host": "cvm_instance_id", "ansible_user": "'ubuntu'"},
    }
    found = listed(inventory([{"regions": ["ap-guangzhou"], "instance_name": "web", **constructed}], "--list"))
    assert {name for name in found if name not in ("_meta", "all")} == {"tier_front_end", "small"}
    host_vars = found["_meta"]["hostvars"]["web"]
    assert (host_vars["ansible_host"], host_vars["ansible_user"]) == ("ins-00000001", "ubuntu")
    assert "cvm_source_image" not in host_vars


@pytest.mark.usefixtures("machines")
def test_strict(inventory: Inventory) -> None:
    impossible = {"regions": BOTH, "keyed_groups": [{"key": "cvm_no_such_thing"}]}
    assert inventory([impossible], "--list").code == 0
    assert inventory([{**impossible, "strict": True}], "--list").code != 0


def test_every_page_of_every_region(cloud: Emulator, inventory: Inventory) -> None:
    cloud.plant(
        instances=[
            machine(f"ins-{region}{number:07d}", f"n-{number}", zone=zone)
            for region, zone in enumerate(("ap-guangzhou-6", "ap-chengdu-1"))
            for number in range(120)
        ]
    )
    assert len(hosts(inventory([{"regions": BOTH, "name_regex": "^n-"}], "--list"))) == 240


@pytest.mark.usefixtures("machines")
def test_the_cache_spares_the_api(cloud: Emulator, inventory: Inventory, tmp_path: Path) -> None:
    cached = {"regions": BOTH, **JSON_CACHE, "cache_connection": str(tmp_path / "cache")}
    first = hosts(inventory([cached], "--list"))
    assert cloud.journal.reads()
    cloud.journal.clear()

    assert hosts(inventory([cached], "--list")) == first
    assert not cloud.journal.entries

    assert hosts(inventory([{**cached, "regions": ["ap-chengdu"]}], "--list")) == {"db", "web"}
    assert cloud.journal.reads(), "another question was answered from the cache"
    cloud.journal.clear()
    theirs = {f"TENCENTCLOUD_{name.upper()}": value for name, value in cloud.options("partner").items()}
    assert hosts(inventory([cached], "--list", **theirs)) == set()
    assert cloud.journal.reads(), "another account was answered from the cache"
    cloud.journal.clear()
    assert hosts(inventory([cached], "--list", "--flush-cache")) == first
    assert cloud.journal.reads()

    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "cache").iterdir())
    assert ("ins-00000001" in kept, "acme-demo-key" in kept, "AKID" in kept) == (True, False, False)


@pytest.mark.usefixtures("machines")
def test_two_accounts_do_not_merge_their_machines(cloud: Emulator, inventory: Inventory) -> None:
    cloud.plant(instances=[machine("ins-partner1", "web", account="partner", image_id="img-partner1")])
    web = {"regions": ["ap-guangzhou"], "instance_name": "web"}
    found = inventory([web, {**web, **cloud.options("partner")}], "--list")
    assert hosts(found) == {"web", "web-ins-partner1"}


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("action", ["DescribeInstances", "DescribeImages"])
def test_a_region_that_may_not_be_read(cloud: Emulator, inventory: Inventory, action: str) -> None:
    cloud.add_faults({**DENIED, "action": action, "region": "ap-chengdu"})

    refused = inventory([{"regions": BOTH}], "--graph")
    assert refused.code != 0
    assert f"{action} in ap-chengdu failed: UnauthorizedOperation" in said(refused)
    assert "Let the key's CAM policy allow this action." in said(refused)

    skipped = inventory([{"regions": BOTH, "strict_permissions": False}], "--graph")
    assert skipped.code == 0, skipped.output
    assert f"{action} in ap-chengdu failed: UnauthorizedOperation" in said(skipped)
    assert "strict_permissions is false" in said(skipped)
    assert ("@region_ap_chengdu" in skipped.output) is (action == "DescribeImages")
    assert "golden-web-builder" in skipped.output


NOWHERE = "Name the regions to look into: regions, region or TENCENTCLOUD_REGION, none of them empty."
TOKYO = {"regions": ["ap-tokyo"]}
MISTAKES: list[tuple[dict[str, t.Any], str]] = [
    ({"regions": ["ap-nowhere"]}, "DescribeInstances in ap-nowhere failed: UnsupportedRegion"),
    ({"regions": ["{{ nowhere }}"]}, "The template of the option regions cannot be filled in"),
    ({}, NOWHERE),
    ({**TOKYO, "states": ["UP"]}, "'UP' is not a state of instances; they are PENDING, RUNNING"),
    ({**TOKYO, "instance_ids": ["web"]}, "'web' is not an instance id"),
    ({**TOKYO, "name_regex": "("}, "name_regex is not a regular expression"),
    ({**TOKYO, "hostnames": ["name"]}, "'name' in hostnames is nothing that names a host"),
    ({**TOKYO, "endpoint": "nonsense"}, "endpoint 'nonsense' is not a URL"),
    ({**TOKYO, "group_by": ["colour"]}, "group_by"),
    ({**TOKYO, "api_timeout": 0}, "api_timeout must be more than 0 seconds."),
    ({**TOKYO, "secret_id": "AKIDonly"}, "The option secret_key is missing"),
    ({**TOKYO, "profile": "nobody"}, "The profile nobody (from the option profile) does not exist"),
]


def test_bad_input_is_one_sentence(cloud: Emulator, inventory: Inventory) -> None:
    played = inventory([config for config, _message in MISTAKES], "--graph", TENCENTCLOUD_REGION="")
    assert played.code != 0
    assert [message for _config, message in MISTAKES if message not in said(played)] == [], played.output
    assert played.output.count("[WARNING]: Unable to parse") == len(MISTAKES), played.output
    assert "Traceback" not in played.output
    assert cloud.journal.writes() == []


def test_without_a_key_it_says_what_was_tried(inventory: Inventory) -> None:
    played = inventory([TOKYO], "--graph", TENCENTCLOUD_SECRET_ID="", TENCENTCLOUD_SECRET_KEY="")
    assert played.code != 0
    assert "No Tencent Cloud API key was found. Tried:" in said(played)


@pytest.mark.usefixtures("machines")
def test_the_file_goes_before_the_environment(cloud: Emulator, inventory: Inventory, tmp_path: Path) -> None:
    """So it is with the modules, where a profile that a task names goes before a key in the environment."""
    wrong = {"TENCENTCLOUD_SECRET_ID": "AKIDwrong", "TENCENTCLOUD_SECRET_KEY": "wrong"}
    options = cloud.options()
    assert "web" in hosts(inventory([{"regions": ["ap-guangzhou"], **options}], "--list", **wrong))
    (tmp_path / ".tccli").mkdir()
    key = {"secretId": options["secret_id"], "secretKey": options["secret_key"]}
    (tmp_path / ".tccli" / "acme.credential").write_text(json.dumps(key), "utf-8")
    assert "web" in hosts(inventory([{"regions": ["ap-guangzhou"], "profile": "acme"}], "--list", **wrong))


def test_files_of_other_names_are_left_alone(cloud: Emulator, inventory: Inventory, tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text("plugin: tencentcloud.cvm.instances\nregions: [ap-guangzhou]\n", "utf-8")
    inventory([{"regions": ["ap-tokyo"]}], "-i", str(tmp_path / "other.yml"), "--list")
    assert {entry.region for entry in cloud.journal.entries} == {"ap-tokyo"}
