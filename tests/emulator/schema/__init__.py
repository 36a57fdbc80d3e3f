# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, and the emulator's own answers, held against Tencent's official description."""

from __future__ import annotations

import json
import typing as t
from functools import cache
from pathlib import Path

import jsonschema

from ..errors import ApiError, EmulatorBug

SCHEMA_DIR = Path(__file__).parent


class Service:
    """One service in one API version: its official description with our overlay laid over it."""

    def __init__(self, description: dict[str, t.Any], overlay: list[dict[str, t.Any]]) -> None:
        self.name: str = description["service"]
        self.version: str = description["version"]
        self.official_actions: frozenset[str] = frozenset(description["official_actions"])
        self.actions: dict[str, dict[str, str]] = description["actions"]
        self.requests: dict[str, t.Any] = description["requests"]
        self.answers: dict[str, t.Any] = description["answers"]
        for patch in overlay:
            if patch["service"] == self.name:
                self._lay_over(patch)

    def _lay_over(self, patch: dict[str, t.Any]) -> None:
        definition = getattr(self, patch["direction"])[patch["object"]]
        member = definition["properties"][patch["member"]]
        if patch["keyword"] == "null":
            definition["properties"][patch["member"]] = {"anyOf": [member, {"type": "null"}]}
        else:
            member[patch["keyword"]] = patch["value"]
            member.setdefault("codes", {})[patch["keyword"]] = patch["code"]

    def knows(self, action: str) -> bool:
        return action in self.actions

    def check_request(self, action: str, params: dict[str, t.Any]) -> None:
        """Raise the ApiError that the official API would answer."""
        problems = sorted(self._validator("requests", action).iter_errors(params), key=_severity)
        if problems:
            raise _as_api_error(problems[0])

    def check_answer(self, action: str, answer: dict[str, t.Any]) -> None:
        """Raise EmulatorBug when our own answer is not of the official form."""
        problem = jsonschema.exceptions.best_match(self._validator("answers", action).iter_errors(answer))
        if problem is not None:
            raise EmulatorBug(f"{action} answered outside the official schema: {problem.json_path}: {problem.message}")

    def check_example_answer(self, action: str, answer: dict[str, t.Any]) -> list[str]:
        """What an official example answer breaks. Examples are shortened, so nothing is required of them."""
        relaxed = {
            name: {key: value for key, value in schema.items() if key != "required"}
            for name, schema in self.answers.items()
        }
        validator = _validator({"$ref": f"#/$defs/{self.actions[action]['output']}", "$defs": relaxed})
        return [f"{problem.json_path}: {problem.message}" for problem in validator.iter_errors(answer)]

    def _validator(self, direction: str, action: str) -> t.Any:
        return _validator(
            {
                "$ref": f"#/$defs/{self.actions[action]['input' if direction == 'requests' else 'output']}",
                "$defs": getattr(self, direction),
            }
        )


def _is_whole(_checker: t.Any, value: t.Any) -> bool:
    """JSON Schema counts 2.0 among the integers; the API, which knows types by their spelling, does not."""
    return isinstance(value, int) and not isinstance(value, bool)


_extend: t.Any = jsonschema.validators.extend
_Validator = _extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


def _validator(schema: dict[str, t.Any]) -> t.Any:
    return _Validator(schema)


_ORDER = ("additionalProperties", "required", "type", "anyOf")


def _severity(problem: t.Any) -> tuple[int, str]:
    return (_ORDER.index(problem.validator) if problem.validator in _ORDER else len(_ORDER), problem.json_path)


def _as_api_error(problem: t.Any) -> ApiError:
    where = ".".join(str(part) for part in problem.absolute_path)
    prefix = f"{where}." if where else ""
    code = (problem.schema.get("codes") or {}).get(problem.validator)
    if code:
        return ApiError(code, f"The value of the parameter `{where}` breaks a limit: {_limit(problem)}.")
    if problem.validator == "additionalProperties":
        unknown = min(set(problem.instance) - set(problem.schema["properties"]))
        return ApiError("UnknownParameter", f"The parameter `{prefix}{unknown}` is not recognized.")
    if problem.validator == "required":
        missing = next(name for name in problem.validator_value if name not in problem.instance)
        return ApiError("MissingParameter", f"The request is missing a required parameter `{prefix}{missing}`.")
    return ApiError("InvalidParameter", f"The value type of parameter `{where}` is wrong.")


def _limit(problem: t.Any) -> str:
    return f"{problem.validator} {problem.validator_value}"


@cache
def services() -> dict[tuple[str, str], Service]:
    """(service, version) -> Service, read once."""
    overlay = json.loads((SCHEMA_DIR / "overlay.json").read_text("utf-8"))["patches"]
    described = [
        Service(json.loads(path.read_text("utf-8")), overlay) for path in sorted(SCHEMA_DIR.glob("*-*-*-*.json"))
    ]
    return {(service.name, service.version): service for service in described}


@cache
def official_codes() -> dict[tuple[str, str], frozenset[str]]:
    """(service, action) -> the error codes its page lists."""
    table = json.loads((SCHEMA_DIR / "codes.json").read_text("utf-8"))["services"]
    return {
        (service, action): frozenset(codes) for service, actions in table.items() for action, codes in actions.items()
    }
