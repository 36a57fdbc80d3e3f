# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Where the API key comes from: the chain of sources, and the role that is assumed on top. Nobody is asked yet."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ._errors import InputError
from ._keys import AssumedRole, Credential, CvmRole, Source, WebIdentity
from ._profiles import DEFAULT_DURATION, DEFAULT_PROFILE, profile_path, read_profile

ID_VARIABLE = "TENCENTCLOUD_SECRET_ID"
KEY_VARIABLE = "TENCENTCLOUD_SECRET_KEY"
TOKEN_VARIABLES = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
PROFILE_VARIABLES = ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE")
CVM_ROLE_VARIABLE = "TENCENTCLOUD_CAM_ROLE_NAME"
METADATA_VARIABLE = "TENCENTCLOUD_METADATA_ENDPOINT"
TKE_VARIABLES = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
ASSUME_ROLE_VARIABLES = {
    "role_arn": "TENCENTCLOUD_ASSUME_ROLE_ARN",
    "session_name": "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
    "duration": "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",
    "external_id": "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",
}

METADATA_SERVICE = "http://metadata.tencentyun.com"
SESSION_NAME = "ansible-tencentcloud-cvm"
LONGEST_DURATION = 43200

# What the pages of the API (sts, AssumeRole) say of its parameters.
_ROLE_ARN = re.compile(r"qcs::cam::uin/\d+:role(Name)?/\S+")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,128}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,128}", re.ASCII)

Environment = t.Mapping[str, str]


@dataclass(frozen=True)
class Surroundings:
    """What decides where the key comes from: the module's options, the environment, the home directory."""

    params: t.Mapping[str, t.Any]
    environ: Environment
    home: Path

    def option(self, name: str) -> str | None:
        return self.params.get(name) or None

    def variable(self, *names: str) -> str | None:
        return first_set(self.environ, names)

    def cvm_role(self, role: str | None) -> CvmRole:
        return CvmRole(role, self.metadata_service())

    def metadata_service(self) -> str:
        return (self.variable(METADATA_VARIABLE) or METADATA_SERVICE).rstrip("/")

    def profile(self, name: str) -> Source:
        return read_profile(name, self.home, self.metadata_service(), SESSION_NAME)


def find_source(params: t.Mapping[str, t.Any], environ: Environment, home: Path) -> Source:
    """The first source along the chain that is there, and on top of it the role to assume, if one is named.

    Empty values count as unset. An InputError says what is wrong with a source that is named or, if none is there,
    what was tried.
    """
    around = Surroundings(params, environ, home)
    role = _role_to_assume(around)
    base = _base(around)
    return _checked(role(base) if role else base)


def first_set(environ: Environment, names: t.Iterable[str]) -> str | None:
    """The first of the variables that is set and not empty."""
    return next((environ[name] for name in names if environ.get(name)), None)


def _base(around: Surroundings) -> Source:
    tried = []
    for step in CHAIN:
        found = step(around)
        if not isinstance(found, str):
            return found
        tried.append(found)
    raise InputError(f"No Tencent Cloud API key was found. Tried: {'; '.join(tried)}. Set one of them.")


# The steps of the chain: a source, or why there is none ---------------------------------------------------------------


def _options(around: Surroundings) -> Source | str:
    secret_id, secret_key = around.option("secret_id"), around.option("secret_key")
    if secret_id and secret_key:
        return Credential(secret_id, secret_key, around.option("token"), "the options")
    if secret_id or secret_key:
        missing = "secret_key" if secret_id else "secret_id"
        raise InputError(f"The option {missing} is missing: secret_id and secret_key are one key, give both.")
    return "the options secret_id and secret_key (not set)"


def _profile_option(around: Surroundings) -> Source | str:
    name = around.option("profile")
    return _named_profile(around, name, "the option profile") if name else "the option profile (not set)"


def _cvm_role_option(around: Surroundings) -> Source | str:
    role = around.option("cam_role_name")
    return around.cvm_role(role) if role else "the option cam_role_name (not set)"


