# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The options by which plugins reach the API: those of the modules, with the same variables."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  secret_id:
    description:
      - Id of the API key. It is one key together with O(secret_key); give both or neither.
      - "The first of these that is set is used, and an empty value counts as unset: the options O(secret_id) and
        O(secret_key), O(profile), O(cam_role_name); the environment variables for the key, for the profile, for the
        role; tccli's profile V(default); the OIDC token of a TKE pod."
      - On top of any of them, the role of O(assume_role) is assumed.
    type: str
    env:
      - name: TENCENTCLOUD_SECRET_ID
  secret_key:
    description:
      - Secret of the API key. Keep it out of files that others can read, for instance in the environment.
    type: str
    env:
      - name: TENCENTCLOUD_SECRET_KEY
  token:
    description:
      - Session token of a temporary key.
    type: str
    env:
      - name: TENCENTCLOUD_TOKEN
      - name: TENCENTCLOUD_SECURITY_TOKEN
  profile:
    description:
      - Name of a profile of C(tccli), which is read from C(~/.tccli/<profile>.credential).
    type: str
    env:
      - name: TENCENTCLOUD_PROFILE
      - name: TCCLI_PROFILE
  assume_role:
    description:
      - A CAM role to assume with the key, by the action C(AssumeRole) of STS. Its temporary key then signs all calls.
      - What is unset is taken from E(TENCENTCLOUD_ASSUME_ROLE_ARN), E(TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME),
        E(TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION) and E(TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID).
    type: dict
    suboptions:
      role_arn:
        description: The role, as in V(qcs::cam::uin/100000000001:roleName/publisher).
        type: str
      session_name:
        description: Name by which the audit log tells this session from others.
        type: str
      duration:
        description: Seconds after which the temporary key expires, 43200 at the most.
        type: int
      external_id:
        description: External id that the role asks for.
        type: str
  cam_role_name:
    description:
      - CAM role bound to the CVM instance that Ansible runs on, whose temporary key is used.
    type: str
    env:
      - name: TENCENTCLOUD_CAM_ROLE_NAME
  region:
    description:
      - The region to look into when O(regions) names none.
    type: str
    env:
      - name: TENCENTCLOUD_REGION
  domain:
    description:
      - Root domain of the API's public endpoints, V(tencentcloudapi.com) if unset; V(intl.tencentcloudapi.com) for
        international accounts.
    type: str
    env:
      - name: TENCENTCLOUD_DOMAIN
  endpoint:
    description:
      - One URL, V(https://host) or V(http://host:port), that is used for every service in place of the public
        endpoints.
    type: str
    env:
      - name: TENCENTCLOUD_ENDPOINT
  api_timeout:
    description:
      - Seconds that one request to the API may take.
    type: int
    default: 60
requirements:
  - tencentcloud-sdk-python-common (or tencentcloud-sdk-python, which contains it)
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), a bundle of CA certificates from the first
    that is set of E(TENCENTCLOUD_CA_BUNDLE), E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE).
"""
