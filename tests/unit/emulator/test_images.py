# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images apart from their copies: looking, changing, making, deleting, sharing."""

from __future__ import annotations

import copy
import typing as t

import pytest

from tests.emulator import Emulator, ManualClock
from tests.emulator.timeline import Timeline
from tests.emulator.world import Image

from .client import Answer, Api
from .conftest import ACME, PARTNER, Refuses, filters, image_ids

STATES = ("CREATING", "SYNCING", "IMPORTING", "NORMAL", "CREATEFAILED", "IMPORTFAILED")
COPY: Answer = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}


def plant(cloud: Emulator, **image: t.Any) -> str:
    """An own image in ap-guangzhou, but for what is given; returns its id."""
    given = {"account": "acme", "region": "ap-guangzhou", "id": "img-planted1", "name": "planted", **image}
    cloud.plant(images=[given])
    return str(given["id"])


def seen(api: Api, image_id: str, region: str = "ap-guangzhou") -> Answer:
    (image,) = api("DescribeImages", region, ImageIds=[image_id])["ImageSet"]
    return t.cast("Answer", image)


# Looking ------------------------------------------------------------------------------------------------------------


def test_an_image_as_its_owner_sees_it(cloud: Emulator, api: Api) -> None:
    (snapshot,) = cloud.world.images["img-golden01"].snapshots
    assert seen(api, "img-golden01") == {
        "ImageId": "img-golden01",
        "OsName": "Ubuntu Server 24.04 LTS 64bit",
        "ImageType": "PRIVATE_IMAGE",
        "CreatedTime": "2027-01-12T08:00:00Z",
        "ImageName": "golden",
        "ImageDescription": "",
        "ImageSize": 50,
        "Architecture": "x86_64",
        "ImageState": "NORMAL",
        "Platform": "Ubuntu",
        "ImageCreator": ACME,
        "ImageSource": "CREATE_IMAGE",
        "SyncPercent": None,
        "IsSupportCloudinit": True,
        "SnapshotSet": [{"SnapshotId": snapshot.snapshot_id, "DiskUsage": "SYSTEM_DISK", "DiskSize": 50}],
        "Tags": [{"Key": "team", "Value": "web"}, {"Key": "tier", "Value": "1"}],
        "LicenseType": "TencentCloud",
        "ImageFamily": "",
        "ImageDeprecated": False,
    }


def test_an_image_as_others_see_it(api: Api, partner: Api) -> None:
    shared, public = seen(api, "img-shared01"), seen(api, "img-public01")
    assert (shared["ImageType"], shared["ImageCreator"], shared["ImageSource"]) == (
        "SHARED_IMAGE",
        PARTNER,
        "CREATE_IMAGE",
    )
    assert (shared["Tags"], shared["SnapshotSet"]) == ([], [])
    assert (public["ImageType"], public["ImageSource"]) == ("PUBLIC_IMAGE", "OFFICIAL")
    own = seen(partner, "img-shared01")
    assert (own["ImageType"], own["Tags"]) == ("PRIVATE_IMAGE", [{"Key": "secret", "Value": "yes"}])


def test_three_views(api: Api, partner: Api) -> None:
    def listed(caller: Api, **which: t.Any) -> list[str]:
        return image_ids(caller("DescribeImages", Filters=filters(**which)))

    assert image_ids(api("DescribeImages")) == ["img-golden01", "img-shared01", "img-public01"]
    assert listed(api, image_type="PRIVATE_IMAGE") == ["img-golden01"]
    assert listed(api, image_type="SHARED_IMAGE") == ["img-shared01"]
    assert listed(api, image_type="PUBLIC_IMAGE") == ["img-public01"]
    assert listed(api, image_type=["PUBLIC_IMAGE", "SHARED_IMAGE"]) == ["img-shared01", "img-public01"]
    assert listed(partner, image_type="PRIVATE_IMAGE") == ["img-shared01", "img-hidden01"]
    assert listed(partner, image_type="SHARED_IMAGE") == []


