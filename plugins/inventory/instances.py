# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: instances
short_description: CVM instances of one or many regions
version_added: 1.0.0
description:
  - An inventory of the instances that run in one or many regions, which are read at once.
  - Its configuration is a YAML file whose name ends in C(tencentcloud_cvm.yml) or C(tencentcloud_cvm.yaml).
  - Every host has the variables that M(tencentcloud.cvm.instance_info) returns of an instance, each with C(cvm_) before
    its name, as in C(cvm_instance_id), C(cvm_region) and C(cvm_tags).
  - Texts, and texts in lists and dictionaries, of the options for the connection, the regions and the filters may be
    templates.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - tencentcloud.cvm._plugin_connection
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices: [tencentcloud.cvm.instances]
  regions:
    description:
      - The regions to look into. The default is O(region) alone.
      - V(all) stands for every region that the account may use; C(DescribeRegions) is asked for them.
    type: list
    elements: str
  states:
    description:
      - Only instances in one of these states. An empty list lets every state pass.
    type: list
    elements: str
    default: [RUNNING]
  instance_ids:
    description:
      - Only instances of these ids.
    type: list
    elements: str
  instance_name:
    description:
      - Only instances of exactly this name.
    type: str
  name_regex:
    description:
      - Only instances in whose name this regular expression (of Python) is found.
    type: str
  tags:
    description:
      - Only instances that carry all of these tags. An empty value stands for any value of that tag.
    type: dict
  image_ids:
    description:
      - Only instances that run one of these images.
    type: list
    elements: str
  hostnames:
    description:
      - What hosts are named by, the first of these that an instance has. V(instance_name), V(instance_id),
        V(public_ip_address), V(private_ip_address), or V(tag:<key>) for the value of a tag. Without any, it is the id.
      - Names that several instances have, also in inventories read before, get the id of the instance behind them, as
        in C(web-ins-st9uo200). Name hosts by V(instance_id) alone where that would be a nuisance.
      - Private addresses repeat from network to network.
    type: list
    elements: str
    default: [instance_name, instance_id]
  address:
    description:
      - Which address becomes C(ansible_host). With V(none), or if there is none, C(ansible_host) is not set. O(compose)
        goes before it.
    type: str
    choices: [public_or_private, public, private, none]
    default: public_or_private
  group_by:
    description:
      - The groups that are made, as in C(region_ap_guangzhou), C(zone_ap_guangzhou_6), C(image_img_go1dweb1) and
        C(source_image_ap_guangzhou_img_go1dweb1). The last gathers what runs from a custom image of this account and
        from the copies of it that this collection made in other regions. Empty makes none.
      - V(source_image) needs one more request a region for every 100 images in use there. It also sets the variables
        C(cvm_image_name) and C(cvm_source_image).
    type: list
    elements: str
    choices: [region, zone, image, source_image]
    default: [region, zone, image, source_image]
  strict_permissions:
    description:
      - Whether it is an error if the key may not read a region, or the images of one. Otherwise that is a warning, and
        the inventory goes without them.
    type: bool
    default: true
seealso:
  - module: tencentcloud.cvm.instance_info
"""

EXAMPLES = r"""
# golden.tencentcloud_cvm.yml: what runs in two regions
plugin: tencentcloud.cvm.instances
regions: [ap-guangzhou, ap-chengdu]
---
# Only what carries a tag, with groups by another; hosts that are reached inside the VPC
plugin: tencentcloud.cvm.instances
regions: [all]
strict_permissions: false
tags:
  team: web
hostnames: ["tag:hostname", instance_name]
address: private
keyed_groups:
  - key: cvm_tags.tier
    prefix: tier
groups:
  large: cvm_memory >= 32
compose:
  ansible_user: "'ubuntu' if 'Ubuntu' in cvm_os_name else 'root'"
