# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain of key sources, and the role on top. Nobody is asked for a key here."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._credentials import find_source
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import InputError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._keys import (
    AssumedRole,
    Credential,
    CvmRole,
    Login,
    Source,
    WebIdentity,
)

SERVICE = "http://metadata.tencentyun.com"
SESSION = "ansible-tencentcloud-cvm"
ROLE = "qcs::cam::uin/100000000001:roleName/publisher"

PAIR = {"TENCENTCLOUD_SECRET_ID": "env-id", "TENCENTCLOUD_SECRET_KEY": "env-key"}
KEYS = {"secret_id": "o-id", "secret_key": "o-key"}
TKE = {
    "TKE_REGION": "ap-guangzhou",
    "TKE_PROVIDER_ID": "cls-1",
    "TKE_WEB_IDENTITY_TOKEN_FILE": "/run/token",
    "TKE_ROLE_ARN": ROLE,
}

OPTIONS = Credential("o-id", "o-key", None, "the options")
ENVIRONMENT = Credential("env-id", "env-key", None, "the environment")
WORK = Credential("work-id", "work-key", None, "the profile work")
TEMPORARY = Credential("tmp-id", "tmp-key", "tmp-token", "the profile temporary")
DEFAULT = Credential("d-id", "d-key", None, "the profile default")
POD = WebIdentity("ap-guangzhou", "cls-1", Path("/run/token"), ROLE, SESSION)

PROFILES: dict[str, t.Any] = {
    "work": {"secretId": "work-id", "secretKey": "work-key"},
    "temporary": {"secretId": "tmp-id", "secretKey": "tmp-key", "token": "tmp-token"},
    "packer": {"secretId": "tmp-id", "secretKey": "tmp-key", "securityToken": "tmp-token"},
    "plain": {"secretId": "work-id", "secretKey": "work-key", "type": "default", "token": "", "role-arn": ""},
    "role": {"secretId": "r-id", "secretKey": "r-key", "role-arn": ROLE, "role-session-name": "nightly"},
    "role-only": {"secretId": "r-id", "secretKey": "r-key", "role-arn": ROLE},
    "machine": {"type": "cvm-role", "secretId": "left-over", "secretKey": "left-over"},
    "login": {"type": "oauth", "secretId": "l-id", "secretKey": "l-key", "token": "l-token", "expiresAt": 5},
    "single": {"type": "sso", "secretId": "l-id", "secretKey": "l-key", "token": "l-token", "expiresAt": 5},
    "broken": "{",
    "list": [],
    "empty": {"secretId": ""},
    "number": {"secretId": 1, "secretKey": 2},
}