def test_images_are_of_one_region(cloud: Emulator, api: Api) -> None:
    plant(cloud, region="ap-shanghai", id="img-shangha1")
    assert image_ids(api("DescribeImages", "ap-shanghai")) == ["img-shangha1"]
    assert image_ids(api("DescribeImages", ImageIds=["img-shangha1", "img-golden01"])) == ["img-golden01"]


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({"image_name": "golden"}, ["img-exact001", "img-longer01"]),
        ({"image_name": "olde"}, ["img-exact001", "img-longer01"]),
        ({"image_name": "golden-2"}, ["img-longer01"]),
        ({"image_name": "Golden"}, []),
        ({"image_name": ["golden-2", "golde"]}, ["img-exact001", "img-longer01"]),
        ({"image_id": "img-exact001"}, ["img-exact001"]),
        ({"image_id": ["img-exact001", "img-longer01", "img-nowhere1"]}, ["img-exact001", "img-longer01"]),
        ({"platform": "Ubu"}, ["img-longer01"]),
        ({"image_name": "golden", "platform": "Ubuntu"}, ["img-longer01"]),
        ({"tag_key": "team"}, ["img-exact001"]),
        ({"tag_value": "web"}, ["img-exact001"]),
        ({"tag:team": ["web", "db"]}, ["img-exact001"]),
        ({"tag:team": "db"}, []),
        ({"tag:stage": "web"}, []),
        ({"tag_key": "stage"}, []),
        ({"dedicated_cluster_id": "cluster-1"}, []),
        ({"cdc_cache_status": "x"}, []),
    ],
)
def test_filters(cloud: Emulator, api: Api, which: dict[str, t.Any], found: list[str]) -> None:
    place = {"region": "ap-shanghai"}
    plant(cloud, **place, id="img-longer01", name="golden-2", platform="Ubuntu", age_days=2)
    plant(cloud, **place, id="img-exact001", name="golden", platform="Debian", age_days=1, tags={"team": "web"})
    assert image_ids(api("DescribeImages", "ap-shanghai", Filters=filters(**which))) == found


