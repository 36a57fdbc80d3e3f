# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every job template as a controller runs it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.playbooks.held import ACME, own

from .jobs import CASES, KEYS, ROLE, TEMPLATES, Launcher, proposed


def test_every_template_has_a_case_that_answers_every_question() -> None:
    assert CASES.keys() == TEMPLATES.keys()
    for name, case in CASES.items():
        assert case.full.keys() == {question["variable"] for question in TEMPLATES[name]["survey"]}, name
        given = [answer for answer in case.full.values() if answer in ("", [])]
        assert len(given) <= 1, f"{name}: only the id or the name, or what the other answers exclude, is blank"


# With the fewest answers the nodes of the workflow and the slices run these.
ELSEWHERE = {"preflight", "roll out", "distribute images", "copy and launch"}


@pytest.mark.parametrize("name", sorted(CASES.keys() - ELSEWHERE))
def test_with_the_fewest_answers_and_all_others_blank(launcher: Launcher, name: str) -> None:
    case = CASES[name]
    case.before(launcher.cloud)
    done = launcher.launch(name, proposed(TEMPLATES[name], case.few), **case.prompts)
    assert done.status == "successful", done.output
    case.after(launcher.cloud, done)


@pytest.mark.parametrize("name", CASES)
def test_with_an_answer_to_every_question(launcher: Launcher, name: str) -> None:
    """By whoever may assume the role of the first account, which is of no concern to the second."""
    case = CASES[name]
    case.before(launcher.cloud)
    keys = {**KEYS, "Tencent Cloud": {**KEYS["Tencent Cloud"], **ROLE}}
    done = replace(launcher, keys=keys).launch(name, case.full, **case.prompts)
    assert done.status == "successful", done.output
    case.after(launcher.cloud, done)
    assert {entry.account for entry in launcher.cloud.journal.calls(action="AssumeRole")} == {ACME}


def test_a_blank_credential_of_the_second_account_is_told_in_a_sentence(launcher: Launcher) -> None:
    """The first account's key is never taken for it."""
    blank = replace(launcher, keys={**KEYS, "Tencent Cloud (target account)": {}})
    name = "share with another account"
    done = blank.launch(name, proposed(TEMPLATES[name], CASES[name].few))
    assert done.status == "failed"
    assert "or in the variables TENCENTCLOUD_TARGET_* of the environment" in done.output
    assert "Traceback" not in done.output
    assert launcher.cloud.journal.writes() == []


def test_names_that_are_blank_are_told_in_a_sentence(launcher: Launcher) -> None:
    """The controller lets pass what is no more than a space or an empty line."""
    name = "distribute images"
    done = launcher.launch(name, proposed(TEMPLATES[name], {**CASES[name].few, "distribute_images_names": " \n"}))
    assert done.status == "failed"
    assert "Name the images by distribute_images_names" in done.output
    assert launcher.cloud.journal.writes() == []


def test_pruning_in_earnest(launcher: Launcher) -> None:
    case = CASES["prune images"]
    case.before(launcher.cloud)
    done = launcher.launch("prune images", case.full, job_type="run")
    assert done.status == "successful", done.output
    assert "img-o1dcopy9" not in own(launcher.cloud, "ap-chengdu").values()
