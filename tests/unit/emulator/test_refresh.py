# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refresh of the schema from the CLI's api.json; that the tree is fresh is a contract test."""

from __future__ import annotations

import typing as t

import jsonschema
import pytest

from tests.emulator import refresh, schema
from tests.emulator.actions import HANDLERS

API: dict[str, t.Any] = {
    "actions": {
        "DoThing": {"input": "DoThingRequest", "output": "DoThingResponse", "document": "prose"},
        "Other": {"input": "DoThingRequest", "output": "DoThingResponse"},
    },
    "objects": {
        "DoThingRequest": {
            "members": [
                {"name": "Names", "type": "list", "member": "string", "required": True, "document": "prose"},
                {"name": "Part", "type": "object", "member": "Part", "required": False},
                {"name": "Parts", "type": "list", "member": "Part"},
                {"name": "Count", "type": "int", "member": "uint64"},
                {"name": "Maybe", "type": "string", "member": "string", "value_allowed_null": True},
            ]
        },
        "DoThingResponse": {
            "members": [
                {"name": "Done", "type": "bool", "member": "bool", "output_required": True},
                {"name": "RequestId", "type": "string", "member": "string"},
            ]
        },
        "Part": {"members": [{"name": "Size", "type": "float", "member": "float", "required": True}]},
        "Unused": {"members": []},
    },
}


def trimmed() -> dict[str, t.Any]:
    return refresh.trim(API, "thing", "2020-01-01", ["DoThing"], "tccli 0")


def test_names_types_and_what_is_required_are_kept() -> None:
    made = trimmed()
    assert made["official_actions"] == ["DoThing", "Other"]
    assert made["actions"] == {"DoThing": {"input": "DoThingRequest", "output": "DoThingResponse"}}
    assert set(made["requests"]) == {"DoThingRequest", "Part"}
    request = made["requests"]["DoThingRequest"]
    assert request["required"] == ["Names"]
    assert request["additionalProperties"] is False
    assert request["properties"] == {
        "Names": {"type": "array", "items": {"type": "string"}},
        "Part": {"$ref": "#/$defs/Part"},
        "Parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
        "Count": {"type": "integer", "minimum": 0},
        "Maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }
    assert made["answers"]["DoThingResponse"]["required"] == ["Done"]
    assert "prose" not in str(made)


@pytest.mark.parametrize(
    ("params", "fits"),
    [
        ({"Names": ["a"]}, True),
        ({"Names": ["a"], "Part": {"Size": 1.5}, "Parts": [{"Size": 1}], "Count": 3, "Maybe": None}, True),
        ({}, False),
        ({"Names": "a"}, False),
        ({"Names": [], "Count": -1}, False),
        ({"Names": [], "Part": {}}, False),
        ({"Names": [], "Parts": [{"Size": 1, "More": 2}]}, False),
        ({"Names": [], "Extra": 1}, False),
    ],
)
def test_what_it_makes_is_json_schema(params: dict[str, t.Any], fits: bool) -> None:
    made = {"$ref": "#/$defs/DoThingRequest", "$defs": trimmed()["requests"]}
    assert jsonschema.Draft202012Validator(made).is_valid(params) is fits


def test_it_makes_what_the_emulator_reads() -> None:
    service = schema.Service(trimmed(), [])
    service.check_request("DoThing", {"Names": ["a"]})
    service.check_answer("DoThing", {"Done": True})


def test_what_is_refreshed_is_what_is_emulated() -> None:
    listed = {(service, action) for (service, _version), actions in refresh.EMULATED.items() for action in actions}
    assert listed == set(HANDLERS)
    assert set(refresh.EMULATED) == set(schema.services())
