# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the API by whole modules: domains, proxies and CA certificates, as the environment names them."""

from __future__ import annotations

import socket
import ssl
import typing as t
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from ansible_collections.tencentcloud.cvm.plugins.modules import image_info

from tests.emulator import Emulator

from ..conftest import Result, Run
from ..network import Address, Proxy, Relay

NOWHERE = "http://127.0.0.1:1"
DOMAINS = ("tencentcloudapi.com", "intl.tencentcloudapi.com", "internal.tencentcloudapi.com")


def look(run: Run, **options: t.Any) -> Result:
    return run(image_info, region="ap-guangzhou", image_name="golden", **options)


def found(result: Result) -> list[str]:
    assert "failed" not in result, result["msg"]
    return [image["image_id"] for image in result["images"]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def plain(cloud: Emulator) -> Address:
    """Where the emulator is."""
    address = urlsplit(cloud.url)
    return str(address.hostname), int(address.port or 0)


@pytest.fixture
def tls(plain: Address, authority: trustme.CA) -> Iterator[Address]:
    """The same behind TLS, with a certificate for the public endpoints that only our own authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", *(f"*.{domain}" for domain in DOMAINS)).configure_cert(context)
    with Relay(plain, context) as relay:
        yield relay.address


@pytest.fixture
def http_proxy(plain: Address) -> Iterator[Proxy]:
    with Proxy(plain) as proxy:
        yield proxy


@pytest.fixture
def https_proxy(tls: Address) -> Iterator[Proxy]:
    with Proxy(tls) as proxy:
        yield proxy


# Domains --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_public_endpoints_of_a_domain(
    cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, ca_file: str, domain: str, how: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url)
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    if how == "environment":
        monkeypatch.setenv("TENCENTCLOUD_DOMAIN", domain)
    options = {"domain": domain} if how == "option" else {}
    role = {"role_arn": "qcs::cam::uin/100000000001:roleName/publisher", "external_id": "outside"}
    assert found(look(run, endpoint=None, **options, assume_role=role)) == ["img-source01"]
    assert https_proxy.hosts == {f"cvm.{domain}:443", f"sts.{domain}:443"}


def test_an_empty_domain_is_not_given(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, ca_file: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url)
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    assert found(look(run, endpoint="", domain="")) == ["img-source01"]
    assert https_proxy.hosts == {"cvm.tencentcloudapi.com:443"}


# Proxies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_for_http(run: Run, monkeypatch: pytest.MonkeyPatch, http_proxy: Proxy, name: str) -> None:
    monkeypatch.setenv(name, http_proxy.url)
    assert found(look(run, endpoint="http://cvm.tencentcloudapi.test")) == ["img-source01"]
    assert set(http_proxy.asked) == {"POST http://cvm.tencentcloudapi.test/"}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_for_https(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, ca_file: str, name: str
) -> None:
    monkeypatch.setenv(name, https_proxy.url)
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    assert found(look(run, endpoint=None)) == ["img-source01"]
    assert set(https_proxy.asked) == {"CONNECT cvm.tencentcloudapi.com:443"}


def test_a_proxy_that_wants_a_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, ca_file: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url.replace("//", "//operator:proxy-password@"))
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    assert found(look(run, endpoint=None)) == ["img-source01"]
    assert "Proxy-Authorization: Basic b3BlcmF0b3I6cHJveHktcGFzc3dvcmQ=" in https_proxy.heads[0]


NOT_BY_PROXY = [
    {"HTTP_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1"},
    {"HTTP_PROXY": NOWHERE, "no_proxy": "tencent.test,127.0.0.1"},
    {"HTTP_PROXY": NOWHERE, "NO_PROXY": "*"},
    {"HTTP_PROXY": NOWHERE, "NO_PROXY": "127.0.0.0/8"},
    {"HTTPS_PROXY": NOWHERE},
    {"HTTP_PROXY": "", "ALL_PROXY": ""},
]


@pytest.mark.parametrize("environ", NOT_BY_PROXY)
def test_what_goes_by_no_proxy(run: Run, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    """The emulator's endpoint begins with http:// and is on 127.0.0.1."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert found(look(run)) == ["img-source01"]


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "example.com, 127.0.0.1", "*"])
def test_https_that_goes_by_no_proxy(
    run: Run, monkeypatch: pytest.MonkeyPatch, tls: Address, ca_file: str, no_proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    assert found(look(run, endpoint=f"https://{tls[0]}:{tls[1]}")) == ["img-source01"]


@pytest.mark.parametrize("no_proxy", ["tencentcloudapi.com", ".tencentcloudapi.com", "cvm.tencentcloudapi.com"])
def test_a_domain_that_goes_by_no_proxy(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, no_proxy: str
) -> None:
    """It is then asked for at its own address, where nobody is to be reached from here."""
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url)
    monkeypatch.setenv("NO_PROXY", f"example.com,{no_proxy}")
    resolve = socket.getaddrinfo

    def resolve_here(host: t.Any, *more: t.Any, **options: t.Any) -> t.Any:
        if host != "127.0.0.1":
            raise OSError(f"Temporary failure in name resolution of {host}")
        return resolve(host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    assert "name resolution" in look(run, endpoint=None)["msg"].lower()
    assert https_proxy.asked == []


@pytest.mark.parametrize(
    ("refusal", "text"),
    [("407 Proxy Authentication Required", "407 Proxy Authentication Required"), ("403 Forbidden", "403 Forbidden")],
)
def test_a_proxy_that_refuses(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, refusal: str, text: str
) -> None:
    https_proxy.refusal = refusal
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url.replace("//", "//operator:proxy-password@"))
    result = look(run, endpoint=None)
    assert text in result["msg"]
    assert "Check the network, the proxy settings and the endpoint" in result["msg"]
    assert "proxy-password" not in str(result)
    assert "\n" not in result["msg"]


