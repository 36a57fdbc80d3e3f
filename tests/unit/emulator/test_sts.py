# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""STS: who calls, roles, and temporary keys."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, ManualClock

from .client import Answer, Api, Key, Reply, opened, transmit
from .conftest import ACME, PARTNER, START, Refuses, image_ids

OPEN = f"qcs::cam::uin/{ACME}:roleName/open"
GUARDED = f"qcs::cam::uin/{ACME}:roleName/guarded"


def assume(api: Api, **more: t.Any) -> Answer:
    return api("AssumeRole", service="sts", **{"RoleArn": OPEN, "RoleSessionName": "visit", **more})


def with_key_of(cloud: Emulator, answer: Answer) -> Api:
    given = answer["Credentials"]
    return Api(cloud, Key(given["TmpSecretId"], given["TmpSecretKey"], given["Token"]))


def test_who_calls(api: Api, partner: Api) -> None:
    told = api("GetCallerIdentity", service="sts")
    assert (told["AccountId"], told["UserId"], told["PrincipalId"], told["Type"]) == (ACME, ACME, ACME, "CAMUser")
    assert partner("GetCallerIdentity", service="sts")["AccountId"] == PARTNER


def test_a_role_acts_for_its_account(cloud: Emulator, partner: Api) -> None:
    visitor = with_key_of(cloud, assume(partner))
    assert image_ids(visitor("DescribeImages")) == ["img-golden01", "img-shared01", "img-public01"]
    visitor("SyncImages", ImageIds=["img-golden01"], DestinationRegions=["ap-shanghai"])
    assert [image.account for image in cloud.world.own_images(ACME, "ap-shanghai")] == [ACME]
    assert {entry.account for entry in cloud.journal.entries} == {ACME, PARTNER}


def test_a_role_says_who_it_is(cloud: Emulator, partner: Api) -> None:
    told = with_key_of(cloud, assume(partner))("GetCallerIdentity", service="sts")
    assert (told["Type"], told["AccountId"]) == ("CAMRole", ACME)
    assert told["UserId"] == "open:visit"
    assert told["PrincipalId"] == PARTNER, "the account that asked for the key"


def test_a_role_is_denied_what_its_account_is(cloud: Emulator, partner: Api) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset({"SyncImages"})
    reply = with_key_of(cloud, assume(partner)).post("SyncImages")
    assert reply.code == "AuthFailure.UnauthorizedOperation"


@pytest.mark.parametrize(("seconds", "lasts"), [(None, 7200), (900, 900), (43200, 43200)])
def test_temporary_keys_expire(
    cloud: Emulator, clock: ManualClock, partner: Api, seconds: int | None, lasts: int
) -> None:
    answer = assume(partner, **({"DurationSeconds": seconds} if seconds else {}))
    assert answer["ExpiredTime"] == START + lasts
    visitor = with_key_of(cloud, answer)
    clock.advance(lasts - 1)
    visitor("DescribeImages")
    clock.advance(1)
    assert visitor.post("DescribeImages").code == "AuthFailure.TokenFailure"


@pytest.mark.parametrize("token", ["", "another"])
def test_a_temporary_key_needs_its_token(cloud: Emulator, partner: Api, token: str) -> None:
    key = with_key_of(cloud, assume(partner)).key
    reply = Api(cloud, Key(key.secret_id, key.secret_key, token)).post("DescribeImages")
    assert reply.code == "AuthFailure.TokenFailure"


def test_a_temporary_key_signs_with_its_own_secret(cloud: Emulator, partner: Api) -> None:
    key = with_key_of(cloud, assume(partner)).key
    reply = Api(cloud, Key(key.secret_id, "partner-key", key.token)).post("DescribeImages")
    assert reply.code == "AuthFailure.SignatureFailure"


def test_every_key_is_another(partner: Api) -> None:
    keys = [assume(partner)["Credentials"] for _number in range(3)]
    for part in ("Token", "TmpSecretId", "TmpSecretKey"):
        assert len({key[part] for key in keys}) == 3


def test_a_role_can_assume_a_role(cloud: Emulator, partner: Api) -> None:
    again = with_key_of(cloud, assume(with_key_of(cloud, assume(partner))))
    assert again("GetCallerIdentity", service="sts")["PrincipalId"] == ACME