def _environment(around: Surroundings) -> Source | str:
    secret_id, secret_key = around.variable(ID_VARIABLE), around.variable(KEY_VARIABLE)
    if secret_id and secret_key:
        token = around.option("token") or around.variable(*TOKEN_VARIABLES)
        return Credential(secret_id, secret_key, token, "the environment")
    if secret_id or secret_key:
        missing = KEY_VARIABLE if secret_id else ID_VARIABLE
        raise InputError(f"The environment variable {missing} is missing: the id and the key go together, set both.")
    return f"the environment variables {ID_VARIABLE} and {KEY_VARIABLE} (not set)"


def _environment_profile(around: Surroundings) -> Source | str:
    name = around.variable(*PROFILE_VARIABLES)
    return _named_profile(around, name, "the environment") if name else f"{' and '.join(PROFILE_VARIABLES)} (not set)"


def _environment_cvm_role(around: Surroundings) -> Source | str:
    role = around.variable(CVM_ROLE_VARIABLE)
    return around.cvm_role(role) if role else f"{CVM_ROLE_VARIABLE} (not set)"


def _default_profile(around: Surroundings) -> Source | str:
    """Nobody has named it, so one that does not serve is passed over."""
    try:
        return around.profile(DEFAULT_PROFILE)
    except InputError as error:
        return f"tccli's profile {DEFAULT_PROFILE} ({error})"


def _tke(around: Surroundings) -> Source | str:
    missing = [name for name in TKE_VARIABLES if not around.variable(name)]
    if missing:
        return f"the OIDC token of a TKE pod ({', '.join(missing)} not set)"
    region, provider_id, token_file, role_arn = (around.environ[name] for name in TKE_VARIABLES)
    return WebIdentity(region, provider_id, Path(token_file), role_arn, SESSION_NAME)


CHAIN: tuple[t.Callable[[Surroundings], Source | str], ...] = (
    _options,
    _profile_option,
    _cvm_role_option,
    _environment,
    _environment_profile,
    _environment_cvm_role,
    _default_profile,
    _tke,
)
"""What a task says goes before what the environment says, and what is named before what merely is there."""


def _named_profile(around: Surroundings, name: str, origin: str) -> Source:
    try:
        return around.profile(name)
    except InputError as error:
        if profile_path(name, around.home).exists():
            raise InputError(f"The profile {name} (from {origin}) cannot be used: {error}.") from None
        raise InputError(
            f"The profile {name} (from {origin}) does not exist: {error}. "
            f"Make it with 'tccli configure --profile {name}'."
        ) from None


# The role on top -----------------------------------------------------------------------------------------------------


def _role_to_assume(around: Surroundings) -> t.Callable[[Source], AssumedRole] | None:
    """How to assume the role that the option or the environment names."""
    option = around.params.get("assume_role") or {}
    given = {
        name: around.variable(variable) if option.get(name) in (None, "") else option[name]
        for name, variable in ASSUME_ROLE_VARIABLES.items()
    }
    role_arn = given["role_arn"]
    if not role_arn:
        if option:
            raise InputError("assume_role names no role: give its role_arn, or leave assume_role out.")
        return None
    duration = _duration(given["duration"])
    session_name, external_id = given["session_name"] or SESSION_NAME, given["external_id"]
    if external_id and not _EXTERNAL_ID.fullmatch(external_id):
        raise InputError("The external_id of assume_role is not 2 to 128 letters, digits and signs of +=,.@:/-_.")
    return lambda base: AssumedRole(base, role_arn, session_name, duration, external_id)


def _duration(given: t.Any) -> int:
    if given is None:
        return DEFAULT_DURATION
    try:
        seconds = int(given)
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= LONGEST_DURATION:
        raise InputError(f"The duration of assume_role is 1 to {LONGEST_DURATION} seconds, not {given}.")
    return seconds


def _checked(source: Source) -> Source:
    """Roles are spelt as the API spells them, wherever they were read."""
    if isinstance(source, AssumedRole):
        _checked(source.base)
    if isinstance(source, AssumedRole | WebIdentity):
        if not _ROLE_ARN.fullmatch(source.role_arn):
            raise InputError(
                f"role_arn '{source.role_arn}' is not of the form qcs::cam::uin/<account id>:roleName/<role name>."
            )
        if not _SESSION_NAME.fullmatch(source.session_name):
            raise InputError(
                f"session_name '{source.session_name}' is not 2 to 128 letters, digits and signs of +=,.@-_."
            )
    return source
