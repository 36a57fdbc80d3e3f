# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_info, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import image_info as module

from tests.emulator import Emulator

from ...conftest import Run, like_source, undocumented_or_unseen


@pytest.fixture
def images(cloud: Emulator) -> None:
    cloud.plant(
        images=[
            like_source(deprecated=True, shared_with=["partner"]),
            like_source(
                id="img-exists02", name="golden-2", age_days=0.5, tags={"team": "web", "tier": "1"}, family="golden"
            ),
            like_source(id="img-public01", name="TencentOS", account="partner", public=True),
            like_source(id="img-foreign1", name="foreign", account="partner"),
        ]
    )


BOTH = ["ap-guangzhou", "ap-shanghai"]
QUERIES: list[tuple[dict[str, t.Any], list[str]]] = [
    ({"region": "ap-shanghai"}, ["img-exists02", "img-exists01"]),
    ({"regions": BOTH}, ["img-source01", "img-exists02", "img-exists01"]),
    ({"regions": ["ap-guangzhou", " ap-shanghai "]}, ["img-source01", "img-exists02", "img-exists01"]),
    ({"regions": BOTH[::-1]}, ["img-exists02", "img-exists01", "img-source01"]),
    ({"regions": BOTH, "image_name": "golden"}, ["img-source01", "img-exists01"]),
    ({"regions": BOTH, "name_regex": "^golden-[0-9]$"}, ["img-exists02"]),
    ({"regions": BOTH, "tags": {"team": "web"}}, ["img-source01", "img-exists02"]),
    ({"regions": BOTH, "tags": {"team": "web", "tier": 1}}, ["img-exists02"]),
    ({"regions": BOTH, "tags": {"tier": ""}}, ["img-exists02"]),
    ({"regions": BOTH, "tags": {f"key-{number}": "x" for number in range(20)}}, []),
    ({"regions": BOTH, "family": "golden"}, ["img-exists02"]),
    ({"regions": BOTH, "family": "gold"}, []),
    ({"regions": BOTH, "deprecated": True}, ["img-exists01"]),
    ({"regions": BOTH, "deprecated": False}, ["img-source01", "img-exists02"]),
    (
        {"regions": BOTH, "image_name": "", "name_regex": "", "family": "", "image_ids": [""]},
        ["img-source01", "img-exists02", "img-exists01"],
    ),
    ({"region": "ap-guangzhou", "image_type": "shared"}, ["img-shared01"]),
    ({"region": "ap-shanghai", "image_type": "public"}, ["img-public01"]),
    (
        {"regions": BOTH, "image_ids": ["img-exists01", "img-shared01", "img-missing1"]},
        ["img-shared01", "img-exists01"],
    ),
    ({"regions": BOTH, "image_ids": ["img-exists01", "img-shared01"], "image_type": "private"}, ["img-exists01"]),
    ({"region": "ap-shanghai", "image_name": "none of that name"}, []),
    ({"region": "ap-tokyo"}, []),
]


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_queries(cloud: Emulator, run: Run, query: dict[str, t.Any], expected: list[str], check: bool) -> None:
    result = run(module, **query, check=check)
    assert [image["image_id"] for image in result["images"]] == expected
    assert result["changed"] is False
    assert cloud.journal.writes() == []


def test_every_page_is_read(cloud: Emulator, run: Run) -> None:
    cloud.plant(images=[like_source(id=f"img-{number:08d}", name=f"n-{number}") for number in range(150)])
    assert len(run(module, region="ap-shanghai")["images"]) == 150


def test_an_exact_name_is_found_behind_a_page_of_similar_ones(cloud: Emulator, run: Run) -> None:
    similar = [like_source(id=f"img-{number:08d}", name=f"golden-{number}", age_days=1) for number in range(120)]
    cloud.plant(images=[*similar, like_source(age_days=2)])
    found = run(module, region="ap-shanghai", image_name="golden")["images"]
    assert [image["image_id"] for image in found] == ["img-exists01"]


@pytest.mark.usefixtures("images")
def test_quotas(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts["100000000001"].image_quotas["ap-shanghai"] = 2
    result = run(module, regions=BOTH, include_quota=True)
    assert result["quotas"] == {
        "ap-guangzhou": {"total": 500, "used": 1, "free": 499},
        "ap-shanghai": {"total": 2, "used": 2, "free": 0},
    }


@pytest.mark.usefixtures("images")
def test_whom_images_are_shared_with(cloud: Emulator, run: Run) -> None:
    ids = ["img-source01", "img-exists01", "img-shared01"]
    result = run(module, regions=BOTH, image_ids=ids, include_shares=True)
    assert {image["image_id"]: image["shared_with"] for image in result["images"]} == {
        "img-source01": [],
        "img-exists01": ["100000000002"],
        "img-shared01": None,
    }
    assert len(cloud.journal.calls("DescribeImageSharePermission")) == 2
    assert cloud.journal.writes() == []
    assert "shared_with" not in run(module, regions=BOTH)["images"][0]


def test_many_images_of_many_regions_with_shares_and_quota(cloud: Emulator, run: Run) -> None:
    """More than there are threads, so that reads which wait for each other would be noticed."""
    cloud.plant(images=[like_source(id=f"img-{number:08d}", name=f"n-{number}") for number in range(40)])
    result = run(module, regions=[*BOTH, "ap-tokyo"], include_shares=True, include_quota=True)
    assert (len(result["images"]), len(result["quotas"])) == (41, 3)


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("action", ["DescribeImages", "DescribeImageQuota", "DescribeImageSharePermission"])
def test_a_bad_region_names_itself(cloud: Emulator, run: Run, action: str) -> None:
    denied = {"do": "error", "code": "UnauthorizedOperation", "message": "no permission", "times": None}
    cloud.add_faults({**denied, "action": action, "region": "ap-shanghai"})
    result = run(module, regions=BOTH, include_quota=True, include_shares=True)
    assert (result["failed"], f"{action} in ap-shanghai failed" in result["msg"]) == (True, True)


def test_a_tag_that_nobody_uses_finds_nothing(cloud: Emulator, run: Run) -> None:
    unknown = {"do": "error", "action": "DescribeImages", "code": "InvalidParameterValue.TagKeyNotFound"}
    cloud.add_faults({**unknown, "message": "The specified tag does not exist"})
    assert run(module, region="ap-guangzhou", tags={"never-used": "x"})["images"] == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "Name the regions to look into"),
        ({"regions": ["ap-shanghai", ""]}, "none of them empty"),
        ({"regions": ["ap-shanghai", "ap-shanghai"]}, "more than once"),
        ({"regions": ["ap-nowhere"]}, "Check the spelling of the region"),
        ({"region": "ap-shanghai", "image_ids": ["golden"]}, "'golden' is not an image id"),
        ({"region": "ap-shanghai", "name_regex": "("}, "name_regex is not a regular expression"),
    ],
)
def test_bad_input(run: Run, wrong: dict[str, t.Any], message: str) -> None:
    result = run(module, **wrong)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]


def test_documented_results_are_real(run: Run) -> None:
    results = [
        run(module, region="ap-guangzhou", include_quota=True, include_shares=True),
        run(module, region="ap-nowhere"),
    ]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
