# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as they were given: what is empty, and what is secret. Pure."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._options import secrets, without_empty

SPEC: dict[str, dict[str, t.Any]] = {
    "name": {},
    "region": {"type": "str", "fallback": (str, ["REGION"])},
    "password": {"type": "str", "no_log": True},
    "state": {"type": "str", "choices": ["present", "absent"]},
    "count": {"type": "int"},
    "delay": {"type": "float"},
    "wait": {"type": "bool"},
    "regions": {"type": "list", "elements": "str"},
    "tags": {"type": "dict"},
    "disk": {"type": "dict", "options": {"size": {"type": "int"}, "kind": {}, "encrypt": {"type": "bool"}}},
    "disks": {"type": "list", "elements": "dict", "options": {"encrypt": {"type": "bool"}}},
}
ROWS: list[tuple[dict[str, t.Any], dict[str, t.Any]]] = [
    ({"state": "", "wait": "", "regions": "", "tags": "", "disk": "", "disks": ""}, {}),
    ({"name": "", "password": ""}, {"name": "", "password": ""}),
    ({"region": ""}, {}),
    ({"count": "", "delay": ""}, {"count": "", "delay": ""}),
    ({"disk": {"size": "", "kind": "", "encrypt": ""}}, {"disk": {"size": "", "kind": ""}}),
    ({"disks": ["", {"encrypt": ""}, {"encrypt": True}]}, {"disks": [{}, {"encrypt": True}]}),
    ({"tags": {"tier": ""}, "regions": ["", "ap-a"]}, {"tags": {"tier": ""}, "regions": ["", "ap-a"]}),
    ({"disk": "size=1", "wait": False, "count": 0}, {"disk": "size=1", "wait": False, "count": 0}),
    ({"unknown": "", "_ansible_check_mode": True}, {"unknown": "", "_ansible_check_mode": True}),
]


@pytest.mark.parametrize(("given", "kept"), ROWS)
def test_empty_texts_go_where_no_text_can_be_meant(given: dict[str, t.Any], kept: dict[str, t.Any]) -> None:
    assert without_empty(given, SPEC) == kept


def test_secrets_are_known_whatever_the_other_options_are() -> None:
    assert secrets({"password": "hunter2", "name": "web", "disk": "none"}, SPEC) == {"hunter2"}
    assert secrets({"password": ""}, SPEC) == secrets({"password": None}, SPEC) == secrets({}, SPEC) == set()
