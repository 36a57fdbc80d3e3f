# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_distribute, whole, against the emulator."""

from __future__ import annotations

import typing as t
from collections import Counter

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_distribute as module

from tests.emulator import Emulator, ManualClock

from ...conftest import SOURCE, Run, like_source, undocumented_or_unseen

SHANGHAI, BEIJING, NANJING = REGIONS = ["ap-shanghai", "ap-beijing", "ap-nanjing"]
TEN = [
    *REGIONS,
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-singapore",
    "ap-tokyo",
    "ap-seoul",
    "na-ashburn",
]
ACME = "100000000001"


def image_named(name: str, **different: t.Any) -> dict[str, t.Any]:
    return {**SOURCE, "id": f"img-{name}", "name": name, **different}


DATABASE, MESSAGES = image_named("database"), image_named("messages")


def wanted(*names: str, regions: list[str] | None = None, **more: t.Any) -> dict[str, t.Any]:
    """Options for these images, each to the same regions."""
    images = [{"image_name": name, "destination_regions": regions or REGIONS, **more} for name in names]
    return {"region": "ap-guangzhou", "images": images}


def statuses(result: dict[str, t.Any]) -> dict[tuple[str, str], str]:
    """(name of the copy, region) -> status."""
    return {(copy["image_name"], copy["region"]): copy["status"] for copy in result["copies"]}


def own(cloud: Emulator, region: str) -> dict[str, str]:
    """name -> state of the own images of a region."""
    images = cloud.world.own_images(ACME, region)
    return {image.name: cloud.world.image_state(image) for image in images}


def sent(cloud: Emulator) -> list[tuple[str, list[str]]]:
    """(source, destinations) of the calls that made copies."""
    return [
        (entry.params["ImageIds"][0], entry.params["DestinationRegions"])
        for entry in cloud.journal.effects("SyncImages")
    ]


@pytest.fixture(autouse=True)
def more_sources(cloud: Emulator) -> None:
    cloud.plant(images=[DATABASE, MESSAGES])


# First and again, in check mode and out of it -------------------------------------------------------------------------


def test_everything_is_started_first_and_waited_for_together(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    began = clock.now()

    result = run(module, **wanted("golden", "database", "messages", tags={"owner": "ops"}))

    assert set(statuses(result).values()) == {"copied"}
    assert (result["changed"], len(result["copies"])) == (True, 9)
    assert sent(cloud) == [("img-source01", REGIONS), ("img-database", REGIONS), ("img-messages", REGIONS)]
    moments = [entry.moment for entry in cloud.journal.effects("SyncImages")]
    assert max(moments) - began < 60, "the last one was started when the first was finished"
    slowest = max(image.whole_copy for image in cloud.world.images.values() if image.whole_copy)
    assert clock.now() - max(moments) < slowest + 60
    for image in result["images"]:
        assert list(image["image_ids"]) == REGIONS
        for image_id in image["image_ids"].values():
            tags = cloud.world.tags_of(image_id).at(clock.now())
            assert tags == {"cvm-image-source": f"ap-guangzhou/{image['source']['image_id']}", "owner": "ops"}


@pytest.mark.parametrize("how", ["id", "name", "both"])
def test_a_rerun_reads_each_region_once_and_writes_nothing(
    cloud: Emulator, run: Run, clock: ManualClock, how: str
) -> None:
    by = {
        "id": [{"image_id": "img-source01"}, {"image_id": "img-database"}, {"image_id": "img-messages"}],
        "name": [{"image_name": "golden"}, {"image_name": "database"}, {"image_name": "messages"}],
        "both": [{"image_id": "img-source01"}, {"image_name": "database"}, {"image_id": "img-messages"}],
    }[how]
    asked = {"region": "ap-guangzhou", "images": [{**source, "destination_regions": REGIONS} for source in by]}
    run(module, **asked)
    clock.advance(60)
    cloud.journal.clear()

    again = run(module, **asked)

    assert (again["changed"], set(statuses(again).values())) == (False, {"present"})
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeImages"] * 4
    assert sorted(entry.region for entry in cloud.journal.entries) == sorted(["ap-guangzhou", *REGIONS])


def test_check_mode_foresees_and_writes_nothing(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags={"cvm-image-source": "ap-guangzhou/img-source01"})])

    result = run(module, **wanted("golden", "database", regions=[SHANGHAI, BEIJING]), check=True)

    assert list(statuses(result).values()) == ["present", "planned", "planned", "planned"]
    assert result["changed"] is True
    assert result["images"][1]["image_ids"] == {SHANGHAI: None, BEIJING: None}
    assert result["diff"]["after"][SHANGHAI]["database"]["image_name"] == "database"
    assert cloud.journal.writes() == []
    assert [entry.dry_run for entry in cloud.journal.calls("SyncImages")] == [True, True]


