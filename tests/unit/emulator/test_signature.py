# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TC3-HMAC-SHA256: first the vectors of the official SDK, then what the emulator accepts and refuses over HTTP."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime

import pytest

from tests.emulator import Emulator, ManualClock
from tests.emulator.errors import ApiError
from tests.emulator.signature import (
    Claim,
    canonical_request,
    check_signature,
    check_time,
    read_claim,
    sign,
)

from .client import FORM_TYPE, JSON_TYPE, Api, Key, authorization, opened, transmit

STAMP, DATE, HOST = "1551113065", "2019-02-25", "cvm.tencentcloudapi.com"
BODY = b'{"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-shanghai"], "DryRun": true}'
QUERY = "ImageIds.0=img-o3ycss2p&DestinationRegions.0=ap-shanghai&DryRun=True"
POST_SIGNATURE = "b693da7fbc5456aa23291a4f5068e13eea67d98b097b6c30e798f05e99720e54"
GET_SIGNATURE = "294df7371bbf34cf2736f051bb4b70ca99d1fb2f578378fbea5bff5d39f86207"
SIGNED = ("content-type", "host")


def post_headers() -> dict[str, str]:
    return {"content-type": JSON_TYPE, "host": HOST, "x-tc-timestamp": STAMP}


def test_the_official_vector_of_a_post() -> None:
    canonical = canonical_request("POST", "", post_headers(), SIGNED, BODY)
    assert sign("SECRETEXAMPLE", DATE, "cvm", STAMP, canonical) == POST_SIGNATURE


def test_the_official_vector_of_a_get() -> None:
    headers = {"content-type": FORM_TYPE, "host": HOST}
    canonical = canonical_request("GET", QUERY, headers, SIGNED, b"")
    assert sign("SECRETEXAMPLE", DATE, "cvm", STAMP, canonical) == GET_SIGNATURE


def test_the_text_that_is_signed() -> None:
    headers = {"content-type": " application/json ", "host": "HOST:80", "x-tc-action": "SyncImages"}
    signed = ("content-type", "host", "x-tc-action")
    assert canonical_request("GET", "a=1", headers, signed, b"{}").split("\n") == [
        "GET",
        "/",
        "a=1",
        "content-type:application/json",
        "host:HOST:80",
        "x-tc-action:syncimages",
        "",
        "content-type;host;x-tc-action",
        hashlib.sha256(b"{}").hexdigest(),
    ]


def test_a_post_signs_no_query() -> None:
    plain = canonical_request("POST", "", post_headers(), SIGNED, BODY)
    assert canonical_request("POST", "a=1", post_headers(), SIGNED, BODY) == plain
    assert canonical_request("GET", "a=1", post_headers(), SIGNED, BODY) != plain


def test_an_unsigned_payload_says_so() -> None:
    headers = {**post_headers(), "x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
    text = canonical_request("POST", "", headers, SIGNED, BODY)
    assert text.endswith(hashlib.sha256(b"UNSIGNED-PAYLOAD").hexdigest())


def test_the_claim_is_read() -> None:
    header = authorization(Key("AKIDEXAMPLE", "SECRETEXAMPLE"), "cvm", "POST", post_headers(), body=BODY)
    assert read_claim(header) == Claim("AKIDEXAMPLE", DATE, "cvm", SIGNED, POST_SIGNATURE)


GOOD = authorization(Key("AKIDEXAMPLE", "SECRETEXAMPLE"), "cvm", "POST", post_headers(), body=BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer abc",
        GOOD.replace("TC3-HMAC-SHA256", "HmacSHA1"),
        GOOD.replace("/tc3_request", ""),
        GOOD.replace(DATE, "today"),
        GOOD[:-1],
        GOOD + "0",
        GOOD.replace("SignedHeaders", "Headers"),
    ],
)
def test_a_header_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_claim(header)
    assert refused.value.code == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(
    ("distance", "code"),
    [
        (0, None),
        (300, None),
        (-300, None),
        (301, "AuthFailure.SignatureExpire"),
        (-301, "AuthFailure.SignatureExpire"),
    ],
)
def test_a_stamp_may_be_five_minutes_off(distance: int, code: str | None) -> None:
    now = float(STAMP) + distance
    if code is None:
        check_time(read_claim(GOOD), STAMP, now)
        return
    with pytest.raises(ApiError) as refused:
        check_time(read_claim(GOOD), STAMP, now)
    assert refused.value.code == code


