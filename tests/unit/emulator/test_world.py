# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world looked at from any moment, and requests that see one moment only."""

from __future__ import annotations

import pytest

from tests.emulator import Emulator, ManualClock
from tests.emulator.timeline import GONE, Timeline
from tests.emulator.world import Image, Instance, World

from .client import Api, Key
from .conftest import ACME, SEED, START

LIFE = Timeline.of((100, "SYNCING"), (200, "NORMAL"), (300, GONE))


@pytest.fixture
def world() -> World:
    """At moment 150: an image, a copy of it under way, and an instance, all gone at 300; a tag written at 120."""
    made = World(ManualClock(150.0))
    source = Image("img-1", "n", "1", "r", 0.0, Timeline.of((0, "NORMAL"), (300, GONE)))
    made.images = {"img-1": source, "img-2": Image("img-2", "n", "1", "s", 100.0, LIFE, copied_from="img-1")}
    made.instances = {"ins-1": Instance("ins-1", "1", "r", "z", "n", "t", "img-1", 100.0, LIFE)}
    made.tag("img-1", 120.0, {"a": "b"})
    return made


@pytest.mark.parametrize(
    ("moment", "state", "busy", "copies"),
    [
        (None, "SYNCING", "SYNCING", 1),
        (50, GONE, "NORMAL", 0),
        (100, "SYNCING", "SYNCING", 1),
        (199, "SYNCING", "SYNCING", 1),
        (200, "NORMAL", "NORMAL", 0),
        (300, GONE, GONE, 0),
    ],
)
def test_states_at_a_moment(world: World, moment: float | None, state: str, busy: str, copies: int) -> None:
    """The present one if none is named."""
    source, copy = world.images.values()
    assert world.image_state(copy, moment) == state
    assert world.image_state(source, moment) == busy
    assert len(world.copies_under_way(source, moment)) == copies
    assert len(world.own_images("1", "s", moment)) == (state != GONE)
    assert len(world.own_instances("1", "r", moment)) == (state != GONE)


@pytest.mark.parametrize(("moment", "tags"), [(None, {"a": "b"}), (124, {}), (125, {"a": "b"})])
def test_tags_are_shown_a_while_later(world: World, moment: float | None, tags: dict[str, str]) -> None:
    assert world.shown_tags("img-1", moment) == tags


def test_things_are_of_one_account_and_region(world: World) -> None:
    assert world.own_images("1", "r") == [world.images["img-1"]]
    assert world.own_images("2", "r") == []
    assert world.own_instances("1", "r") == [world.instances["ins-1"]]
    assert world.own_instances("2", "r") == []
    assert world.own_instances("1", "s") == []


class RestlessClock:
    """Moves whenever it is read, as a fast one does between two lines of a handler."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> float:
        self._now += 3.0
        return self._now


def test_a_request_sees_one_moment() -> None:
    """No copy is older than itself, and no image is gone in the middle of the answer that shows it."""
    with Emulator(SEED, RestlessClock()) as cloud:
        api = Api(cloud, Key("AKIDacme", "acme-key"))
        asked = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}
        made = cloud.world.images[api("SyncImages", **asked)["ImageSet"][0]["ImageId"]]
        assert made.timeline.marks[0][0] == made.created == made.visible_from - 5
        began = cloud.clock.now()
        for number in range(60):
            life = Timeline.of((0, "NORMAL"), (began + 100 + 7 * number, GONE))
            image = Image(f"img-{number:08d}", "n", ACME, "ap-tokyo", 0.0, life)
            cloud.world.images[image.image_id] = image
        while images := api("DescribeImages", "ap-tokyo", Limit=100)["ImageSet"]:
            assert {image["ImageState"] for image in images} == {"NORMAL"}
        assert cloud.bugs() == []
