# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role share_and_copy by its playbook: one image, two accounts, both in one emulator."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from tests.emulator import Emulator

from .conftest import Play, Played

ACME, PARTNER = "100000000001", "100000000002"
GOLDEN = "img-go1dweb1"
WANTED: dict[str, t.Any] = {
    "share_and_copy_region": "ap-guangzhou",
    "share_and_copy_image_name": "golden-web-2026-11",
    "share_and_copy_copy_name": "acme-golden",
    "share_and_copy_copy_tags": {"from": "acme"},
    "share_and_copy_destination_regions": ["ap-chengdu", "ap-chongqing"],
    "share_and_copy_target": {"secret_id": "AKIDpartnerdemo1", "secret_key": "partner-demo-key"},
}


@pytest.fixture(autouse=True)
def quick_copies(cloud: Emulator) -> None:
    """How long a copy takes is of no interest here."""
    cloud.world.behaviour.copy_minutes = (2.0, 2.0)


def share_and_copy(play: Play, *arguments: str, **different: t.Any) -> Played:
    return play("tencentcloud.cvm.share_and_copy", "-e", json.dumps({**WANTED, **different}), *arguments)


def theirs(cloud: Emulator) -> dict[str, str]:
    """Region -> state of the partner's copies."""
    now = cloud.clock.now()
    return {
        image.region: image.timeline.at(now)
        for image in cloud.world.images.values()
        if (image.account, image.name) == (PARTNER, "acme-golden") and image.exists(now)
    }


EVERYWHERE = dict.fromkeys(("ap-guangzhou", "ap-chengdu", "ap-chongqing"), "NORMAL")


def test_share_copy_and_unshare(cloud: Emulator, play: Play) -> None:
    """Twice; what the second run finds is what the first one left, without the sharing."""
    first = share_and_copy(play, "-vvv", share_and_copy_unshare=True)

    assert (first.code, first.failed) == (0, 0), first.output
    assert theirs(cloud) == EVERYWHERE
    assert cloud.world.images[GOLDEN].shared_with == {}
    sent = [
        (entry.account, entry.action, entry.params.get("Permission"))
        for entry in cloud.journal.effects()
        if entry.action != "TagResources"
    ]
    assert sent == [
        (ACME, "ModifyImageSharePermission", "SHARE"),
        (PARTNER, "SyncImages", None),
        (PARTNER, "SyncImages", None),
        (ACME, "ModifyImageSharePermission", "CANCEL"),
    ]
    assert "partner-demo-key" not in first.output
    assert f"account {PARTNER}" in first.output
    effects = len(cloud.journal.effects())
    second = share_and_copy(play, share_and_copy_unshare=True)
    assert (second.code, second.changed) == (0, 0), second.output
    assert len(cloud.journal.effects()) == effects


def test_the_sharing_may_stay_and_others_keep_theirs(cloud: Emulator, play: Play) -> None:
    cloud.plant(accounts=[{"name": "third", "uin": "100000000003", "credentials": []}])
    shared = cloud.world.images[GOLDEN].shared_with
    shared["100000000003"] = cloud.clock.now()
    nowhere: dict[str, t.Any] = {"share_and_copy_destination_regions": [], "share_and_copy_unshare": "false"}
    first = share_and_copy(play, **nowhere)
    assert (first.code, sorted(shared)) == (0, [PARTNER, "100000000003"]), first.output
    second = share_and_copy(play, **nowhere)
    assert (second.code, second.changed) == (0, 0), second.output
    nowhere["share_and_copy_unshare"] = "true"  # as the command line and surveys say it
    third = share_and_copy(play, **nowhere, share_and_copy_copy_tags={"from": "us"})
    assert (third.code, third.changed, list(shared)) == (0, 2, ["100000000003"]), third.output


def test_check_mode_on_a_fresh_pair_of_accounts(cloud: Emulator, play: Play) -> None:
    checked = share_and_copy(play, "--check", "--diff", share_and_copy_unshare=True)
    assert (checked.code, checked.failed, checked.changed) == (0, 0, 1), checked.output
    assert cloud.journal.writes() == []