def test_what_is_added_later_is_all_that_is_copied(cloud: Emulator, run: Run) -> None:
    run(module, **wanted("golden", "database", regions=[SHANGHAI]))
    cloud.journal.clear()

    result = run(module, **wanted("golden", "database", "messages", regions=[SHANGHAI, BEIJING], tags={"owner": "ops"}))

    assert sorted(sent(cloud)) == [
        ("img-database", [BEIJING]),
        ("img-messages", [SHANGHAI, BEIJING]),
        ("img-source01", [BEIJING]),
    ]
    assert [image["changed"] for image in result["images"]] == [True, True, True]
    assert statuses(result)["golden", SHANGHAI] == "present"


def test_without_waiting_all_copies_are_under_way_and_the_next_run_goes_on(cloud: Emulator, run: Run) -> None:
    asked = wanted("golden", "database")

    first = run(module, **asked, wait=False)
    second = run(module, **asked)

    assert set(statuses(first).values()) == {"copied"}
    assert set(own(cloud, SHANGHAI).values()) == {"NORMAL"}
    assert set(statuses(second).values()) == {"resumed"}
    assert len(sent(cloud)) == 2


# What waiting costs ---------------------------------------------------------------------------------------------------


def reads_of_a_run(cloud: Emulator, run: Run, count: int) -> tuple[Counter[str], int]:
    """How often each region was looked at by a run that copies so many images to ten regions."""
    names = [f"number{number:02}" for number in range(count)]
    cloud.plant(images=[image_named(name) for name in names])
    cloud.world.accounts[ACME].cross_border = True
    cloud.world.behaviour.copy_minutes = (20, 20)

    result = run(module, **wanted(*names, regions=TEN), allow_cross_border=True, wait_delay=120)

    assert set(statuses(result).values()) == {"copied"}
    assert len(result["copies"]) == count * 10
    copying = cloud.journal.effects("SyncImages")
    reads = [
        entry.region
        for entry in cloud.journal.calls("DescribeImages")
        if entry.moment > copying[-1].moment and entry.region in TEN
    ]
    return Counter(reads), len(copying)


def test_polls_grow_with_regions_and_not_with_images(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].image_quotas |= dict.fromkeys(TEN, 90)
    few, calls_of_few = reads_of_a_run(cloud, run, 5)
    for image in list(cloud.world.images.values()):
        if image.region in TEN or image.name.startswith("number"):
            del cloud.world.images[image.image_id]
    cloud.journal.clear()

    many, calls_of_many = reads_of_a_run(cloud, run, 20)

    assert (calls_of_few, calls_of_many) == (5, 20)
    assert set(few) == set(many) == set(TEN)
    assert few == many
    assert sum(many.values()) < 200 * 10, "each of 200 copies was looked at by itself"


def test_an_image_that_a_long_listing_misses_is_asked_for_by_name(cloud: Emulator, run: Run) -> None:
    """Beyond a page, the listing is not trusted to say that something is not there."""
    crowd = [image_named(f"crowd{number:03}", region=SHANGHAI) for number in range(120)]
    cloud.plant(images=crowd)

    result = run(module, **wanted("golden", "database", regions=[SHANGHAI]), wait=False)

    assert set(statuses(result).values()) == {"copied"}
    before = cloud.journal.effects("SyncImages")[0].number
    filters = [
        entry.params["Filters"] for entry in cloud.journal.calls("DescribeImages", SHANGHAI) if entry.number < before
    ]
    named = {item["Values"][0] for listed in filters for item in listed if item["Name"] == "image-name"}
    assert named == {"golden", "database"}


# Partial failure ------------------------------------------------------------------------------------------------------


