# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dispatch table: which function answers which action of which service."""

from __future__ import annotations

import typing as t

from ..call import Call
from . import images, instances, regions, snapshots, sts, tags, templates, vpc

HANDLERS: dict[tuple[str, str], t.Callable[[Call], dict[str, t.Any]]] = {
    (service, action): handler
    for service, table in (
        ("cbs", snapshots.ACTIONS),
        ("cvm", images.ACTIONS),
        ("cvm", instances.ACTIONS),
        ("cvm", regions.CVM_ACTIONS),
        ("cvm", templates.ACTIONS),
        ("region", regions.REGION_ACTIONS),
        ("sts", sts.ACTIONS),
        ("tag", tags.ACTIONS),
        ("vpc", vpc.ACTIONS),
    )
    for action, handler in table.items()
}

REGIONLESS = frozenset((("cvm", "DescribeRegions"), ("region", "DescribeRegions")))
"""Actions that work without X-TC-Region, besides those of the global services sts and tag."""
