# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SyncImages: every rule, every switch, and the life of a copy."""

from __future__ import annotations

import typing as t

import pytest

from tests.emulator import Emulator, ManualClock

from .client import Answer, Api
from .conftest import ACME, PARTNER, Refuses, filters, image_ids
from .test_images import plant, seen

SOURCE = "img-golden01"
PRIVATE = filters(image_type="PRIVATE_IMAGE")
LONGEST = 30 * 60


def copy(*regions: str, **more: t.Any) -> Answer:
    """The parameters of a copy of the golden image; to ap-shanghai if no region is named."""
    return {"ImageIds": [SOURCE], "DestinationRegions": list(regions or ("ap-shanghai",)), **more}


def made(api: Api, *regions: str, **more: t.Any) -> list[str]:
    answer = api("SyncImages", **copy(*regions, **more), ImageSetRequired=True)
    return [item["ImageId"] for item in answer["ImageSet"]]


# The request --------------------------------------------------------------------------------------------------------

RULES: list[tuple[Answer, str]] = [
    (copy(ImageIds=[SOURCE, "img-shared01"]), "InvalidParameterValue.LimitExceeded"),
    (copy(ImageIds=[]), "MissingParameter"),
    ({"DestinationRegions": ["ap-shanghai"]}, "MissingParameter"),
    (copy(DestinationRegions=[]), "MissingParameter"),
    ({"ImageIds": [SOURCE]}, "MissingParameter"),
    (copy("ap-shanghai", "ap-shanghai"), "InvalidParameterValue.InvalidRegion"),
    (copy(ImageName="x" * 61), "InvalidParameterValue"),
    (copy(TagSpecification=[]), "UnknownParameter"),
    (copy(ImageIds=["golden"]), "InvalidImageId.Malformed"),
    (copy(ImageIds=["img-nowhere1"]), "InvalidImageId.NotFound"),
    (copy(ImageIds=["img-hidden01"]), "InvalidImageId.NotFound"),
    (copy(ImageIds=["img-public01"]), "InvalidParameterValue.InvalidImageId"),
    (copy("ap-nowhere"), "InvalidRegion.NotFound"),
    (copy("ap-shanghai", "ap-taipei"), "InvalidRegion.NotFound"),
    (copy("ap-guangzhou"), "InvalidParameterValue.InvalidRegion"),
    (copy("ap-shanghai", "ap-guangzhou"), "InvalidParameterValue.InvalidRegion"),
    (copy(ImageIds=["img-shared01"]), "InvalidParameterValue.InvalidRegion"),
    (copy("ap-shanghai", "ap-guangzhou", ImageIds=["img-shared01"]), "InvalidParameterValue.InvalidRegion"),
    (copy("ap-shanghai", Encrypt=True), "InvalidParameterValue.InvalidRegion"),
    (copy("ap-guangzhou", "ap-shanghai", Encrypt=True), "InvalidParameterValue.InvalidRegion"),
    (
        copy("ap-guangzhou", ImageIds=["img-shared01"], Encrypt=True),
        "UnsupportedOperation.SyncEncryptImageNotSupport",
    ),
    (copy("ap-guangzhou", Encrypt=True, ImageName="e", KmsKeyId="kms-2"), "InvalidParameter.InvalidKmsKeyId"),
    (copy(KmsKeyId="kms-1"), "InvalidParameter.InvalidKmsKeyId"),
    (copy("ap-guangzhou", Encrypt=True), "InvalidImageName.Duplicate"),
    (copy("ap-hongkong"), "InvalidRegion.Unavailable"),
    (copy("ap-shanghai", "ap-tokyo"), "InvalidRegion.Unavailable"),
    (copy("ap-shanghai-fsi"), "InvalidRegion.Unavailable"),
]


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(("params", "code"), RULES)
def test_what_is_refused(cloud: Emulator, api: Api, refuses: Refuses, params: Answer, code: str, dry_run: bool) -> None:
    before = len(cloud.world.images)
    assert refuses("SyncImages", **params, DryRun=dry_run) == code
    assert len(cloud.world.images) == before
    assert cloud.journal.effects() == []
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"


def test_the_request_goes_to_the_region_of_the_source(refuses: Refuses) -> None:
    assert refuses("SyncImages", "ap-shanghai", **copy("ap-beijing")) == "InvalidImageId.NotFound"


