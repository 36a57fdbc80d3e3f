# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report as a person sees it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from tests.playbooks.reported import NASTY, NASTY_INSTANCE, REGIONS

from .conftest import Look

WIDTHS = (1280, 400)
SCHEMES = ("light", "dark")

# The texts that are seen, each with the contrast between its colour and the first background behind it (WCAG 2.2).
CONTRASTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.getClientRects().length) continue;
    const [low, high] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b);
    found.push([walker.currentNode.textContent.trim(), (high + 0.05) / (low + 0.05)]);
  }
  return found;
}"""


def texts(page: t.Any, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_that_is_calm_readable_and_no_wider_than_its_window(
    look: Look, report: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    with look(report, width, color_scheme=scheme) as seen:
        seen.page.screenshot(path=tmp_path / f"report-{scheme}-{width}.png", full_page=True)
        assert seen.requests == [report.as_uri()], "it loads nothing"
        assert seen.messages == []
        widths = seen.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert widths[0] <= widths[1] == width
        contrasts = seen.page.evaluate(CONTRASTS)
        assert len(contrasts) > 100
        assert [found for found in contrasts if found[1] < 4.5] == []
        luminous = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (int(luminous.strip("rgb()").split(",")[0]) > 127) == (scheme == "light")


def test_every_row_column_and_status(look: Look, report: Path) -> None:
    with look(report) as seen:
        page = seen.page
        assert page.title() == "Images of ap-guangzhou, 2026-11-23"
        assert texts(page, "#matrix thead th[scope=col]") == ["Image", *REGIONS]
        rows = [heading.split(" Ubuntu")[0] for heading in texts(page, "#matrix tbody th[scope=row]")]
        assert rows[::2] == ["golden-web-2026-11", "golden-web-2026-10"]
        assert rows[1].startswith(NASTY)
        statuses = texts(page, "#matrix tbody .status")
        assert statuses == [
            *("◆ source", "○ missing", "↻ copying 51 %", "✕ failed", "✓ present", "⚠ stranger"),
            *("◆ source", *["○ missing"] * 5),
            *("◆ source", "✓ present", *["○ missing"] * 4),
        ]
        assert texts(page, "#matrix tbody tr:first-child td:nth-of-type(1)") == [
            "◆ source img-go1dweb1 3 days, 50 GiB snapshots 50 GiB busy: SYNCING 1 instance"
        ]
        assert texts(page, "#matrix tbody tr:first-child td:nth-of-type(5)") == [
            "✓ present img-renamed1 2 days, 50 GiB snapshots 50 GiB named golden-web 1 instance"
        ]
        assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [51, 100]
        assert texts(page, "#matrix tfoot tr") == [
            "Quota of images used 3 of 500 2 of 500 1 of 500 1 of 500 1 of 500 1 of 500",
            "Snapshots of all own images 120 GiB 100 GiB 50 GiB 50 GiB 50 GiB 100 GiB",
            "Instances 2 2 0 0 1 1",
        ]
        assert texts(page, ".tiles div") == [
            *("copies present 2", "copying 1", "missing 10", "failed 1", "strangers 1", "GiB of snapshots 470"),
            "instances to renew 3",
        ]


def test_the_other_tables(look: Look, report: Path) -> None:
    with look(report) as seen:
        tables = {heading: texts(seen.page, f"#{heading} + .scroll tbody tr") for heading in ("outdated", "others")}
        old = "ap-shanghai RUNNING golden-web-2026-10 img-o1dcopy1 golden-web-2026-11 missing in ap-shanghai"
        assert tables["outdated"] == [
            f"{NASTY_INSTANCE} ins-oldweb01 {old}",
            f"web-3 ins-oldweb02 {old}",
            "orphan ins-orphan01 ap-tokyo RUNNING an image that is gone img-1sg0ne01 not known",
        ]
        assert tables["others"] == ["golden-web-2026-11-test img-simi1ar1 ap-shanghai NORMAL 2 days 50 50 0"]
        attention = texts(seen.page, "#attention + .scroll tbody tr")
        assert ["ended as CREATEFAILED" in attention[0], "is no copy of img-go1dweb1" in attention[1]] == [True, True]
        seen.page.click("a[href='#runs-img-o1dcopy1']")
        assert texts(seen.page, ":target .machines li") == [
            f"{NASTY_INSTANCE} ins-oldweb01 RUNNING",
            "web-3 ins-oldweb02 RUNNING",
        ]


def test_tables_that_a_screen_reader_can_read(look: Look, report: Path) -> None:
    """Captions, headers of rows and columns, and tables that scroll by keyboard; no colour without its word."""
    with look(report, 400) as seen:
        page = seen.page
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("table").count() == page.locator("table > caption").count() == 5
        assert page.locator("th:not([scope])").count() == 0
        assert page.locator("tbody tr > :first-child:not(th[scope=row])").count() == 0
        regions = page.get_by_role("region").all()
        assert [region.get_attribute("tabindex") for region in regions] == ["0"] * 5
        assert page.locator("h1").count() == 1
        scrolling = "box => [box.scrollWidth > box.clientWidth, getComputedStyle(box).overflowX]"
        assert regions[0].evaluate(scrolling) == [True, "auto"]
        assert all(len(text.split()) > 1 for text in texts(page, ".status"))


def test_what_is_printed_is_light_and_whole(look: Look, report: Path, tmp_path: Path) -> None:
    with look(report, color_scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        shown = seen.page.locator(".scroll").evaluate_all("boxes => boxes.map(box => getComputedStyle(box).overflowX)")
        assert set(shown) == {"visible"}
        assert [found for found in seen.page.evaluate(CONTRASTS) if found[1] < 4.5] == []
        seen.page.screenshot(path=tmp_path / "report-print.png", full_page=True)


def test_the_script_in_a_name_does_not_run(look: Look, report: Path, tmp_path: Path) -> None:
    """Its page forbids scripts, and escapes them: each would do alone."""
    with look(report, bypass_csp=True) as seen:
        assert seen.page.locator("script, img, b").count() == 0
        assert NASTY in texts(seen.page, "bdi")
        assert seen.page.title() != "x"
    careless = tmp_path / "careless.html"
    careless.write_text(
        report.read_text("utf-8").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'"), "utf-8"
    )
    with look(careless, bypass_csp=True) as seen:
        assert seen.page.title() == "x", "this test would not notice a script"
    with look(careless) as seen:
        assert seen.page.title() != "x"


def test_a_region_that_could_not_be_read(look: Look, incomplete: Path) -> None:
    with look(incomplete) as seen:
        (alarm,) = texts(seen.page, "#unread")
        assert alarm.startswith("This report is incomplete. The images of ap-tokyo could not be read: ")
        assert "<b>no way</b>" in alarm
        assert texts(seen.page, "#matrix tbody tr td:last-child") == ["? unknown"] * 3
        assert texts(seen.page, "#matrix tfoot tr td:last-child") == ["not read"] * 3
        assert [found for found in seen.page.evaluate(CONTRASTS) if found[1] < 4.5] == []
