# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site as it was built, every link of it followed in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .crawl import Crawled, crawl, served

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "/collections/tencentcloud/cvm"


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served(Path(os.environ["CVM_SITE"])) as origin:
        yield origin


@pytest.fixture(scope="session")
def crawled(browser: Browser, site: str) -> Iterator[Crawled]:
    with browser.new_context() as context:
        yield crawl(context, site)


def names(pattern: str) -> list[str]:
    return sorted(path.stem for path in ROOT.glob(pattern))


def test_every_link_leads_somewhere_and_no_page_complains(crawled: Crawled) -> None:
    assert crawled.problems == []


def test_whatever_was_built_is_reached_from_the_front_page(crawled: Crawled) -> None:
    folder = Path(os.environ["CVM_SITE"])
    built = {f"/{path.relative_to(folder)}" for path in folder.rglob("*.html")}
    assert built - {"/search.html"} == crawled.pages.keys()


@pytest.mark.parametrize(
    "page",
    [
        *(f"{REFERENCE}/{name}_module" for name in names("plugins/modules/[a-z]*.py")),
        *(f"{REFERENCE}/{name}_filter" for name in names("plugins/filter/[a-z]*.py")),
        *(f"{REFERENCE}/{name}_inventory" for name in names("plugins/inventory/[a-z]*.py")),
        *(f"{REFERENCE}/{name}_role" for name in names("roles/[a-z]*")),
        *(f"/roles/{name}/README" for name in names("roles/[a-z]*")),
        *(f"/playbooks/{name}" for name in names("playbooks/*.yml")),
        *(f"/docs/{name}" for name in names("docs/*.md")),
        *(f"/docs/guides/{name}" for name in names("docs/guides/*.md")),
        *(f"/docs/runbooks/{name}" for name in names("docs/runbooks/*.md")),
    ],
)
def test_everything_there_is_has_its_page(crawled: Crawled, page: str) -> None:
    assert f"{page}.html" in crawled.pages


def test_pages_are_no_wider_than_a_telephone(browser: Browser, site: str, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": 400, "height": 900}) as context:
        page = context.new_page()
        for path in ("/index.html", "/README.html", "/docs/guides/rehearse.html", f"{REFERENCE}/instance_module.html"):
            page.goto(site + path)
            page.screenshot(path=tmp_path / f"{Path(path).stem}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= 400, path


def test_the_search_finds_the_module_of_an_option(browser: Browser, site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/index.html")
        page.get_by_role("textbox", name="Search").fill("replace_failed")
        page.keyboard.press("Enter")
        page.locator("ul.search").get_by_role("link", name="image_sync_cross_region").first.wait_for()


def test_the_crawler_sees_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        """<link rel="icon" href="data:,"><a href="other.html#there">1</a> <a href="other.html#gone">2</a>
        <a href="gone.html">3</a> <a href="gone.txt">4</a> <a href="http://insecure.example/">5</a>
        <a href="https://docs.example/page#x">6</a> <img src="gone.png"> <script>console.error("oh")</script>
        <img src="http://127.0.0.2:9/far.png">""",
        "utf-8",
    )
    (tmp_path / "other.html").write_text(
        "<link rel='icon' href='data:,'><p id='there'><script>nothing()</script>", "utf-8"
    )
    with served(tmp_path) as origin, browser.new_context() as context:
        found = crawl(context, origin)
    assert found.pages.keys() == {"/index.html", "/other.html", "/gone.html"}
    said = "\n".join(found.problems)
    for problem in (
        "/index.html points to #gone, which is not on /other.html",
        "/gone.html needs /gone.html, which is not there (404)",
        "/index.html needs /gone.txt, which is not there (404)",
        "/index.html needs /gone.png, which is not there (404)",
        "/index.html has a link that leads nowhere: http://insecure.example/",
        "/index.html loads http://127.0.0.2:9/far.png",
        "/index.html says error: oh",
        "/other.html breaks off: nothing is not defined",
    ):
        assert problem in said
    assert "#there" not in said
    assert "docs.example" not in said