@pytest.mark.parametrize(
    ("role", "more", "code"),
    [
        (OPEN.replace("open", "nobody"), {}, "ResourceNotFound.RoleNotFound"),
        (OPEN.replace(ACME, "100000000009"), {}, "ResourceNotFound.RoleNotFound"),
        ("open", {}, "ResourceNotFound.RoleNotFound"),
        (GUARDED, {}, "UnauthorizedOperation"),
        (GUARDED, {"ExternalId": "another"}, "UnauthorizedOperation"),
        (OPEN, {"DurationSeconds": 43201}, "InvalidParameter.OverTimeError"),
        (OPEN, {"DurationSeconds": "900"}, "InvalidParameter"),
        (OPEN, {"RoleSessionName": "not so"}, "InvalidParameter.ParamError"),
    ],
)
def test_what_assume_role_refuses(
    partner: Api, refuses: Refuses, role: str, more: dict[str, object], code: str
) -> None:
    asked = {"RoleArn": role, "RoleSessionName": "visit", **more}
    assert refuses("AssumeRole", service="sts", caller=partner, **asked) == code


def test_an_external_id_opens_a_guarded_role(cloud: Emulator, partner: Api, api: Api, refuses: Refuses) -> None:
    assert with_key_of(cloud, assume(partner, RoleArn=GUARDED, ExternalId="word"))("DescribeImages")
    asked = {"RoleArn": GUARDED, "RoleSessionName": "visit", "ExternalId": "word"}
    assert refuses("AssumeRole", service="sts", **asked) == "UnauthorizedOperation", "acme is not trusted by it"


def test_an_external_id_that_nobody_asks_for_does_not_hurt(partner: Api) -> None:
    assert assume(partner, ExternalId="word")


# Tokens in place of a signature ---------------------------------------------------------------------------------------

POD = f"qcs::cam::uin/{ACME}:roleName/pod"
IDENTITY = {"ProviderId": "cls-1", "WebIdentityToken": "oidc-token", "RoleArn": POD, "RoleSessionName": "visit"}


def unsigned(
    cloud: Emulator, action: str = "AssumeRoleWithWebIdentity", service: str = "sts", **params: t.Any
) -> Reply:
    nobody = Api(cloud, Key("", ""))
    headers = {**nobody.headers(action, service=service), "authorization": "SKIP"}
    return transmit(cloud.url, "POST", "/", headers, json.dumps({**IDENTITY, **params}).encode())


def test_a_token_is_as_good_as_a_signature(cloud: Emulator) -> None:
    answer = opened(unsigned(cloud, DurationSeconds=900))
    assert answer["ExpiredTime"] == START + 900
    told = with_key_of(cloud, answer)("GetCallerIdentity", service="sts")
    assert (told["AccountId"], told["UserId"], told["PrincipalId"]) == (ACME, "pod:visit", "cls-1")
    asked = cloud.journal.calls("AssumeRoleWithWebIdentity")
    assert [(entry.service, entry.account, entry.outcome) for entry in asked] == [("sts", "", "ok")]
    assert cloud.journal.writes() == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"WebIdentityToken": "another"}, "InvalidParameter.WebIdentityTokenError"),
        ({"ProviderId": "cls-2"}, "UnauthorizedOperation"),
        ({"RoleArn": OPEN}, "UnauthorizedOperation"),
        ({"RoleArn": "pod"}, "UnauthorizedOperation"),
        ({"DurationSeconds": 43201}, "InvalidParameter.ParamError"),
        ({"RoleSessionName": None}, "InvalidParameter"),
    ],
)
def test_what_a_token_does_not_open(cloud: Emulator, params: dict[str, t.Any], code: str) -> None:
    assert unsigned(cloud, **params).code == code


@pytest.mark.parametrize(("action", "service"), [("AssumeRole", "sts"), ("DescribeImages", "cvm")])
def test_other_actions_want_a_signature(cloud: Emulator, action: str, service: str) -> None:
    assert unsigned(cloud, action, service).code == "AuthFailure.InvalidAuthorization"


def test_whoever_signs_may_do_so(partner: Api) -> None:
    assert partner("AssumeRoleWithWebIdentity", service="sts", **IDENTITY)["Credentials"]


def test_an_unsigned_request_of_an_unknown_version(cloud: Emulator) -> None:
    headers = {**Api(cloud, Key("", "")).headers("AssumeRoleWithWebIdentity", service="sts"), "authorization": "SKIP"}
    reply = transmit(cloud.url, "POST", "/", {**headers, "x-tc-version": "2000-01-01"}, b"{}")
    assert reply.code == "NoSuchVersion"


def test_handing_out_keys_is_no_write(cloud: Emulator, partner: Api) -> None:
    assume(partner)
    assert cloud.journal.writes() == []
