# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source of keys, by whole modules: where the key is from, that it is renewed, and what is said without one."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import image_info, image_sync_cross_region, instance

from tests.emulator import Emulator, ManualClock
from tests.emulator.world import Role

from ..conftest import Result, Run

ROLE = "qcs::cam::uin/100000000001:roleName/publisher"
ASSUME = {"role_arn": ROLE, "external_id": "outside"}
NO_KEY = {"secret_id": None, "secret_key": None}
ACME, PARTNER = "100000000001", "100000000002"
ACME_KEY = {"secretId": "AKIDacme", "secretKey": "acme-secret-key"}


def tccli_profile(name: str, data: dict[str, t.Any]) -> None:
    path = Path.home() / ".tccli" / f"{name}.credential"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data), "utf-8")


def look(run: Run, **options: t.Any) -> Result:
    return run(image_info, region="ap-guangzhou", image_name="golden", **options)


def found(result: Result) -> list[str]:
    assert "failed" not in result, result["msg"]
    return [image["image_id"] for image in result["images"]]


def actions(cloud: Emulator) -> list[str]:
    return [entry.action for entry in cloud.journal.entries]


def sessions(cloud: Emulator) -> list[str]:
    """The names of the sessions that keys were lent for."""
    return [key.session for key in cloud.world.temporary_keys.values()]


# Keys as they are -----------------------------------------------------------------------------------------------------


def test_the_options(cloud: Emulator, run: Run) -> None:
    assert found(look(run)) == ["img-source01"]
    assert {entry.account for entry in cloud.journal.entries} == {ACME}


