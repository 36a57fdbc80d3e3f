# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulated cloud sells, and where. Regions and zones are the public lists; types and prices are samples."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Region:
    region: str
    name: str
    mainland: bool
    finance: bool
    status: str
    zones: tuple[str, ...]
    sold_out_zones: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return self.status in ("current", "finance")


@dataclass(frozen=True)
class InstanceType:
    instance_type: str
    cpu: int
    memory: int
    hourly_price: float

    @property
    def family(self) -> str:
        return self.instance_type.partition(".")[0]


INSTANCE_TYPES = (
    InstanceType("S5.SMALL1", 1, 1, 0.12),
    InstanceType("S5.SMALL2", 1, 2, 0.21),
    InstanceType("S5.MEDIUM2", 2, 2, 0.29),
    InstanceType("S5.MEDIUM4", 2, 4, 0.42),
    InstanceType("S5.LARGE8", 4, 8, 0.84),
    InstanceType("SA5.MEDIUM2", 2, 2, 0.24),
    InstanceType("SA5.MEDIUM4", 2, 4, 0.34),
    InstanceType("SA5.LARGE8", 4, 8, 0.68),
)

NOT_SOLD_IN = {"SA5": ("ap-jakarta", "sa-saopaulo", "ap-bangkok")}
"""Families that some regions do not offer."""

SOLD_OUT = {("ap-tokyo-1", "S5.LARGE8"), ("ap-singapore-1", "SA5.LARGE8")}


@cache
def regions() -> dict[str, Region]:
    listed = json.loads((Path(__file__).parent / "schema" / "regions.json").read_text("utf-8"))["regions"]
    return {
        item["id"]: Region(
            region=item["id"],
            name=item["name"],
            mainland=item["mainland"],
            finance=item["finance"],
            status=item["status"],
            zones=tuple(item["zones"]),
            sold_out_zones=tuple(item["zones_sold_out"]),
        )
        for item in listed
    }


def region_of_zone(zone: str) -> str | None:
    return next((region.region for region in regions().values() if zone in region.zones), None)


def sold(instance_type: str, zone: str) -> bool | None:
    """True: sold; False: sold out; None: that zone does not offer the type."""
    region = regions()[region_of_zone(zone) or ""]
    family = instance_type.partition(".")[0]
    known = any(item.instance_type == instance_type for item in INSTANCE_TYPES)
    if not known or region.region in NOT_SOLD_IN.get(family, ()):
        return None
    return zone not in region.sold_out_zones and (zone, instance_type) not in SOLD_OUT
