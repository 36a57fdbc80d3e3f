# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_copy_encrypted, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_copy_encrypted as module

from tests.emulator import Emulator, ManualClock

from ...conftest import SOURCE, Run, undocumented_or_unseen

ASKED = {"region": "ap-guangzhou", "image_id": "img-source01", "copy_name": "golden-locked"}
KEY = "kms-acme0001"
OURS = {"cvm-image-source": "ap-guangzhou/img-source01", "cvm-image-encryption": "default"}


def beside_source(**different: t.Any) -> dict[str, t.Any]:
    """An image that could be the encrypted copy of SOURCE, except for what is given."""
    return {**SOURCE, "id": "img-exists01", "name": "golden-locked", "age_days": 1, "tags": {}, **different}


@pytest.mark.parametrize(("key", "mark"), [(None, "default"), ("", "default"), (KEY, KEY)])
def test_the_copy_is_encrypted_and_says_with_what(cloud: Emulator, run: Run, key: str | None, mark: str) -> None:
    result = run(module, **ASKED, kms_key_id=key, tags={"owner": "ops"})

    assert (result["changed"], result["copies"][0]["status"]) == (True, "copied")
    copy = cloud.world.images[result["image_id"]]
    assert (copy.region, copy.name, copy.encrypted_with) == ("ap-guangzhou", "golden-locked", mark)
    now = cloud.clock.now()
    assert cloud.world.tags_of(copy.image_id).at(now) == {**OURS, "cvm-image-encryption": mark, "owner": "ops"}
    again = run(module, **ASKED, kms_key_id=key, tags={"owner": "ops"})
    assert (again["changed"], again["image_id"]) == (False, copy.image_id)


def test_the_rerun_reads_twice(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    run(module, **ASKED)
    clock.advance(60)
    cloud.journal.clear()
    run(module, **ASKED)
    assert [entry.action for entry in cloud.journal.entries] == ["DescribeImages"] * 2


@pytest.mark.parametrize(
    ("there", "status", "why"),
    [
        (beside_source(tags=OURS), "present", ""),
        (beside_source(tags={**OURS, "cvm-image-encryption": KEY}), "conflict", f"encrypted with {KEY}"),
        (beside_source(tags={"cvm-image-source": OURS["cvm-image-source"]}), "conflict", "is a copy of ap-guangzhou"),
        (beside_source(), "conflict", "nothing shows that it is encrypted with default"),
        (beside_source(tags=OURS, state="SYNCING", ready_in_minutes=5), "resumed", ""),
        (beside_source(tags=OURS, state="CREATEFAILED"), "failed", "CREATEFAILED"),
    ],
)
def test_what_is_there_already(cloud: Emulator, run: Run, there: dict[str, t.Any], status: str, why: str) -> None:
    cloud.plant(images=[there])
    result = run(module, **ASKED)
    assert result["copies"][0]["status"] == status
    assert why in result.get("msg", "")
    assert cloud.journal.effects("SyncImages") == []


def test_an_unmarked_copy_that_was_waited_for_is_not_taken_for_ours(cloud: Emulator, run: Run) -> None:
    """With which key it was made nobody can tell, unless the run that made it marks it in time."""
    cloud.plant(images=[beside_source(state="SYNCING", ready_in_minutes=5)])
    result = run(module, **ASKED)
    assert result["copies"][0]["status"] == "conflict"
    assert cloud.journal.writes() == []


def test_a_mark_that_comes_a_moment_later_is_waited_for(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    """Another run makes the copy, and marks it when it is ready."""
    ready = clock.now() + 300
    cloud.plant(images=[beside_source(state="SYNCING", ready_in_minutes=5)])
    cloud.world.tag("img-exists01", ready + 20, OURS)
    result = run(module, **ASKED)
    assert result["copies"][0]["status"] == "resumed", result.get("msg")
    assert clock.now() - ready < 60


def test_marks_that_images_do_not_show_yet_are_read_from_the_tag_service(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.tags_visible_after = 1000
    first = run(module, **ASKED)
    again = run(module, **ASKED)
    assert (again["changed"], again["image_id"]) == (False, first["image_id"])


def test_check_mode(cloud: Emulator, run: Run) -> None:
    result = run(module, **ASKED, kms_key_id=KEY, check=True)
    assert (result["changed"], result["image_id"], result["copies"][0]["status"]) == (True, None, "planned")
    assert cloud.journal.writes() == []


def test_replace_failed(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[beside_source(tags=OURS, state="CREATEFAILED")])
    result = run(module, **ASKED, replace_failed=True)
    assert result["copies"][0]["status"] == "replaced"
    assert cloud.world.images[result["image_id"]].encrypted_with == "default"


@pytest.mark.parametrize(
    ("tags", "key", "status"),
    [
        (OURS, None, "removed"),
        ({**OURS, "cvm-image-encryption": KEY}, KEY, "removed"),
        (OURS, KEY, "conflict"),
        ({"cvm-image-source": OURS["cvm-image-source"]}, None, "conflict"),
        ({}, None, "conflict"),
    ],
)
def test_absent(cloud: Emulator, run: Run, tags: dict[str, str], key: str | None, status: str) -> None:
    """Only the copy that is encrypted as the options say; a plain copy is image_sync_cross_region's."""
    cloud.plant(images=[beside_source(tags=tags)])
    result = run(module, **ASKED, kms_key_id=key, state="absent")
    assert result["copies"][0]["status"] == status
    assert len(cloud.journal.effects("DeleteImages")) == (status == "removed")


def test_absent_never_touches_the_source(cloud: Emulator, run: Run) -> None:
    cloud.world.tag("img-source01", 0, OURS)
    result = run(module, **{**ASKED, "copy_name": "golden"}, state="absent")
    assert (result["copies"][0]["status"], cloud.journal.writes()) == ("conflict", [])


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kms_key_id": "kms-unknown1"}, "InvalidParameter.InvalidKmsKeyId"),
        ({"copy_name": "golden"}, "copy_name golden is the source's own name"),
        ({"copy_name": "golden", "image_id": None, "image_name": "golden"}, "is the source's own name"),
        ({"copy_name": ""}, "copy_name is empty; give the encrypted copy a name"),
        ({"copy_name": "x" * 61}, "copy_name has 61 characters"),
        ({"image_id": "img-shared01"}, "shared images cannot be encrypted"),
        ({"image_id": "img-missing1"}, "There is no image img-missing1"),
        ({"image_id": None}, "The source is missing"),
        ({"tags": {"cvm-image-encryption": "none"}}, "cvm-image-encryption is set by this collection"),
        ({"region": ""}, "region is missing"),
    ],
)
def test_bad_input(cloud: Emulator, run: Run, wrong: dict[str, t.Any], message: str, check: bool) -> None:
    result = run(module, **{**ASKED, **wrong}, check=check)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]
    assert cloud.journal.writes() == []


def test_documented_results_are_real(cloud: Emulator, run: Run) -> None:
    first = run(module, **ASKED)
    cloud.world.accounts["100000000001"].image_quotas["ap-guangzhou"] = 2
    failed = run(module, **ASKED | {"copy_name": "another"})
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), [first, failed]) == set()
