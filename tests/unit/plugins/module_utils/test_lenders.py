# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of STS for a role's key, and what is made of the answer."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import CloudError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._keys import (
    AssumedRole,
    Credential,
    Login,
    Source,
    WebIdentity,
)
from ansible_collections.tencentcloud.cvm.plugins.module_utils._lenders import obtain

ROLE = "qcs::cam::uin/1:roleName/x"
BASE = Credential("id", "key")
LENT = {"Credentials": {"TmpSecretId": "t-id", "TmpSecretKey": "t-key", "Token": "t-token"}, "ExpiredTime": 900}


def lent(source: Source, answer: t.Any = None, learned: list[str] | None = None) -> tuple[Credential, list[t.Any]]:
    """The key, and what STS was asked for it."""
    asked: list[t.Any] = []

    def sts(*question: t.Any) -> dict[str, t.Any]:
        asked.append(question)
        if isinstance(answer, CloudError):
            raise answer
        given: dict[str, t.Any] = LENT if answer is None else answer
        return given

    secrets: list[str] = [] if learned is None else learned
    return obtain(source, sts, secrets.extend, 0.0, 1), asked


def test_a_key_is_its_own_source() -> None:
    assert lent(BASE) == (BASE, [])


@pytest.mark.parametrize("external_id", [None, "outside"])
def test_a_role_is_asked_for_with_the_base_key(external_id: str | None) -> None:
    key, asked = lent(AssumedRole(BASE, ROLE, "nightly", 900, external_id))
    assert key == Credential("t-id", "t-key", "t-token", f"the role {ROLE}", 900.0)
    params = {"RoleArn": ROLE, "RoleSessionName": "nightly", "DurationSeconds": 900}
    more = {"ExternalId": external_id} if external_id else {}
    assert asked == [(BASE, None, "AssumeRole", {**params, **more})]


def test_a_token_is_asked_with_by_nobody_and_is_a_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("oidc-token\n", "utf-8")
    learned: list[str] = []
    key, asked = lent(WebIdentity("ap-beijing", "cls-1", tmp_path / "token", ROLE, "pod"), learned=learned)
    assert key.secret_id == "t-id"
    params = {"ProviderId": "cls-1", "WebIdentityToken": "oidc-token", "RoleArn": ROLE, "RoleSessionName": "pod"}
    assert asked == [(None, "ap-beijing", "AssumeRoleWithWebIdentity", params)]
    assert learned == ["oidc-token"]


@pytest.mark.parametrize(
    "answer",
    [{}, {**LENT, "Credentials": None}, {**LENT, "ExpiredTime": "soon"}, {**LENT, "Credentials": {"Token": "t"}}],
)
def test_an_answer_without_a_key(answer: dict[str, t.Any]) -> None:
    with pytest.raises(CloudError) as error:
        lent(AssumedRole(BASE, ROLE, "nightly", 900), answer)
    assert (error.value.action, error.value.code) == (f"Assuming the role {ROLE}", "UnreadableAnswer")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("AssumeRole", f"Assuming the role {ROLE}"),
        ("Getting the key of the CVM role web", "Getting the key of the CVM role web"),
        ("Assuming the role below", "Assuming the role below"),
    ],
)
def test_an_error_says_which_key_it_was_about(action: str, told: str) -> None:
    with pytest.raises(CloudError) as error:
        lent(AssumedRole(BASE, ROLE, "nightly", 900), CloudError(action, "ap-x", "Code", "text", "request"))
    assert (error.value.action, error.value.code, error.value.request_id) == (told, "Code", "request")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no /"),
        ("{", "is not the JSON that tccli writes"),
        ("{}", "holds no temporary key"),
        ('{"secretId": "a", "secretKey": "b", "token": "c"}', "holds no temporary key"),
        ('{"secretId": "a", "secretKey": "b", "token": "c", "expiresAt": "later"}', "holds no temporary key"),
        ('{"secretId": "a", "secretKey": "b", "token": "c", "expiresAt": 0}', "its temporary key has expired"),
    ],
)
def test_a_login_that_does_not_serve(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "work.credential"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(CloudError) as error:
        lent(Login("work", path, "tccli sso login --profile work"))
    assert message in error.value.message
    assert error.value.message.endswith("; run 'tccli sso login --profile work'")
