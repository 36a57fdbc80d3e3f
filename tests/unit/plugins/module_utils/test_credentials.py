# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain of key sources."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._credentials import find_credential
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import InputError

PAIR = {"TENCENTCLOUD_SECRET_ID": "env-id", "TENCENTCLOUD_SECRET_KEY": "env-key"}


def profile(home: Path, name: str, data: t.Any) -> None:
    folder = home / ".tccli"
    folder.mkdir(exist_ok=True)
    text = data if isinstance(data, str) else json.dumps(data)
    (folder / f"{name}.credential").write_text(text, "utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    profile(tmp_path, "work", {"secretId": "work-id", "secretKey": "work-key"})
    profile(tmp_path, "temporary", {"secretId": "tmp-id", "secretKey": "tmp-key", "token": "tmp-token"})
    return tmp_path


CHAIN = [
    ("options first", {"secret_id": "o-id", "secret_key": "o-key", "profile": "work"}, PAIR, ("o-id", "o-key", None)),
    ("options with token", {"secret_id": "o-id", "secret_key": "o-key", "token": "o"}, PAIR, ("o-id", "o-key", "o")),
    (
        "options never take a token of the environment",
        {"secret_id": "o-id", "secret_key": "o-key"},
        {**PAIR, "TENCENTCLOUD_TOKEN": "env-token"},
        ("o-id", "o-key", None),
    ),
    (
        "a profile that is asked for goes before the environment",
        {"profile": "work"},
        PAIR,
        ("work-id", "work-key", None),
    ),
    ("environment", {}, PAIR, ("env-id", "env-key", None)),
    ("environment with token", {}, {**PAIR, "TENCENTCLOUD_TOKEN": "t"}, ("env-id", "env-key", "t")),
    ("the token's other name", {}, {**PAIR, "TENCENTCLOUD_SECURITY_TOKEN": "t"}, ("env-id", "env-key", "t")),
    ("environment before its profile", {}, {**PAIR, "TENCENTCLOUD_PROFILE": "work"}, ("env-id", "env-key", None)),
    ("profile of the environment", {}, {"TENCENTCLOUD_PROFILE": "temporary"}, ("tmp-id", "tmp-key", "tmp-token")),
    ("profile of tccli's variable", {}, {"TCCLI_PROFILE": "work"}, ("work-id", "work-key", None)),
    (
        "empty means unset",
        {"secret_id": "", "secret_key": "", "profile": ""},
        {"TENCENTCLOUD_SECRET_ID": "", "TENCENTCLOUD_SECRET_KEY": "", "TENCENTCLOUD_PROFILE": "work"},
        ("work-id", "work-key", None),
    ),
]


@pytest.mark.parametrize(("_name", "options", "environ", "expected"), CHAIN, ids=[row[0] for row in CHAIN])
def test_chain(
    home: Path, _name: str, options: dict[str, str], environ: dict[str, str], expected: tuple[str, str, str | None]
) -> None:
    found = find_credential(options, environ, home)
    assert (found.secret_id, found.secret_key, found.token) == expected


def test_the_default_profile_comes_last(home: Path) -> None:
    profile(home, "default", {"secretId": "d-id", "secretKey": "d-key"})
    assert find_credential({}, {}, home).secret_id == "d-id"
    assert find_credential({}, PAIR, home).secret_id == "env-id"


WRONG = [
    ({}, {}, "Tried: the options secret_id and secret_key; the environment variables TENCENTCLOUD_SECRET_ID"),
    ({"secret_id": "o"}, PAIR, "The option secret_key is missing"),
    ({"secret_key": "o"}, PAIR, "The option secret_id is missing"),
    ({}, {"TENCENTCLOUD_SECRET_ID": "e"}, "TENCENTCLOUD_SECRET_KEY is missing"),
    ({}, {"TENCENTCLOUD_SECRET_KEY": "e"}, "TENCENTCLOUD_SECRET_ID is missing"),
    ({"profile": "nope"}, PAIR, "The profile nope (from the option profile) does not exist"),
    ({}, {"TCCLI_PROFILE": "nope"}, "The profile nope (from the environment) does not exist"),
    ({"profile": "broken"}, {}, "cannot be read as JSON"),
    ({"profile": "list"}, {}, "holds no secretId and secretKey"),
    ({"profile": "empty"}, {}, "holds no secretId and secretKey"),
]


@pytest.mark.parametrize(("options", "environ", "message"), WRONG)
def test_what_is_wrong_is_said(home: Path, options: dict[str, str], environ: dict[str, str], message: str) -> None:
    profile(home, "broken", "{")
    profile(home, "list", [])
    profile(home, "empty", {"secretId": ""})
    with pytest.raises(InputError) as error:
        find_credential(options, environ, home)
    assert message in str(error.value)


def test_secrets_are_listed_and_never_shown(home: Path) -> None:
    found = find_credential({"profile": "temporary"}, {}, home)
    assert found.secrets() == ["tmp-key", "tmp-token"]
    assert "tmp" not in repr(found).replace("temporary", "")
