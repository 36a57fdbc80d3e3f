# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tag service: what it writes, what it refuses, and when Describe* shows it."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, ManualClock
from tests.emulator.world import World

from .client import Answer, Api
from .conftest import ACME, PARTNER, Refuses, filters, image_ids
from .test_images import plant, seen
from .test_instances import add, run
from .test_instances import seen as instance_seen

GOLDEN = f"qcs::cvm:ap-guangzhou:uin/{ACME}:image/img-golden01"
OWN = {"team": "web", "tier": "1"}


def pairs(tags: dict[str, str]) -> list[Answer]:
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


def tag(api: Api, *resources: str, **tags: str) -> list[Answer]:
    """Tag resources; returns FailedResources."""
    answer = api("TagResources", service="tag", ResourceList=list(resources), Tags=pairs(tags))
    return t.cast("list[Answer]", answer["FailedResources"])


def read(
    api: Api, resource_id: str = "img-golden01", prefix: str = "image", region: str = "ap-guangzhou"
) -> dict[str, str]:
    asked = {"ServiceType": "cvm", "ResourcePrefix": prefix, "ResourceRegion": region, "ResourceIds": [resource_id]}
    answer = api("DescribeResourceTagsByResourceIds", service="tag", **asked, Limit=50)
    return {item["TagKey"]: item["TagValue"] for item in answer["Tags"]}


def test_tags_are_added_and_overwritten(api: Api) -> None:
    assert tag(api, GOLDEN, team="db", owner="ops") == []
    assert read(api) == {"team": "db", "tier": "1", "owner": "ops"}


def test_instances_have_tags_too(cloud: Emulator, api: Api) -> None:
    instance_id = add(cloud)
    assert tag(api, f"qcs::cvm:ap-guangzhou:uin/{ACME}:instance/{instance_id}", a="b") == []
    assert read(api, instance_id, "instance") == {"a": "b"}


@pytest.mark.parametrize("account", [f"uin/{ACME}", "uin/", ""])
def test_the_account_segment_may_be_empty(api: Api, account: str) -> None:
    assert tag(api, f"qcs::cvm:ap-guangzhou:{account}:image/img-golden01", a="b") == []
    assert read(api)["a"] == "b"


@pytest.mark.parametrize(
    "name",
    [
        "img-golden01",
        "qcs::cvm:ap-guangzhou:uin/1:image",
        f"qcs::cos:ap-guangzhou:uin/{ACME}:image/img-golden01",
        f"qcs::cvm:ap-guangzhou:uin/{ACME}:disk/disk-golden1",
        f"qcs::cvm:ap-guangzhou:uin/{PARTNER}:image/img-golden01",
        f"{GOLDEN}/more",
    ],
)
def test_a_name_that_is_not_understood_refuses_everything(
    cloud: Emulator, api: Api, refuses: Refuses, name: str
) -> None:
    """Also what stands before it in the list: a call that is refused has written nothing."""
    code = "InvalidParameterValue.ResourceDescriptionError"
    asked = {"ResourceList": [GOLDEN, name], "Tags": pairs({"a": "b"})}
    assert refuses("TagResources", service="tag", **asked) == code
    assert read(api) == OWN
    asked = {"ResourceList": [GOLDEN, name], "TagKeys": ["team"]}
    assert refuses("UnTagResources", service="tag", **asked) == code
    assert refuses("ModifyResourceTags", service="tag", Resource=name, ReplaceTags=pairs({"a": "b"})) == code
    assert read(api) == OWN


@pytest.mark.parametrize(
    "name",
    [
        f"qcs::cvm:ap-guangzhou:uin/{ACME}:image/img-nowhere1",
        f"qcs::cvm:ap-shanghai:uin/{ACME}:image/img-golden01",
        f"qcs::cvm::uin/{ACME}:image/img-golden01",
        f"qcs::cvm:ap-guangzhou:uin/{ACME}:image/img-shared01",
        f"qcs::cvm:ap-guangzhou:uin/{ACME}:instance/img-golden01",
    ],
)
def test_a_resource_that_is_not_there_fails_alone(api: Api, refuses: Refuses, name: str) -> None:
    failed = tag(api, name, GOLDEN, a="b")
    assert [(item["Resource"], item["Code"]) for item in failed] == [(name, "ResourceNotFound")]
    assert read(api)["a"] == "b"
    asked = {"Resource": name, "ReplaceTags": pairs({"a": "b"})}
    assert refuses("ModifyResourceTags", service="tag", **asked) == "ResourceNotFound"