def test_a_region_that_fails_and_the_rerun(cloud: Emulator, play: Play) -> None:
    """The good regions get their copies, the sharing ends, and the rerun shares nothing again."""
    cloud.world.accounts[PARTNER].image_quotas["ap-chengdu"] = 0

    first = share_and_copy(play, share_and_copy_unshare=True)

    assert (first.code != 0, first.failed) == (True, 1), first.output
    assert "0 of 0 custom images" in first.output
    assert theirs(cloud) == {"ap-guangzhou": "NORMAL", "ap-chongqing": "NORMAL"}
    assert cloud.world.images[GOLDEN].shared_with == {}
    cloud.world.accounts[PARTNER].image_quotas.clear()
    second = share_and_copy(play, share_and_copy_unshare=True)
    assert (second.code, theirs(cloud)) == (0, EVERYWHERE), second.output
    shared = [entry.params["Permission"] for entry in cloud.journal.effects("ModifyImageSharePermission")]
    assert shared == ["SHARE", "CANCEL"]


def test_a_copy_that_fails_keeps_the_sharing_for_the_rerun(cloud: Emulator, play: Play) -> None:
    cloud.add_faults({"do": "copy_fails", "region": "ap-guangzhou"})
    first = share_and_copy(play, share_and_copy_unshare=True)
    assert (first.code != 0, "CREATEFAILED" in first.output) == (True, True), first.output
    assert list(cloud.world.images[GOLDEN].shared_with) == [PARTNER]
    second = share_and_copy(play, share_and_copy_unshare=True, share_and_copy_replace_failed=True)
    assert (second.code, theirs(cloud)) == (0, EVERYWHERE), second.output
    assert cloud.world.images[GOLDEN].shared_with == {}


def test_no_role_of_module_defaults_is_assumed(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """It would hold for both accounts, and this one may be assumed by both."""
    role = {"role_arn": "qcs::cam::uin/100000000001:roleName/image-publisher", "external_id": "acme-external"}
    written = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/tencentcloud.cvm.all": {"assume_role": role}},
        "roles": ["tencentcloud.cvm.share_and_copy"],
    }
    (tmp_path / "give.yml").write_text(json.dumps([written]), "utf-8")

    played = play("give.yml", "-e", json.dumps(WANTED))

    assert (played.code, theirs(cloud)) == (0, EVERYWHERE), played.output
    assert cloud.journal.calls("AssumeRole") == []


BAD: list[tuple[dict[str, t.Any], str]] = [
    ({"share_and_copy_image_id": GOLDEN}, "and not by both"),
    ({"share_and_copy_target": {"secret_id": "", "secret_key": ""}}, "how to reach the account"),
    ({"share_and_copy_image_name": "nothing"}, "There is no image nothing in ap-guangzhou to share"),
    ({"share_and_copy_target_account": "partner"}, "is not an account id"),
    ({"share_and_copy_target": {"profile": ""}, "share_and_copy_target_account": ACME}, "how to reach the account"),
    ({"share_and_copy_target_account": ACME}, "the account of the key itself"),
    ({"share_and_copy_destination_regions": ["ap-chengdu", "ap-nowhere"]}, "in ap-nowhere failed: UnsupportedRegion"),
]


def test_bad_input(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """One sentence each, and nothing is written. In one play, so that it takes the time of one."""
    role = {"ansible.builtin.include_role": {"name": "tencentcloud.cvm.share_and_copy"}}
    tasks = [
        {
            "block": [{**role, "vars": {**WANTED, **different}}],
            "rescue": [{"ansible.builtin.debug": {"msg": "refused"}}],
        }
        for different, _message in BAD
    ]
    (tmp_path / "bad.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))

    played = play("bad.yml")

    assert (played.code, played.output.count('"msg": "refused"')) == (0, len(BAD)), played.output
    assert [message for _different, message in BAD if message not in played.output] == []
    assert cloud.journal.writes() == []