@pytest.mark.parametrize("which", [{"tag_key": "secret"}, {"tag_value": "yes"}, {"tag:secret": "yes"}])
def test_no_tag_filter_finds_another_account_s_image(api: Api, partner: Api, which: dict[str, str]) -> None:
    assert image_ids(api("DescribeImages", Filters=filters(**which))) == []
    assert image_ids(partner("DescribeImages", Filters=filters(**which))) == ["img-shared01"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (
            {"ImageIds": ["img-golden01"], "Filters": filters(image_type="PRIVATE_IMAGE")},
            "InvalidParameter.InvalidParameterCoexistImageIdsFilters",
        ),
        ({"Filters": filters(image_state="NORMAL")}, "InvalidFilter"),
        ({"Filters": filters(image_name=list("abcdef"))}, "InvalidFilterValue.LimitExceeded"),
        ({"Filters": filters(**{f"tag:{n}": "x" for n in range(11)})}, "InvalidFilterValue.LimitExceeded"),
        ({"Limit": 101}, "InvalidParameterValue.InvalidParameterValueLimit"),
        ({"ImageIds": [f"img-{n:08d}" for n in range(101)]}, "InvalidParameterValue.LimitExceeded"),
        ({"ImageIds": ["img-golden01", "golden"]}, "InvalidImageId.Malformed"),
    ],
)
def test_what_describe_images_refuses(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeImages", **params) == code


@pytest.mark.parametrize(
    "image_id", ["img-1234567", "img-123456789", "img-GOLDEN01", "ins-golden01", "img-golden0\u00e9", ""]
)
def test_malformed_ids(refuses: Refuses, image_id: str) -> None:
    assert refuses("DescribeImages", ImageIds=[image_id]) == "InvalidImageId.Malformed"


def test_five_values_and_ten_filters_are_allowed(api: Api) -> None:
    wanted = filters(**{f"tag:{n}": list("abcde") for n in range(10)})
    assert api("DescribeImages", Filters=wanted)["TotalCount"] == 0


def test_an_unknown_id_is_an_empty_answer(api: Api) -> None:
    for image_id in ("img-nowhere1", "img-hidden01"):
        answer = api("DescribeImages", ImageIds=[image_id])
        assert (answer["TotalCount"], answer["ImageSet"]) == (0, [])


def test_pages(cloud: Emulator, api: Api) -> None:
    for number in range(25):
        plant(cloud, region="ap-shanghai", id=f"img-{number:08d}", name=f"n{number}", age_days=number + 1)
    every = [f"img-{number:08d}" for number in range(25)]

    def page(**params: int) -> list[str]:
        answer = api("DescribeImages", "ap-shanghai", **params)
        assert answer["TotalCount"] == 25
        return image_ids(answer)

    assert page() == every[:20]
    assert page(Offset=20) == every[20:]
    assert page(Offset=5, Limit=5) == every[5:10]
    assert page(Limit=100) == every
    assert page(Offset=25) == page(Offset=1000) == []
    assert page(Limit=0) == []


# A pure function of the record and the time -------------------------------------------------------------------------


def snapshot(cloud: Emulator) -> Answer:
    """Everything the world holds, as plain data."""
    world = cloud.world
    held = {name: value for name, value in vars(world).items() if name not in ("clock", "lock", "faults", "behaviour")}
    random_state = held.pop("_random").getstate()
    held.pop("_request_ids")
    held["_tags"] = {key: list(sheet._versions) for key, sheet in held["_tags"].items()}  # noqa: SLF001
    return copy.deepcopy({**held, "random": random_state})


READS: list[tuple[str, str, Answer]] = [
    ("cvm", "DescribeImages", {}),
    ("cvm", "DescribeImages", {"Filters": filters(tag_key="team")}),
    ("cvm", "DescribeImages", {"ImageIds": ["img-nowhere1"]}),
    ("cvm", "DescribeInstances", {}),
    ("cvm", "DescribeImageQuota", {}),
    ("cvm", "DescribeImageSharePermission", {"ImageId": "img-golden01"}),
    ("cvm", "DescribeKeyPairs", {}),
    ("cvm", "DescribeZones", {}),
    ("cvm", "DescribeRegions", {}),
    ("cvm", "DescribeZoneInstanceConfigInfos", {}),
    ("vpc", "DescribeVpcs", {}),
    ("vpc", "DescribeSubnets", {}),
    ("vpc", "DescribeSecurityGroups", {}),
    ("sts", "GetCallerIdentity", {}),
    ("region", "DescribeZones", {"Product": "cvm"}),
    (
        "tag",
        "DescribeResourceTagsByResourceIds",
        {
            "ServiceType": "cvm",
            "ResourcePrefix": "image",
            "ResourceRegion": "ap-guangzhou",
            "ResourceIds": ["img-golden01", "img-nowhere1"],
        },
    ),
]


def test_reading_changes_nothing(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    """Neither the world, nor what the next reader sees; not even in the middle of things, nor after they ended."""
    api("SyncImages", **COPY)
    api("RunInstances", ImageId="img-golden01", Placement={"Zone": "ap-guangzhou-6"})
    for step in (0, 10, 30, 600, 3600):
        clock.advance(step)
        before = snapshot(cloud)
        answers = []
        for _again in range(2):
            told = [api(action, service=service, **params) for service, action, params in READS]
            answers.append([{**answer, "RequestId": ""} for answer in told])
        assert answers[0] == answers[1]
        assert snapshot(cloud) == before


def test_states_do_not_depend_on_who_looked_before(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    copied = api("SyncImages", **COPY)["ImageSet"][0]["ImageId"]
    image = cloud.world.images[copied]
    now = clock.now()
    backwards = [image.timeline.at(now + minutes * 60) for minutes in (60, 30, 9, 0)]
    assert backwards == ["NORMAL", "NORMAL", "SYNCING", "SYNCING"]
    assert [image.percent(now + minutes * 60) for minutes in (60, 0, 60)] == [None, 0, None]


# Attributes ---------------------------------------------------------------------------------------------------------


def test_attributes_are_changed(api: Api) -> None:
    changes = {"ImageName": "new", "ImageDescription": "text", "ImageFamily": "web", "ImageDeprecated": True}
    api("ModifyImageAttribute", ImageId="img-golden01", **changes)
    image = seen(api, "img-golden01")
    assert {name: image[name] for name in changes} == changes
    api("ModifyImageAttribute", ImageId="img-golden01", ImageDescription="")
    image = seen(api, "img-golden01")
    assert (image["ImageName"], image["ImageDescription"], image["ImageFamily"]) == ("new", "", "web")


def test_an_image_may_be_given_the_name_it_has(api: Api) -> None:
    api("ModifyImageAttribute", ImageId="img-golden01", ImageName="golden")


def test_a_name_is_given_once(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    """Among own images of the region; others, and other regions, do not count."""
    plant(cloud, name="taken")
    plant(cloud, id="img-other001", region="ap-shanghai", name="elsewhere")
    assert refuses("ModifyImageAttribute", ImageId="img-golden01", ImageName="taken") == "InvalidImageName.Duplicate"
    for name in ("elsewhere", "base", "hidden", "TencentOS Server 4"):
        api("ModifyImageAttribute", ImageId="img-golden01", ImageName=name)
    cloud.world.behaviour.duplicate_names_refused = False
    api("ModifyImageAttribute", ImageId="img-golden01", ImageName="taken")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"ImageId": "golden"}, "InvalidImageId.Malformed"),
        ({"ImageId": "img-nowhere1"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-hidden01"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-public01"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-shared01"}, "UnsupportedOperation.SharedImageModifyUnsupported"),
        ({"ImageId": "img-golden01", "ImageName": "x" * 61}, "InvalidParameterValue.TooLarge"),
        ({"ImageId": "img-golden01", "ImageDescription": "x" * 257}, "InvalidParameterValue.TooLarge"),
    ],
)
def test_what_modify_image_attribute_refuses(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("ModifyImageAttribute", **params) == code


def test_a_shared_image_of_another_region_is_not_found(refuses: Refuses) -> None:
    """Sharing is of one region: elsewhere there is nothing to say about the image."""
    place = "ap-shanghai"
    assert refuses("ModifyImageAttribute", place, ImageId="img-shared01") == "InvalidImageId.NotFound"
    assert refuses("DeleteImages", place, ImageIds=["img-shared01"]) == "InvalidImageId.NotFound"
    shares = {"ImageId": "img-shared01", "AccountIds": [PARTNER], "Permission": "SHARE"}
    assert refuses("ModifyImageSharePermission", place, **shares) == "InvalidImageId.NotFound"
    assert refuses("DescribeImageSharePermission", place, ImageId="img-shared01") == "InvalidImageId.NotFound"


@pytest.mark.parametrize("state", STATES)
def test_only_a_normal_image_is_changed(cloud: Emulator, api: Api, refuses: Refuses, state: str) -> None:
    image_id = plant(cloud, state=state)
    if state == "NORMAL":
        api("ModifyImageAttribute", ImageId=image_id, ImageName="new")
    else:
        assert refuses("ModifyImageAttribute", ImageId=image_id, ImageName="new") == "InvalidImageId.IncorrectState"


# Deleting -----------------------------------------------------------------------------------------------------------


def test_a_deleted_image_is_seen_for_a_while(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.image_deleted_after = 30
    answer = api("DeleteImages", ImageIds=["img-golden01"])
    assert set(answer) == {"RequestId"}
    clock.advance(29)
    assert seen(api, "img-golden01")["ImageState"] == "NORMAL"
    clock.advance(1)
    assert api("DescribeImages", ImageIds=["img-golden01"])["TotalCount"] == 0


def test_deleting_twice(api: Api, clock: ManualClock, refuses: Refuses) -> None:
    """The second is refused while the first runs, and does not put it off."""
    api("DeleteImages", ImageIds=["img-golden01"])
    clock.advance(6)
    assert refuses("DeleteImages", ImageIds=["img-golden01"]) == "MutexOperation.TaskRunning"
    clock.advance(4)
    assert refuses("DeleteImages", ImageIds=["img-golden01"]) == "InvalidImageId.NotFound"


def test_a_dry_run_deletes_nothing(cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses) -> None:
    assert set(api("DeleteImages", ImageIds=["img-golden01"], DryRun=True)) == {"RequestId"}
    clock.advance(60)
    assert seen(api, "img-golden01")["ImageState"] == "NORMAL"
    assert (
        refuses("DeleteImages", ImageIds=["img-shared01"], DryRun=True)
        == "InvalidParameterValue.InvalidImageIdIsShared"
    )
    cloud.world.behaviour.dry_run_code = "DryRunOperation"
    assert refuses("DeleteImages", ImageIds=["img-golden01"], DryRun=True) == "DryRunOperation"


@pytest.mark.parametrize("state", STATES)
def test_which_states_can_be_deleted(cloud: Emulator, api: Api, refuses: Refuses, state: str) -> None:
    image_id = plant(cloud, state=state)
    if state in ("NORMAL", "CREATEFAILED", "IMPORTFAILED"):
        api("DeleteImages", ImageIds=[image_id])
    else:
        assert refuses("DeleteImages", ImageIds=[image_id]) == "InvalidImageId.IncorrectState"


@pytest.mark.parametrize(
    ("image_ids", "code"),
    [
        (["golden"], "InvalidImageId.Malformed"),
        (["img-nowhere1"], "InvalidImageId.NotFound"),
        (["img-hidden01"], "InvalidImageId.NotFound"),
        (["img-shared01"], "InvalidParameterValue.InvalidImageIdIsShared"),
        (["img-public01"], "InvalidParameterValue.InvalidImageId"),
        (["img-golden01", "img-nowhere1"], "InvalidImageId.NotFound"),
    ],
)
def test_what_delete_images_refuses(
    api: Api, clock: ManualClock, refuses: Refuses, image_ids: list[str], code: str
) -> None:
    assert refuses("DeleteImages", ImageIds=image_ids) == code
    clock.advance(60)
    assert seen(api, "img-golden01")


def test_the_source_of_a_copy_under_way_stays(api: Api, clock: ManualClock, refuses: Refuses) -> None:
    api("SyncImages", **COPY)
    assert refuses("DeleteImages", ImageIds=["img-golden01"]) == "InvalidImageId.IncorrectState"
    clock.advance(1800)
    api("DeleteImages", ImageIds=["img-golden01"])


def test_a_shared_image_stays_until_nobody_has_it(api: Api, refuses: Refuses) -> None:
    shares = {"ImageId": "img-golden01", "AccountIds": [PARTNER]}
    api("ModifyImageSharePermission", **shares, Permission="SHARE")
    assert refuses("DeleteImages", ImageIds=["img-golden01"]) == "InvalidImageId.InShared"
    api("ModifyImageSharePermission", **shares, Permission="CANCEL")
    api("DeleteImages", ImageIds=["img-golden01"])


@pytest.mark.parametrize("along", [False, True])
def test_snapshots_stay_unless_they_go_along(api: Api, clock: ManualClock, refuses: Refuses, along: bool) -> None:
    snapshots = [item["SnapshotId"] for item in seen(api, "img-golden01")["SnapshotSet"]]
    api("DeleteImages", ImageIds=["img-golden01"], DeleteBindedSnap=along)
    clock.advance(60)
    again: Answer = {"ImageName": "again", "SnapshotIds": snapshots}
    if along:
        assert refuses("CreateImage", **again) == "InvalidParameter.SnapshotNotFound"
    else:
        assert api("CreateImage", **again)["ImageId"].startswith("img-")


# Making -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def builder(cloud: Emulator) -> str:
    """A running instance with two data disks."""
    given = {"account": "acme", "zone": "ap-guangzhou-6", "id": "ins-builder1", "name": "b", "image_id": "img-golden01"}
    cloud.plant(instances=[{**given, "disk_size": 60, "data_disks": [100, 200]}])
    return str(given["id"])


def test_an_image_of_an_instance(cloud: Emulator, api: Api, clock: ManualClock, builder: str) -> None:
    disk = cloud.world.instances[builder].data_disks[1]["DiskId"]
    tags = [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}]
    tags.append({"ResourceType": "instance", "Tags": [{"Key": "no", "Value": "no"}]})
    made = api(
        "CreateImage",
        ImageName="new",
        InstanceId=builder,
        DataDiskIds=[disk],
        ImageDescription="d",
        ImageFamily="f",
        TagSpecification=tags,
        ForcePoweroff="true",
    )["ImageId"]
    assert api("DescribeImages", ImageIds=[made])["TotalCount"] == 0, "new images are not visible at once"
    clock.advance(5)
    image = seen(api, made)
    assert (image["ImageState"], image["ImageSize"], image["OsName"]) == (
        "CREATING",
        60,
        "Ubuntu Server 24.04 LTS 64bit",
    )
    assert (image["ImageDescription"], image["ImageFamily"]) == ("d", "f")
    assert [(disk["DiskUsage"], disk["DiskSize"]) for disk in image["SnapshotSet"]] == [
        ("SYSTEM_DISK", 60),
        ("DATA_DISK", 200),
    ]
    assert image["Tags"] == [{"Key": "a", "Value": "b"}]
    clock.advance(294)
    assert seen(api, made)["ImageState"] == "CREATING"
    clock.advance(1)
    assert seen(api, made)["ImageState"] == "NORMAL"


def test_an_instance_is_busy_while_its_image_is_made(
    api: Api, clock: ManualClock, refuses: Refuses, builder: str
) -> None:
    api("CreateImage", ImageName="one", InstanceId=builder)
    assert refuses("CreateImage", ImageName="two", InstanceId=builder) == "OperationDenied.InstanceOperationInProgress"
    (instance,) = api("DescribeInstances", InstanceIds=[builder])["InstanceSet"]
    assert (instance["LatestOperation"], instance["LatestOperationState"]) == ("CreateImage", "OPERATING")
    clock.advance(300)
    api("CreateImage", ImageName="two", InstanceId=builder)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "InvalidParameter.SpecifyOneParameter"),
        ({"InstanceId": "ins-builder1", "SnapshotIds": ["snap-1"]}, "InvalidParameterConflict"),
        ({"InstanceId": "ins-nowhere1"}, "InvalidInstanceId.NotFound"),
        (
            {"InstanceId": "ins-builder1", "DataDiskIds": ["disk-1"]},
            "InvalidParameter.DataDiskNotBelongSpecifiedInstance",
        ),
        ({"SnapshotIds": ["snap-1"]}, "InvalidParameter.SnapshotNotFound"),
        ({"InstanceId": "ins-builder1", "ImageName": "golden"}, "InvalidImageName.Duplicate"),
        ({"InstanceId": "ins-builder1", "ImageName": "x" * 61}, "InvalidParameterValue.TooLarge"),
        ({"InstanceId": "ins-builder1", "ImageDescription": "x" * 257}, "InvalidParameterValue.TooLarge"),
        ({"InstanceId": "ins-builder1", "ForcePoweroff": "yes"}, "InvalidParameterValue"),
        ({"InstanceId": "ins-builder1", "Sysprep": "True"}, "InvalidParameterValue"),
    ],
)
def test_what_create_image_refuses(refuses: Refuses, builder: str, params: Answer, code: str) -> None:
    assert refuses("CreateImage", **{"ImageName": "new", **params}) == code


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("RUNNING", None),
        ("STOPPED", None),
        ("PENDING", "InvalidInstance.NotSupported"),
        ("LAUNCH_FAILED", "InvalidInstance.NotSupported"),
        ("SHUTDOWN", "InvalidInstance.NotSupported"),
    ],
)
def test_of_which_instances_images_are_made(
    cloud: Emulator, api: Api, refuses: Refuses, state: str, code: str | None
) -> None:
    given = {"account": "acme", "zone": "ap-guangzhou-6", "id": "ins-planted1", "name": "p", "image_id": "img-golden01"}
    cloud.plant(instances=[{**given, "state": state}])
    asked = {"ImageName": "new", "InstanceId": "ins-planted1"}
    if code is None:
        api("CreateImage", **asked)
    else:
        assert refuses("CreateImage", **asked) == code


