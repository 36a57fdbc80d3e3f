# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches themselves; what each does is tested where it acts."""

from __future__ import annotations

import typing as t
from dataclasses import fields
from pathlib import Path

import pytest

from tests.emulator.behaviour import IMAGE_SETS, INFERRED, Behaviour


def test_switches_are_turned_by_name() -> None:
    changed = Behaviour.from_json({"rate_limits": True, "image_visible_after": 7, "dry_run_code": "DryRunOperation"})
    assert (changed.rate_limits, changed.image_visible_after, changed.dry_run_code) == (True, 7.0, "DryRunOperation")
    assert changed.image_deleted_after == Behaviour().image_deleted_after
    assert Behaviour.from_json({}) == Behaviour()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"colour": 1, "sound": 2}, "no such behaviour: colour, sound; there are"),
        ({"rate_limits": "yes"}, "rate_limits is like False, not 'yes'"),
        ({"rate_limits": 1}, "rate_limits is like False, not 1"),
        ({"image_visible_after": True}, "image_visible_after is like 5.0, not True"),
        ({"image_visible_after": "5"}, "image_visible_after is like 5.0, not '5'"),
        ({"busy_code": None}, "busy_code is like 'Invalid"),
        ({"image_set": "random"}, "one of asked, reversed, partial, empty, null, not 'random'"),
        ({"copy_minutes": 5}, "copy_minutes is two numbers, not 5"),
        ({"copy_minutes": [1, 2, 3]}, "copy_minutes is two numbers"),
        ({"copy_minutes": ["a", "b"]}, "copy_minutes is two numbers"),
        ({"copy_minutes": [3, 2]}, "copy_minutes is a range"),
        ({"copy_minutes": [-1, 2]}, "copy_minutes is a range"),
    ],
)
def test_what_a_switch_cannot_be(data: dict[str, t.Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Behaviour.from_json(data)


def test_every_switch_says_what_it_does_and_what_it_rests_on() -> None:
    for item in fields(Behaviour):
        assert item.metadata["basis"] in ("documented", "inferred", "unknown"), item.name
        assert item.metadata["about"].endswith("."), item.name


def test_every_switch_is_read_somewhere_and_tested_somewhere() -> None:
    package = Path(__file__).parents[2] / "emulator"
    sources = [path for path in package.rglob("*.py") if path.name != "behaviour.py"]
    read = "".join(path.read_text("utf-8") for path in sources)
    tested = "".join(
        path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)
    )
    for item in fields(Behaviour):
        assert f"behaviour.{item.name}" in read, item.name
        assert f"behaviour.{item.name}" in tested, item.name


def test_every_form_of_the_image_set_is_named() -> None:
    about = next(item.metadata["about"] for item in fields(Behaviour) if item.name == "image_set")
    assert all(form in about for form in IMAGE_SETS)


def test_what_else_is_inferred_is_said_once() -> None:
    texts = [text for _area, text in INFERRED]
    assert len(texts) == len(set(texts)) > 20
    assert all(text.endswith(".") and "|" not in text for text in texts)