def test_an_image_that_is_being_made_cannot_be_tagged_yet(
    cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses
) -> None:
    name = ""
    for state in ("SYNCING", "CREATING", "IMPORTING"):
        image_id = plant(cloud, id=f"img-{state.lower():0>8.8}", state=state, ready_in_minutes=5)
        name = GOLDEN.replace("img-golden01", image_id)
        (failed,) = tag(api, name, a="b")
        assert (failed["Resource"], failed["Code"]) == (name, "FailedOperation.ResourceTagProcessing")
        asked = {"Resource": name, "ReplaceTags": pairs({"a": "b"})}
        assert refuses("ModifyResourceTags", service="tag", **asked) == "FailedOperation"
        assert read(api, image_id) == {}
    clock.advance(300)
    assert tag(api, name, a="b") == []


def test_tagging_while_syncing_can_be_switched_on(cloud: Emulator, api: Api) -> None:
    cloud.world.behaviour.tagging_while_syncing = True
    name = GOLDEN.replace("img-golden01", plant(cloud, state="SYNCING"))
    assert tag(api, name, a="b") == []
    assert read(api, "img-planted1") == {"a": "b"}


def test_a_busy_source_can_be_tagged(api: Api) -> None:
    api("SyncImages", ImageIds=["img-golden01"], DestinationRegions=["ap-shanghai"])
    assert tag(api, GOLDEN, a="b") == []


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"qcloud:x": "1"}, "InvalidParameter.ReservedTagKey"),
        ({"Tencent": "1"}, "InvalidParameter.ReservedTagKey"),
        ({"project": "1"}, "InvalidParameter.ReservedTagKey"),
        ({"": "1"}, "InvalidParameterValue.TagKeyEmpty"),
        ({"k" * 128: "1"}, "InvalidParameterValue.TagKeyLengthExceeded"),
        ({"a;b": "1"}, "InvalidParameterValue.TagKeyCharacterIllegal"),
        ({"a": "v" * 256}, "InvalidParameterValue.TagValueLengthExceeded"),
        ({"a": "1;2"}, "InvalidParameterValue.TagValueCharacterIllegal"),
    ],
)
def test_keys_and_values(api: Api, refuses: Refuses, tags: dict[str, str], code: str) -> None:
    asked = pairs({"fine": "1", **tags})
    assert refuses("TagResources", service="tag", ResourceList=[GOLDEN], Tags=asked) == code
    assert refuses("ModifyResourceTags", service="tag", Resource=GOLDEN, ReplaceTags=asked) == code
    assert read(api) == OWN


def test_keys_and_values_that_pass(api: Api) -> None:
    tags = {"k" * 127: "v" * 255, "a b.c:d/e=f+g@h(i)[j]-k_l": "", "\u6807\u7b7e": "\u503c"}
    assert tag(api, GOLDEN, **tags) == []
    assert read(api) == {**OWN, **tags}


def test_a_key_is_given_once(refuses: Refuses) -> None:
    asked = [*pairs({"a": "1"}), *pairs({"a": "2"})]
    code = refuses("TagResources", service="tag", ResourceList=[GOLDEN], Tags=asked)
    assert code == "InvalidParameterValue.TagKeyDuplicate"


def test_numbers_a_call(api: Api, refuses: Refuses) -> None:
    ten, eleven = ({f"k{number}": "v" for number in range(count)} for count in (10, 11))
    assert tag(api, *[GOLDEN] * 10, **ten) == []
    asked = {"ResourceList": [GOLDEN], "Tags": pairs(eleven)}
    assert refuses("TagResources", service="tag", **asked) == "LimitExceeded.TagNumPerRequest"
    asked = {"ResourceList": [GOLDEN] * 11, "Tags": pairs(ten)}
    assert refuses("TagResources", service="tag", **asked) == "LimitExceeded.ResourceNumPerRequest"


def test_fifty_tags_a_resource(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    name = GOLDEN.replace("img-golden01", plant(cloud, tags={f"k{number}": "v" for number in range(50)}))
    (failed,) = tag(api, name, one="more")
    assert failed["Code"] == "LimitExceeded.ResourceAttachedTags"
    asked = {"Resource": name, "ReplaceTags": pairs({"one": "more"})}
    assert refuses("ModifyResourceTags", service="tag", **asked) == "LimitExceeded.ResourceAttachedTags"
    assert tag(api, name, k7="changed") == []
    assert len(read(api, "img-planted1")) == 50


def test_tags_are_removed(api: Api) -> None:
    asked = {"ResourceList": [GOLDEN], "TagKeys": ["team", "never-there"]}
    assert api("UnTagResources", service="tag", **asked)["FailedResources"] == []
    assert read(api) == {"tier": "1"}


def test_tags_are_replaced_and_deleted_in_one_call(api: Api) -> None:
    changes = {"ReplaceTags": pairs({"team": "db", "new": "1"}), "DeleteTags": [{"TagKey": "tier"}]}
    assert set(api("ModifyResourceTags", service="tag", Resource=GOLDEN, **changes)) == {"RequestId"}
    assert read(api) == {"team": "db", "new": "1"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "MissingParameter"),
        ({"ReplaceTags": []}, "InvalidParameter"),
        ({"DeleteTags": []}, "InvalidParameter"),
        (
            {"ReplaceTags": pairs({"a": "1"}), "DeleteTags": [{"TagKey": "a"}]},
            "InvalidParameterValue.DeleteTagsParamError",
        ),
        ({"ReplaceTags": pairs({f"k{number}": "v" for number in range(11)})}, "InvalidParameter.Tag"),
    ],
)
def test_what_modify_resource_tags_refuses(refuses: Refuses, changes: Answer, code: str) -> None:
    assert refuses("ModifyResourceTags", service="tag", Resource=GOLDEN, **changes) == code