def test_which_snapshots_make_an_image(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    plant(cloud, id="img-disks001", data_disks=[10], size=40)
    system, data = (item["SnapshotId"] for item in seen(api, "img-disks001")["SnapshotSet"])
    (other,) = (item["SnapshotId"] for item in seen(api, "img-golden01")["SnapshotSet"])

    def refused(*snapshots: str) -> str:
        return refuses("CreateImage", ImageName="new", SnapshotIds=list(snapshots))

    assert refused(data) == "InvalidParameter.SystemSnapshotNotFound"
    assert refused(system, other) == "InvalidParameter.DuplicateSystemSnapshots"
    foreign = cloud.world.images["img-shared01"].snapshots[0].snapshot_id
    assert refused(foreign) == "InvalidParameter.SnapshotNotFound"
    made = api("CreateImage", ImageName="new", SnapshotIds=[system, data])["ImageId"]
    assert [(disk.usage, disk.size) for disk in cloud.world.images[made].snapshots] == [
        ("SYSTEM_DISK", 40),
        ("DATA_DISK", 10),
    ]


def test_a_dry_run_makes_no_image(cloud: Emulator, api: Api, refuses: Refuses, builder: str) -> None:
    before = len(cloud.world.images)
    assert api("CreateImage", ImageName="new", InstanceId=builder, DryRun=True)["ImageId"] == ""
    assert refuses("CreateImage", ImageName="golden", InstanceId=builder, DryRun=True) == "InvalidImageName.Duplicate"
    assert len(cloud.world.images) == before
    cloud.world.behaviour.dry_run_code = "DryRunOperation"
    assert refuses("CreateImage", ImageName="new", InstanceId=builder, DryRun=True) == "DryRunOperation"


def test_the_quota_is_the_total(cloud: Emulator, api: Api, refuses: Refuses, builder: str) -> None:
    assert api("DescribeImageQuota")["ImageNumQuota"] == 500
    cloud.world.accounts[ACME].image_quotas["ap-guangzhou"] = 1
    assert api("DescribeImageQuota")["ImageNumQuota"] == 1
    assert api("DescribeImageQuota", "ap-shanghai")["ImageNumQuota"] == 500
    assert refuses("CreateImage", ImageName="new", InstanceId=builder) == "ImageQuotaLimitExceeded"
    cloud.world.accounts[ACME].image_quotas["ap-guangzhou"] = 2
    api("CreateImage", ImageName="new", InstanceId=builder)


# Sharing ------------------------------------------------------------------------------------------------------------


def share(api: Api, permission: str = "SHARE", *accounts: str, image_id: str = "img-golden01") -> None:
    api("ModifyImageSharePermission", ImageId=image_id, AccountIds=list(accounts or (PARTNER,)), Permission=permission)


def shares(api: Api) -> list[tuple[str, str]]:
    listed = api("DescribeImageSharePermission", ImageId="img-golden01")["SharePermissionSet"]
    return [(item["AccountId"], item["CreatedTime"]) for item in listed]


def test_sharing_and_its_end(api: Api, partner: Api) -> None:
    shared = filters(image_type="SHARED_IMAGE")
    share(api)
    assert shares(api) == [(PARTNER, "2027-01-15T08:00:00Z")]
    assert image_ids(partner("DescribeImages", Filters=shared)) == ["img-golden01"]
    share(api, "CANCEL")
    assert shares(api) == []
    assert image_ids(partner("DescribeImages", Filters=shared)) == []
    share(api, "CANCEL")


def test_sharing_twice(cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses) -> None:
    share(api)
    clock.advance(100)
    asked = {"ImageId": "img-golden01", "AccountIds": [PARTNER], "Permission": "SHARE"}
    assert refuses("ModifyImageSharePermission", **asked) == "FailedOperation.AccountAlreadyExists"
    cloud.world.behaviour.sharing_twice_refused = False
    share(api)
    assert shares(api) == [(PARTNER, "2027-01-15T08:00:00Z")], "the first moment stays"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"ImageId": "golden"}, "InvalidImageId.Malformed"),
        ({"ImageId": "img-nowhere1"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-hidden01"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-shared01"}, "UnauthorizedOperation.ImageNotBelongToAccount"),
        ({"ImageId": "img-public01"}, "UnauthorizedOperation.ImageNotBelongToAccount"),
        ({"AccountIds": [ACME]}, "InvalidAccountIs.YourSelf"),
        ({"AccountIds": [PARTNER, ACME]}, "InvalidAccountIs.YourSelf"),
        ({"AccountIds": ["100000000009"]}, "InvalidAccountId.NotFound"),
        ({"AccountIds": ["partner"]}, "InvalidAccountId.NotFound"),
        ({"Permission": "LEND"}, "InvalidParameterValue"),
        ({"AccountIds": [str(number) for number in range(501)]}, "OverQuota"),
    ],
)
def test_what_sharing_refuses(api: Api, refuses: Refuses, params: Answer, code: str) -> None:
    asked = {"ImageId": "img-golden01", "AccountIds": [PARTNER], "Permission": "SHARE", **params}
    assert refuses("ModifyImageSharePermission", **asked) == code
    assert shares(api) == []


