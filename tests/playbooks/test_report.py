# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tencentcloud.cvm.report: what it writes, and when it writes nothing. How the page looks is for tests/browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator import Emulator

from .conftest import Play
from .reported import ASKED, NASTY, reported_cloud


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with reported_cloud() as emulator:
        yield emulator


def asked(**different: str | list[str]) -> str:
    return json.dumps({**ASKED, **different})


def table(path: Path) -> dict[str, list[str]]:
    """The first table of the Markdown: name -> cells."""
    lines = path.read_text("utf-8").partition("\n## ")[0].splitlines()
    rows = [line.replace("\\|", "\0").strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {cells[0].replace("\0", "\\|"): cells[1:] for cells in rows}


def test_twice(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """The page and the Markdown; check mode writes nothing, the second run changes nothing, nothing in the cloud."""
    page, markdown = tmp_path / "report.html", tmp_path / "report.md"
    checked = play("tencentcloud.cvm.report", "-e", asked(), "--check")
    assert (checked.code, checked.failed, checked.changed) == (0, 0, 2), checked.output
    assert not page.exists()

    first = play("tencentcloud.cvm.report", "-e", asked())

    assert (first.code, first.failed, first.changed) == (0, 0, 2), first.output
    assert f"The report is {page}." in first.output
    rows = table(markdown)
    assert [row for row in rows if not row.startswith(("*", "---"))] == [
        "Image",
        "golden-web-2026-11",
        r"\<script\>document.title='x'\</script\>\|{{ 6\*7 }}\_\&amp;",
        "golden-web-2026-10",
    ]
    statuses = [cell.split()[0] for cell in rows["golden-web-2026-11"]]
    assert statuses == ["source", "missing", "copying", "failed", "present", "stranger"]
    assert rows["golden-web-2026-11"][4].startswith("present img-renamed1, 2 days, 50 GiB")
    assert rows["golden-web-2026-11"][4].endswith("named golden-web, 1 instance")
    assert rows["*Quota of images used*"] == ["3 of 500", "2 of 500", *["1 of 500"] * 4]
    assert rows["*Instances*"] == ["2", "2", "0", "0", "1", "1"]
    text = markdown.read_text("utf-8")
    assert r"\"\>\<img src=x onerror=alert(1)\>\` \| \*bold\* ins-oldweb01".replace('\\"', '"') in text
    assert "an image that is gone img-1sg0ne01" in text
    assert "42" not in text
    assert "<script" not in page.read_text("utf-8")
    assert "img-pub1ic01" not in text, "a public image is neither gone nor ours"
    assert cloud.journal.writes() == []
    before = page.read_bytes()

    second = play("tencentcloud.cvm.report", "-e", asked())

    assert (second.code, second.changed) == (0, 0), second.output
    assert page.read_bytes() == before


def test_only_some_images_and_regions(play: Play, tmp_path: Path) -> None:
    """Lists and lists in a string, the source region apart, names, ids, a pattern; empty strings count as not given."""
    chosen = asked(
        report_regions=["ap-chengdu"],
        report_source_region="ap-guangzhou",
        report_image_names="golden-web-2026-11, img-nasty001, typo",
        report_name_regex="",
    )
    assert play("tencentcloud.cvm.report", "-e", chosen).code == 0
    rows = table(tmp_path / "report.md")
    assert [cells[0].split()[0] for name, cells in rows.items() if name[0] not in "*-I"] == ["source"] * 2 + ["missing"]
    assert list(rows)[-4] == "typo"
    assert rows["Image"] == ["ap-guangzhou", "ap-chengdu"]

    pattern = asked(report_name_regex="-1[01]$", report_image_names="", report_path="", report_source_region="")
    assert play("tencentcloud.cvm.report", "-e", pattern).code == 0
    rows = table(tmp_path / "image-report.md")
    assert [name for name in rows if name[0] not in "*-I"] == ["golden-web-2026-11", "golden-web-2026-10"]
    assert NASTY not in rows


def test_a_region_that_cannot_be_read_hides_nothing(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """The page tells of it, and the play fails in the end."""
    gateway = {"do": "error", "code": "UnauthorizedOperation", "message": "no way", "times": None}
    cloud.add_faults(
        {**gateway, "action": "DescribeImages", "region": "ap-tokyo"},
        {**gateway, "action": "DescribeInstances", "region": "ap-shanghai"},
    )

    played = play("tencentcloud.cvm.report", "-e", asked())

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "incomplete: ap-shanghai, ap-tokyo could not be read" in played.output
    rows = table(tmp_path / "report.md")
    assert [cell.split()[0] for cell in rows["golden-web-2026-11"]][-2:] == ["present", "unknown"]
    assert rows["*Instances*"] == ["2", "not read", "0", "0", "1", "1"]
    assert rows["*Quota of images used*"][-1] == "not read"
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "The images of ap-tokyo could not be read: " in text
    assert "no way" in text
    assert "gone" not in text


def test_nothing_is_called_gone_if_it_could_not_be_asked(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """The third look fails: what others' images there are."""
    fault = {"do": "error", "code": "UnauthorizedOperation", "message": "no way", "times": None}
    cloud.add_faults({**fault, "action": "DescribeImages", "region": "ap-tokyo", "skip": 2})
    played = play("tencentcloud.cvm.report", "-e", asked())
    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "gone" not in (tmp_path / "report.md").read_text("utf-8")


def test_without_the_source_region_nothing_is_written(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    fault = {"do": "error", "code": "UnauthorizedOperation", "message": "no way", "times": None}
    cloud.add_faults({**fault, "action": "DescribeImages", "region": "ap-guangzhou"})
    played = play("tencentcloud.cvm.report", "-e", asked())
    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "The images of the source region ap-guangzhou could not be read, so nothing was written" in played.output
    assert not list(tmp_path.glob("report.*"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"report_regions": ""}, "Name the regions to report on with report_regions."),
        ({"report_path": "report.txt"}, "report_path is report.txt; let it end in .html."),
        ({"report_path": "no/such/report.html"}, "no/such, does not exist; create it."),
        ({"report_name_regex": "("}, "name_regex is not a regular expression"),
    ],
)
def test_bad_input_is_one_sentence(cloud: Emulator, play: Play, wrong: dict[str, str], said: str) -> None:
    played = play("tencentcloud.cvm.report", "-e", asked(**wrong))
    assert played.code != 0
    assert said in played.output
    assert "Traceback" not in played.output
    assert not cloud.journal.entries
