# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""caller_info, whole, against the emulator."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import caller_info as module

from tests.emulator import Emulator

from ...conftest import Run, undocumented_or_unseen


@pytest.mark.parametrize(("account", "uin"), [("acme", "100000000001"), ("partner", "100000000002")])
@pytest.mark.parametrize("options", [{}, {"region": ""}, {"region": "ap-tokyo"}])
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_whose_key_it_is(
    cloud: Emulator, run: Run, account: str, uin: str, options: dict[str, str], check: bool
) -> None:
    result = run(module, account=account, **options, check=check)
    assert (result["changed"], result["account_id"], result["type"]) == (False, uin, "CAMUser")
    assert [entry.action for entry in cloud.journal.entries] == ["GetCallerIdentity"]


def test_an_assumed_role_is_the_caller(run: Run) -> None:
    role = {"role_arn": "qcs::cam::uin/100000000001:roleName/publisher", "external_id": "outside"}
    result = run(module, assume_role=role)
    assert (result["account_id"], result["type"]) == ("100000000001", "CAMRole")


def test_throttled_and_lost_calls_are_repeated(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "times": 2}, {"do": "cut", "when": "after"})
    assert run(module)["account_id"] == "100000000001"


def test_a_wrong_key_is_one_sentence(run: Run) -> None:
    result = run(module, secret_key="wrong")
    assert (result["failed"], result["error_code"]) == (True, "AuthFailure.SignatureFailure")
    assert "Check that secret_key" in result["msg"]


def test_documented_results_are_real(run: Run) -> None:
    results = [run(module), run(module, secret_id="AKIDunknown")]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()