@pytest.mark.parametrize("stamp", ["", "now", "1551113065.0", "-1551113065", "\u00b2"])
def test_a_stamp_is_a_number(stamp: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_time(read_claim(GOOD), stamp, float(STAMP))
    assert refused.value.code == "AuthFailure.SignatureFailure"


def test_the_date_is_the_utc_date_of_the_stamp() -> None:
    claim = read_claim(GOOD.replace(DATE, "2019-02-26"))
    with pytest.raises(ApiError) as refused:
        check_time(claim, STAMP, float(STAMP))
    assert refused.value.code == "AuthFailure.SignatureFailure"
    midnight = str(int(datetime(2019, 2, 26, tzinfo=UTC).timestamp()))
    check_time(claim, midnight, float(midnight))


@pytest.mark.parametrize("signed", [("content-type",), ("host",), ("x-tc-action",)])
def test_content_type_and_host_must_be_signed(signed: tuple[str, ...]) -> None:
    headers = {**post_headers(), "x-tc-action": "SyncImages"}
    key = Key("AKIDEXAMPLE", "SECRETEXAMPLE")
    claim = read_claim(authorization(key, "cvm", "POST", headers, body=BODY, signed=signed))
    with pytest.raises(ApiError) as refused:
        check_signature(claim, key.secret_key, "POST", "", headers, BODY)
    assert refused.value.code == "AuthFailure.SignatureFailure"


# Over HTTP ----------------------------------------------------------------------------------------------------------


def test_a_right_signature_is_accepted(api: Api) -> None:
    assert opened(api.post("DescribeImages"))["TotalCount"] == 3
    assert opened(api.get("DescribeImages", "Limit=1"))["TotalCount"] == 3


def test_a_wrong_key_is_refused(cloud: Emulator) -> None:
    reply = Api(cloud, Key("AKIDacme", "another-key")).post("DescribeImages")
    assert (reply.status, reply.code) == (200, "AuthFailure.SignatureFailure")


def test_an_unknown_id_is_refused(cloud: Emulator) -> None:
    assert Api(cloud, Key("AKIDnobody", "acme-key")).post("DescribeImages").code == "AuthFailure.SecretIdNotFound"


def test_a_request_without_authorization_is_refused(cloud: Emulator, api: Api) -> None:
    reply = transmit(cloud.url, "POST", "/", api.headers("DescribeImages"), b"{}")
    assert reply.code == "AuthFailure.InvalidAuthorization"
    assert cloud.journal.entries[-1].action == "DescribeImages"


@pytest.mark.parametrize("off", [-400, 400])
def test_an_old_or_future_request_is_refused(api: Api, off: int) -> None:
    reply = api.post("DescribeImages", x_tc_timestamp=str(int(time.time()) + off))
    assert reply.code == "AuthFailure.SignatureExpire"


def test_time_of_signatures_is_real_time(clock: ManualClock, api: Api) -> None:
    clock.advance(3650 * 86400)
    assert abs(clock.now() - time.time()) > 86400
    assert api("DescribeImages")["TotalCount"] == 3


@pytest.mark.parametrize("form", ["http://{}", "{}", "cvm.tencentcloudapi.com"])
def test_any_host_that_was_signed_is_accepted(cloud: Emulator, api: Api, form: str) -> None:
    """The CLI with a URL as endpoint sends and signs that URL as Host."""
    host = form.format(cloud.url.removeprefix("http://"))
    assert opened(api.post("DescribeImages", host=host))["TotalCount"] == 3


def test_another_host_than_the_signed_one_is_refused(cloud: Emulator, api: Api) -> None:
    headers = api.headers("DescribeImages")
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    reply = transmit(cloud.url, "POST", "/", {**headers, "host": "elsewhere"}, b"{}")
    assert reply.code == "AuthFailure.SignatureFailure"


def test_what_is_not_signed_may_change_and_what_is_may_not(cloud: Emulator, api: Api) -> None:
    headers = api.headers("DescribeInstances")
    plain = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    strict = authorization(api.key, "cvm", "POST", headers, body=b"{}", signed=("content-type", "host", "x-tc-action"))
    changed = {**headers, "x-tc-action": "DescribeImages"}
    assert "ImageSet" in transmit(cloud.url, "POST", "/", {**changed, "authorization": plain}, b"{}").response
    assert transmit(cloud.url, "POST", "/", {**headers, "authorization": strict}, b"{}").code == ""
    refused = transmit(cloud.url, "POST", "/", {**changed, "authorization": strict}, b"{}")
    assert refused.code == "AuthFailure.SignatureFailure"


def test_a_changed_body_is_refused_unless_it_is_not_signed(cloud: Emulator, api: Api) -> None:
    headers = api.headers("DescribeImages")
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    assert transmit(cloud.url, "POST", "/", headers, b'{"Limit": 1}').code == "AuthFailure.SignatureFailure"
    free = api.headers("DescribeImages", x_tc_content_sha256="UNSIGNED-PAYLOAD")
    free["authorization"] = authorization(api.key, "cvm", "POST", free, body=b"{}")
    assert len(opened(transmit(cloud.url, "POST", "/", free, b'{"Limit": 1}'))["ImageSet"]) == 1


def test_a_changed_query_of_a_get_is_refused(cloud: Emulator, api: Api) -> None:
    headers = api.headers("DescribeImages", content_type=FORM_TYPE)
    headers["authorization"] = authorization(api.key, "cvm", "GET", headers, query="Limit=1")
    assert transmit(cloud.url, "GET", "/?Limit=1", headers).code == ""
    assert transmit(cloud.url, "GET", "/?Limit=2", headers).code == "AuthFailure.SignatureFailure"


def test_a_query_behind_a_post_means_nothing(cloud: Emulator, api: Api) -> None:
    headers = api.headers("DescribeImages")
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    assert len(opened(transmit(cloud.url, "POST", "/?Limit=1", headers, b"{}"))["ImageSet"]) == 3


def test_the_credential_names_the_service(cloud: Emulator, api: Api) -> None:
    """The same action name in two services: the one in the credential is asked."""
    assert "RegionSet" in api("DescribeRegions", service="cvm")
    assert api.post("DescribeRegions", service="region").code == "MissingParameter"
    assert api.post("DescribeRegions", service="sts").code == "InvalidAction"
