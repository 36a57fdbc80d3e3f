# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions and zones, as cvm and as the region service tell them, and the catalogue behind."""

from __future__ import annotations

import pytest

from tests.emulator import Emulator, catalogue

from .client import Api
from .conftest import ACME, Refuses

FINANCE = ("ap-shanghai-fsi", "ap-shenzhen-fsi", "ap-beijing-fsi")


def test_the_current_regions_are_told(api: Api) -> None:
    answer = api("DescribeRegions")
    regions = [item["Region"] for item in answer["RegionSet"]]
    assert answer["TotalCount"] == len(regions) == len(set(regions)) == 17
    assert {"ap-guangzhou", "ap-hongkong", "sa-saopaulo", "me-saudi-arabia"} <= set(regions)
    assert not {*FINANCE, "ap-taipei", "ap-zhongwei"} & set(regions)
    assert set(answer["RegionSet"][0]) == {"Region", "RegionName", "RegionState"}
    assert {item["RegionState"] for item in answer["RegionSet"]} == {"AVAILABLE"}


def test_an_account_is_told_the_regions_it_may_use(cloud: Emulator, api: Api) -> None:
    cloud.world.accounts[ACME].regions = ("ap-guangzhou", "ap-shanghai-fsi")
    for service, params in (("cvm", {}), ("region", {"Product": "cvm"})):
        listed = api("DescribeRegions", service=service, **params)["RegionSet"]
        assert [item["Region"] for item in listed] == ["ap-guangzhou", "ap-shanghai-fsi"]


def test_the_region_service_tells_the_same(api: Api) -> None:
    plain, told = api("DescribeRegions"), api("DescribeRegions", service="region", Product="cvm")
    assert told["TotalCount"] == plain["TotalCount"]
    assert [item["Region"] for item in told["RegionSet"]] == [item["Region"] for item in plain["RegionSet"]]
    plain, told = api("DescribeZones"), api("DescribeZones", service="region", Product="cvm")
    assert [item["ZoneId"] for item in told["ZoneSet"]] == [item["ZoneId"] for item in plain["ZoneSet"]]


@pytest.mark.parametrize("action", ["DescribeRegions", "DescribeZones"])
def test_only_cvm_is_known(refuses: Refuses, action: str) -> None:
    assert refuses(action, service="region", Product="cos") == "InvalidParameterValue"
    assert refuses(action, service="region") == "MissingParameter"


def test_zones(api: Api) -> None:
    zones = {item["Zone"]: item for item in api("DescribeZones")["ZoneSet"]}
    assert list(zones) == [f"ap-guangzhou-{number}" for number in range(1, 8)]
    assert zones["ap-guangzhou-3"]["ZoneId"] == "100003"
    assert zones["ap-guangzhou-3"]["ZoneName"] == "Guangzhou Zone 3"
    assert zones["ap-guangzhou-1"]["ZoneState"] == "UNAVAILABLE"
    assert zones["ap-guangzhou-3"]["ZoneState"] == "AVAILABLE"
    beijing = {item["Zone"]: item["ZoneId"] for item in api("DescribeZones", "ap-beijing")["ZoneSet"]}
    assert beijing["ap-beijing-7"] == "800007"


def test_zone_ids_are_of_one_zone(api: Api) -> None:
    ids = [
        zone["ZoneId"]
        for region in catalogue.regions().values()
        if region.usable
        for zone in api("DescribeZones", region.region)["ZoneSet"]
    ]
    assert len(ids) == len(set(ids)) > 50


def test_the_catalogue() -> None:
    regions = catalogue.regions()
    outside = {name for name, region in regions.items() if name.startswith(("ap-", "me-")) and not region.mainland}
    assert {"ap-hongkong", "ap-taipei", "ap-tokyo", "ap-singapore"} <= outside
    assert {name for name, region in regions.items() if region.finance} == set(FINANCE)
    assert all(regions[name].mainland and regions[name].usable for name in FINANCE)
    for name, region in regions.items():
        assert all(zone.startswith(f"{name}-") for zone in region.zones)
        assert set(region.sold_out_zones) <= set(region.zones)
        assert region.usable is (region.status in ("current", "finance"))


def test_what_the_catalogue_sells() -> None:
    assert catalogue.region_of_zone("ap-guangzhou-6") == "ap-guangzhou"
    assert catalogue.region_of_zone("ap-shanghai-fsi-1") == "ap-shanghai-fsi"
    assert catalogue.region_of_zone("ap-nowhere-1") is None
    assert catalogue.sold("S5.SMALL2", "ap-guangzhou-6") is True
    assert catalogue.sold("S5.SMALL2", "ap-guangzhou-1") is False
    assert catalogue.sold("S5.LARGE8", "ap-tokyo-1") is False
    assert catalogue.sold("SA5.LARGE8", "ap-jakarta-1") is None
    assert catalogue.sold("S9.HUGE", "ap-guangzhou-6") is None