def test_an_account_s_regions_bound_its_copies(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].regions = ("ap-guangzhou", "ap-shanghai")
    assert refuses("SyncImages", **copy("ap-beijing")) == "InvalidRegion.NotFound"
    api("SyncImages", **copy("ap-shanghai"))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("SYNCING", "InvalidParameterValue.InvalidImageState"),
        ("CREATING", "InvalidImageId.IncorrectState"),
        ("IMPORTING", "InvalidImageId.IncorrectState"),
        ("CREATEFAILED", "InvalidImageId.IncorrectState"),
        ("IMPORTFAILED", "InvalidImageId.IncorrectState"),
    ],
)
@pytest.mark.parametrize("owner", ["acme", "partner"])
def test_the_source_must_be_normal(cloud: Emulator, refuses: Refuses, state: str, code: str, owner: str) -> None:
    """Also one that another account shares: the rule does not ask whose it is."""
    shared = owner == "partner"
    image_id = plant(cloud, account=owner, state=state, shared_with=["acme"] if shared else [])
    region = "ap-guangzhou" if shared else "ap-shanghai"
    assert refuses("SyncImages", ImageIds=[image_id], DestinationRegions=[region], ImageName="new") == code


# The answer ---------------------------------------------------------------------------------------------------------


def test_the_ids_are_told_if_asked_for(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    asked = ["ap-beijing", "ap-shanghai", "ap-chengdu"]
    answer = api("SyncImages", **copy(*asked), ImageSetRequired=True)["ImageSet"]
    assert [item["Region"] for item in answer] == asked
    for item in answer:
        image = cloud.world.images[item["ImageId"]]
        assert (image.region, image.account, image.name) == (item["Region"], ACME, "golden")
    clock.advance(LONGEST)
    assert api("SyncImages", **copy("ap-nanjing"))["ImageSet"] == []
    clock.advance(LONGEST)
    assert api("SyncImages", **copy("ap-chongqing"), ImageSetRequired=False)["ImageSet"] == []


@pytest.mark.parametrize(
    ("form", "regions"),
    [
        ("asked", ["ap-beijing", "ap-shanghai", "ap-chengdu"]),
        ("reversed", ["ap-chengdu", "ap-shanghai", "ap-beijing"]),
        ("partial", ["ap-beijing"]),
        ("empty", []),
        ("null", None),
    ],
)
def test_forms_of_the_image_set(cloud: Emulator, api: Api, form: str, regions: list[str] | None) -> None:
    cloud.world.behaviour.image_set = form
    answer = api("SyncImages", **copy("ap-beijing", "ap-shanghai", "ap-chengdu"), ImageSetRequired=True)
    told = answer["ImageSet"]
    assert (told if told is None else [item["Region"] for item in told]) == regions
    for region in ("ap-beijing", "ap-shanghai", "ap-chengdu"):
        assert len(cloud.world.own_images(ACME, region)) == 1


# DryRun -------------------------------------------------------------------------------------------------------------


def test_a_dry_run_has_no_effect(cloud: Emulator, api: Api) -> None:
    assert api("SyncImages", **copy(), DryRun=True, ImageSetRequired=True)["ImageSet"] == []
    assert cloud.world.own_images(ACME, "ap-shanghai") == []
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"
    assert cloud.journal.writes() == []


def test_a_dry_run_that_answers_with_a_code(cloud: Emulator, refuses: Refuses) -> None:
    cloud.world.behaviour.dry_run_code = "DryRunOperation"
    assert refuses("SyncImages", **copy(), DryRun=True) == "DryRunOperation"
    assert refuses("SyncImages", **copy("ap-tokyo"), DryRun=True) == "InvalidRegion.Unavailable"
    assert cloud.world.own_images(ACME, "ap-shanghai") == []


def test_a_dry_run_sees_a_busy_source(api: Api, refuses: Refuses) -> None:
    api("SyncImages", **copy())
    assert refuses("SyncImages", **copy("ap-beijing"), DryRun=True) == "InvalidParameterValue.InvalidImageState"


def test_a_dry_run_that_does_not_look_at_the_destinations(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].image_quotas["ap-beijing"] = 0
    plant(cloud, region="ap-shanghai", name="golden")
    blocked = {
        "ap-tokyo": "InvalidRegion.Unavailable",
        "ap-shanghai": "InvalidImageName.Duplicate",
        "ap-beijing": "ImageQuotaLimitExceeded",
    }
    for region, code in blocked.items():
        assert refuses("SyncImages", **copy(region), DryRun=True) == code
    cloud.world.behaviour.dry_run_checks_destinations = False
    for region, code in blocked.items():
        assert api("SyncImages", **copy(region), DryRun=True)
        assert refuses("SyncImages", **copy(region)) == code


# Destinations -------------------------------------------------------------------------------------------------------


def test_the_border(cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses) -> None:
    """Within the mainland, and within the rest, Hong Kong included; across it only for accounts that may."""
    plant(cloud, region="ap-hongkong", name="abroad")
    abroad = {"ImageIds": ["img-planted1"]}
    assert (
        refuses("SyncImages", "ap-hongkong", **abroad, DestinationRegions=["ap-guangzhou"])
        == "InvalidRegion.Unavailable"
    )
    api("SyncImages", "ap-hongkong", **abroad, DestinationRegions=["eu-frankfurt", "na-ashburn", "ap-tokyo"])
    cloud.world.accounts[ACME].cross_border = True
    api("SyncImages", **copy("ap-shanghai", "ap-tokyo"))
    clock.advance(LONGEST)
    api("SyncImages", "ap-hongkong", **abroad, DestinationRegions=["ap-guangzhou"])


def test_finance_regions_copy_among_each_other(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].cross_border = True
    plant(cloud, region="ap-shanghai-fsi", name="bank")
    source = {"ImageIds": ["img-planted1"]}
    refused = refuses("SyncImages", "ap-shanghai-fsi", **source, DestinationRegions=["ap-shanghai"])
    assert refused == "InvalidRegion.Unavailable"
    api("SyncImages", "ap-shanghai-fsi", **source, DestinationRegions=["ap-shenzhen-fsi"])


@pytest.mark.parametrize("code", ["UnsupportedOperation.Region", "InvalidParameterValue.InvalidRegion"])
def test_the_code_of_the_border(cloud: Emulator, refuses: Refuses, code: str) -> None:
    cloud.world.behaviour.cross_border_code = code
    assert refuses("SyncImages", **copy("ap-tokyo")) == code


@pytest.mark.parametrize("state", ["NORMAL", "SYNCING", "CREATEFAILED"])
def test_a_name_that_is_taken(cloud: Emulator, api: Api, refuses: Refuses, state: str) -> None:
    plant(cloud, region="ap-shanghai", name="golden", state=state)
    assert refuses("SyncImages", **copy()) == "InvalidImageName.Duplicate"
    assert made(api, ImageName="another")


def test_whose_names_do_not_count(cloud: Emulator, api: Api) -> None:
    """Another region's, another account's (shared or not), Tencent's, and those that only begin alike."""
    plant(cloud, region="ap-beijing", id="img-planted2", name="golden")
    plant(cloud, region="ap-shanghai", id="img-planted3", name="golden", account="partner", shared_with=["acme"])
    plant(cloud, region="ap-shanghai", id="img-planted4", name="golden", account="acme", public=True)
    plant(cloud, region="ap-shanghai", id="img-planted5", name="golden-2")
    assert made(api)


def test_an_image_that_is_being_deleted_keeps_its_name_until_it_is_gone(
    cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses
) -> None:
    plant(cloud, region="ap-shanghai", name="golden")
    api("DeleteImages", "ap-shanghai", ImageIds=["img-planted1"])
    assert refuses("SyncImages", **copy()) == "InvalidImageName.Duplicate"
    clock.advance(10)
    assert made(api)


def test_names_that_may_be_taken_twice(cloud: Emulator, api: Api) -> None:
    cloud.world.behaviour.duplicate_names_refused = False
    plant(cloud, region="ap-shanghai", name="golden")
    assert made(api)
    assert len(cloud.world.own_images(ACME, "ap-shanghai")) == 2


def test_a_region_that_is_full(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    """Images that are still being made count; others' do not."""
    cloud.world.accounts[ACME].image_quotas["ap-shanghai"] = 1
    plant(cloud, region="ap-shanghai", id="img-planted2", name="theirs", account="partner")
    plant(cloud, region="ap-shanghai", id="img-planted3", name="ours", state="SYNCING")
    assert refuses("SyncImages", **copy()) == "ImageQuotaLimitExceeded"
    cloud.world.accounts[ACME].image_quotas["ap-shanghai"] = 2
    assert made(api)


BAD = ("ap-tokyo", "ap-shanghai", "ap-beijing")


def test_one_bad_destination_fails_the_call(cloud: Emulator, refuses: Refuses) -> None:
    plant(cloud, region="ap-shanghai", name="golden")
    assert refuses("SyncImages", **copy("ap-chengdu", "ap-shanghai")) == "InvalidImageName.Duplicate"
    assert cloud.world.own_images(ACME, "ap-chengdu") == []


def test_one_bad_destination_may_be_left_out(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.behaviour.bad_destination_fails_all = False
    plant(cloud, region="ap-shanghai", name="golden")
    cloud.world.accounts[ACME].image_quotas["ap-beijing"] = 0
    assert refuses("SyncImages", **copy(*BAD)) == "InvalidImageName.Duplicate"
    assert refuses("SyncImages", **copy("ap-tokyo")) == "InvalidRegion.Unavailable"
    assert refuses("SyncImages", **copy("ap-chengdu", "ap-nowhere")) == "InvalidRegion.NotFound"
    answer = api("SyncImages", **copy(*BAD, "ap-chengdu"), ImageSetRequired=True)["ImageSet"]
    assert [item["Region"] for item in answer] == ["ap-chengdu"]
    for region in ("ap-tokyo", "ap-beijing"):
        assert cloud.world.own_images(ACME, region) == []


# The copy -----------------------------------------------------------------------------------------------------------


def test_the_life_of_a_copy(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    (image_id,) = made(api)
    assert image_ids(api("DescribeImages", "ap-shanghai", Filters=PRIVATE)) == []
    clock.advance(5)
    percents = []
    while (image := seen(api, image_id, "ap-shanghai"))["ImageState"] == "SYNCING":
        percents.append(image["SyncPercent"])
        assert seen(api, SOURCE)["ImageState"] == "SYNCING"
        assert seen(api, SOURCE)["SyncPercent"] is None
        clock.advance(10)
    assert percents == sorted(percents)
    assert percents[0] < 5
    assert 95 < percents[-1] < 100
    assert (image["ImageState"], image["SyncPercent"]) == ("NORMAL", None)
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"


def test_what_a_copy_looks_like(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    source = cloud.world.images[SOURCE]
    source.description, source.family, source.deprecated, source.shared_with = "d", "f", True, {PARTNER: 0.0}
    (image_id,) = made(api, ImageName="renamed")
    clock.advance(LONGEST)
    image = seen(api, image_id, "ap-shanghai")
    assert image["ImageName"] == "renamed"
    assert image["CreatedTime"] == "2027-01-15T08:00:00Z"
    for key in ("OsName", "Platform", "Architecture", "ImageSize", "ImageCreator", "ImageSource", "ImageType"):
        assert image[key] == seen(api, SOURCE)[key]
    assert (image["Tags"], image["ImageDescription"], image["ImageFamily"]) == ([], "", "")
    assert image["ImageDeprecated"] is False
    assert [disk["DiskSize"] for disk in image["SnapshotSet"]] == [50]
    assert image["SnapshotSet"] != seen(api, SOURCE)["SnapshotSet"]
    assert cloud.world.images[image_id].shared_with == {}


def test_a_copy_that_keeps_properties(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.copies_keep_properties = True
    source, shared = cloud.world.images[SOURCE], cloud.world.images["img-shared01"]
    source.description = shared.description = "d"
    source.family = "f"
    (image_id,) = made(api)
    (of_shared,) = made(api, "ap-guangzhou", ImageIds=["img-shared01"])
    clock.advance(LONGEST)
    image = seen(api, image_id, "ap-shanghai")
    assert image["Tags"] == [{"Key": "team", "Value": "web"}, {"Key": "tier", "Value": "1"}]
    assert (image["ImageDescription"], image["ImageFamily"]) == ("d", "f")
    assert seen(api, of_shared)["Tags"] == [], "what the partner's tags say is not ours to see"


def test_a_copy_takes_ten_to_thirty_minutes(cloud: Emulator, api: Api) -> None:
    asked = ["ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu", "ap-chongqing"]
    now = cloud.clock.now()
    lengths = {}
    for image_id in made(api, *asked):
        image = cloud.world.images[image_id]
        lengths[image.region] = t.cast("float", image.timeline.ends(now)) - now
    assert all(600 <= seconds <= 1800 for seconds in lengths.values())
    assert len(set(lengths.values())) > 1, "they need not end together"


def test_the_length_of_a_copy_can_be_set(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.copy_minutes = (1.0, 1.0)
    (image_id,) = made(api)
    clock.advance(59)
    assert seen(api, image_id, "ap-shanghai")["ImageState"] == "SYNCING"
    clock.advance(1)
    assert seen(api, image_id, "ap-shanghai")["ImageState"] == "NORMAL"


def test_when_a_copy_becomes_visible(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.image_visible_after = 60
    (image_id,) = made(api)
    clock.advance(59)
    assert api("DescribeImages", "ap-shanghai", ImageIds=[image_id])["TotalCount"] == 0
    clock.advance(1)
    assert seen(api, image_id, "ap-shanghai")


def test_a_source_is_busy_until_its_last_copy_is_made(
    cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses
) -> None:
    ends = sorted(
        t.cast("float", cloud.world.images[image_id].timeline.ends(clock.now()))
        for image_id in made(api, "ap-shanghai", "ap-beijing")
    )
    assert ends[0] < ends[1]
    clock.advance(ends[1] - clock.now() - 1)
    assert seen(api, SOURCE)["ImageState"] == "SYNCING"
    assert refuses("SyncImages", **copy("ap-chengdu")) == "InvalidParameterValue.InvalidImageState"
    clock.advance(1)
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"
    assert made(api, "ap-chengdu")


def test_a_copy_that_failed_makes_nobody_busy(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.copy_minutes = (10.0, 10.0)
    cloud.add_faults({"do": "copy_fails", "percent": 10})
    made(api)
    clock.advance(60)
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"
    assert made(api, "ap-beijing")


@pytest.mark.parametrize("code", ["InvalidParameterValue.InvalidImageState", "FailedOperation.InvalidImageState"])
def test_the_code_of_a_busy_source(cloud: Emulator, api: Api, refuses: Refuses, code: str) -> None:
    cloud.world.behaviour.busy_code = code
    made(api)
    assert refuses("SyncImages", **copy("ap-beijing")) == code


def test_a_source_that_is_never_busy(cloud: Emulator, api: Api) -> None:
    cloud.world.behaviour.source_busy_while_copying = False
    made(api)
    assert seen(api, SOURCE)["ImageState"] == "NORMAL"
    assert made(api, "ap-beijing")


def test_a_copy_is_no_source_before_it_is_made(api: Api, clock: ManualClock, refuses: Refuses) -> None:
    (image_id,) = made(api)
    onwards = {"ImageIds": [image_id], "DestinationRegions": ["ap-beijing"]}
    assert refuses("SyncImages", "ap-shanghai", **onwards) == "InvalidParameterValue.InvalidImageState"
    clock.advance(LONGEST)
    api("SyncImages", "ap-shanghai", **onwards)
    assert seen(api, SOURCE)["ImageState"] == "NORMAL", "only the source of this copy is busy"
    assert seen(api, image_id, "ap-shanghai")["ImageState"] == "SYNCING"


# Shared and encrypted -----------------------------------------------------------------------------------------------


def test_a_shared_image_becomes_an_own_one(cloud: Emulator, api: Api, partner: Api, clock: ManualClock) -> None:
    (image_id,) = made(api, "ap-guangzhou", ImageIds=["img-shared01"])
    assert seen(partner, "img-shared01")["ImageState"] == "NORMAL", "what others copy makes nobody busy"
    assert seen(api, "img-shared01")["ImageState"] == "NORMAL"
    cloud.world.images["img-shared01"].shared_with.clear()
    clock.advance(LONGEST)
    image = seen(api, image_id)
    assert (image["ImageType"], image["ImageCreator"], image["ImageName"]) == ("PRIVATE_IMAGE", ACME, "base")
    assert partner("DescribeImages", ImageIds=[image_id])["TotalCount"] == 0
    api("SyncImages", ImageIds=[image_id], DestinationRegions=["ap-shanghai"])


def test_a_shared_image_is_busy_while_its_owner_copies_it(api: Api, partner: Api, refuses: Refuses) -> None:
    partner("SyncImages", ImageIds=["img-shared01"], DestinationRegions=["ap-shanghai"])
    assert seen(api, "img-shared01")["ImageState"] == "SYNCING"
    asked = {"ImageIds": ["img-shared01"], "DestinationRegions": ["ap-guangzhou"]}
    assert refuses("SyncImages", **asked) == "InvalidParameterValue.InvalidImageState"


@pytest.mark.parametrize(("key", "shown"), [(None, "default"), ("kms-1", "kms-1")])
def test_an_encrypted_copy(
    cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses, key: str | None, shown: str
) -> None:
    asked = {"KmsKeyId": key} if key else {}
    (image_id,) = made(api, "ap-guangzhou", Encrypt=True, ImageName="safe", **asked)
    assert seen(api, SOURCE)["ImageState"] == "SYNCING"
    clock.advance(LONGEST)
    assert cloud.world.images[image_id].encrypted_with == shown
    onwards = {"ImageIds": [image_id], "DestinationRegions": ["ap-shanghai"]}
    assert refuses("SyncImages", **onwards) == "UnsupportedOperation.EncryptedImagesNotSupported"
    made(api, "ap-guangzhou", ImageIds=[image_id], Encrypt=True, ImageName="safer")


def test_a_plain_copy_is_not_encrypted(cloud: Emulator, api: Api) -> None:
    (image_id,) = made(api, Encrypt=False)
    assert cloud.world.images[image_id].encrypted_with is None