def profile(home: Path, name: str, data: t.Any) -> None:
    folder = home / ".tccli"
    folder.mkdir(exist_ok=True)
    text = data if isinstance(data, str) else json.dumps(data)
    (folder / f"{name}.credential").write_text(text, "utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, data in PROFILES.items():
        profile(tmp_path, name, data)
    return tmp_path


CHAIN: list[tuple[str, dict[str, t.Any], dict[str, str], Source]] = [
    ("options first", {**KEYS, "profile": "work", "cam_role_name": "web"}, PAIR, OPTIONS),
    (
        "options with token",
        {**KEYS, "token": "o-token"},
        PAIR,
        Credential("o-id", "o-key", "o-token", "the options"),
    ),
    ("options never take a token of the environment", KEYS, {**PAIR, "TENCENTCLOUD_TOKEN": "t"}, OPTIONS),
    ("a profile that is asked for goes before the environment", {"profile": "work"}, PAIR, WORK),
    ("a profile before a role", {"profile": "work", "cam_role_name": "web"}, {}, WORK),
    ("a role that is asked for before the environment", {"cam_role_name": "web"}, PAIR, CvmRole("web", SERVICE)),
    ("environment", {}, PAIR, ENVIRONMENT),
    ("with token", {}, {**PAIR, "TENCENTCLOUD_TOKEN": "t"}, Credential("env-id", "env-key", "t", "the environment")),
    (
        "the token's other name",
        {},
        {**PAIR, "TENCENTCLOUD_TOKEN": "", "TENCENTCLOUD_SECURITY_TOKEN": "t"},
        Credential("env-id", "env-key", "t", "the environment"),
    ),
    ("environment before its profile", {}, {**PAIR, "TENCENTCLOUD_PROFILE": "work"}, ENVIRONMENT),
    ("environment before its role", {}, {**PAIR, "TENCENTCLOUD_CAM_ROLE_NAME": "web"}, ENVIRONMENT),
    ("environment before the pod's token", {}, {**PAIR, **TKE}, ENVIRONMENT),
    ("profile of the environment", {}, {"TENCENTCLOUD_PROFILE": "temporary", "TCCLI_PROFILE": "work"}, TEMPORARY),
    ("profile of tccli's variable", {}, {"TCCLI_PROFILE": "work"}, WORK),
    ("its profile before its role", {}, {"TCCLI_PROFILE": "work", "TENCENTCLOUD_CAM_ROLE_NAME": "web"}, WORK),
    ("role of the environment", {}, {"TENCENTCLOUD_CAM_ROLE_NAME": "web"}, CvmRole("web", SERVICE)),
    ("role before the pod's token", {}, {"TENCENTCLOUD_CAM_ROLE_NAME": "web", **TKE}, CvmRole("web", SERVICE)),
    ("the pod's token", {}, TKE, POD),
    (
        "another metadata service",
        {"cam_role_name": "web"},
        {"TENCENTCLOUD_METADATA_ENDPOINT": "http://127.0.0.1:8/"},
        CvmRole("web", "http://127.0.0.1:8"),
    ),
    (
        "empty means unset",
        {"secret_id": "", "secret_key": "", "profile": "", "cam_role_name": "", "assume_role": {}},
        {
            **dict.fromkeys((*PAIR, *TKE, "TENCENTCLOUD_PROFILE", "TENCENTCLOUD_CAM_ROLE_NAME"), ""),
            **dict.fromkeys(("TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_METADATA_ENDPOINT"), ""),
            "TCCLI_PROFILE": "work",
        },
        WORK,
    ),
    ("packer's name for the token", {"profile": "packer"}, {}, Credential("tmp-id", "tmp-key", "tmp-token")),
    ("a profile of the type default", {"profile": "plain"}, {}, Credential("work-id", "work-key")),
    (
        "a profile with a role",
        {"profile": "role"},
        {},
        AssumedRole(Credential("r-id", "r-key", None, "the profile role"), ROLE, "nightly", 7200),
    ),
    (
        "a profile with a role and no session",
        {"profile": "role-only"},
        {},
        AssumedRole(Credential("r-id", "r-key", None, "the profile role-only"), ROLE, SESSION, 7200),
    ),
    ("a profile of the instance's role", {"profile": "machine"}, {}, CvmRole(None, SERVICE)),
]


def same(found: Source, expected: Source) -> bool:
    """Where the row does not say where the key is from, that is left open."""
    if isinstance(found, Credential) and isinstance(expected, Credential) and not expected.source:
        return (found.secret_id, found.secret_key, found.token) == (
            expected.secret_id,
            expected.secret_key,
            expected.token,
        )
    return found == expected


@pytest.mark.parametrize(("_name", "options", "environ", "expected"), CHAIN, ids=[row[0] for row in CHAIN])
def test_chain(home: Path, _name: str, options: dict[str, t.Any], environ: dict[str, str], expected: Source) -> None:
    assert same(find_source(options, environ, home), expected)


@pytest.mark.parametrize(("name", "command"), [("login", "tccli auth login"), ("single", "tccli sso login")])
def test_a_login_is_read_when_its_key_is_needed(home: Path, name: str, command: str) -> None:
    path = home / ".tccli" / f"{name}.credential"
    assert find_source({"profile": name}, {}, home) == Login(name, path, f"{command} --profile {name}")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, DEFAULT),
        (PAIR, ENVIRONMENT),
        ({"TCCLI_PROFILE": "work"}, WORK),
        ({"TENCENTCLOUD_CAM_ROLE_NAME": "web"}, CvmRole("web", SERVICE)),
        (TKE, DEFAULT),
    ],
)
def test_the_default_profile_comes_after_all_that_is_named(
    home: Path, environ: dict[str, str], expected: Source
) -> None:
    profile(home, "default", {"secretId": "d-id", "secretKey": "d-key"})
    assert find_source({}, environ, home) == expected


