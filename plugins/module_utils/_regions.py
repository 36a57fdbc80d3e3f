# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""On which side of which border a region lies.

Which regions exist and which an account may use is for the API to say. This only classifies, because Tencent Cloud
copies images within the Chinese mainland and within the rest of the world, but across that border only for accounts
that its support has opened for it, and finance regions only among each other (product page 213/4943).
"""

from __future__ import annotations

from enum import Enum

MAINLAND = frozenset(
    (
        "ap-beijing",
        "ap-chengdu",
        "ap-chongqing",
        "ap-guangzhou",
        "ap-guangzhou-open",
        "ap-nanjing",
        "ap-shanghai",
        "ap-shanghai-adc",
        "ap-shenzhen",
        "ap-zhongwei",
    )
)
OVERSEAS = frozenset(
    (
        "ap-bangkok",
        "ap-hongkong",
        "ap-jakarta",
        "ap-seoul",
        "ap-singapore",
        "ap-tokyo",
        "eu-frankfurt",
        "me-saudi-arabia",
        "na-ashburn",
        "na-siliconvalley",
        "sa-saopaulo",
    )
)


class Area(Enum):
    MAINLAND = "the Chinese mainland"
    OVERSEAS = "the rest of the world"
    FINANCE = "the finance regions"
    UNKNOWN = "a region this collection does not know"


def area_of(region: str) -> Area:
    if region.endswith("-fsi"):
        return Area.FINANCE
    if region in MAINLAND:
        return Area.MAINLAND
    return Area.OVERSEAS if region in OVERSEAS else Area.UNKNOWN


def crosses_border(source: str, destination: str) -> bool:
    """Whether a copy needs Tencent Cloud's permission. A region that is not known here is left to the API."""
    here, there = area_of(source), area_of(destination)
    return here is not there and Area.UNKNOWN not in (here, there)
