# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""How to reach the API, from the options of a module or plugin and from the environment. Nobody is asked yet."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ._client import Connection
from ._credentials import Environment, find_source
from ._errors import InputError

DEFAULT_DOMAIN = "tencentcloudapi.com"
CA_VARIABLES = ("TENCENTCLOUD_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def read_connection(params: Mapping[str, t.Any], environ: Environment, home: Path) -> Connection:
    """The connection that these options and this environment describe; an InputError says what is wrong with them."""
    _check_endpoint(params["endpoint"])
    if params["api_timeout"] <= 0:
        raise InputError("api_timeout must be more than 0 seconds.")
    return Connection(
        source=find_source(params, environ, home),
        endpoint=(params["endpoint"] or "").rstrip("/") or None,
        domain=params["domain"] or DEFAULT_DOMAIN,
        timeout=params["api_timeout"],
        ca_bundle=_ca_bundle(environ),
    )


def _ca_bundle(environ: Environment) -> str | None:
    variable = next((name for name in CA_VARIABLES if environ.get(name)), None)
    if variable and not Path(environ[variable]).exists():
        raise InputError(
            f"The environment variable {variable} names CA certificates in {environ[variable]}, where there are none."
        )
    return environ[variable] if variable else None


def _check_endpoint(endpoint: str | None) -> None:
    if not endpoint:
        return
    try:
        parts = urlsplit(endpoint)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")
        wrong = wrong or parts.port == 0
    except ValueError:  # an address or a port that is none
        wrong = True
    if wrong:
        raise InputError(
            f"endpoint '{endpoint}' is not a URL of the form https://host[:port]; "
            "leave it out for Tencent Cloud's public endpoints."
        )
