# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`nox -e chaos`: whatever happens, never two copies, never a lost one, never a wrong "present"."""

from __future__ import annotations

import typing as t

from .explore import Figures, explore
from .stage import Stage


def test_whatever_happens(
    stage: Stage, share: tuple[int, int], record_property: t.Callable[[str, t.Any], None]
) -> None:
    (number, first), figures = share, Figures()
    try:
        explore(stage, number, first, figures)
    finally:
        record_property("chaos", figures.as_dict())
