# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch templates: listing them and their versions, and launching from them."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator

from .client import Answer, Api
from .conftest import Refuses, filters

WEB: Answer = {
    "account": "acme",
    "region": "ap-guangzhou",
    "id": "lt-web00001",
    "name": "web",
    "age_days": 2,
    "tags": {"team": "web"},
    "default_version": 2,
    "versions": [
        {"image_id": "img-golden01", "zone": "ap-guangzhou-6"},
        {
            "image_id": "img-golden01",
            "zone": "ap-guangzhou-7",
            "instance_type": "S5.MEDIUM4",
            "description": "the larger one",
            "data": {
                "InstanceName": "from template",
                "DataDisks": [{"DiskSize": 20}],
                "LoginSettings": {"KeyIds": ["skey-acme0001"]},
                "SystemDisk": {"DiskSize": 80},
            },
        },
        {"number": 5, "image_id": "img-public01", "zone": "ap-guangzhou-6"},
    ],
}
BATCH: Answer = {
    "account": "acme",
    "region": "ap-guangzhou",
    "id": "lt-batch001",
    "name": "batch",
    "age_days": 1,
    "versions": [{"image_id": "img-golden01", "zone": "ap-guangzhou-6"}],
}


@pytest.fixture(autouse=True)
def templates(cloud: Emulator) -> None:
    cloud.plant(launch_templates=[WEB, BATCH])


def ids(answer: Answer) -> list[str]:
    return [template["LaunchTemplateId"] for template in answer["LaunchTemplateSet"]]


def versions(api: Api, **params: t.Any) -> list[int]:
    answer = api("DescribeLaunchTemplateVersions", LaunchTemplateId="lt-web00001", **params)
    return [version["LaunchTemplateVersion"] for version in answer["LaunchTemplateVersionSet"]]


def launched(api: Api, cloud: Emulator, **params: t.Any) -> t.Any:
    (instance_id,) = api("RunInstances", **params)["InstanceIdSet"]
    return cloud.world.instances[instance_id]


def test_the_list(api: Api, partner: Api) -> None:
    answer = api("DescribeLaunchTemplates")
    assert (ids(answer), answer["TotalCount"]) == (["lt-batch001", "lt-web00001"], 2)
    web = answer["LaunchTemplateSet"][1]
    assert web["LaunchTemplateName"] == "web"
    assert (web["DefaultVersionNumber"], web["LatestVersionNumber"], web["LaunchTemplateVersionCount"]) == (2, 5, 3)
    assert ids(partner("DescribeLaunchTemplates")) == []
    assert ids(api("DescribeLaunchTemplates", "ap-tokyo")) == []


def test_pages_of_the_list(api: Api) -> None:
    answer = api("DescribeLaunchTemplates", Offset=1, Limit=1)
    assert (ids(answer), answer["TotalCount"]) == (["lt-web00001"], 2)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"LaunchTemplateName": "web"}, ["lt-web00001"]),
        ({"LaunchTemplateName": "we"}, []),
        ({"tag_key": "team"}, ["lt-web00001"]),
        ({"tag:team": "web"}, ["lt-web00001"]),
        ({"tag:team": "ops"}, []),
    ],
)
def test_filters_of_the_list(api: Api, wanted: dict[str, str], found: list[str]) -> None:
    assert ids(api("DescribeLaunchTemplates", Filters=filters(**wanted))) == found


def test_templates_by_id(api: Api) -> None:
    assert ids(api("DescribeLaunchTemplates", LaunchTemplateIds=["lt-web00001"])) == ["lt-web00001"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"LaunchTemplateIds": ["web"]}, "InvalidParameterValue.LaunchTemplateIdMalformed"),
        ({"LaunchTemplateIds": ["lt-00000000"]}, "InvalidParameterValue.LaunchTemplateIdNotExisted"),
        ({"LaunchTemplateIds": ["lt-web00001"], "Filters": filters(tag_key="x")}, "InvalidParameter"),
        ({"Filters": filters(colour="x")}, "InvalidFilter"),
        ({"Limit": 101}, "InvalidParameterValue"),
    ],
)
def test_what_the_list_refuses(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeLaunchTemplates", **params) == code


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, [1, 2, 5]),
        ({"LaunchTemplateVersions": [5, 1]}, [1, 5]),
        ({"DefaultVersion": True}, [2]),
        ({"DefaultVersion": False}, [1, 2, 5]),
        ({"MinVersion": 2, "MaxVersion": 4}, [2]),
        ({"Offset": 1, "Limit": 1}, [2]),
    ],
)
def test_the_versions_of_a_template(api: Api, params: Answer, found: list[int]) -> None:
    assert versions(api, **params) == found