@pytest.mark.parametrize("token", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_a_temporary_key_of_the_environment(
    cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    cloud.world.accounts[ACME].roles["publisher"].external_id = None
    found(look(run, assume_role={"role_arn": ROLE}))
    (key,) = cloud.world.temporary_keys.values()
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", key.secret_id)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", key.secret_key)
    monkeypatch.setenv(token, key.token)
    assert found(look(run, **NO_KEY)) == ["img-source01"]
    assert actions(cloud).count("AssumeRole") == 1


@pytest.mark.parametrize("how", ["option", "TENCENTCLOUD_PROFILE", "TCCLI_PROFILE", "default"])
def test_a_profile(cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    tccli_profile("default" if how == "default" else "work", ACME_KEY)
    if how.isupper():
        monkeypatch.setenv(how, "work")
    options = {"profile": "work"} if how == "option" else {}
    assert found(look(run, **NO_KEY, **options)) == ["img-source01"]


# Roles that are assumed -----------------------------------------------------------------------------------------------


def test_a_role_is_assumed(cloud: Emulator, run: Run) -> None:
    assert found(look(run, assume_role={**ASSUME, "session_name": "nightly", "duration": 900})) == ["img-source01"]
    assert actions(cloud) == ["AssumeRole", "DescribeImages"]
    assert cloud.journal.entries[0].region == "ap-guangzhou"
    (key,) = cloud.world.temporary_keys.values()
    assert (key.session, key.expires - cloud.world.now()) == ("nightly", 900)


def test_a_role_of_the_environment(cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_ASSUME_ROLE_ARN", ROLE)
    monkeypatch.setenv("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID", "outside")
    assert found(look(run)) == ["img-source01"]
    assert sessions(cloud) == ["ansible-tencentcloud-cvm"]


def test_another_account_s_role_is_assumed_with_one_s_own_key(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].roles["publisher"].trusted = (PARTNER,)
    assert found(look(run, account="partner", assume_role=ASSUME)) == ["img-source01"]
    assert [entry.account for entry in cloud.journal.entries] == [PARTNER, ACME]


def test_a_role_of_a_profile_and_a_role_on_top(cloud: Emulator, run: Run) -> None:
    cloud.world.accounts[ACME].roles["publisher"].external_id = None
    tccli_profile("work", {**ACME_KEY, "role-arn": ROLE, "role-session-name": "from-tccli"})
    assert found(look(run, **NO_KEY, profile="work")) == ["img-source01"]
    assert sessions(cloud) == ["from-tccli"]
    assert found(look(run, **NO_KEY, profile="work", assume_role={"role_arn": ROLE, "session_name": "top"})) == [
        "img-source01"
    ]
    assert sessions(cloud) == ["from-tccli", "from-tccli", "top"]


def test_throttled_sts_is_asked_again(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "throttle", "action": "AssumeRole", "times": 3}, {"do": "cut", "action": "AssumeRole"})
    assert found(look(run, assume_role=ASSUME)) == ["img-source01"]


REFUSED: list[tuple[dict[str, t.Any], dict[str, t.Any], str]] = [
    ({"role_arn": ROLE}, {}, f"Assuming the role {ROLE} failed: UnauthorizedOperation: "),
    ({**ASSUME, "external_id": "other"}, {}, f"Assuming the role {ROLE} failed: UnauthorizedOperation: "),
    ({"role_arn": f"{ROLE}2"}, {}, "Check the role_arn: the account id and the name of the role."),
    ({"role_arn": f"{ROLE}2"}, {}, f"Assuming the role {ROLE}2 failed: ResourceNotFound.RoleNotFound: "),
    (ASSUME, {"secret_key": "wrong"}, f"Assuming the role {ROLE} failed: AuthFailure.SignatureFailure: "),
    (ASSUME, {"endpoint": "http://127.0.0.1:1"}, f"Assuming the role {ROLE} failed: ClientNetworkError: "),
    ({"role_arn": "publisher"}, {}, "role_arn 'publisher' is not of the form qcs::cam::uin/"),
    ({"role_arn": ""}, {}, "assume_role names no role: give its role_arn, or leave assume_role out."),
    ({**ASSUME, "duration": 43201}, {}, "The duration of assume_role is 1 to 43200 seconds, not 43201."),
]


@pytest.mark.parametrize(("role", "more", "message"), REFUSED)
def test_a_role_that_may_not_be_assumed(
    cloud: Emulator, run: Run, role: dict[str, t.Any], more: dict[str, t.Any], message: str
) -> None:
    result = look(run, **more, assume_role=role)
    assert result["failed"] is True
    assert message in result["msg"]
    assert "DescribeImages" not in actions(cloud)


# Keys that run out ----------------------------------------------------------------------------------------------------


def copy(run: Run, **options: t.Any) -> Result:
    asked = {"region": "ap-guangzhou", "image_name": "golden", "destination_regions": ["ap-shanghai", "ap-beijing"]}
    return run(image_sync_cross_region, **{**asked, "wait_timeout": 7200, **options})


def lent_keys(cloud: Emulator) -> list[float]:
    return [key.expires for key in cloud.world.temporary_keys.values()]


def test_a_wait_outlives_its_keys(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.copy_minutes = (60.0, 60.0)
    result = copy(run, assume_role={**ASSUME, "duration": 1800})
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    assert {entry.outcome for entry in cloud.journal.entries} == {"ok"}, "no key was used when it had run out"
    # One renewal for all threads, five minutes before the end: at 0, 25 and 50 minutes.
    assert len(lent_keys(cloud)) == 3


def test_short_lived_keys_are_used_for_most_of_their_life(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.copy_minutes = (10.0, 10.0)
    result = copy(run, assume_role={**ASSUME, "duration": 120})
    assert "failed" not in result
    assert {entry.outcome for entry in cloud.journal.entries} == {"ok"}
    assert len(lent_keys(cloud)) < 12


def test_a_key_that_is_refused_is_replaced_once(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "error", "code": "AuthFailure.TokenFailure", "action": "SyncImages"})
    result = copy(run, assume_role=ASSUME)
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    assert actions(cloud).count("AssumeRole") == 2
    assert len(cloud.journal.effects("SyncImages")) == 1


def test_a_key_that_is_always_refused_is_an_error(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "error", "code": "AuthFailure.TokenFailure", "action": "DescribeImages", "times": None})
    result = look(run, assume_role=ASSUME)
    assert result["error_code"] == "AuthFailure.TokenFailure"
    assert actions(cloud) == ["AssumeRole", "DescribeImages", "AssumeRole", "DescribeImages"]


def test_a_key_of_one_s_own_is_not_replaced(cloud: Emulator, run: Run) -> None:
    cloud.add_faults({"do": "error", "code": "AuthFailure.TokenFailure"})
    assert look(run)["error_code"] == "AuthFailure.TokenFailure"
    assert actions(cloud) == ["DescribeImages"]


def test_a_key_that_cannot_be_renewed_serves_until_it_expires(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.copy_minutes = (40.0, 40.0)
    cloud.add_faults({"do": "error", "code": "UnauthorizedOperation", "action": "AssumeRole", "skip": 1, "times": 3})
    result = copy(run, assume_role={**ASSUME, "duration": 1800})
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    outcomes = [entry.outcome for entry in cloud.journal.calls("AssumeRole")]
    assert outcomes == ["ok", *["UnauthorizedOperation"] * 3, "ok"]


def test_a_key_that_can_no_longer_be_had_ends_the_wait(cloud: Emulator, run: Run, clock: ManualClock) -> None:
    cloud.world.behaviour.copy_minutes = (60.0, 60.0)
    cloud.add_faults({"do": "error", "code": "UnauthorizedOperation", "action": "AssumeRole", "skip": 1, "times": None})
    began = clock.now()
    result = copy(run, assume_role={**ASSUME, "duration": 1800})
    assert result["failed"] is True
    assert 1800 <= clock.now() - began < 1860
    assert {item["error"]["code"] for item in result["copies"]} == {"UnauthorizedOperation"}
    assert result["changed"] is True


# Logins of tccli ------------------------------------------------------------------------------------------------------


@pytest.fixture
def login(cloud: Emulator, run: Run) -> t.Callable[[str, float], None]:
    """login(type, seconds): as ``tccli auth login`` or ``tccli sso login`` leaves a profile, for so many seconds."""

    def log_in(kind: str, seconds: float) -> None:
        cloud.world.accounts[ACME].roles["publisher"].external_id = None
        found(look(run, assume_role={"role_arn": ROLE, "duration": int(seconds)}))
        key = list(cloud.world.temporary_keys.values())[-1]
        given = {"secretId": key.secret_id, "secretKey": key.secret_key, "token": key.token}
        tccli_profile("work", {"type": kind, **given, "expiresAt": int(key.expires), kind: {"site": "cn"}})

    return log_in


Login = t.Callable[[str, float], None]


@pytest.mark.parametrize("kind", ["oauth", "sso"])
def test_the_key_of_a_login(run: Run, login: Login, kind: str) -> None:
    login(kind, 7200)
    assert found(look(run, **NO_KEY, profile="work")) == ["img-source01"]


@pytest.mark.parametrize(("kind", "command"), [("oauth", "tccli auth login"), ("sso", "tccli sso login")])
def test_a_login_that_has_expired(run: Run, login: Login, clock: ManualClock, kind: str, command: str) -> None:
    login(kind, 7200)
    clock.advance(7200)
    assert look(run, **NO_KEY, profile="work")["msg"] == (
        "Using the login of the profile work failed: LoginExpired: its temporary key has expired; "
        f"run '{command} --profile work'. Then run again."
    )


def test_a_login_without_a_key(run: Run) -> None:
    tccli_profile("work", {"type": "sso", "secretId": "x"})
    assert "work.credential holds no temporary key; run 'tccli sso login" in look(run, profile="work", **NO_KEY)["msg"]


def test_a_login_that_tccli_renews_meanwhile_goes_on(
    cloud: Emulator, run: Run, login: Login, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who uses tccli beside the playbook keeps the login alive for both."""
    cloud.world.behaviour.copy_minutes = (40.0, 40.0)
    login("oauth", 1800)
    advance = clock.advance

    def advance_with_tccli(seconds: float) -> None:
        advance(seconds)
        (*_others, key) = cloud.world.temporary_keys.values()
        if key.expires - clock.now() < 100:
            renewed = replace(key, secret_id=f"{key.secret_id}2", expires=clock.now() + 7200)
            cloud.world.temporary_keys[renewed.secret_id] = renewed
            given = {"secretId": renewed.secret_id, "secretKey": renewed.secret_key, "token": renewed.token}
            tccli_profile("work", {"type": "oauth", **given, "expiresAt": int(renewed.expires)})

    monkeypatch.setattr(clock, "advance", advance_with_tccli)
    result = copy(run, **NO_KEY, profile="work")
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    assert {entry.outcome for entry in cloud.journal.entries} == {"ok"}


# The role of a CVM instance -------------------------------------------------------------------------------------------


@pytest.fixture
def machine(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Role:
    """The tests run on an instance of acme that has a role."""
    monkeypatch.setenv("TENCENTCLOUD_METADATA_ENDPOINT", cloud.url)
    role = cloud.world.accounts[ACME].roles["machine"] = Role("machine", on_instance=True)
    return role


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("how", ["option", "environment", "profile"])
def test_the_role_of_the_instance(cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    tccli_profile("work", {"type": "cvm-role"})
    if how == "environment":
        monkeypatch.setenv("TENCENTCLOUD_CAM_ROLE_NAME", "machine")
    options = {"option": {"cam_role_name": "machine"}, "profile": {"profile": "work"}}.get(how, {})
    assert found(look(run, **NO_KEY, **options)) == ["img-source01"]
    names = 2 if how == "profile" else 1
    assert actions(cloud) == [*["GetSecurityCredentials"] * names, "DescribeImages"]
    assert sessions(cloud) == ["instance"]


@pytest.mark.usefixtures("machine")
def test_a_role_is_assumed_with_that_of_the_instance(cloud: Emulator, run: Run) -> None:
    assert found(look(run, **NO_KEY, cam_role_name="machine", assume_role=ASSUME)) == ["img-source01"]
    assert sessions(cloud) == ["instance", "ansible-tencentcloud-cvm"]


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("lead", [300.0, 60.0])
def test_a_wait_outlives_the_keys_of_the_instance(cloud: Emulator, run: Run, lead: float) -> None:
    """Also where the service hands out the old key when it is asked some minutes before it expires."""
    cloud.world.behaviour.copy_minutes = (60.0, 60.0)
    cloud.world.behaviour.instance_key_lifetime = 1800.0
    cloud.world.behaviour.instance_key_renewed_before = lead
    result = copy(run, **NO_KEY, cam_role_name="machine")
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    assert {entry.outcome for entry in cloud.journal.entries} == {"ok"}
    assert 3 <= len(lent_keys(cloud)) <= 4


@pytest.mark.usefixtures("machine")
def test_a_metadata_service_that_fails_for_a_while_is_asked_again(cloud: Emulator, run: Run) -> None:
    cloud.world.behaviour.copy_minutes = (40.0, 40.0)
    cloud.world.behaviour.instance_key_lifetime = 1800.0
    cloud.add_faults({"do": "http", "action": "GetSecurityCredentials", "status": 503, "skip": 1, "times": 3})
    result = copy(run, **NO_KEY, cam_role_name="machine")
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]


def test_no_metadata_service_is_asked_unless_a_role_is_named(
    cloud: Emulator, run: Run, machine: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_CAM_ROLE_NAME", "")
    assert "No Tencent Cloud API key was found" in look(run, **NO_KEY)["msg"]
    assert actions(cloud) == []


def test_the_role_of_new_instances_is_not_taken_for_one_s_own(cloud: Emulator, run: Run, machine: Role) -> None:
    """Both are called cam_role_name; the module instance means the former."""
    asked = {"region": "ap-guangzhou", "name": "web", "image_id": "img-source01", "instance_type": "S5.MEDIUM2"}
    result = run(instance, **NO_KEY, **asked, zone="ap-guangzhou-6", cam_role_name="machine")
    assert "No Tencent Cloud API key was found" in result["msg"]
    assert actions(cloud) == []


METADATA = "Getting the key of the CVM role machine failed: MetadataError: "
ADVICE = "It answers on CVM instances only, for a CAM role that is bound to the instance."
BROKEN: list[tuple[dict[str, t.Any], str]] = [
    ({"do": "http", "status": 404}, f"{METADATA}the role machine is not bound to this instance. {ADVICE}"),
    ({"do": "http", "status": 500}, f"{METADATA}the metadata service answered HTTP 500. {ADVICE}"),
    ({"do": "garbage", "when": "after"}, f"{METADATA}the metadata service's answer is not a key. {ADVICE}"),
    ({"do": "error", "code": "Failed"}, f"{METADATA}the metadata service says Failed. {ADVICE}"),
    ({"do": "delay", "seconds": 3}, f"{METADATA}{{url}} did not answer within 1 seconds. {ADVICE}"),
    ({"do": "cut"}, f"{METADATA}{{url}} cannot be reached (Connection reset by peer). {ADVICE}"),
    ({"do": "cut_body", "when": "after"}, f"{METADATA}{{url}} cannot be reached (Connection reset by peer). {ADVICE}"),
]


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("fault", "message"), BROKEN, ids=[f"{fault['do']}" for fault, _message in BROKEN])
def test_a_metadata_service_that_does_not_serve(
    cloud: Emulator, run: Run, fault: dict[str, t.Any], message: str
) -> None:
    cloud.add_faults({**fault, "action": "GetSecurityCredentials", "times": None})
    result = look(run, **NO_KEY, cam_role_name="machine", api_timeout=1)
    assert result["msg"] == message.format(url=cloud.url)
    assert result["error_code"] == "MetadataError"


@pytest.mark.parametrize(
    ("service", "text"),
    [
        ("http://127.0.0.1:1", "cannot be reached (Connection refused)"),
        ("http://metadata.invalid", "cannot be reached ("),
        ("metadata", "is no URL that begins with http://"),
        ("ftp://metadata.invalid", "is no URL that begins with http://"),
    ],
)
def test_no_metadata_service(run: Run, monkeypatch: pytest.MonkeyPatch, service: str, text: str) -> None:
    monkeypatch.setenv("TENCENTCLOUD_METADATA_ENDPOINT", service)
    assert f"{METADATA}{service} {text}" in look(run, **NO_KEY, cam_role_name="machine")["msg"]


@pytest.mark.parametrize(("bound", "text"), [(False, "no role is bound to this instance"), (True, "names 2 roles")])
def test_a_profile_of_the_instance_s_role_needs_just_one(
    cloud: Emulator, run: Run, machine: Role, bound: bool, text: str
) -> None:
    machine.on_instance = bound
    cloud.world.accounts[ACME].roles["publisher"].on_instance = bound
    tccli_profile("work", {"type": "cvm-role"})
    assert look(run, **NO_KEY, profile="work")["msg"].startswith("Getting the key of the instance's CVM role failed: ")
    assert text in look(run, **NO_KEY, profile="work")["msg"]


@pytest.mark.usefixtures("machine")
def test_no_proxy_comes_between_an_instance_and_its_metadata(
    cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "api.invalid")
    assert "Getting the key" not in look(run, **NO_KEY, cam_role_name="machine")["msg"]
    assert actions(cloud) == ["GetSecurityCredentials"]


# The OIDC token of a TKE pod ------------------------------------------------------------------------------------------


@pytest.fixture
def token_file(cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The tests run in a pod of acme that has a role."""
    role = Role("pod", provider_id="cls-1", web_token="oidc-token-of-the-pod")
    cloud.world.accounts[ACME].roles["pod"] = role
    path = tmp_path / "token"
    path.write_text(f"{role.web_token}\n", "utf-8")
    monkeypatch.setenv("TKE_REGION", "ap-beijing")
    monkeypatch.setenv("TKE_PROVIDER_ID", "cls-1")
    monkeypatch.setenv("TKE_WEB_IDENTITY_TOKEN_FILE", str(path))
    monkeypatch.setenv("TKE_ROLE_ARN", f"qcs::cam::uin/{ACME}:roleName/pod")
    return path


@pytest.mark.usefixtures("token_file")
def test_the_token_of_a_pod(cloud: Emulator, run: Run) -> None:
    assert found(look(run, **NO_KEY)) == ["img-source01"]
    assert actions(cloud) == ["AssumeRoleWithWebIdentity", "DescribeImages"]
    assert cloud.journal.entries[0].region == "ap-beijing"


def test_the_token_is_read_anew_for_each_key(
    cloud: Emulator, run: Run, token_file: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clusters replace a token before it expires; keys of 7200 seconds are renewed with the one that is there then."""
    cloud.world.behaviour.copy_minutes = (150.0, 150.0)
    began, advance = clock.now(), clock.advance

    def advance_with_cluster(seconds: float) -> None:
        advance(seconds)
        if clock.now() - began > 3600:
            cloud.world.accounts[ACME].roles["pod"].web_token = "the-next-oidc-token"
            token_file.write_text("the-next-oidc-token", "utf-8")

    monkeypatch.setattr(clock, "advance", advance_with_cluster)
    result = copy(run, **NO_KEY, wait_timeout=10800)
    assert [item["status"] for item in result["copies"]] == ["copied", "copied"]
    assert actions(cloud).count("AssumeRoleWithWebIdentity") == 2
    assert {entry.outcome for entry in cloud.journal.entries} == {"ok"}


TOKEN = f"Getting the key of the role qcs::cam::uin/{ACME}:roleName/pod for the OIDC token of this pod failed: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, f"{TOKEN}TokenUnreadable: its file {{path}} cannot be read (No such file or directory)."),
        ("", f"{TOKEN}TokenUnreadable: its file {{path}} is empty."),
        (
            "another-token",
            f"{TOKEN}InvalidParameter.WebIdentityTokenError: The WebIdentityToken is not valid",
        ),
        ("another-token", "Check that TKE_PROVIDER_ID is the identity provider of this cluster."),
    ],
)
def test_a_token_that_does_not_serve(run: Run, token_file: Path, text: str | None, message: str) -> None:
    if text is None:
        token_file.unlink()
    else:
        token_file.write_text(text, "utf-8")
    result = look(run, **NO_KEY)
    assert message.format(path=token_file) in result["msg"]
    assert "another-token" not in str(result)


def test_a_token_that_an_answer_repeats_is_not_shown(cloud: Emulator, run: Run, token_file: Path) -> None:
    told = f"The WebIdentityToken {token_file.read_text('utf-8').strip()} has expired."
    code = "InvalidParameter.WebIdentityTokenError"
    cloud.add_faults({"do": "error", "code": code, "message": told, "action": "AssumeRoleWithWebIdentity"})
    result = look(run, **NO_KEY)
    assert "has expired" in result["msg"]
    assert "oidc-token-of-the-pod" not in str(result)


def test_a_pod_that_is_only_half_set_up(run: Run, token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TKE_PROVIDER_ID")
    assert "the OIDC token of a TKE pod (TKE_PROVIDER_ID not set)" in look(run, **NO_KEY)["msg"]
