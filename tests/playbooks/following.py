# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of the documentation, followed to the letter by somebody who knows nothing else.

A block of YAML or JSON below a line that names a file in backquotes is that file. Blocks of shell are run one after the
other; one whose fence says ``shell fails`` must fail. Blocks in other languages are not for typing.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(?P<language>\w+)(?P<fails> fails)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED_FILE = re.compile(r"`(?P<name>[~/\w.-]+\.\w+)`[^`\n]*:\s*\Z")


@dataclass(frozen=True)
class Step:
    """A file to write (``name``), or commands to run."""

    text: str
    name: str | None = None
    fails: bool = False


def steps(text: str) -> list[Step]:
    found = []
    for block in _BLOCK.finditer(text):
        if block["language"] in ("yaml", "json"):
            named = _NAMED_FILE.search(text, 0, block.start())
            assert named, f"this block is in no file:\n{block['text']}"
            found.append(Step(block["text"], named["name"]))
        elif block["language"] == "shell":
            found.append(Step(block["text"], fails=bool(block["fails"])))
    return found


def follow(step: Step, environment: Mapping[str, str], folder: Path) -> str | None:
    """Write the file, or run the commands in the folder, which is also ``~``; what they have printed."""
    if step.name is not None:
        path = folder / step.name.removeprefix("~/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text, "utf-8")
        return None
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step.text],
        env=dict(environment),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) is step.fails, f"{step.text}\n{done.stdout}"
    assert "Traceback" not in done.stdout, done.stdout
    return done.stdout