def test_no_proxy_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://operator:proxy-password@127.0.0.1:1")
    result = look(run, endpoint=None)
    assert "Connection refused" in result["msg"]
    assert "proxy-password" not in str(result)


# CA certificates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["TENCENTCLOUD_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_of_one_s_own(
    run: Run, monkeypatch: pytest.MonkeyPatch, tls: Address, ca_file: str, name: str
) -> None:
    monkeypatch.setenv(name, ca_file)
    assert found(look(run, endpoint=f"https://{tls[0]}:{tls[1]}")) == ["img-source01"]


def test_the_first_authority_that_is_named_counts(
    run: Run, monkeypatch: pytest.MonkeyPatch, tls: Address, ca_file: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", "")
    assert "certificate is not trusted" in look(run, endpoint=f"https://{tls[0]}:{tls[1]}")["msg"]
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    assert found(look(run, endpoint=f"https://{tls[0]}:{tls[1]}")) == ["img-source01"]


def test_an_authority_that_nobody_knows(run: Run, tls: Address) -> None:
    result = look(run, endpoint=f"https://{tls[0]}:{tls[1]}")
    assert result["error_code"] == "ClientNetworkError"
    assert "certificate is not trusted" in result["msg"]
    assert "TENCENTCLOUD_CA_BUNDLE" in result["msg"]
    assert "HTTPSConnectionPool" not in result["msg"]


def test_a_certificate_for_another_host(
    run: Run, monkeypatch: pytest.MonkeyPatch, https_proxy: Proxy, ca_file: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", https_proxy.url)
    monkeypatch.setenv("TENCENTCLOUD_CA_BUNDLE", ca_file)
    result = look(run, endpoint=None, domain="example.com")
    assert "certificate is not trusted (Hostname mismatch" in result["msg"]


def test_certificates_that_are_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    assert look(run)["msg"] == (
        "The environment variable REQUESTS_CA_BUNDLE names CA certificates in /nowhere/ca.pem, where there are none."
    )
