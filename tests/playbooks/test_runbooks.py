# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every runbook, followed to the letter. What the cloud holds before and must hold afterwards is here."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator import SEEDS, Emulator, ScaledClock
from tests.emulator.timeline import Timeline

from .conftest import TIME_SCALE, user_environment
from .following import follow, steps
from .held import ACME, own, running

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"


@dataclass(frozen=True)
class Story:
    """The world of a runbook: what ``before`` does to the demo world, and what must be true ``after`` it."""

    after: Callable[[Emulator, list[str]], None]
    before: Callable[[Emulator], None] = lambda _cloud: None


def golden_fleet(cloud: Emulator) -> None:
    """Last month's golden image in three regions, with two machines of the group ``web`` in each."""
    for region, zone, image in (
        ("ap-shanghai", "ap-shanghai-5", "img-o1dcopy1"),
        ("ap-chengdu", "ap-chengdu-1", "img-o1dcopy2"),
        ("ap-chongqing", "ap-chongqing-1", "img-o1dcopy3"),
    ):
        copy = {
            "account": "acme",
            "region": region,
            "id": image,
            "name": "golden-web-2026-10",
            "age_days": 32,
            "os_name": "Ubuntu Server 24.04 LTS 64bit",
            "platform": "Ubuntu",
            "tags": {"cvm-image-source": "ap-guangzhou/img-go1dweb0"},
        }
        if image not in cloud.world.images:
            cloud.plant(images=[copy])
        machine = {
            "account": "acme",
            "zone": zone,
            "name": "web",
            "image_id": image,
            "instance_type": "S5.MEDIUM2",
            "age_days": 30,
            "tags": {"cvm-instance-group": "web"},
        }
        cloud.plant(instances=[machine, machine])


def rolled_out(cloud: Emulator, _outputs: list[str]) -> None:
    for region in ("ap-chengdu", "ap-chongqing", "ap-shanghai"):
        assert running(cloud, region) == ["golden-web-2026-11"] * 2
    launches = [entry.region for entry in cloud.journal.effects("RunInstances")]
    terminated = [entry.region for entry in cloud.journal.effects("TerminateInstances")]
    assert launches[0] == terminated[0] == "ap-chengdu", "the canary comes first"
    order = [(entry.action, entry.region) for entry in cloud.journal.effects()]
    assert order.index(("TerminateInstances", "ap-chengdu")) < order.index(("RunInstances", "ap-chongqing"))


def new_fleet_in_chengdu(cloud: Emulator) -> None:
    """The canary has been rolled out, and its image is bad."""
    golden_fleet(cloud)
    now = cloud.clock.now()
    cloud.plant(
        images=[
            {
                "account": "acme",
                "region": "ap-chengdu",
                "id": "img-newcopy1",
                "name": "golden-web-2026-11",
                "age_days": 1,
                "os_name": "Ubuntu Server 24.04 LTS 64bit",
                "platform": "Ubuntu",
                "tags": {"cvm-image-source": "ap-guangzhou/img-go1dweb1"},
            }
        ]
    )
    for item in cloud.world.own_instances(ACME, "ap-chengdu", now):
        item.image_id = "img-newcopy1"


def rolled_back(cloud: Emulator, outputs: list[str]) -> None:
    for region in ("ap-chengdu", "ap-chongqing", "ap-shanghai"):
        assert running(cloud, region) == ["golden-web-2026-10"] * 2
    assert {entry.region for entry in cloud.journal.effects("RunInstances")} == {"ap-chengdu"}
    assert not cloud.journal.effects("SyncImages")
    assert set(re.findall(r"changed=(\d+)", outputs[1])) == {"0"}


def region_added(cloud: Emulator, _outputs: list[str]) -> None:
    assert [entry.params["DestinationRegions"] for entry in cloud.journal.effects("SyncImages")] == [["ap-chongqing"]]
    assert running(cloud, "ap-chongqing") == ["golden-web-2026-11"] * 2
    assert running(cloud, "ap-chengdu") == ["golden-web-2026-11"] * 2
    assert not [entry for entry in cloud.journal.effects() if entry.region == "ap-chengdu"]


