# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of docs/controller.md, which the tests write to files and run."""

from __future__ import annotations

from pathlib import Path

from tests.playbooks.following import steps

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "controller.md").read_text("utf-8")


def blocks(name: str) -> list[str]:
    """The blocks of ``shell``, or of the file that the line above names."""
    return [step.text for step in steps(TEXT) if (step.name or "shell") == name]
