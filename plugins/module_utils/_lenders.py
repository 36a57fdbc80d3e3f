# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Asking a source for its present key: STS, the metadata service, a login's file."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ._errors import CloudError, InputError
from ._keyring import Learn
from ._keys import AssumedRole, Credential, CvmRole, Login, Source, WebIdentity
from ._metadata import role_key
from ._profiles import read_file, text

Sts: t.TypeAlias = "t.Callable[[Source | None, str | None, str, dict[str, t.Any]], dict[str, t.Any]]"
"""sts(whose key signs or None for nobody's, region or None for the module's own, action, params)"""


def obtain(source: Source, sts: Sts, learn: Learn, now: float, seconds: int) -> Credential:
    """The key of a source as it is now; raises CloudError.

    :param learn: told of secrets that are no part of the key
    :param seconds: how long one request may take
    """
    match source:
        case Credential():
            return source
        case Login():
            return _login_key(source, now)
        case CvmRole():
            return role_key(source, seconds)
        case WebIdentity():
            return _web_identity_key(source, sts, learn)
        case AssumedRole():
            return _assumed_key(source, sts)


def _login_key(login: Login, now: float) -> Credential:
    """tccli renews the key whenever it is used, so the file is read anew each time."""

    def failure(message: str) -> CloudError:
        return CloudError(
            f"Using the login of the profile {login.profile}", "", "LoginExpired", f"{message}; run '{login.command}'"
        )

    try:
        data = read_file(login.path)
    except InputError as error:
        raise failure(str(error)) from None
    secret_id, secret_key, token = (text(data, key) for key in ("secretId", "secretKey", "token"))
    expires = data.get("expiresAt")
    if not (secret_id and secret_key and token) or not isinstance(expires, int | float):
        raise failure(f"{login.path} holds no temporary key")
    if expires <= now:
        raise failure("its temporary key has expired")
    return Credential(secret_id, secret_key, token, f"the login of the profile {login.profile}", float(expires))


def _web_identity_key(source: WebIdentity, sts: Sts, learn: Learn) -> Credential:
    attempt = f"Getting the key of the role {source.role_arn} for the OIDC token of this pod"
    token = _web_identity_token(source.token_file, attempt)
    learn([token])
    params = {
        "ProviderId": source.provider_id,
        "WebIdentityToken": token,
        "RoleArn": source.role_arn,
        "RoleSessionName": source.session_name,
    }
    return _lent(attempt, source.role_arn, lambda: sts(None, source.region, "AssumeRoleWithWebIdentity", params))


def _web_identity_token(path: Path, attempt: str) -> str:
    """The cluster replaces it now and then, so it is read anew each time."""
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise CloudError(attempt, "", "TokenUnreadable", f"its file {path} cannot be read ({reason})") from None
    if not token:
        raise CloudError(attempt, "", "TokenUnreadable", f"its file {path} is empty")
    return token


def _assumed_key(source: AssumedRole, sts: Sts) -> Credential:
    params: dict[str, t.Any] = {
        "RoleArn": source.role_arn,
        "RoleSessionName": source.session_name,
        "DurationSeconds": source.duration,
    }
    if source.external_id:
        params["ExternalId"] = source.external_id
    attempt = f"Assuming the role {source.role_arn}"
    return _lent(attempt, source.role_arn, lambda: sts(source.base, None, "AssumeRole", params))


def _lent(attempt: str, role_arn: str, ask: t.Callable[[], dict[str, t.Any]]) -> Credential:
    """The key in an answer of STS. An error says what it was for."""
    try:
        answer = ask()
    except CloudError as error:
        if not error.action.startswith("AssumeRole"):
            raise  # the key to assume it with is the problem
        raise CloudError(attempt, "", error.code, error.message, error.request_id) from None
    try:
        key = answer["Credentials"]
        expires = float(answer["ExpiredTime"])
        return Credential(key["TmpSecretId"], key["TmpSecretKey"], key["Token"], f"the role {role_arn}", expires)
    except (KeyError, TypeError, ValueError):
        raise CloudError(attempt, "", "UnreadableAnswer", "the answer of STS holds no key") from None
