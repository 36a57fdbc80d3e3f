# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No action may answer an error code that its page does not list.

The pipeline checks this whenever a handler refuses. Here the source is read as well, so that a code is found even if
no request has ever provoked it: whatever a handler reaches by calls, down to the ``ApiError`` that it raises.
"""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.tests import emulator

from tests.emulator import schema
from tests.emulator.actions import HANDLERS
from tests.emulator.actions.instances import STATE_CODES
from tests.emulator.behaviour import Behaviour
from tests.emulator.errors import COMMON_CODES

PACKAGE = Path(str(emulator.__file__)).parent
MODULES = {
    path.stem: ast.parse(path.read_text("utf-8")) for path in [*PACKAGE.glob("actions/*.py"), PACKAGE / "call.py"]
}

Function = tuple[str, str]


def functions() -> dict[Function, ast.FunctionDef]:
    """(module, name) -> every function and method of the handlers' modules."""
    return {
        (module, node.name): node
        for module, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


FUNCTIONS = functions()


def callees(module: str, node: ast.FunctionDef) -> set[Function]:
    """What it calls: of its own module, else imported or a method of Call."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute):
            name = part.id if isinstance(part, ast.Name) else part.attr
            homes = [module] if (module, name) in FUNCTIONS else [home for home, known in FUNCTIONS if known == name]
            found |= {(home, name) for home in homes}
    return found


def reached(start: Function) -> set[Function]:
    seen: set[Function] = set()
    waiting = [start]
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            waiting += callees(function[0], FUNCTIONS[function])
    return seen


def codes(function: Function) -> set[str]:
    """The codes that a function raises as they stand in it."""
    return {
        part.value
        for node in ast.walk(FUNCTIONS[function])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ApiError"
        for part in ast.walk(node.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def handler_of(service: str, action: str) -> Function:
    handler = HANDLERS[service, action]
    return handler.__module__.rpartition(".")[2], handler.__name__


@pytest.mark.parametrize(("service", "action"), sorted(HANDLERS))
def test_what_a_handler_can_raise_is_documented(service: str, action: str) -> None:
    raised = {code for function in reached(handler_of(service, action)) for code in codes(function)}
    assert raised - schema.official_codes()[service, action] - COMMON_CODES == set()


def test_the_search_finds_what_it_should() -> None:
    """Through two calls, into another module, through a method, and into a comprehension."""
    raised = {code for function in reached(handler_of("cvm", "SyncImages")) for code in codes(function)}
    assert {
        "InvalidImageName.Duplicate",
        "InvalidRegion.NotFound",
        "InvalidImageId.Malformed",
        "UnsupportedOperation.SyncEncryptImageNotSupport",
    } <= raised
    raised = {code for function in reached(handler_of("cvm", "StopInstances")) for code in codes(function)}
    assert "InvalidInstanceId.NotFound" in raised
    every = {code for function in FUNCTIONS for code in codes(function)}
    assert len(every) > 50


@pytest.mark.parametrize(
    ("action", "codes"),
    [
        ("SyncImages", (Behaviour.busy_code, "FailedOperation.InvalidImageState", Behaviour.cross_border_code)),
        ("SyncImages", ("UnsupportedOperation.Region", "InvalidParameterValue.InvalidRegion", "DryRunOperation")),
        ("RunInstances", (Behaviour.client_token_conflict_code, "DryRunOperation")),
    ],
)
def test_codes_that_switches_name(action: str, codes: tuple[str, ...]) -> None:
    assert set(codes) <= schema.official_codes()["cvm", action] | COMMON_CODES


def test_codes_of_states_are_those_of_some_action() -> None:
    """Which action answers which is tested by running them: test_instances.py, every action in every state."""
    listed = set().union(*(codes for (service, _action), codes in schema.official_codes().items() if service == "cvm"))
    assert set(STATE_CODES.values()) <= listed


def test_codes_look_like_codes() -> None:
    pattern = t.cast("set[str]", set().union(*schema.official_codes().values())) | COMMON_CODES
    assert all(code and code == code.strip() and " " not in code for code in pattern)
