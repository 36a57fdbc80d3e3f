# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's story, told to the emulator by the official SDK and by the official CLI: neither notices a difference."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import SEEDS, Emulator, ManualClock

from .conftest import Call, Refused, sdk_caller, tccli_caller

PRIVATE = [
    {"Name": "image-type", "Values": ["PRIVATE_IMAGE"]},
    {"Name": "image-name", "Values": ["golden-web-2026-11"]},
]


def tell(cloud: Emulator, clock: ManualClock, call: Call) -> None:
    """Custom image to another region, wait for it there, start an instance from the copy."""

    def image_states(region: str) -> dict[str, str]:
        answer = call("cvm", "DescribeImages", region=region, Filters=PRIVATE, Limit=100)
        return {image["ImageName"]: image["ImageState"] for image in answer["ImageSet"]}

    clock.advance(1800)  # the seed's own copies come to their end
    assert image_states("ap-guangzhou")["golden-web-2026-11"] == "NORMAL"
    request = {"ImageIds": ["img-go1dweb1"], "DestinationRegions": ["ap-chengdu"]}
    call("cvm", "SyncImages", **request, DryRun=True)
    assert cloud.journal.effects() == []

    copies = call("cvm", "SyncImages", **request, ImageSetRequired=True)["ImageSet"]

    assert [copy["Region"] for copy in copies] == ["ap-chengdu"]
    with pytest.raises(Refused) as busy:
        call("cvm", "SyncImages", **{**request, "DestinationRegions": ["ap-chongqing"]})
    assert busy.value.code == "InvalidParameterValue.InvalidImageState"
    clock.advance(60)
    assert image_states("ap-chengdu") == {"golden-web-2026-11": "SYNCING"}
    clock.advance(1800)
    assert image_states("ap-chengdu") == {"golden-web-2026-11": "NORMAL"}
    launched = call(
        "cvm",
        "RunInstances",
        region="ap-chengdu",
        ImageId=copies[0]["ImageId"],
        Placement={"Zone": "ap-chengdu-1"},
        InstanceType="S5.MEDIUM2",
        InstanceName="story",
        ClientToken="story-1",
    )["InstanceIdSet"]
    for seconds, state in ((5, "PENDING"), (60, "RUNNING")):
        clock.advance(seconds)
        (instance,) = call("cvm", "DescribeInstances", region="ap-chengdu", InstanceIds=launched)["InstanceSet"]
        assert instance["InstanceState"] == state
    assert [entry.action for entry in cloud.journal.effects()] == ["SyncImages", "RunInstances"]


def tell_of_a_new_image(cloud: Emulator, clock: ManualClock, call: Call) -> None:
    """An image of an instance, shared with a partner, taken back from it and deleted."""
    made = {"InstanceId": "ins-bui1der1", "ImageName": "story", "ForcePoweroff": "true"}
    call("cvm", "CreateImage", **made, DryRun=True)
    assert cloud.journal.effects() == []

    image_id = call("cvm", "CreateImage", **made)["ImageId"]

    for seconds, state in ((10, "CREATING"), (600, "NORMAL")):
        clock.advance(seconds)
        (image,) = call("cvm", "DescribeImages", ImageIds=[image_id])["ImageSet"]
        assert image["ImageState"] == state
    call("cvm", "ModifyImageAttribute", ImageId=image_id, ImageName="story-1", ImageDeprecated=True)
    share = {"ImageId": image_id, "AccountIds": ["100000000002"]}
    call("cvm", "ModifyImageSharePermission", **share, Permission="SHARE")
    shares = call("cvm", "DescribeImageSharePermission", ImageId=image_id)["SharePermissionSet"]
    assert [item["AccountId"] for item in shares] == ["100000000002"]
    with pytest.raises(Refused) as shared:
        call("cvm", "DeleteImages", ImageIds=[image_id], DeleteBindedSnap=True)
    assert shared.value.code == "InvalidImageId.InShared"
    call("cvm", "ModifyImageSharePermission", **share, Permission="CANCEL")
    call("cvm", "DeleteImages", ImageIds=[image_id], DeleteBindedSnap=True)
    clock.advance(60)
    assert call("cvm", "DescribeImages", ImageIds=[image_id])["ImageSet"] == []


@pytest.mark.parametrize("story", [tell, tell_of_a_new_image])
def test_the_story_of_the_guide_is_the_same_by_sdk_and_by_cli(
    clean_home: None, story: t.Callable[[Emulator, ManualClock, Call], None]
) -> None:
    journals = []
    for caller in (sdk_caller, tccli_caller):
        clock = ManualClock()
        with Emulator(SEEDS / "demo.yml", clock) as cloud:
            story(cloud, clock, caller(cloud))
            entries = cloud.journal.entries
            assert cloud.bugs() == []
        journals.append([(entry.service, entry.action, entry.region, entry.params, entry.outcome) for entry in entries])
    assert journals[0] == journals[1]


def test_shared_images_stay_in_their_region(cloud: Emulator, call: Call) -> None:
    shared = {"ImageIds": ["img-partner1"], "ImageName": "base"}
    with pytest.raises(Refused) as refused:
        call("cvm", "SyncImages", **shared, DestinationRegions=["ap-shanghai"])
    assert refused.value.code == "InvalidParameterValue.InvalidRegion"
    answer = call("cvm", "SyncImages", **shared, DestinationRegions=["ap-guangzhou"], ImageSetRequired=True)
    assert answer["ImageSet"][0]["Region"] == "ap-guangzhou"


def test_the_other_services(call: Call) -> None:
    uin = call("sts", "GetCallerIdentity")["AccountId"]
    resource = f"qcs::cvm:ap-guangzhou:uin/{uin}:image/img-go1dweb1"
    tag = {"TagKey": "owner", "TagValue": "ops"}
    assert call("tag", "TagResources", ResourceList=[resource], Tags=[tag])["FailedResources"] == []
    tags = call(
        "tag",
        "DescribeResourceTagsByResourceIds",
        ServiceType="cvm",
        ResourcePrefix="image",
        ResourceIds=["img-go1dweb1"],
        ResourceRegion="ap-guangzhou",
    )["Tags"]
    assert {item["TagKey"]: item["TagValue"] for item in tags} == {"team": "web", "owner": "ops"}
    assert "ap-tokyo" in [item["Region"] for item in call("region", "DescribeRegions", Product="cvm")["RegionSet"]]
    assert call("vpc", "DescribeVpcs")["VpcSet"][0]["IsDefault"] is True


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("SyncImages", {"ImageIds": ["img-missing1"], "DestinationRegions": ["ap-chengdu"]}, "InvalidImageId.NotFound"),
        ("DeleteImages", {"ImageIds": ["nonsense"]}, "InvalidImageId.Malformed"),
        ("DescribeImages", {"Limit": 101}, "InvalidParameterValue.InvalidParameterValueLimit"),
    ],
)
def test_errors_are_seen_as_errors(call: Call, action: str, params: dict[str, t.Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        call("cvm", action, **params)
    assert refused.value.code == code
