# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several names out of one listing, whatever pages that change under the reader may show."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._client import PAGE_SIZE, Client
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import find_by_names

Item = dict[str, t.Any]


def item(image_id: str, name: str) -> Item:
    return {"ImageId": image_id, "ImageName": name, "ImageState": "NORMAL", "ImageType": "PRIVATE_IMAGE"}


class Region:
    """What a region lists: everything, or for a name what bears it and what is only named alike."""

    region = "ap-a"

    def __init__(self, listed: list[Item], named: list[Item]) -> None:
        self._listed = listed
        self._named = named
        self.asked: list[str | None] = []

    def pages(self, _action: str, params: dict[str, t.Any], _key: str) -> list[Item]:
        names = [entry["Values"][0] for entry in params["Filters"] if entry["Name"] == "image-name"]
        self.asked += names or [None]
        return [entry for entry in self._named if names[0] in entry["ImageName"]] if names else self._listed


def ids(region: Region, *names: str) -> dict[str, list[str]]:
    found = find_by_names(t.cast(Client, region), names)
    return {name: [image.image_id for image in images] for name, images in found.items()}


CROWD = [item(f"img-{number}", f"other-{number}") for number in range(PAGE_SIZE)]
WEB, DB = item("img-web", "web"), item("img-db", "db")


def test_several_names_cost_one_listing() -> None:
    region = Region([WEB, item("img-like", "web-2"), item("img-web2", "web")], [])
    assert ids(region, "web", "db") == {"web": ["img-web", "img-web2"], "db": []}
    assert region.asked == [None]


def test_a_single_name_is_asked_for() -> None:
    region = Region([], [WEB, item("img-like", "web-2")])
    assert ids(region, "web") == {"web": ["img-web"]}
    assert region.asked == ["web"]


def test_an_image_that_two_pages_show_is_one_image() -> None:
    assert ids(Region([WEB, *CROWD, WEB, DB], []), "web", "db") == {"web": ["img-web"], "db": ["img-db"]}


def test_an_image_that_slipped_between_two_pages_is_asked_for_by_its_name() -> None:
    region = Region([*CROWD, WEB], [WEB, DB])
    assert ids(region, "web", "db") == {"web": ["img-web"], "db": ["img-db"]}
    assert region.asked == [None, "db"]


@pytest.mark.parametrize(("missing", "asked"), [(1, [None]), (0, [None, "web", "db"])])
def test_a_listing_of_less_than_a_page_is_believed(missing: int, asked: list[str | None]) -> None:
    region = Region(CROWD[missing:], [])
    assert ids(region, "web", "db") == {"web": [], "db": []}
    assert region.asked == asked