---
# The key from Ansible Vault by a variable of the environment; the API is asked every ten minutes at the most
plugin: tencentcloud.cvm.instances
regions: "{{ lookup('ansible.builtin.env', 'REGIONS').split(',') }}"
profile: "{{ lookup('ansible.builtin.env', 'TEAM') }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/tencentcloud
cache_timeout: 600
"""

import hashlib
import json
import os
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._advice import sentence
from ..module_utils._client import STS_REGION, connect
from ..module_utils._connection import read_connection
from ..module_utils._credentials import first_set
from ..module_utils._errors import CloudError, InputError, SdkMissing
from ..module_utils._hosts import PREFIX, check_hostnames, group_names, host_names, variables
from ..module_utils._images import usable_regions
from ..module_utils._instance_query import read_query
from ..module_utils._instance_search import look
from ..module_utils._keys import Credential
from ..module_utils._query import given, read_regions
from ..module_utils._wait import Clock

SUFFIXES = ("tencentcloud_cvm.yml", "tencentcloud_cvm.yaml")
EVERY_REGION = "all"

CREDENTIALS = ("secret_id", "secret_key", "token", "profile", "assume_role", "cam_role_name")
ELSEWHERE = {
    "region": "TENCENTCLOUD_REGION",
    "domain": "TENCENTCLOUD_DOMAIN",
    "endpoint": "TENCENTCLOUD_ENDPOINT",
}
OPTIONS = (
    *("regions", "states", "instance_ids", "instance_name", "name_regex", "tags", "image_ids"),
    *("hostnames", "address", "group_by", "strict_permissions", "api_timeout"),
)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "tencentcloud.cvm.instances"

    def verify_file(self, path: str) -> bool:
        return bool(t.cast("t.Any", super()).verify_file(path)) and path.endswith(SUFFIXES)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        config = self._read_config_data(path)  # type: ignore[no-untyped-call]
        secrets: set[str] = set()
        try:
            asked = self._asked(config)
            self._populate(inventory, asked, self._cached(path, asked, cache, secrets))
        except SdkMissing as error:
            problem = f"The Python library {error} is missing; install it with: pip install {error}"
        except InputError as error:
            problem = str(error)
        except CloudError as error:
            attempt = f"{error.action} in {error.region}" if error.region else error.action
            problem = sentence(attempt, error.code, error.message, error.request_id)
        else:
            return
        for secret in secrets:
            problem = problem.replace(secret, "***")
        raise AnsibleParserError(problem)

    def _asked(self, config: Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options, their templates filled in.

        Of those that the environment can give, only what the file says: like the modules, find_source knows which of
        the two goes first, and that an empty variable counts as unset.
        """
        named = [name for name in (*CREDENTIALS, *ELSEWHERE) if name in config]
        asked = {name: self._filled(name, config) for name in (*OPTIONS, *named)}
        for name, variable in ELSEWHERE.items():
            asked[name] = asked.get(name) or first_set(os.environ, [variable])
        return {"group": None, **asked}

    def _filled(self, name: str, config: Mapping[str, t.Any]) -> t.Any:
        """An option without templates. One of them may stand for a whole list, before Ansible splits it at commas."""
        plugin: t.Any = self
        value = plugin.get_option(name)
        given_text = isinstance(value, list) and isinstance(config.get(name), str)
        try:
            value = plugin.templar.template(config[name] if given_text else value)
        except AnsibleError as error:
            raise InputError(f"The template of the option {name} cannot be filled in: {error}") from None
        if given_text and isinstance(value, str):
            return [text.strip() for text in value.split(",")]
        return value

    def _cached(self, path: str, asked: Mapping[str, t.Any], cache: bool, secrets: set[str]) -> list[dict[str, t.Any]]:
        """What the API says, or said not long ago when it was asked the same with the same key."""
        plugin: t.Any = self
        check_hostnames(given(asked["hostnames"]))
        connection = read_connection(asked, os.environ, Path.home())
        query = read_query(asked)
        regions = read_regions(given(asked["regions"]), asked["region"])
        with_images, strict = "source_image" in (asked["group_by"] or ()), asked["strict_permissions"]

        def ask() -> list[dict[str, t.Any]]:
            client = connect(connection, asked["region"] or STS_REGION, Clock(), secrets.update)
            client.key()
            where = usable_regions(client) if EVERY_REGION in regions else regions
            seen = look(client, where, query, with_images=with_images, strict=strict)
            for refusal in seen.denied:
                plugin.display.warning(f"{refusal} The inventory goes without it, for strict_permissions is false.")
            return seen.instances

        if not plugin.get_option("cache"):
            return ask()
        source = connection.source
        who = source.secret_id if isinstance(source, Credential) else repr(source)
        question = [who, connection.endpoint, connection.domain, regions, repr(query), with_images, strict]
        digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
        key = f"{plugin.get_cache_key(path)}_{digest[:16]}"
        if cache:
            try:
                return t.cast("list[dict[str, t.Any]]", plugin.cache[key])
            except KeyError:  # not there, or too old
                pass
        plugin.cache[key] = found = ask()
        return found

    def _populate(self, inventory: t.Any, asked: Mapping[str, t.Any], found: list[dict[str, t.Any]]) -> None:
        plugin: t.Any = self
        ids = {instance["instance_id"] for instance in found}
        strangers = {
            name for name, host in inventory.hosts.items() if host.vars.get(f"{PREFIX}instance_id") not in (None, *ids)
        }
        names = host_names(found, given(asked["hostnames"]), strangers)
        safe: t.Any = self._sanitize_group_name
        additions: tuple[tuple[t.Any, str], ...] = (
            (self._set_composite_vars, "compose"),
            (self._add_host_to_composed_groups, "groups"),
            (self._add_host_to_keyed_groups, "keyed_groups"),
        )
        for instance in found:
            name = names[instance["instance_id"]]
            inventory.add_host(name)
            for group in group_names(instance, asked["group_by"] or ()):
                inventory.add_child(inventory.add_group(safe(group)), name)
            # Before ansible-core 2.19, a text of the cloud's that looks like a template would be run as one.
            host_vars = wrap_var(variables(instance, asked["address"]))
            for key, value in host_vars.items():
                inventory.set_variable(name, key, value)
            for add, option in additions:
                add(plugin.get_option(option), host_vars, name, strict=plugin.get_option("strict"))
