# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which instances are asked for."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._instance_query import Query, read_query
from ansible_collections.tencentcloud.cvm.plugins.module_utils._instances import Instance
from ansible_collections.tencentcloud.cvm.plugins.module_utils._query import given

NOTHING: dict[str, t.Any] = dict.fromkeys(
    ("instance_ids", "instance_name", "name_regex", "tags", "image_ids", "states", "group")
)
INSTANCE = Instance(
    "ap-tokyo",
    "ins-00000001",
    "web",
    "RUNNING",
    image_id="img-00000001",
    tags={"team": "web", "cvm-instance-group": "a"},
)


@pytest.mark.parametrize(
    ("asked", "passes"),
    [
        ({}, True),
        ({"instance_ids": ["ins-00000001", "ins-00000002"]}, True),
        ({"instance_ids": ["ins-00000002"]}, False),
        ({"instance_name": "web"}, True),
        ({"instance_name": "we"}, False),
        ({"name_regex": "^w"}, True),
        ({"name_regex": "^e"}, False),
        ({"tags": {"team": "web"}}, True),
        ({"tags": {"team": ""}}, True),
        ({"tags": {"team": "db"}}, False),
        ({"tags": {"tier": None}}, False),
        ({"tags": {"team": "web", "tier": 1}}, False),
        ({"image_ids": ["img-00000001"]}, True),
        ({"image_ids": ["img-00000002"]}, False),
        ({"states": ["STOPPED", "RUNNING"]}, True),
        ({"states": ["STOPPED"]}, False),
        ({"group": "a"}, True),
        ({"group": "b"}, False),
        ({"group": "a", "states": ["STOPPED"]}, False),
    ],
)
def test_what_passes(asked: dict[str, t.Any], passes: bool) -> None:
    assert read_query({**NOTHING, **asked}).matches(INSTANCE) is passes


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        (Query(), {}),
        (Query(name="web", states=("RUNNING",)), {"instance-name": ["web"], "instance-state": ["RUNNING"]}),
        (Query(states=("RUNNING", "STOPPED", "PENDING", "STARTING", "STOPPING", "REBOOTING")), {}),
        (Query(tags={"team": "web", "tier": ""}), {"tag:team": ["web"]}),
        (Query(image_ids=("img-00000001",)), {}),
    ],
)
def test_what_the_api_is_asked(query: Query, filters: dict[str, list[str]]) -> None:
    assert query.filters() == filters


def test_no_more_filters_than_a_request_may_hold() -> None:
    filters = Query(name="web", states=("RUNNING",), tags={f"key-{number}": "x" for number in range(20)}).filters()
    assert len(filters) == 10
    assert {"instance-name", "instance-state"} <= set(filters)


def test_empty_texts_are_not_given() -> None:
    assert given(["", "a", "a", "b", ""]) == ("a", "b")
    assert read_query({**NOTHING, "instance_name": "", "states": [""], "group": "", "instance_ids": [""]}) == Query()
