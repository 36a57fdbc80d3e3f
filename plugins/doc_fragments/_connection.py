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
      - "The first of these that is set is used, and an empty value counts as unset:
        O(secret_id) and O(secret_key); O(profile); O(cam_role_name);
        E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY); the profile that E(TENCENTCLOUD_PROFILE) or
        E(TCCLI_PROFILE) names; the role that E(TENCENTCLOUD_CAM_ROLE_NAME) names; tccli's profile V(default);
        the OIDC token of a TKE pod, if E(TKE_REGION), E(TKE_PROVIDER_ID), E(TKE_WEB_IDENTITY_TOKEN_FILE) and
        E(TKE_ROLE_ARN) are all set."
      - On top of any of them, the role of O(assume_role) is assumed.
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
      - Name of a profile of C(tccli), Tencent Cloud's command line, which is read from
        C(~/.tccli/<profile>.credential).
      - A profile that names a role (C(role-arn), C(role-session-name)) has it assumed; one of the type C(cvm-role)
        takes the key of the role that is bound to the CVM instance.
      - Of C(tccli auth login) and C(tccli sso login), the temporary key is used until it expires. It is renewed by
        C(tccli) alone.
    type: str
  assume_role:
    description:
      - A CAM role to assume with the key, by the action C(AssumeRole) of STS. Its temporary key then signs all calls.
      - The role must trust the account of the key, and the key's policy must allow C(sts:AssumeRole).
    type: dict
    suboptions:
      role_arn:
        description:
          - The role, as in V(qcs::cam::uin/100000000001:roleName/publisher). Required, unless
            E(TENCENTCLOUD_ASSUME_ROLE_ARN) is set, which alone is enough to assume a role.
        type: str
      session_name:
        description:
          - Name by which the audit log tells this session from others.
          - If unset, E(TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME) is used, or else V(ansible-tencentcloud-cvm).
        type: str
      duration:
        description:
          - Seconds after which the temporary key expires, 43200 at the most.
          - If unset, E(TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION) is used, or else V(7200).
        type: int
      external_id:
        description:
          - External id that the role asks for.
          - If unset, E(TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID) is used.
        type: str
  cam_role_name:
    description:
      - CAM role bound to the CVM instance that the module runs on, whose temporary key is used. The instance's metadata
        service, V(http://metadata.tencentyun.com), is asked for it, without a proxy and for 3 seconds.
      - If unset, E(TENCENTCLOUD_CAM_ROLE_NAME) is used, when no key and no profile is set in the environment. The
        metadata service is never asked otherwise, except for a profile of the type C(cvm-role).
      - In M(tencentcloud.cvm.instance), the option of this name is the role of the instances it launches; set
        E(TENCENTCLOUD_CAM_ROLE_NAME) there.
      - E(TENCENTCLOUD_METADATA_ENDPOINT) puts another URL in place of the metadata service's, for tests.
    type: str
  region:
    description:
      - Region to work in, such as V(ap-guangzhou).
      - If unset, E(TENCENTCLOUD_REGION) is used.
    type: str
  domain:
    description:
      - Root domain of the API's public endpoints, to which the service's name is prefixed. V(intl.tencentcloudapi.com)
        for international accounts, V(internal.tencentcloudapi.com) inside a VPC.
      - If unset, E(TENCENTCLOUD_DOMAIN) is used.
    type: str
    default: tencentcloudapi.com
  endpoint:
    description:
      - One URL, V(https://host) or V(http://host:port), that is used for every service in place of the public
        endpoints, for instance that of a gateway.
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
  - Temporary keys that the module got itself (O(assume_role), O(cam_role_name), a profile's role, the OIDC token of a
    TKE pod) are renewed some minutes before they expire, so a wait may be longer than they live.
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), a bundle of CA certificates from the first
    that is set of E(TENCENTCLOUD_CA_BUNDLE), E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE).
  - Requests that the API refuses because too many arrive are repeated. After network errors reads are repeated, and
    launches, which the API recognises by a token. Other writes never are; the module looks at what they did instead.
"""
