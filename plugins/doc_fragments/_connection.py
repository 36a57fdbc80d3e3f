# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The options by which every module reaches the API."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  secret_id:
    description:
      - Id of the API key. It is one key together with O(secret_key); give both or neither.
      - If unset, the environment variables E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY) are used, then
        the profile that E(TENCENTCLOUD_PROFILE) or E(TCCLI_PROFILE) names, then tccli's profile V(default).
        An empty variable counts as unset.
    type: str
  secret_key:
    description:
      - Secret of the API key.
    type: str
  token:
    description:
      - Session token of a temporary key.
      - If unset, and the key comes from the environment, E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN) is
        used.
    type: str
  profile:
    description:
      - Name of a profile of C(tccli), Tencent Cloud's command line. The key is read from
        C(~/.tccli/<profile>.credential).
      - A profile that is named here goes before keys in the environment.
    type: str
  region:
    description:
      - Region to work in, such as V(ap-guangzhou).
      - If unset, E(TENCENTCLOUD_REGION) is used.
    type: str
  domain:
    description:
      - Root domain of the API's public endpoints, to which the service's name is prefixed.
        V(intl.tencentcloudapi.com) for
        international accounts, V(internal.tencentcloudapi.com) inside a VPC.
      - If unset, E(TENCENTCLOUD_DOMAIN) is used.
    type: str
    default: tencentcloudapi.com
  endpoint:
    description:
      - One URL, V(https://host) or V(http://host:port), that is used for every service in place of the public
        endpoints,
        for instance that of a gateway.
      - If unset, E(TENCENTCLOUD_ENDPOINT) is used.
    type: str
  api_timeout:
    description:
      - Seconds that one request to the API may take.
    type: int
    default: 60
requirements:
  - tencentcloud-sdk-python-common (or tencentcloud-sdk-python, which contains it)
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), a bundle of CA certificates from
    E(TENCENTCLOUD_CA_BUNDLE), E(REQUESTS_CA_BUNDLE) or E(SSL_CERT_FILE).
  - Requests that the API refuses because too many arrive are repeated. Reads are also repeated after network errors;
    writes never are, the module looks at what they did instead.
"""