@pytest.mark.parametrize("data", ["{", {}, {"secretId": "half"}])
def test_a_default_profile_that_does_not_serve_is_passed_over(home: Path, data: t.Any) -> None:
    profile(home, "default", data)
    assert find_source({}, TKE, home) == POD


ARN = {"TENCENTCLOUD_ASSUME_ROLE_ARN": ROLE}
ROLES: list[tuple[str, dict[str, t.Any] | None, dict[str, str], tuple[t.Any, ...]]] = [
    ("the option", {"role_arn": ROLE}, {}, (ROLE, SESSION, 7200, None)),
    (
        "all of it",
        {"role_arn": ROLE, "session_name": "nightly", "duration": 900, "external_id": "outside"},
        {},
        (ROLE, "nightly", 900, "outside"),
    ),
    (
        "the environment",
        None,
        {
            **ARN,
            "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "nightly",
            "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "43200",
            "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "outside",
        },
        (ROLE, "nightly", 43200, "outside"),
    ),
    (
        "each from where it is set",
        {"role_arn": f"{ROLE}2", "session_name": "", "duration": None, "external_id": None},
        {**ARN, "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1", "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": ""},
        (f"{ROLE}2", SESSION, 1, None),
    ),
    ("the role of the environment", {"session_name": "nightly"}, ARN, (ROLE, "nightly", 7200, None)),
    (
        "a service role",
        {"role_arn": "qcs::cam::uin/1:role/tencentcloudServiceRoleName/x"},
        {},
        ("qcs::cam::uin/1:role/tencentcloudServiceRoleName/x", SESSION, 7200, None),
    ),
]


@pytest.mark.parametrize(("_name", "option", "environ", "expected"), ROLES, ids=[row[0] for row in ROLES])
@pytest.mark.parametrize("base", [{"secret_id": "o-id", "secret_key": "o-key"}, {"cam_role_name": "web"}])
def test_a_role_is_assumed_on_top_of_any_source(
    home: Path,
    _name: str,
    option: dict[str, t.Any] | None,
    environ: dict[str, str],
    expected: tuple[t.Any, ...],
    base: dict[str, str],
) -> None:
    found = find_source({**base, "assume_role": option}, environ, home)
    below = OPTIONS if "secret_id" in base else CvmRole("web", SERVICE)
    assert found == AssumedRole(below, *expected)


def test_a_role_is_assumed_on_top_of_a_profile_s_role(home: Path) -> None:
    found = find_source({"profile": "role", "assume_role": {"role_arn": f"{ROLE}2"}}, {}, home)
    assert isinstance(found, AssumedRole)
    assert isinstance(found.base, AssumedRole)
    assert (found.role_arn, found.base.role_arn) == (f"{ROLE}2", ROLE)


