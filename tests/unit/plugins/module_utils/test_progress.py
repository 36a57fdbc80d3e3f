# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module tells while it waits, and to whom."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._progress import (
    VARIABLE,
    Sight,
    Told,
    from_line,
    teller,
    to_line,
)

TOLD = Told(12.5, (Sight("ap-tokyo", "골든", "SYNCING", 40, None, 3.0, "busy"), Sight("ap-seoul", "골든")))


def plainly(plain: dict[str, t.Any]) -> t.Any:
    return plain


def test_a_line_is_understood_as_it_was_meant() -> None:
    assert from_line(to_line(TOLD)) == TOLD
    assert to_line(TOLD).count("\n") == 1


SIGHT: dict[str, t.Any] = {"region": "r", "name": "n"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        b"\xff",
        "[]",
        "7",
        '{"elapsed": 1}',
        '{"elapsed": null, "sights": []}',
        *(
            json.dumps({"elapsed": 1, "sights": [sight]})
            for sight in (
                {"name": "n"},
                {**SIGHT, "region": None},
                {**SIGHT, "region": 7},
                {**SIGHT, "percent": "7"},
                {**SIGHT, "asked_at": "7"},
                {**SIGHT, "state": 7},
                {**SIGHT, "more": "m"},
                "text",
            )
        ),
    ],
)
def test_what_is_no_line_is_passed_over(line: str | bytes) -> None:
    assert from_line(line) is None


def test_it_is_added_to_the_file_without_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "told"
    path.write_text("before\n")
    tell = teller({VARIABLE: str(path)}, lambda plain: {**plain, "sights": []})

    tell(TOLD)
    tell(TOLD)

    empty = to_line(Told(12.5, ()))
    assert path.read_text() == f"before\n{empty}{empty}"


@pytest.mark.parametrize("environ", [{}, {VARIABLE: ""}])
def test_nobody_is_told_without_the_variable(environ: dict[str, str]) -> None:
    teller(environ, plainly)(TOLD)


def test_a_file_that_is_not_there_is_not_made_and_a_link_not_followed(tmp_path: Path) -> None:
    """The action plugin has gone, or was never on this machine."""
    teller({VARIABLE: str(tmp_path / "gone")}, plainly)(TOLD)
    other = tmp_path / "other"
    other.touch()
    (tmp_path / "link").symlink_to(other)
    teller({VARIABLE: str(tmp_path / "link")}, plainly)(TOLD)
    teller({VARIABLE: str(tmp_path)}, plainly)(TOLD)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "other"]
    assert other.read_text() == ""


def test_a_full_disk_is_no_trouble() -> None:
    teller({VARIABLE: "/dev/full"}, plainly)(TOLD)
