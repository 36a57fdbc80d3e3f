# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code that the emulator can answer is one of Tencent's, by the official SDK's own lists."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests import emulator
from tests.emulator.errors import COMMON_CODES

SERVICES = {
    "images": "cvm.v20170312",
    "instances": "cvm.v20170312",
    "tags": "tag.v20180813",
    "sts": "sts.v20180813",
}


def raised_codes(path: Path) -> set[str]:
    """First arguments of ApiError and Refusal, and the values of tables of codes."""
    codes = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ApiError", "Refusal") and node.args:
            codes |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
    return {code for code in codes if isinstance(code, str)}


@pytest.mark.parametrize(("name", "service"), SERVICES.items())
def test_codes_are_official(name: str, service: str) -> None:
    listed = importlib.import_module(f"tencentcloud.{service}.errorcodes")
    official = {value for key, value in vars(listed).items() if key.isupper()}
    raised = raised_codes(Path(emulator.__file__).parent / "actions" / f"{name}.py")
    assert raised
    assert raised - official - COMMON_CODES == set()
