# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata service of the instance that the client runs on."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, ManualClock

from .client import Answer, Api, Key, Reply, transmit
from .conftest import ACME, START

ROLES = "/latest/meta-data/cam/security-credentials/"


def asked(cloud: Emulator, name: str = "", method: str = "GET") -> Reply:
    return transmit(cloud.url, method, f"{ROLES}{name}", {})


def key_of(cloud: Emulator, name: str = "machine") -> Answer:
    reply = asked(cloud, name)
    assert reply.status == 200
    answer: Answer = json.loads(reply.body)
    return answer


def test_the_bound_roles_are_listed(cloud: Emulator) -> None:
    assert asked(cloud).body == b"machine"
    cloud.world.accounts[ACME].roles["open"].on_instance = True
    assert asked(cloud).body == b"open\nmachine"


def test_the_key_of_a_bound_role(cloud: Emulator) -> None:
    given = key_of(cloud)
    assert set(given) == {"TmpSecretId", "TmpSecretKey", "ExpiredTime", "Expiration", "Token", "Code"}
    assert (given["Code"], given["ExpiredTime"]) == ("Success", START + 7200)
    visitor = Api(cloud, Key(given["TmpSecretId"], given["TmpSecretKey"], given["Token"]))
    assert visitor("GetCallerIdentity", service="sts")["UserId"] == "machine:instance"


@pytest.mark.parametrize("name", ["open", "nobody", "machine/more", "%2e%2e"])
def test_other_roles_are_not_there(cloud: Emulator, name: str) -> None:
    assert asked(cloud, name).status == 404


def test_an_instance_without_a_role(cloud: Emulator) -> None:
    cloud.world.accounts[ACME].roles["machine"].on_instance = False
    assert asked(cloud).status == 404


def test_the_rest_of_the_metadata_is_not_there(cloud: Emulator) -> None:
    assert transmit(cloud.url, "GET", "/latest/meta-data/instance-id", {}).status == 404
    assert asked(cloud, "machine", "POST").status == 405


def test_a_key_stays_until_shortly_before_it_expires(cloud: Emulator, clock: ManualClock) -> None:
    cloud.world.behaviour.instance_key_lifetime = 1000.0
    cloud.world.behaviour.instance_key_renewed_before = 100.0
    first = key_of(cloud)
    clock.advance(899)
    assert key_of(cloud) == first
    clock.advance(1)
    second = key_of(cloud)
    assert second["TmpSecretId"] != first["TmpSecretId"]
    assert second["ExpiredTime"] == int(START + 1900)


def test_it_stands_in_the_journal_as_a_read(cloud: Emulator) -> None:
    asked(cloud, "machine")
    asked(cloud, "nobody")
    entries = cloud.journal.entries
    assert {(entry.service, entry.action, entry.is_read) for entry in entries} == {
        ("metadata", "GetSecurityCredentials", True)
    }
    assert [(entry.account, entry.outcome) for entry in entries] == [(ACME, "ok"), ("", "<404>")]
    assert entries[0].params == {"path": f"{ROLES}machine"}


FAULTS: list[tuple[dict[str, t.Any], int, bytes]] = [
    ({"do": "http", "status": 404}, 404, b"<html>"),
    ({"do": "http", "when": "after", "status": 503}, 503, b"<html>"),
    ({"do": "garbage", "when": "after"}, 200, b"\xff<"),
    ({"do": "error", "code": "Failed"}, 200, b'"Code": "Failed"'),
    ({"do": "delay", "seconds": 0.01}, 200, b"Success"),
]


@pytest.mark.parametrize(("fault", "status", "body"), FAULTS)
def test_faults_meet_it(cloud: Emulator, fault: dict[str, t.Any], status: int, body: bytes) -> None:
    cloud.add_faults({**fault, "action": "GetSecurityCredentials"})
    reply = asked(cloud, "machine")
    assert (reply.status, body in reply.body) == (status, True)
    assert asked(cloud, "machine").status == 200


def test_a_cut_connection(cloud: Emulator) -> None:
    cloud.add_faults({"do": "cut", "action": "GetSecurityCredentials"})
    with pytest.raises(ConnectionError):
        asked(cloud, "machine")