def test_what_fails_is_told_cell_by_cell_and_a_rerun_does_the_rest(cloud: Emulator, run: Run) -> None:
    stranger = image_named("database", id="img-strange1", region=SHANGHAI, os_name="Debian 12 64bit")
    cloud.plant(images=[stranger])
    cloud.add_faults({"do": "copy_fails", "action": "SyncImages", "region": BEIJING, "match": {"ImageName": "golden"}})

    result = run(module, **wanted("golden", "database"))

    failed = {cell: status for cell, status in statuses(result).items() if status != "copied"}
    assert failed == {("golden", BEIJING): "failed", ("database", SHANGHAI): "conflict"}
    assert result["failed"] is True
    assert "Copying golden (ap-guangzhou) to ap-beijing failed: the copy " in result["msg"]
    assert "Copying database (ap-guangzhou) to ap-shanghai failed: the image img-strange1" in result["msg"]
    assert result["msg"].endswith("Of 6 copies 4 are in order; a rerun does only what is missing.")
    assert [len(image["image_ids"]) for image in result["images"]] == [2, 2]
    again = run(module, **wanted("golden", "database"), replace_failed=True)
    assert statuses(again)["golden", BEIJING] == "replaced"
    assert Counter(statuses(again).values()) == {"present": 4, "replaced": 1, "conflict": 1}


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_lost_answer_among_many_is_resolved_by_looking(cloud: Emulator, run: Run, when: str) -> None:
    cloud.add_faults({"do": "cut", "action": "SyncImages", "when": when, "match": {"ImageName": "database"}, "skip": 1})

    result = run(module, **wanted("golden", "database", "messages"))

    assert cloud.world.faults.struck == 1
    assert set(statuses(result).values()) == {"copied"}
    assert Counter(source for source, _regions in sent(cloud)) == dict.fromkeys(
        ["img-source01", "img-database", "img-messages"], 1
    )


def test_throttled_reads_and_writes_are_sent_again(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "action": "SyncImages", "times": 4, "skip": 3})
    cloud.add_faults({"do": "throttle", "action": "DescribeImages", "times": 4, "skip": 3})

    assert set(statuses(run(module, **wanted("golden", "database"))).values()) == {"copied"}
    assert len(sent(cloud)) == 2


@pytest.mark.parametrize("check", [True, False])
def test_room_for_two_of_three_is_given_to_the_first(cloud: Emulator, run: Run, check: bool) -> None:
    cloud.world.accounts[ACME].image_quotas[SHANGHAI] = 2

    result = run(module, **wanted("golden", "database", "messages", regions=[SHANGHAI, BEIJING]), check=check)

    good = "planned" if check else "copied"
    assert statuses(result) == {
        ("golden", SHANGHAI): good,
        ("golden", BEIJING): good,
        ("database", SHANGHAI): good,
        ("database", BEIJING): good,
        ("messages", SHANGHAI): "failed",
        ("messages", BEIJING): good,
    }
    assert "0 of 2 custom images, and 2 of this run take the room that is left" in result["msg"]
    assert result["error_code"] == "ImageQuotaLimitExceeded"
    assert len(cloud.journal.calls("DescribeImageQuota", SHANGHAI)) == 1
    assert [regions for _source, regions in sent(cloud)] == (
        [] if check else [[SHANGHAI, BEIJING], [SHANGHAI, BEIJING], [BEIJING]]
    )


def test_a_busy_source_delays_its_own_copies_alone(cloud: Emulator, run: Run) -> None:
    passing = {"state": "SYNCING", "ready_in_minutes": 40, "copied_from": "img-source01"}
    cloud.plant(images=[like_source(region="ap-chengdu", **passing)])

    result = run(module, **wanted("golden", "database"), wait_timeout=7200)

    assert set(statuses(result).values()) == {"copied"}
    assert [source for source, _regions in sent(cloud)] == ["img-database", "img-source01"]


def test_the_same_source_under_two_names_is_copied_one_after_the_other(cloud: Emulator, run: Run) -> None:
    asked = wanted("golden", regions=[SHANGHAI])
    asked["images"].append({**asked["images"][0], "copy_name": "golden-too"})

    result = run(module, **asked)

    assert set(statuses(result).values()) == {"copied"}
    assert own(cloud, SHANGHAI) == {"golden": "NORMAL", "golden-too": "NORMAL"}
    assert [regions for _source, regions in sent(cloud)] == [[SHANGHAI], [SHANGHAI]]


