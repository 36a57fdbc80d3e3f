# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.ko.md says in Korean what README.md says: all that can be compared without knowing Korean is the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGLISH, KOREAN = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ko.md"))
LANGUAGES = re.compile(r"^\[(English|한국어)\]\(README(\.ko)?\.md\)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    return FENCED.sub("", LANGUAGES.sub("", text))


def headings(text: str) -> list[str]:
    """Their levels, in order."""
    return re.findall(r"^#+(?= )", prose(text), re.MULTILINE)


def blocks(text: str) -> list[str]:
    """Commands and files, to the letter."""
    return FENCED.findall(text)


def cells(text: str) -> list[int]:
    """How many cells each row of each table has, and where tables are interrupted."""
    return [line.count(" | ") if line.startswith("|") else 0 for line in prose(text).splitlines() if line[:1] in "|#"]


def names(text: str) -> set[str]:
    """Options, modules, variables: whatever is set as code."""
    return {" ".join(code.split()) for code in re.findall(r"`[^`]+`", prose(text))}


def links(text: str) -> list[str]:
    """Where the links lead, other than within the page."""
    return sorted(re.findall(r"\]\(([^)#]+)\)", prose(text)))


@pytest.mark.parametrize("aspect", [headings, blocks, cells, names, links], ids=lambda aspect: aspect.__name__)
def test_both_have_the_same(aspect: Callable[[str], list[str] | list[int] | set[str]]) -> None:
    assert aspect(KOREAN) == aspect(ENGLISH)
    assert len(aspect(ENGLISH)) > 5


def test_each_leads_to_the_other() -> None:
    assert [LANGUAGES.findall(text) for text in (ENGLISH, KOREAN)] == [[("한국어", ".ko")], [("English", "")]]


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_links_within_the_page_lead_somewhere(text: str) -> None:
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_the_prose_is_korean() -> None:
    """No paragraph was left as it was."""
    paragraphs = [part for part in prose(KOREAN).split("\n\n") if part.strip() and not part.startswith(("|", "["))]
    assert [part for part in paragraphs if not re.search("[가-힣]", part) and not part.strip().startswith("# ")] == []