def test_what_a_version_says(api: Api) -> None:
    answer = api("DescribeLaunchTemplateVersions", LaunchTemplateId="lt-web00001", DefaultVersion=True)
    (version,) = answer["LaunchTemplateVersionSet"]
    assert version["IsDefaultVersion"] is True
    assert version["LaunchTemplateVersionDescription"] == "the larger one"
    data = version["LaunchTemplateVersionData"]
    assert (data["ImageId"], data["InstanceType"]) == ("img-golden01", "S5.MEDIUM4")
    assert data["Placement"] == {"Zone": "ap-guangzhou-7", "ProjectId": 0}
    assert data["LoginSettings"] == {"KeyIds": ["skey-acme0001"]}
    assert data["SystemDisk"]["DiskSize"] == 80


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"LaunchTemplateId": "lt-00000000"}, "InvalidParameterValue.LaunchTemplateIdNotExisted"),
        ({"LaunchTemplateId": "web"}, "InvalidParameterValue.LaunchTemplateIdMalformed"),
        ({"LaunchTemplateVersions": [1, 9]}, "InvalidParameterValue.LaunchTemplateIdVerNotExisted"),
        ({"LaunchTemplateVersions": [1], "Limit": 10}, "InvalidParameterCombination"),
        ({"LaunchTemplateVersions": [1], "DefaultVersion": True}, "InvalidParameterCombination"),
        ({"Limit": 101}, "InvalidParameterValue"),
    ],
)
def test_what_the_versions_refuse(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeLaunchTemplateVersions", **{"LaunchTemplateId": "lt-web00001", **params}) == code


def test_a_launch_from_the_default_version(api: Api, cloud: Emulator) -> None:
    instance = launched(api, cloud, LaunchTemplate={"LaunchTemplateId": "lt-web00001"})
    assert (instance.image_id, instance.zone, instance.name) == ("img-golden01", "ap-guangzhou-7", "from template")
    assert (instance.instance_type, instance.system_disk["DiskSize"]) == ("S5.MEDIUM4", 80)
    assert [disk["DiskSize"] for disk in instance.data_disks] == [20]


def test_a_launch_from_another_version(api: Api, cloud: Emulator) -> None:
    instance = launched(api, cloud, LaunchTemplate={"LaunchTemplateId": "lt-web00001", "LaunchTemplateVersion": 5})
    assert (instance.image_id, instance.zone) == ("img-public01", "ap-guangzhou-6")


def test_a_parameter_takes_the_place_of_the_templates(api: Api, cloud: Emulator) -> None:
    asked = {"ImageId": "img-public01", "Placement": {"Zone": "ap-guangzhou-3"}, "InstanceName": "mine"}
    instance = launched(api, cloud, LaunchTemplate={"LaunchTemplateId": "lt-web00001"}, **asked)
    assert (instance.image_id, instance.zone, instance.name) == ("img-public01", "ap-guangzhou-3", "mine")
    assert instance.instance_type == "S5.MEDIUM4"


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ({"LaunchTemplateVersion": 1}, "InvalidParameterValue.LaunchTemplateIdMalformed"),
        ({"LaunchTemplateId": "lt-00000000"}, "InvalidParameterValue.LaunchTemplateIdNotExisted"),
        (
            {"LaunchTemplateId": "lt-web00001", "LaunchTemplateVersion": 3},
            "InvalidParameterValue.LaunchTemplateVersion",
        ),
    ],
)
def test_a_template_that_is_not_there(cloud: Emulator, refuses: Refuses, template: Answer, code: str) -> None:
    launch = {"ImageId": "img-golden01", "Placement": {"Zone": "ap-guangzhou-6"}}
    assert refuses("RunInstances", LaunchTemplate=template, **launch) == code
    assert cloud.world.instances == {}


def test_a_template_of_another_account_or_region(partner: Api, refuses: Refuses) -> None:
    template = {"LaunchTemplateId": "lt-web00001"}
    code = "InvalidParameterValue.LaunchTemplateIdNotExisted"
    assert refuses("RunInstances", caller=partner, LaunchTemplate=template) == code
    assert refuses("RunInstances", "ap-tokyo", LaunchTemplate=template) == code


def test_a_dry_run_looks_into_the_template(api: Api, refuses: Refuses, cloud: Emulator) -> None:
    template = {"LaunchTemplateId": "lt-web00001"}
    assert api("RunInstances", LaunchTemplate=template, DryRun=True)["InstanceIdSet"] == []
    cloud.world.launch_templates["lt-web00001"].versions[2].data["ImageId"] = "img-00000000"
    assert refuses("RunInstances", LaunchTemplate=template, DryRun=True) == "InvalidImageId.NotFound"