def test_what_is_not_finished_in_time_is_told_and_resumed(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.copy_minutes = (20, 20)

    first = run(module, **wanted("golden", "database"), wait_timeout=600)
    second = run(module, **wanted("golden", "database"))

    assert set(statuses(first).values()) == {"timed_out"}
    assert "not finished after 600 seconds" in first["msg"]
    assert set(statuses(second).values()) == {"resumed"}
    assert len(sent(cloud)) == 2


def test_a_long_list_of_failures_is_cut_short_in_the_message_alone(cloud: Emulator, run: Run) -> None:
    names = [f"number{number:02}" for number in range(12)]
    cloud.plant(images=[image_named(name) for name in names])
    cloud.world.accounts[ACME].image_quotas[SHANGHAI] = 0

    result = run(module, **wanted(*names, regions=[SHANGHAI]))

    assert set(statuses(result).values()) == {"failed"}
    assert result["msg"].count("failed: ") == 8
    assert result["msg"].endswith("And 4 more, which the result's copies tell of.")
    assert all("0 of 0 custom images" in copy["error"]["message"] for copy in result["copies"])
    assert cloud.journal.writes() == []


def test_a_source_region_that_does_not_answer_fails_its_own_images(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[image_named("farfaraw", region="ap-chengdu")])
    asked = wanted("golden", "database")
    asked["images"].append({"region": "ap-chengdu", "image_name": "farfaraw", "destination_regions": [SHANGHAI]})
    cloud.add_faults({"do": "http", "action": "DescribeImages", "region": "ap-chengdu", "times": 5})

    result = run(module, **asked)

    assert Counter(statuses(result).values()) == {"copied": 6, "failed": 1}
    assert "Copying farfaraw (ap-chengdu) to ap-shanghai failed: ServerNetworkError" in result["msg"]


# Mistakes -------------------------------------------------------------------------------------------------------------


def entry(**options: t.Any) -> dict[str, t.Any]:
    return {"image_name": "golden", "destination_regions": [SHANGHAI], **options}


LOCKED = {"encrypt_regions": [SHANGHAI], "encrypted_name": "golden-locked"}
MISTAKES = [
    pytest.param([], "images is empty; name at least one image.", id="no image"),
    pytest.param([entry(image_name="")], "Image 1 of images (without a source): The source is missing", id="no source"),
    pytest.param(
        [entry(), entry(image_id="golden", image_name="")], "Image 2 of images (golden): 'golden' is not an", id="no id"
    ),
    pytest.param([entry(destination_regions=[])], "Neither destination_regions nor encrypt_regions", id="no region"),
    pytest.param([entry(destination_regions=["ap-guangzhou"])], "The source region ap-guangzhou is among", id="home"),
    pytest.param([entry(tags={"qcloud": "x"})], "which Tencent Cloud reserves", id="a reserved tag"),
    pytest.param([entry(), entry()], "Two copies would bear the name golden in ap-shanghai: those of", id="twice"),
    pytest.param(
        [entry(), {"image_id": "img-source01", "destination_regions": [SHANGHAI]}],
        "Two copies would bear the name golden in ap-shanghai: those of golden (ap-guangzhou) and img-source01",
        id="twice, which only the source tells",
    ),
    pytest.param([entry(image_name="gloden")], "There is no custom image named gloden in ap-guangzhou", id="a typo"),
    pytest.param(
        [entry(), entry(image_id="img-nothere1", image_name=""), entry(image_name="gloden")],
        "There is no image img-nothere1 in ap-guangzhou that this account can see. Check the id, the region, and the "
        "account that the key belongs to. There is no custom image named gloden",
        id="two typos, told at once",
    ),
    pytest.param([entry(image_name="base")], "image_copy_shared first", id="a shared image"),
    pytest.param([entry(region="ap-guangzhuo")], "ap-guangzhuo is not a region", id="an unknown source region"),
    pytest.param([entry(encrypt_regions=[SHANGHAI])], "encrypted_name is missing", id="no encrypted_name"),
    pytest.param([entry(**{**LOCKED, "encrypted_name": "golden"})], "encrypted_name golden is the name of", id="same"),
    pytest.param([entry(**{**LOCKED, "encrypted_name": "x" * 61})], "has 61 characters", id="a long name"),
    pytest.param([entry(**LOCKED, kms_key_ids={BEIJING: "k"})], "kms_key_ids names ap-beijing", id="an idle key"),
    pytest.param(
        [entry(**{**LOCKED, "encrypt_regions": [SHANGHAI, SHANGHAI]})], "more than once", id="encrypted twice"
    ),
    pytest.param([entry(**{**LOCKED, "encrypt_regions": [""]})], "holds an empty name", id="an empty region"),
    pytest.param(
        [entry(**LOCKED), entry(image_name="database", copy_name="golden-locked")],
        "Two copies would bear the name golden-locked in ap-shanghai",
        id="a plain one named like an encrypted one",
    ),
]


@pytest.mark.parametrize(("images", "message"), MISTAKES)
def test_a_mistake_is_one_message_and_nothing_is_written(
    cloud: Emulator, run: Run, images: list[dict[str, t.Any]], message: str
) -> None:
    result = run(module, region="ap-guangzhou", images=images)

    assert result["failed"] is True
    assert message in result["msg"]
    assert "Traceback" not in result["msg"]
    assert cloud.journal.writes() == []


@pytest.mark.parametrize(("region", "message"), [("ap-tokyo", "allow_cross_border"), ("ap-tokoy", "Did you mean")])
def test_a_region_that_cannot_be_meant_stops_everything(cloud: Emulator, run: Run, region: str, message: str) -> None:
    asked = wanted("golden", "database")
    asked["images"][1]["destination_regions"] = [SHANGHAI, region]

    result = run(module, **asked)

    assert statuses(result)["database", region] == "failed"
    assert message in result["msg"]
    assert result["msg"].endswith("Nothing was copied anywhere: mend this, or leave those copies out.")
    assert (result["changed"], cloud.journal.writes()) == (False, [])


def test_no_region_at_all_is_told(run: Run) -> None:
    assert "region is missing" in run(module, images=[entry()])["msg"]


# Encrypted copies -----------------------------------------------------------------------------------------------------


def test_encrypted_copies_follow_the_plain_ones(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    asked = wanted("golden", "database", regions=[SHANGHAI])
    asked["images"][0] |= {
        "encrypt_regions": [SHANGHAI, BEIJING, "ap-guangzhou"],
        "encrypted_name": "golden-locked",
        "kms_key_ids": {BEIJING: "kms-acme0001"},
    }

    result = run(module, **asked, wait_timeout=4200)

    assert set(statuses(result).values()) == {"copied"}
    image = result["images"][0]
    assert list(image["image_ids"]) == [SHANGHAI, BEIJING], "the plain one has to be there to be encrypted"
    assert sorted(image["encrypted_image_ids"]) == sorted([SHANGHAI, BEIJING, "ap-guangzhou"])
    keys = {region: cloud.world.images[key].encrypted_with for region, key in image["encrypted_image_ids"].items()}
    assert keys == {SHANGHAI: "default", BEIJING: "kms-acme0001", "ap-guangzhou": "default"}
    tags = cloud.world.tags_of(image["encrypted_image_ids"][SHANGHAI]).at(clock.now())
    assert tags["cvm-image-source"] == f"{SHANGHAI}/{image['image_ids'][SHANGHAI]}"
    clock.advance(60)
    cloud.journal.clear()
    again = run(module, **asked)
    assert (again["changed"], set(statuses(again).values())) == (False, {"present"})
    assert cloud.journal.writes() == []
    checked = run(module, **asked, check=True)
    assert (checked["changed"], set(statuses(checked).values())) == (False, {"present"})


def test_an_image_that_is_encrypted_at_home_alone(cloud: Emulator, run: Run) -> None:
    images = [{"image_name": "golden", "encrypt_regions": ["ap-guangzhou"], "encrypted_name": "golden-locked"}]

    result = run(module, region="ap-guangzhou", images=images)

    assert statuses(result) == {("golden-locked", "ap-guangzhou"): "copied"}
    assert (result["images"][0]["image_ids"], len(result["images"][0]["encrypted_image_ids"])) == ({}, 1)
    assert result["copies"][0]["encryption"] == "default"


def test_check_mode_plans_the_encrypted_copy_of_what_is_only_planned(cloud: Emulator, run: Run) -> None:
    result = run(module, **wanted("golden", regions=[SHANGHAI], **LOCKED), check=True)

    assert statuses(result) == {("golden", SHANGHAI): "planned", ("golden-locked", SHANGHAI): "planned"}
    assert cloud.journal.writes() == []


def test_a_source_is_encrypted_at_home_when_its_plain_copies_are_made(cloud: Emulator, run: Run) -> None:
    locked = {"encrypt_regions": ["ap-guangzhou"], "encrypted_name": "golden-locked"}
    asked = wanted("golden", regions=[SHANGHAI], **locked)

    first = run(module, **asked, wait=False)
    second = run(module, **asked)

    assert statuses(first) == {("golden", SHANGHAI): "copied", ("golden-locked", "ap-guangzhou"): "planned"}
    assert statuses(second) == {("golden", SHANGHAI): "resumed", ("golden-locked", "ap-guangzhou"): "copied"}
    assert second["copies"][1]["source_image_id"] == "img-source01"


def test_a_source_that_cannot_be_read_is_not_encrypted_either(cloud: Emulator, run: Run) -> None:
    locked = {"encrypt_regions": ["ap-guangzhou", SHANGHAI], "encrypted_name": "golden-locked"}
    cloud.add_faults({"do": "http", "action": "DescribeImages", "times": 5})

    result = run(module, **wanted("golden", regions=[SHANGHAI], **locked))

    assert set(statuses(result).values()) == {"failed"}
    assert result["msg"].count("failed: ") == 1
    assert (result["changed"], cloud.journal.writes()) == (False, [])


def test_without_waiting_the_encrypted_copy_is_left_to_a_further_run(cloud: Emulator, run: Run) -> None:
    asked = wanted("golden", regions=[SHANGHAI], **LOCKED)

    first = run(module, **asked, wait=False)
    second = run(module, **asked)

    assert statuses(first) == {("golden", SHANGHAI): "copied", ("golden-locked", SHANGHAI): "planned"}
    assert statuses(second) == {("golden", SHANGHAI): "resumed", ("golden-locked", SHANGHAI): "copied"}


def test_a_plain_copy_that_fails_is_told_once(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "copy_fails", "action": "SyncImages", "region": SHANGHAI})

    result = run(module, **wanted("golden", regions=[SHANGHAI, BEIJING], **LOCKED))

    assert statuses(result) == {
        ("golden", SHANGHAI): "failed",
        ("golden", BEIJING): "copied",
        ("golden-locked", SHANGHAI): "failed",
    }
    assert result["msg"].count("failed: ") == 1
    assert "what it is made from is not there in ap-shanghai" in result["copies"][2]["error"]["message"]


def test_a_key_that_is_none_fails_its_encrypted_copy_alone(cloud: Emulator, run: Run) -> None:
    result = run(module, **wanted("golden", regions=[SHANGHAI], **LOCKED, kms_key_ids={SHANGHAI: "kms-nobody01"}))

    assert statuses(result) == {("golden", SHANGHAI): "copied", ("golden-locked", SHANGHAI): "failed"}
    assert result["error_code"] == "InvalidParameter.InvalidKmsKeyId"
    assert f"Encrypting {result['images'][0]['image_ids'][SHANGHAI]} (ap-shanghai) in ap-shanghai" in result["msg"]


def test_an_encrypted_name_that_the_plain_copy_bears_is_told_with_what_was_done(cloud: Emulator, run: Run) -> None:
    """By its id nothing tells the source's name beforehand."""
    images = [{"image_id": "img-source01", "encrypt_regions": [SHANGHAI], "encrypted_name": "golden"}]

    result = run(module, region="ap-guangzhou", images=images)

    assert [copy["status"] for copy in result["copies"]] == ["copied", "failed"]
    assert (result["changed"], "golden" in result["msg"]) == (True, True)


def test_the_documentation_tells_of_every_key(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].image_quotas[BEIJING] = 0
    results = [run(module, **wanted("golden", regions=[SHANGHAI, BEIJING], **LOCKED))]

    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
