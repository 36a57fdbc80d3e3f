# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of docs/controller.md, which the tests write to files and run."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "controller.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`(?P<name>[\w.-]+\.ya?ml)`[^`\n]*:\s*\Z")


def blocks(name: str) -> list[str]:
    """The blocks of a language, or of the file that the line above names."""
    found = []
    for block in _BLOCK.finditer(TEXT):
        named = _NAMED.search(TEXT, 0, block.start())
        if name in (block["language"], named["name"] if named else None):
            found.append(block["text"])
    return found
