# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A little of `nox -e chaos`, always the same: enough to notice when the copy engine loses a property."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.explore import Figures, explore
from tests.chaos.stage import Stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as opened:
        yield opened


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_whatever_happens(stage: Stage, seed: int) -> None:
    figures = Figures()
    explore(stage, number=12, first=seed, figures=figures)
    assert (figures.schedules, figures.violations) == (12, 0)
