# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable that a credential injects: it is read where it is set, and counts as unset where it is empty."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.basic import AnsibleFallbackNotFound
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.tencentcloud.cvm.plugins.module_utils import _module
from ansible_collections.tencentcloud.cvm.plugins.module_utils._connection import read_connection

from .ground import ROOT, definitions

OURS, THEIRS = (list(made["injectors"]["env"]) for made in definitions()["controller_setup_credential_types"])
KEY = {"TENCENTCLOUD_SECRET_ID": "AKIDexample", "TENCENTCLOUD_SECRET_KEY": "key"}
ROLE = {"TENCENTCLOUD_ASSUME_ROLE_ARN": "qcs::cam::uin/100000000001:roleName/publisher"}
GOOD = {
    **KEY,
    **ROLE,
    "TENCENTCLOUD_TOKEN": "token",
    "TENCENTCLOUD_CAM_ROLE_NAME": "machine",
    "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "controller",
    "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "600",
    "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "external",
    "TENCENTCLOUD_REGION": "ap-guangzhou",
    "TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com",
    "TENCENTCLOUD_ENDPOINT": "http://127.0.0.1:1",
}
PARAMS = {"secret_id", "secret_key", "token", "profile", "assume_role", "cam_role_name"}


def module_sees(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[t.Any, ...]:
    """The connection and the region of a module that is given no connection options, in such an environment."""
    for name in {*GOOD, *environ}:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    params: dict[str, t.Any] = {**dict.fromkeys(PARAMS), "api_timeout": 60}
    for name in ("region", "domain", "endpoint"):
        fallback, variables = _module.CONNECTION_ARGUMENTS[name]["fallback"]
        try:
            params[name] = fallback(*variables)
        except AnsibleFallbackNotFound:
            params[name] = _module.CONNECTION_ARGUMENTS[name].get("default")
    return read_connection(params, environ, Path("/nowhere")), params["region"]


@pytest.mark.parametrize("variable", OURS)
def test_a_variable_of_the_first_account(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = {} if variable == "TENCENTCLOUD_CAM_ROLE_NAME" else KEY
    if "ASSUME_ROLE_" in variable:
        rest = KEY | ROLE
    others = {name: value for name, value in rest.items() if name != variable}
    filled = module_sees({**others, variable: GOOD[variable]}, monkeypatch)
    if variable in KEY or not others:
        # Without this one there is no key at all.
        with pytest.raises(
            Exception, match=r"No Tencent Cloud API key|environment variable TENCENTCLOUD_SECRET_.* missing"
        ):
            module_sees({**others, variable: ""}, monkeypatch)
        return
    without = module_sees(others, monkeypatch)
    assert module_sees({**others, variable: ""}, monkeypatch) == without
    assert filled != without


def target_of(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, t.Any]:
    """The second account as the role sees it, without what is empty."""
    for name in THEIRS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    loader = DataLoader()
    variables: dict[str, t.Any] = {}
    for part in ("defaults", "vars"):
        path = ROOT / "roles" / "share_and_copy" / part / "main.yml"
        variables |= loader.load_from_file(str(path), cache="none", trusted_as_template=True)
    target = Templar(loader=loader, variables=variables).template(variables["share_and_copy_target"])
    return {name: value for name, value in target.items() if value}


@pytest.mark.parametrize("variable", THEIRS)
def test_a_variable_of_the_second_account(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    option = variable.removeprefix("TENCENTCLOUD_TARGET_").lower()
    rest: dict[str, str] = {}
    if option.startswith("assume_role_") and option != "assume_role_arn":
        rest = {"TENCENTCLOUD_TARGET_ASSUME_ROLE_ARN": "arn"}
    assert target_of({**rest, variable: ""}, monkeypatch) == target_of(rest, monkeypatch)
    filled = target_of({**rest, variable: "value"}, monkeypatch)
    if option.startswith("assume_role_"):
        inner = option.removeprefix("assume_role_").replace("session_duration", "duration")
        filled = filled["assume_role"]
        option = {"arn": "role_arn"}.get(inner, inner)
    assert filled[option] == "value"


def test_the_second_account_has_what_the_first_has_but_the_region() -> None:
    assert {name.replace("_TARGET", "") for name in THEIRS} == set(OURS) - {"TENCENTCLOUD_REGION"}
    specs = yaml.safe_load((ROOT / "roles/share_and_copy/meta/argument_specs.yml").read_text("utf-8"))
    said = " ".join(specs["argument_specs"]["main"]["options"]["share_and_copy_target"]["description"])
    for name in THEIRS:
        assert name in said or f"C({name.removeprefix('TENCENTCLOUD_TARGET_ASSUME_ROLE')})" in said, name
