# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Where the API key comes from: options, then the environment, then a tccli profile."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ._errors import InputError

ID_VARIABLE = "TENCENTCLOUD_SECRET_ID"
KEY_VARIABLE = "TENCENTCLOUD_SECRET_KEY"
TOKEN_VARIABLES = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
PROFILE_VARIABLES = ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE")
DEFAULT_PROFILE = "default"

Environment = t.Mapping[str, str]


@dataclass(frozen=True)
class Credential:
    """An API key. It never shows itself in a repr."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    source: str = ""

    def secrets(self) -> list[str]:
        """What must never appear in output."""
        return [value for value in (self.secret_key, self.token) if value]


def find_credential(params: t.Mapping[str, t.Any], environ: Environment, home: Path) -> Credential:
    """The first complete key along the chain; an InputError lists what was tried. Empty values count as unset."""
    profile = params.get("profile") or None
    environment_profile = first_set(environ, PROFILE_VARIABLES)
    found = (
        _from_options(params)
        or (_from_profile(profile, home, "the option profile") if profile else None)
        or _from_environment(params, environ)
        or (_from_profile(environment_profile, home, "the environment") if environment_profile else None)
        or _from_default_profile(home)
    )
    if found:
        return found
    raise InputError(
        "No Tencent Cloud API key was found. Tried: the options secret_id and secret_key; the environment variables "
        f"{ID_VARIABLE} and {KEY_VARIABLE}; the option profile; {' and '.join(PROFILE_VARIABLES)}; "
        f"{_profile_path(DEFAULT_PROFILE, home)}. Set one of them."
    )


def first_set(environ: Environment, names: t.Iterable[str]) -> str | None:
    """The first of the variables that is set and not empty."""
    return next((environ[name] for name in names if environ.get(name)), None)


def _from_options(params: t.Mapping[str, t.Any]) -> Credential | None:
    secret_id, secret_key = params.get("secret_id"), params.get("secret_key")
    if secret_id and secret_key:
        return Credential(secret_id, secret_key, params.get("token") or None, "the options")
    if secret_id or secret_key:
        missing = "secret_key" if secret_id else "secret_id"
        raise InputError(f"The option {missing} is missing: secret_id and secret_key are one key, give both.")
    return None


def _from_environment(params: t.Mapping[str, t.Any], environ: Environment) -> Credential | None:
    secret_id, secret_key = environ.get(ID_VARIABLE), environ.get(KEY_VARIABLE)
    if secret_id and secret_key:
        token = params.get("token") or first_set(environ, TOKEN_VARIABLES)
        return Credential(secret_id, secret_key, token, "the environment")
    if secret_id or secret_key:
        missing = KEY_VARIABLE if secret_id else ID_VARIABLE
        raise InputError(f"The environment variable {missing} is missing: the id and the key go together, set both.")
    return None


def _profile_path(profile: str, home: Path) -> Path:
    return home / ".tccli" / f"{profile}.credential"


def _from_default_profile(home: Path) -> Credential | None:
    """tccli's default profile, unless it is for something that this collection cannot read yet."""
    return _from_profile(DEFAULT_PROFILE, home, "tccli") if _profile_path(DEFAULT_PROFILE, home).is_file() else None


def _from_profile(profile: str, home: Path, origin: str) -> Credential:
    path = _profile_path(profile, home)
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"The profile {profile} (from {origin}) does not exist: there is no {path}. "
            f"Make it with 'tccli configure --profile {profile}'."
        ) from None
    except (OSError, ValueError):
        raise InputError(
            f"The profile file {path} cannot be read as JSON; make it anew with tccli configure."
        ) from None
    secret_id, secret_key = (data.get("secretId"), data.get("secretKey")) if isinstance(data, dict) else (None, None)
    if not secret_id or not secret_key:
        raise InputError(f"The profile file {path} holds no secretId and secretKey; run tccli configure.")
    return Credential(
        secret_id, secret_key, data.get("token") or data.get("securityToken") or None, f"the profile {profile}"
    )
