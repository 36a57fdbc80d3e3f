# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""instance with a launch template, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import instance as module

from tests.emulator import Emulator, ManualClock
from tests.emulator.world import LaunchTemplateVersion

from ...conftest import Run, like_source
from .test_instance import NEW_IMAGE, effects, states

TEMPLATE = "lt-web00001"
TEAM = {"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "web"}, {"Key": "tier", "Value": "1"}]}
ASKED: dict[str, t.Any] = {
    "region": "ap-guangzhou",
    "name": "web",
    "launch_template": {"launch_template_id": TEMPLATE},
}


@pytest.fixture(autouse=True)
def planted_template(cloud: Emulator) -> None:
    data = {"Placement": {"Zone": "ap-guangzhou-6", "ProjectId": 3}, "TagSpecification": [TEAM]}
    first = {"image_id": "img-source01", "zone": "ap-guangzhou-6", "instance_type": "S5.MEDIUM4", "data": data}
    second = {"image_id": NEW_IMAGE, "zone": "ap-guangzhou-7", "instance_type": "S5.LARGE8"}
    versions = [first, second]
    cloud.plant(
        images=[like_source(region="ap-guangzhou", id=NEW_IMAGE, name="golden-2")],
        launch_templates=[
            {"account": "acme", "region": "ap-guangzhou", "id": TEMPLATE, "name": "web", "versions": versions}
        ],
    )


def version(number: int) -> dict[str, t.Any]:
    return {**ASKED, "launch_template": {"launch_template_id": TEMPLATE, "launch_template_version": number}}


def test_image_zone_and_type_come_from_the_template(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, exact_count=2)
    (first, second) = result["instances"]
    assert (first["image_id"], first["zone"], first["instance_type"]) == (
        "img-source01",
        "ap-guangzhou-6",
        "S5.MEDIUM4",
    )
    assert (first["instance_name"], second["instance_name"]) == ("web", "web")
    assert cloud.world.instances[first["instance_id"]].project_id == 3
    again = run(module, **ASKED, exact_count=2)
    assert (again["changed"], again["instance_ids"]) == (False, result["instance_ids"])


def test_the_tags_of_the_template_and_of_the_group_are_put_together(run: Run) -> None:
    (instance,) = run(module, **ASKED, tags={"tier": 2})["instances"]
    assert instance["tags"] == {"cvm-instance-group": "web", "team": "web", "tier": "2"}


def test_a_version_that_is_asked_for(run: Run) -> None:
    (instance,) = run(module, **version(2))["instances"]
    assert (instance["image_id"], instance["zone"], instance["instance_type"]) == (
        NEW_IMAGE,
        "ap-guangzhou-7",
        "S5.LARGE8",
    )


def test_options_take_the_place_of_the_template(cloud: Emulator, run: Run) -> None:
    mine = {"image_id": NEW_IMAGE, "zone": "ap-guangzhou-3", "instance_type": "S5.SMALL2", "project_id": 9}
    (instance,) = run(module, **ASKED, **mine)["instances"]
    assert (instance["image_id"], instance["zone"], instance["instance_type"]) == (
        NEW_IMAGE,
        "ap-guangzhou-3",
        "S5.SMALL2",
    )
    assert cloud.world.instances[instance["instance_id"]].project_id == 9


def test_a_project_given_alone_keeps_the_zone_of_the_template(cloud: Emulator, run: Run) -> None:
    (instance,) = run(module, **ASKED, project_id=9)["instances"]
    assert instance["zone"] == "ap-guangzhou-6"
    assert cloud.world.instances[instance["instance_id"]].project_id == 9


def test_the_charge_type_of_the_template_counts_unless_one_is_given(cloud: Emulator, run: Run) -> None:
    cloud.world.launch_templates[TEMPLATE].versions[1].data["InstanceChargeType"] = "SPOTPAID"
    assert run(module, **ASKED)["instances"][0]["instance_charge_type"] == "SPOTPAID"
    other = {**ASKED, "name": "other", "charge_type": "POSTPAID_BY_HOUR"}
    assert run(module, **other)["instances"][0]["instance_charge_type"] == "POSTPAID_BY_HOUR"


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_fail_notices_a_new_version(cloud: Emulator, run: Run, check: bool) -> None:
    run(module, **ASKED)
    cloud.world.launch_templates[TEMPLATE].default_version = 2
    assert run(module, **ASKED)["changed"] is False, "keep is the default"
    cloud.journal.clear()
    result = run(module, **ASKED, on_image_change="fail", check=check)
    assert f"runs the image img-source01 and not {NEW_IMAGE}" in result["msg"]
    assert cloud.journal.writes() == []


def test_replace_follows_a_new_version(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    """Another zone and type in the template is no reason to refuse: the new ones are made by it."""
    old = run(module, **ASKED, exact_count=2)["instance_ids"]
    cloud.world.launch_templates[TEMPLATE].default_version = 2
    cloud.journal.clear()
    foreseen = run(module, **ASKED, exact_count=2, on_image_change="replace", check=True)
    assert (foreseen["changed"], cloud.journal.writes()) == (True, [])
    assert [item["image_id"] for item in foreseen["diff"]["after"]["instances"]] == [NEW_IMAGE] * 2
    result = run(module, **ASKED, exact_count=2, on_image_change="replace")
    assert not set(result["instance_ids"]) & set(old)
    assert [item["image_id"] for item in result["instances"]] == [NEW_IMAGE] * 2
    clock.advance(60)
    assert states(cloud) == ["RUNNING"] * 2
    assert run(module, **ASKED, exact_count=2, on_image_change="replace")["changed"] is False


def test_a_default_version_beyond_the_thirtieth(cloud: Emulator, run: Run) -> None:
    """The API lists only the first thirty unless it is asked for others."""
    versions = cloud.world.launch_templates[TEMPLATE].versions
    versions[31] = versions[2]
    cloud.world.launch_templates[TEMPLATE].default_version = 31
    (instance,) = run(module, **ASKED)["instances"]
    assert instance["image_id"] == NEW_IMAGE


def test_the_launch_names_the_version_that_was_read(cloud: Emulator, run: Run) -> None:
    """So that a default that changes meanwhile does not launch something else."""
    run(module, **ASKED)
    (request,) = (entry.params for entry in cloud.journal.effects("RunInstances"))
    assert request["LaunchTemplate"] == {"LaunchTemplateId": TEMPLATE, "LaunchTemplateVersion": 1}


def test_a_lost_answer_launches_no_extra_instance(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": 12})
    assert len(run(module, **ASKED, exact_count=2)["instances"]) == 2
    assert states(cloud) == ["RUNNING"] * 2


def test_check_mode_asks_the_api_with_the_template(cloud: Emulator, run: Run) -> None:
    assert run(module, **ASKED, check=True)["changed"] is True
    cloud.world.launch_templates[TEMPLATE].versions[1].data["InstanceType"] = "S9.HUGE"
    result = run(module, **ASKED, check=True)
    assert result["error_code"] == "ResourceUnavailable.InstanceType"
    assert effects(cloud) == []


def test_absent_does_not_need_the_template(cloud: Emulator, run: Run) -> None:
    run(module, **ASKED)
    cloud.world.launch_templates.clear()
    result = run(module, **ASKED, state="absent")
    assert (result["changed"], result["instances"], states(cloud)) == (True, [], [])


def test_an_empty_template_is_none_at_all(run: Run) -> None:
    empty = {**ASKED, "launch_template": {"launch_template_id": ""}}
    assert "which needs image_id and zone" in run(module, **empty)["msg"]
    own = {"image_id": "img-source01", "zone": "ap-guangzhou-6"}
    assert run(module, **empty, **own)["changed"] is True


MISSING = [
    ({"launch_template_id": "lt-00000000"}, "InvalidParameterValue.LaunchTemplateIdNotExisted", "the region it is in"),
    (
        {"launch_template_id": TEMPLATE, "launch_template_version": 9},
        "InvalidParameterValue.LaunchTemplateIdVerNotExisted",
        "Give a launch_template_version that the template has.",
    ),
]


def test_a_template_that_cannot_be_read_is_asked_for_again(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "action": "DescribeLaunchTemplateVersions", "times": 2})
    cloud.add_faults({"do": "cut", "action": "DescribeLaunchTemplates"})
    assert run(module, **ASKED)["changed"] is True


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("template", "code", "advice"), MISSING)
def test_a_template_that_is_not_there(
    cloud: Emulator, run: Run, template: dict[str, t.Any], code: str, advice: str, check: bool
) -> None:
    result = run(module, **{**ASKED, "launch_template": template}, check=check)
    assert (result["failed"], result["error_code"]) == (True, code)
    assert template["launch_template_id"] in result["msg"]
    assert advice in result["msg"]
    assert cloud.journal.writes() == []


def test_a_template_without_an_image_needs_one(cloud: Emulator, run: Run) -> None:
    """The description of the API does not allow it; a launch without an image must not be tried all the same."""
    data = cloud.world.launch_templates[TEMPLATE].versions[1].data
    cloud.world.launch_templates[TEMPLATE].versions[1] = LaunchTemplateVersion({**data, "ImageId": ""})
    assert "which needs image_id" in run(module, **ASKED)["msg"]
    assert cloud.journal.writes() == []


@pytest.mark.parametrize("on_image_change", ["fail", "replace"])
def test_a_template_without_an_image_holds_none_against_what_runs(
    cloud: Emulator, run: Run, on_image_change: str
) -> None:
    run(module, **ASKED)
    data = cloud.world.launch_templates[TEMPLATE].versions[1].data
    cloud.world.launch_templates[TEMPLATE].versions[1] = LaunchTemplateVersion({**data, "ImageId": ""})
    again = run(module, **ASKED, on_image_change=on_image_change)
    assert (again.get("failed"), again["changed"]) == (None, False)


BAD_INPUT = [
    ({"launch_template_id": "web"}, "'web' is not a launch template id"),
    ({"launch_template_id": TEMPLATE, "launch_template_version": 0}, "launch_template_version is 0"),
    ({"launch_template_id": "", "launch_template_version": 1}, "launch_template needs a launch_template_id"),
]


@pytest.mark.parametrize(("template", "message"), BAD_INPUT)
def test_bad_input(cloud: Emulator, run: Run, template: dict[str, t.Any], message: str) -> None:
    result = run(module, **{**ASKED, "launch_template": template})
    assert message in result["msg"]
    assert cloud.journal.writes() == []
