# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: what tests of clients assert on."""

from __future__ import annotations

import pytest

from tests.emulator import Emulator
from tests.emulator.journal import Entry, Journal

from .client import Api, Key
from .conftest import ACME, PARTNER, START


@pytest.mark.parametrize(
    ("entry", "read", "write"),
    [
        (Entry(1, 0, "DescribeImages", "cvm"), True, False),
        (Entry(1, 0, "GetCallerIdentity", "sts"), True, False),
        (Entry(1, 0, "SyncImages", "cvm"), False, True),
        (Entry(1, 0, "SyncImages", "cvm", params={"DryRun": True}), False, False),
        (Entry(1, 0, "SyncImages", "cvm", params={"DryRun": False}), False, True),
        (Entry(1, 0, "TagResources", "tag"), False, True),
        (Entry(1, 0, "AssumeRole", "sts"), False, False),
    ],
)
def test_reads_and_writes(entry: Entry, read: bool, write: bool) -> None:
    assert (entry.is_read, entry.is_write) == (read, write)


def test_an_entry_says_who_asked_what_and_what_became_of_it(cloud: Emulator, api: Api, partner: Api) -> None:
    api.extra_headers.update({"x-tc-language": "en-US", "x-tc-requestclient": "tests"})
    answer = api("DescribeImages", "ap-shanghai", Limit=5)
    partner.post("DeleteImages", params={"ImageIds": ["img-golden01"]})
    first, second = cloud.journal.entries
    assert first == Entry(
        number=1,
        moment=START,
        action="DescribeImages",
        service="cvm",
        account=ACME,
        region="ap-shanghai",
        language="en-US",
        client="tests",
        params={"Limit": 5},
        outcome="ok",
        executed=True,
        fault="",
        request_id=answer["RequestId"],
    )
    assert (second.number, second.account, second.region) == (2, PARTNER, "ap-guangzhou")
    assert (second.outcome, second.executed) == ("InvalidImageId.NotFound", False)


def test_refused_strangers_are_in_the_journal(cloud: Emulator) -> None:
    Api(cloud, Key("AKIDnobody", "x")).post("SyncImages", params={"ImageIds": ["i"]})
    (entry,) = cloud.journal.entries
    assert (entry.action, entry.service, entry.account) == ("SyncImages", "cvm", "")
    assert (entry.outcome, entry.executed, entry.params) == ("AuthFailure.SecretIdNotFound", False, {})


def test_what_was_asked_and_what_took_effect(cloud: Emulator, api: Api) -> None:
    copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"]}
    api("DescribeImages")
    api("SyncImages", **copy, DryRun=True)
    api("SyncImages", **copy)
    api.post("SyncImages", params=copy)
    api("ModifyImageAttribute", ImageId="img-golden01", ImageDescription="x")
    journal = cloud.journal
    assert [entry.action for entry in journal.reads()] == ["DescribeImages"]
    assert [entry.action for entry in journal.writes()] == ["SyncImages", "SyncImages", "ModifyImageAttribute"]
    assert [entry.number for entry in journal.effects()] == [3, 5]
    assert [entry.number for entry in journal.effects("SyncImages")] == [3]
    assert [entry.number for entry in journal.calls("SyncImages")] == [2, 3, 4]
    assert [entry.number for entry in journal.calls(region="ap-shanghai")] == []
    assert len(journal.calls()) == 5


def test_clearing_forgets_entries_and_keeps_bugs() -> None:
    journal = Journal()
    journal.open(1.0).action = "SyncImages"
    journal.bugs.append("a bug")
    journal.clear()
    assert (journal.entries, journal.bugs) == ((), ["a bug"])
    assert journal.open(2.0).number == 1


def test_the_journal_as_json() -> None:
    journal = Journal()
    entry = journal.open(1.5)
    entry.action, entry.params = "SyncImages", {"DryRun": True}
    (told,) = journal.as_json()
    assert (told["number"], told["moment"], told["action"], told["params"]) == (1, 1.5, "SyncImages", {"DryRun": True})
    told["params"]["DryRun"] = False
    assert entry.dry_run is True
