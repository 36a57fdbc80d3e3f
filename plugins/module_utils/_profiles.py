# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The profiles of tccli, Tencent Cloud's command line: ``~/.tccli/<profile>.credential``."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from ._errors import InputError
from ._keys import AssumedRole, Credential, CvmRole, Login, Source

DEFAULT_PROFILE = "default"
DEFAULT_DURATION = 7200
LOGINS = {"oauth": "tccli auth login", "sso": "tccli sso login"}
"""The type of a profile that holds a login -> the command that makes it."""


def profile_path(profile: str, home: Path) -> Path:
    return home / ".tccli" / f"{profile}.credential"


def read_profile(profile: str, home: Path, service: str, session_name: str) -> Source:
    """What a profile's file describes; an InputError says why it describes nothing.

    :param service: where the metadata service is, for a profile of the instance's role
    :param session_name: for a profile that names a role and no session
    """
    path = profile_path(profile, home)
    data = read_file(path)
    kind = text(data, "type")
    if kind == "cvm-role":
        return CvmRole(None, service)
    if kind in LOGINS:
        return Login(profile, path, f"{LOGINS[kind]} --profile {profile}")
    secret_id, secret_key = text(data, "secretId"), text(data, "secretKey")
    if not secret_id or not secret_key:
        raise InputError(f"{path} holds no secretId and secretKey; run 'tccli configure --profile {profile}'")
    token = text(data, "token") or text(data, "securityToken")
    key = Credential(secret_id, secret_key, token, f"the profile {profile}")
    role_arn = text(data, "role-arn")
    if role_arn is None:
        return key
    return AssumedRole(key, role_arn, text(data, "role-session-name") or session_name, DEFAULT_DURATION)


def read_file(path: Path) -> dict[str, t.Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no {path}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise InputError(f"{path} is not the JSON that tccli writes; make it anew with tccli")
    return data


def text(data: t.Mapping[str, t.Any], key: str) -> str | None:
    """A value that is text; empty ones and others count as missing."""
    value = data.get(key)
    return value if value and isinstance(value, str) else None
