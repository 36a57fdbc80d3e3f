# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much chaos, and what it came to."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Iterator

import pytest

from .explore import Figures
from .stage import Stage

SHARE = 50
"""Schedules of one test: small enough for the work to be spread over processes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--schedules", type=int, default=1000, help="how many schedules to perform (1000)")
    parser.addoption("--seed", type=int, default=None, help="where to begin; without it, anywhere")


def pytest_configure(config: pytest.Config) -> None:
    """One seed for all processes: it names their tests."""
    if config.option.seed is None:
        told = getattr(config, "workerinput", {})
        config.option.seed = told.get("chaos_seed", random.randrange(1_000_000))


class _Tell:
    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: t.Any) -> None:
        node.workerinput["chaos_seed"] = node.config.option.seed


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    if not manager.has_plugin("chaos-seed"):
        manager.register(_Tell(), "chaos-seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "share" in metafunc.fixturenames:
        number, first = metafunc.config.option.schedules, metafunc.config.option.seed
        shares = [(min(SHARE, number - begun), first + begun) for begun in range(0, number, SHARE)]
        metafunc.parametrize("share", shares, ids=[f"seed {begins}" for _number, begins in shares])


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: t.Any, config: pytest.Config) -> None:
    total = Figures()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "chaos" and report.when == "call":
                    total.add(value)
    terminalreporter.write_line(f"{total} (--seed {config.option.seed})")