def test_describe_images_shows_tags_a_moment_later(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.tags_visible_after = 30
    tag(api, GOLDEN, team="db")
    for key, value in (("team", "web"), ("team", "db")):
        assert {"Key": key, "Value": value} in seen(api, "img-golden01")["Tags"]
        assert image_ids(api("DescribeImages", Filters=filters(**{"tag:team": value}))) == ["img-golden01"]
        assert read(api)["team"] == "db", "the service itself knows at once"
        clock.advance(30)


def test_describe_instances_shows_tags_a_moment_later(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    instance_id = add(cloud)
    tag(api, f"qcs::cvm:ap-guangzhou::instance/{instance_id}", a="b")
    assert instance_seen(api, instance_id)["Tags"] == []
    clock.advance(5)
    assert instance_seen(api, instance_id)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_tags_of_a_launch_show_at_once(api: Api, clock: ManualClock) -> None:
    (instance_id,) = run(api, TagSpecification=[{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}])
    clock.advance(2)
    assert instance_seen(api, instance_id)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_tags_are_told_in_pages(api: Api) -> None:
    tag(api, GOLDEN, **{f"k{number}": "v" for number in range(10)})
    tag(api, GOLDEN, **{f"l{number}": "v" for number in range(8)})
    asked = {"ServiceType": "cvm", "ResourcePrefix": "image", "ResourceRegion": "ap-guangzhou"}
    asked["ResourceIds"] = ["img-golden01", "img-shared01", "img-nowhere1"]  # type: ignore[assignment]

    def page(**params: int) -> Answer:
        return api("DescribeResourceTagsByResourceIds", service="tag", **asked, **params)

    first = page()
    assert (first["TotalCount"], first["Offset"], first["Limit"], len(first["Tags"])) == (20, 0, 15, 15)
    rest = page(Offset=15)
    assert (rest["TotalCount"], rest["Offset"], len(rest["Tags"])) == (20, 15, 5)
    keys = [item["TagKey"] for item in first["Tags"] + rest["Tags"]]
    assert keys == sorted(keys)
    assert len(set(keys)) == 20
    assert first["Tags"][0] == {
        "TagKey": "k0",
        "TagValue": "v",
        "ResourceId": "img-golden01",
        "TagKeyMd5": "28d61f7b1f07d88c18f1068410d140b5",
        "TagValueMd5": "9e3669d19b675bd57058fd4664205d2a",
        "ServiceType": "cvm",
    }
    assert page(Limit=50, Offset=50)["Tags"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"ServiceType": "cos"}, "InvalidParameterValue.ServiceTypeInvalid"),
        ({"ResourcePrefix": "disk"}, "InvalidParameterValue.ResourcePrefixInvalid"),
        ({"Offset": 7}, "InvalidParameterValue"),
        ({"ResourceIds": [f"img-{number:08d}" for number in range(51)]}, "InvalidParameterValue.ResourceIdInvalid"),
    ],
)
def test_what_reading_refuses(refuses: Refuses, more: Answer, code: str) -> None:
    asked = {
        "ServiceType": "cvm",
        "ResourcePrefix": "image",
        "ResourceRegion": "ap-guangzhou",
        "ResourceIds": ["img-1"],
    }
    assert refuses("DescribeResourceTagsByResourceIds", service="tag", **{**asked, **more}) == code


def test_tags_do_not_outlive_their_resource(api: Api, clock: ManualClock) -> None:
    api("DeleteImages", ImageIds=["img-golden01"])
    clock.advance(60)
    assert read(api) == {}
    assert tag(api, GOLDEN, a="b")[0]["Code"] == "ResourceNotFound"


def test_reading_tags_leaves_no_trace() -> None:
    world = World(ManualClock(0.0))
    assert world.tags_of("img-1").at(0) == {}
    assert world._tags == {}  # noqa: SLF001
    world.tag("img-1", 5.0, {"a": "1"})
    world.tag("img-1", 9.0, {"b": "2"})
    assert [world.tags_of("img-1").at(moment) for moment in (4, 5, 8.9, 9)] == [{}, {"a": "1"}, {"a": "1"}, {"b": "2"}]
