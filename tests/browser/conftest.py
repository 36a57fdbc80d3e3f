# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of tencentcloud.cvm.report, as the playbook writes it, in a real browser."""

from __future__ import annotations

import json
import os
import typing as t
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.playbooks.conftest import play_with, user_environment
from tests.playbooks.reported import ASKED, reported_cloud

ARGUMENTS = ["--disable-gpu", "--disable-quic"]


@dataclass(frozen=True)
class Seen:
    """A page, and everything it did that a report has no reason to do."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


Look = Callable[..., AbstractContextManager[Seen]]


def written(folder: Path, fault: dict[str, t.Any] | None = None) -> Path:
    """Run the playbook as a user does; the path of its page."""
    with reported_cloud() as cloud:
        if fault:
            cloud.add_faults(fault)
        played = play_with(
            user_environment(cloud, folder), folder, ["tencentcloud.cvm.report", "-e", json.dumps(ASKED)]
        )
    assert played.code == (2 if fault else 0), played.output
    return folder / "report.html"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="session")
def incomplete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run that could not read a region."""
    fault = {"do": "error", "code": "UnauthorizedOperation", "message": "<b>no way</b>", "times": None}
    return written(tmp_path_factory.mktemp("incomplete"), {**fault, "region": "ap-tokyo"})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that the session found, without its sandbox, for playwright asks for none."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["CVM_BROWSER"], args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def look(browser: Browser) -> Look:
    """look(path, width=1280, **context) opens the page in a fresh context and watches what it does."""

    @contextmanager
    def opened(path: Path, width: int = 1280, **options: t.Any) -> Iterator[Seen]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        try:
            seen = Seen(context.new_page())
            seen.page.on("request", lambda request: seen.requests.append(request.url))
            seen.page.on("console", lambda message: seen.messages.append(message.text))
            seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
            seen.page.goto(path.as_uri(), wait_until="load")
            yield seen
        finally:
            context.close()

    return opened