def test_a_session_that_nobody_asks_for_assumes_nothing(home: Path) -> None:
    environ = {**PAIR, "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "nightly"}
    assert find_source({"assume_role": None}, environ, home) == ENVIRONMENT


def wrong_role(**option: t.Any) -> dict[str, t.Any]:
    return {**KEYS, "assume_role": option}


WRONG: list[tuple[dict[str, t.Any], dict[str, str], str]] = [
    ({"secret_id": "o"}, PAIR, "The option secret_key is missing"),
    ({"secret_key": "o"}, PAIR, "The option secret_id is missing"),
    ({}, {"TENCENTCLOUD_SECRET_ID": "e"}, "TENCENTCLOUD_SECRET_KEY is missing"),
    ({}, {"TENCENTCLOUD_SECRET_KEY": "e"}, "TENCENTCLOUD_SECRET_ID is missing"),
    ({"profile": "nope"}, PAIR, "The profile nope (from the option profile) does not exist: there is no /"),
    ({"profile": "nope"}, PAIR, "nope.credential. Make it with 'tccli configure --profile nope'."),
    ({}, {"TCCLI_PROFILE": "nope"}, "The profile nope (from the environment) does not exist"),
    ({"profile": "broken"}, {}, "The profile broken (from the option profile) cannot be used: /"),
    ({"profile": "broken"}, {}, "broken.credential is not the JSON that tccli writes; make it anew with tccli."),
    ({"profile": "list"}, {}, "is not the JSON that tccli writes"),
    ({"profile": "empty"}, {}, "holds no secretId and secretKey; run 'tccli configure --profile empty'."),
    ({"profile": "number"}, {}, "holds no secretId and secretKey"),
    (wrong_role(role_arn=""), {}, "assume_role names no role: give its role_arn, or leave assume_role out."),
    (wrong_role(session_name="x"), {}, "assume_role names no role"),
    (wrong_role(role_arn="publisher"), {}, "role_arn 'publisher' is not of the form qcs::cam::uin/<account id>:roleN"),
    (KEYS, {"TENCENTCLOUD_ASSUME_ROLE_ARN": "qcs::cam::uin/x:roleName/y"}, "is not of the form"),
    ({}, {**TKE, "TKE_ROLE_ARN": "pod"}, "role_arn 'pod' is not of the form"),
    (wrong_role(role_arn=ROLE, duration=0), {}, "The duration of assume_role is 1 to 43200 seconds, not 0."),
    (wrong_role(role_arn=ROLE, duration=43201), {}, "not 43201."),
    (KEYS, {**ARN, "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1h"}, "is 1 to 43200 seconds, not 1h."),
    (wrong_role(role_arn=ROLE, session_name="not so"), {}, "session_name 'not so' is not 2 to 128 letters"),
    (wrong_role(role_arn=ROLE, external_id="x"), {}, "The external_id of assume_role is not 2 to 128 letters"),
]


@pytest.mark.parametrize(("options", "environ", "message"), WRONG)
def test_what_is_wrong_is_said(home: Path, options: dict[str, t.Any], environ: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as error:
        find_source(options, environ, home)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_profile_that_may_not_be_read_is_named(home: Path) -> None:
    (home / ".tccli" / "folder.credential").mkdir()
    with pytest.raises(InputError, match=r"folder\.credential cannot be read \(Is a directory\)\.$"):
        find_source({"profile": "folder"}, {}, home)


def test_what_was_tried_is_listed_in_order_with_what_was_missing(home: Path) -> None:
    with pytest.raises(InputError) as error:
        find_source({}, {"TKE_REGION": "ap-guangzhou", "TKE_ROLE_ARN": ROLE}, home)
    assert str(error.value) == (
        "No Tencent Cloud API key was found. Tried: the options secret_id and secret_key (not set); "
        "the option profile (not set); the option cam_role_name (not set); "
        "the environment variables TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (not set); "
        "TENCENTCLOUD_PROFILE and TCCLI_PROFILE (not set); TENCENTCLOUD_CAM_ROLE_NAME (not set); "
        f"tccli's profile default (there is no {home}/.tccli/default.credential); "
        "the OIDC token of a TKE pod (TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE not set). Set one of them."
    )


def test_why_the_default_profile_did_not_serve_is_said(home: Path) -> None:
    profile(home, "default", "{")
    with pytest.raises(InputError, match=r"profile default \(\S+ is not the JSON that tccli writes; make it anew"):
        find_source({}, {}, home)


def test_secrets_are_listed_and_never_shown(home: Path) -> None:
    found = find_source({"profile": "temporary"}, {}, home)
    assert isinstance(found, Credential)
    assert found.secrets() == ["tmp-key", "tmp-token"]
    role = find_source({"profile": "temporary", "assume_role": {"role_arn": ROLE}}, {}, home)
    for source in (found, role):
        assert "tmp" not in repr(source)