def machines_in_chengdu_alone(cloud: Emulator) -> None:
    """What the roll-out has left: a copy and two machines in Chengdu, nothing in Chongqing."""
    new_fleet_in_chengdu(cloud)
    for item in cloud.world.own_instances(ACME, "ap-chongqing"):
        del cloud.world.instances[item.instance_id]


def encrypted(cloud: Emulator, _outputs: list[str]) -> None:
    image = cloud.world.images[own(cloud, "ap-chengdu")["golden-web-2026-11-encrypted"]]
    assert image.encrypted_with == "kms-acme0001"


def copied_again(cloud: Emulator, outputs: list[str]) -> None:
    assert "CREATEFAILED" in outputs[0]
    assert "replace_failed" in outputs[0]
    assert "CREATEFAILED" in outputs[1]
    assert running(cloud, "ap-nanjing") == running(cloud, "ap-chengdu") == ["golden-web-2026-11"]
    assert "img-fai1ed01" not in own(cloud, "ap-nanjing").values()


def source_waited_for(cloud: Emulator, outputs: list[str]) -> None:
    assert "SYNCING" in outputs[0]
    assert running(cloud, "ap-chengdu") == running(cloud, "ap-chongqing") == ["golden-web-2026-11"]
    (sent,) = cloud.journal.effects("SyncImages")
    assert sorted(sent.params["DestinationRegions"]) == ["ap-chengdu", "ap-chongqing"]


def a_long_copy(cloud: Emulator) -> None:
    """The copy in Beijing that keeps the source busy takes long enough to be seen."""
    beijing = cloud.world.images["img-ha1fway1"]
    now = cloud.clock.now()
    beijing.timeline = Timeline.of((beijing.created, "SYNCING"), (now + 2 * 3600, "NORMAL"))


def distributed(cloud: Emulator, outputs: list[str]) -> None:
    (output,) = outputs
    assert cloud.world.images[own(cloud, "ap-chengdu")["golden-web-2026-11-encrypted"]].encrypted_with == "kms-acme0001"
    assert "golden-web-2026-10" in own(cloud, "ap-chengdu")
    assert "golden-web-2026-11" in own(cloud, "ap-chongqing")
    assert re.findall(r"changed=(\d+)", output)[-1] == "0"


def old_copies(cloud: Emulator) -> None:
    """Machines still run last month's copy in Chengdu; nothing uses the one in Shanghai. Both have two newer ones."""
    golden_fleet(cloud)
    for item in cloud.world.own_instances(ACME, "ap-shanghai"):
        del cloud.world.instances[item.instance_id]
    again = {"account": "acme", "name": "golden-web-2026-11-2", "age_days": 2}
    cloud.plant(
        images=[
            {**again, "region": "ap-guangzhou", "id": "img-go1dweb2"},
            *(
                {**again, "region": region, "name": name, "tags": {"cvm-image-source": f"ap-guangzhou/{source}"}}
                for region in ("ap-shanghai", "ap-chengdu")
                for name, source in (("golden-web-2026-11", "img-go1dweb1"), ("golden-web-2026-11-2", "img-go1dweb2"))
            ),
        ]
    )


def cleaned_up(cloud: Emulator, outputs: list[str]) -> None:
    assert "img-o1dcopy1" in outputs[0]
    assert {"golden-web-2026-11", "golden-web-2026-11-2"} <= own(cloud, "ap-shanghai").keys()
    deleted = [entry.params["ImageIds"] for entry in cloud.journal.effects("DeleteImages")]
    assert deleted == [["img-o1dcopy1"]]
    assert running(cloud, "ap-chengdu") == ["golden-web-2026-10"] * 2


