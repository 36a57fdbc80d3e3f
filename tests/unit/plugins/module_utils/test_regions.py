# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On which side of which border a region lies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._regions import Area, area_of, crosses_border

import tests


def test_every_known_region_is_classified_as_the_public_list_has_it() -> None:
    path = Path(str(tests.__file__)).parent / "emulator" / "schema" / "regions.json"
    for region in json.loads(path.read_text("utf-8"))["regions"]:
        if region["status"] == "retired":
            continue
        expected = Area.FINANCE if region["finance"] else Area.MAINLAND if region["mainland"] else Area.OVERSEAS
        assert area_of(region["id"]) is expected, region["id"]


@pytest.mark.parametrize(
    ("source", "destination", "crosses"),
    [
        ("ap-guangzhou", "ap-shanghai", False),
        ("ap-singapore", "ap-hongkong", False),
        ("ap-guangzhou", "ap-hongkong", True),
        ("na-ashburn", "ap-beijing", True),
        ("ap-shanghai", "ap-shanghai-fsi", True),
        ("ap-shenzhen-fsi", "ap-shanghai-fsi", False),
        ("ap-guangzhou", "mars-north", False),
        ("mars-north", "ap-guangzhou", False),
    ],
)
def test_borders(source: str, destination: str, crosses: bool) -> None:
    assert crosses_border(source, destination) is crosses
