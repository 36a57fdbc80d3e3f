# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cvm and region: which regions and zones an account may use."""

from __future__ import annotations

import typing as t

from .. import catalogue
from ..call import Call
from ..errors import ApiError

Answer = dict[str, t.Any]

ZONE_ID_BASES = {"ap-guangzhou": 100_000, "ap-beijing": 800_000}
"""Recorded: 100003 is ap-guangzhou-3, 800007 is ap-beijing-7. Those of the other regions are made up."""


def _usable(call: Call) -> list[catalogue.Region]:
    """What DescribeRegions lists: the current regions, or those the account is limited to."""
    allowed = call.account.regions
    return [
        region
        for region in catalogue.regions().values()
        if (region.region in allowed if allowed is not None else region.status == "current")
    ]


def describe_regions(call: Call) -> Answer:
    items = [
        {"Region": region.region, "RegionName": region.name, "RegionState": "AVAILABLE"} for region in _usable(call)
    ]
    return {"TotalCount": len(items), "RegionSet": items}


def describe_zones(call: Call) -> Answer:
    region = catalogue.regions()[call.region]
    city = region.name.partition("(")[2].rstrip(")")
    base = ZONE_ID_BASES.get(call.region, 1_000_000 + 10_000 * list(catalogue.regions()).index(call.region))
    items = [
        {
            "Zone": zone,
            "ZoneName": f"{city} Zone {zone.rpartition('-')[2]}",
            "ZoneId": str(base + int(zone.rpartition("-")[2])),
            "ZoneState": "UNAVAILABLE" if zone in region.sold_out_zones else "AVAILABLE",
        }
        for zone in region.zones
    ]
    return {"TotalCount": len(items), "ZoneSet": items}


def _check_product(call: Call) -> None:
    if call.params["Product"] != "cvm":
        raise ApiError("InvalidParameterValue", "The emulator knows the product cvm only.")


def product_regions(call: Call) -> Answer:
    _check_product(call)
    extra = {"RegionTypeMC": None, "LocationMC": None, "RegionNameMC": None, "RegionIdMC": None}
    plain = describe_regions(call)
    return {**plain, "RegionSet": [{**item, **extra} for item in plain["RegionSet"]]}


def product_zones(call: Call) -> Answer:
    _check_product(call)
    extra = {
        "ParentZone": None,
        "ParentZoneId": None,
        "ParentZoneName": None,
        "ZoneType": "availability-zone",
        "MachineRoomTypeMC": None,
        "ZoneIdMC": None,
    }
    plain = describe_zones(call)
    return {**plain, "ZoneSet": [{**item, **extra} for item in plain["ZoneSet"]]}


CVM_ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeRegions": describe_regions,
    "DescribeZones": describe_zones,
}
REGION_ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeRegions": product_regions,
    "DescribeZones": product_zones,
}