def taken_over(cloud: Emulator, outputs: list[str]) -> None:
    assert "img-partner1" in outputs[0]
    assert "base-2026-11" in own(cloud, "ap-guangzhou").keys() & own(cloud, "ap-chengdu").keys()
    now = cloud.clock.now()
    theirs = cloud.world.own_images("100000000002", "ap-chengdu", now)
    assert [image.name for image in theirs] == ["golden-web-2026-11"]
    assert cloud.world.images["img-go1dweb1"].shared_with == {}
    assert re.findall(r"changed=(\d+)", outputs[-1])[-1] == "0"


def shanghai_is_full(cloud: Emulator) -> None:
    """Of two months' copies, the older one of a source that is gone."""
    older = {"account": "acme", "region": "ap-shanghai", "id": "img-o1dcopy0", "name": "golden-web-2026-09"}
    cloud.plant(images=[{**older, "age_days": 62, "tags": {"cvm-image-source": "ap-guangzhou/img-go1dwebx"}}])
    images = len(cloud.world.own_images(ACME, "ap-shanghai"))
    cloud.world.accounts[ACME].image_quotas["ap-shanghai"] = images


def room_made(cloud: Emulator, outputs: list[str]) -> None:
    assert "ImageQuotaLimitExceeded" in outputs[1]
    assert "golden-web-2026-11" in own(cloud, "ap-shanghai").keys() & own(cloud, "ap-chengdu").keys()
    assert "img-o1dcopy0" not in own(cloud, "ap-shanghai").values()
    assert "img-o1dcopy1" in own(cloud, "ap-shanghai").values(), "there is nothing to roll back to"


STORIES = {
    "a-copy-failed": Story(copied_again),
    "add-a-region": Story(region_added, machines_in_chengdu_alone),
    "clean-up": Story(cleaned_up, old_copies),
    "copy-from-partner": Story(taken_over),
    "distribute": Story(distributed),
    "encrypt": Story(encrypted),
    "quota-is-full": Story(room_made, shanghai_is_full),
    "roll-back": Story(rolled_back, new_fleet_in_chengdu),
    "roll-out": Story(rolled_out, golden_fleet),
    "source-is-busy": Story(source_waited_for, a_long_copy),
}


def test_every_runbook_has_a_story_and_is_listed() -> None:
    names = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert names == set(STORIES)
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", index)) == names


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_runbook_names_a_playbook_that_it_runs(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text("utf-8")
    named = re.findall(
        r"^Playbook: \[`tencentcloud\.cvm\.(\w+)`\]\(\.\./\.\./playbooks/(\w+)\.yml\)$", text, re.MULTILINE
    )
    assert named
    for playbook, file in named:
        assert playbook == file
        assert (ROOT / "playbooks" / f"{file}.yml").exists()
        assert any(f"tencentcloud.cvm.{playbook}" in step.text for step in steps(text) if step.name is None)


@pytest.mark.parametrize("name", sorted(STORIES))
def test_runbook(name: str, tmp_path: Path) -> None:
    story = STORIES[name]
    with Emulator(SEEDS / "demo.yml", ScaledClock(TIME_SCALE)) as cloud:
        cloud.world.behaviour.copy_minutes = (2.0, 2.0)  # how long a copy takes is of no interest here
        story.before(cloud)
        given = environment(cloud, tmp_path)
        followed = [follow(step, given, tmp_path) for step in steps((RUNBOOKS / f"{name}.md").read_text("utf-8"))]
        story.after(cloud, [output for output in followed if output is not None])
        assert cloud.journal.bugs == []


def environment(cloud: Emulator, folder: Path) -> dict[str, str]:
    """What the runbooks say that the operator has exported: the key, and for two accounts the partner's as well."""
    partner = cloud.options("partner")
    given: dict[str, t.Any] = {
        "PARTNER_SECRET_ID": partner["secret_id"],
        "PARTNER_SECRET_KEY": partner["secret_key"],
    }
    return {**user_environment(cloud, folder), **given}