def test_an_image_is_shared_with_500_accounts_at_most(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.images["img-golden01"].shared_with = {str(number): 0.0 for number in range(500)}
    asked = {"ImageId": "img-golden01", "AccountIds": [PARTNER], "Permission": "SHARE"}
    assert refuses("ModifyImageSharePermission", **asked) == "OverQuota"
    del cloud.world.images["img-golden01"].shared_with["7"]
    api("ModifyImageSharePermission", **asked)


@pytest.mark.parametrize("state", [state for state in STATES if state != "NORMAL"])
def test_only_a_normal_image_is_shared(cloud: Emulator, refuses: Refuses, state: str) -> None:
    asked = {"ImageId": plant(cloud, state=state), "AccountIds": [PARTNER], "Permission": "SHARE"}
    assert refuses("ModifyImageSharePermission", **asked) == "InvalidParameterValue.InvalidImageState"


def test_an_encrypted_image_is_not_shared(cloud: Emulator, refuses: Refuses) -> None:
    asked = {"ImageId": plant(cloud, encrypted_with="default"), "AccountIds": [PARTNER], "Permission": "SHARE"}
    assert refuses("ModifyImageSharePermission", **asked) == "UnsupportedOperation.EncryptedImagesNotSupported"


@pytest.mark.parametrize("image_id", ["img-shared01", "img-public01"])
def test_shares_are_told_to_the_owner_only(refuses: Refuses, image_id: str) -> None:
    asked = refuses("DescribeImageSharePermission", ImageId=image_id)
    assert asked == "UnauthorizedOperation.ImageNotBelongToAccount"


def test_percent_without_an_end() -> None:
    """A seeded copy that never ends shows 0 for ever."""
    image = Image("img-1", "n", "1", "r", 0.0, Timeline.of((0, "SYNCING")))
    assert (image.percent(0), image.percent(1e6)) == (0, 0)
