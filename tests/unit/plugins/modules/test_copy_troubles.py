# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy engine between trouble and its end: what is tried again, what is set aside, what is given up."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils import _tags
from ansible_collections.tencentcloud.cvm.plugins.module_utils._client import Client, Connection, connect
from ansible_collections.tencentcloud.cvm.plugins.module_utils._credentials import find_source
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import CloudError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._wait import Clock
from ansible_collections.tencentcloud.cvm.plugins.modules import image_sync_cross_region as module

from tests.emulator import Emulator, ManualClock

from ...conftest import Run, VirtualTime, like_source

ASKED = {"region": "ap-guangzhou", "image_id": "img-source01", "destination_regions": ["ap-shanghai"]}
BOTH = {**ASKED, "destination_regions": ["ap-shanghai", "ap-beijing"]}
OURS = {"cvm-image-source": "ap-guangzhou/img-source01"}
NOWHERE = "InvalidRegion.Unavailable"


def statuses(result: dict[str, t.Any]) -> dict[str, str]:
    return {copy["region"]: copy["status"] for copy in result["copies"]}


def sent(cloud: Emulator) -> list[list[str]]:
    """The destinations of each call that made copies."""
    return [entry.params["DestinationRegions"] for entry in cloud.journal.effects("SyncImages")]


@pytest.fixture
def client(cloud: Emulator, time: VirtualTime, tmp_path: Path) -> Client:
    options = cloud.options("acme")
    source = find_source(options, {}, tmp_path)
    return connect(Connection(source, endpoint=options["endpoint"]), "ap-shanghai", Clock())


def test_a_resource_that_the_tag_service_lists_as_failed_is_an_error(cloud: Emulator, client: Client) -> None:
    cloud.plant(images=[like_source(state="SYNCING", ready_in_minutes=5)])
    with pytest.raises(CloudError) as raised:
        _tags.write(client, "image", "img-exists01", "100000000001", OURS)
    assert raised.value.code == _tags.NOT_YET


def test_room_is_made_first_so_that_one_call_serves_all(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS, state="CREATEFAILED")])
    assert statuses(run(module, **BOTH, replace_failed=True)) == {"ap-shanghai": "replaced", "ap-beijing": "copied"}
    assert sent(cloud) == [["ap-shanghai", "ap-beijing"]]


def test_what_is_refused_together_and_welcome_singly_goes_one_by_one(cloud: Emulator, run: Run) -> None:
    together = {"action": "SyncImages", "match": {"DestinationRegions": BOTH["destination_regions"]}, "times": None}
    cloud.add_faults({"do": "error", "code": NOWHERE, **together})
    assert statuses(run(module, **BOTH)) == {"ap-shanghai": "copied", "ap-beijing": "copied"}
    assert sent(cloud) == [["ap-shanghai"], ["ap-beijing"]]


@pytest.mark.parametrize("answer", ["InvalidParameterValue.InvalidImageState", "InternalError"])
def test_a_region_is_not_blamed_by_an_answer_that_does_not_tell(cloud: Emulator, run: Run, answer: str) -> None:
    """The group is refused; asked singly the source is busy, or the service fails."""
    together = {"action": "SyncImages", "match": {"DestinationRegions": BOTH["destination_regions"]}}
    alone = {"action": "SyncImages", "match": {"DestinationRegions": ["ap-shanghai"], "DryRun": True}}
    cloud.add_faults({"do": "error", "code": NOWHERE, **together, "times": 2})
    cloud.add_faults({"do": "error", "code": answer, **alone, "times": 10})
    assert statuses(run(module, **BOTH)) == {"ap-shanghai": "copied", "ap-beijing": "copied"}


def test_a_source_that_goes_while_it_is_waited_for(cloud: Emulator, run: Run) -> None:
    under_way = {"state": "SYNCING", "ready_in_minutes": 5, "copied_from": "img-source01"}
    cloud.plant(images=[like_source(region="ap-nanjing", **under_way)])
    image = cloud.world.images["img-source01"]
    image.timeline = image.timeline.then((cloud.clock.now() + 60, "GONE"))
    result = run(module, **ASKED)
    assert statuses(result) == {"ap-shanghai": "failed"}
    assert "the source img-source01 is no longer there" in result["msg"]
    assert sent(cloud) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_tags_whose_answer_was_lost_are_written_all_the_same(cloud: Emulator, run: Run, when: str) -> None:
    cloud.plant(images=[like_source()])
    cloud.add_faults({"do": "cut", "action": "TagResources", "when": when})
    result = run(module, **ASKED, tags={"team": "web"})
    assert (statuses(result), result["changed"]) == ({"ap-shanghai": "adopted"}, True)
    assert cloud.world.tags_of("img-exists01").at(cloud.clock.now()) == {**OURS, "team": "web"}


def test_a_region_that_stays_unreadable_is_given_up(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    began = clock.now()
    cloud.add_faults({"do": "http", "action": "DescribeImages", "region": "ap-shanghai", "skip": 4, "times": None})
    result = run(module, **BOTH)
    assert statuses(result) == {"ap-shanghai": "failed", "ap-beijing": "copied"}
    assert result["error_code"] == "ServerNetworkError"
    assert clock.now() - began < 3600


def test_absent_survives_a_gateway_that_fails_for_a_while(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags=OURS)])
    cloud.add_faults({"do": "http", "action": "DescribeImages", "region": "ap-shanghai", "skip": 1, "times": 8})
    assert statuses(run(module, **ASKED, state="absent")) == {"ap-shanghai": "removed"}


def test_absent_leaves_an_encrypted_copy_alone(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(tags={**OURS, "cvm-image-encryption": "default"})])
    result = run(module, **ASKED, state="absent")
    assert statuses(result) == {"ap-shanghai": "conflict"}
    assert "encrypted with default" in result["msg"]


def test_absent_does_not_choose_among_copies_of_a_source_whose_name_is_not_known(cloud: Emulator, run: Run) -> None:
    bygone = {"cvm-image-source": "ap-guangzhou/img-bygone01"}
    cloud.plant(images=[like_source(tags=bygone, name="one"), like_source(tags=bygone, id="img-exists02", name="two")])
    result = run(module, **{**ASKED, "image_id": "img-bygone01"}, state="absent")
    assert statuses(result) == {"ap-shanghai": "conflict"}
    assert "img-exists01 (one)" in result["msg"]
    assert "say which by copy_name" in result["msg"]


def test_neither_reserved_tags_nor_marks_are_taken_over(cloud: Emulator, run: Run) -> None:
    """The source may be a copy itself, and Tencent's own tools may have tagged it."""
    tags = {"team": "web", "Project": "x", "qcloud:cost": "y", "cvm-image-source": "ap-tokyo/img-elder001"}
    cloud.world.tag("img-source01", 0, tags)
    result = run(module, **ASKED, copy_source_tags=True)
    copy = result["image_ids"]["ap-shanghai"]
    assert cloud.world.tags_of(copy).at(cloud.clock.now()) == {"team": "web", **OURS}
