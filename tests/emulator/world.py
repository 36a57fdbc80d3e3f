# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the emulated cloud. Records change by writes only; what they show is a function of them and the time."""

from __future__ import annotations

import random
import re
import threading
import typing as t
import uuid
from dataclasses import dataclass, field

from .behaviour import Behaviour
from .clock import Clock
from .faults import Faults
from .timeline import GONE, Timeline

NORMAL, SYNCING, CREATING, IMPORTING = "NORMAL", "SYNCING", "CREATING", "IMPORTING"
CREATEFAILED, IMPORTFAILED = "CREATEFAILED", "IMPORTFAILED"
DEFAULT_IMAGE_QUOTA = 500
RESERVED_TAG_PREFIXES = ("qcloud", "tencent", "project")

_ROLE_ARN = re.compile(r"qcs::cam::uin/(?P<uin>\d+):roleName/(?P<role>[\w.@-]+)")


@dataclass
class Role:
    """A CAM role of an account: who may assume it, with which external id.

    :param on_instance: it is bound to the CVM instance that the client runs on
    :param provider_id: the identity provider whose tokens it trusts; ``web_token`` is the one that is valid
    """

    name: str
    trusted: tuple[str, ...] = ()
    external_id: str | None = None
    on_instance: bool = False
    provider_id: str | None = None
    web_token: str | None = None


@dataclass
class Account:
    uin: str
    name: str
    credentials: dict[str, str] = field(default_factory=dict)
    """secret id -> secret key"""
    roles: dict[str, Role] = field(default_factory=dict)
    cross_border: bool = False
    """Tencent's support has opened copies between the mainland and the rest for this account."""
    denied_actions: frozenset[str] = frozenset()
    image_quotas: dict[str, int] = field(default_factory=dict)
    """region -> custom images allowed, where it is not the usual 500"""
    kms_keys: frozenset[str] = frozenset()
    regions: tuple[str, ...] | None = None
    """The regions this account may use; None is all."""


@dataclass(frozen=True)
class TemporaryKey:
    """What STS and the metadata service hand out."""

    secret_id: str
    secret_key: str
    token: str
    account: str
    role: str
    expires: float
    session: str = "session"
    issued_to: str = ""
    """The account that assumed the role; empty is the role's own."""


@dataclass(frozen=True)
class Snapshot:
    snapshot_id: str
    usage: str
    size: int


@dataclass
class Image:
    image_id: str
    name: str
    account: str
    region: str
    created: float
    timeline: Timeline
    visible_from: float = 0.0
    os_name: str = "TencentOS Server 3.1 (TK4)"
    platform: str = "TencentOS"
    architecture: str = "x86_64"
    size: int = 50
    source_kind: str = "CREATE_IMAGE"
    description: str = ""
    family: str = ""
    deprecated: bool = False
    public: bool = False
    encrypted_with: str | None = None
    snapshots: tuple[Snapshot, ...] = ()
    shared_with: dict[str, float] = field(default_factory=dict)
    """account -> since when"""
    copied_from: str | None = None
    whole_copy: float | None = None
    """Virtual seconds that the whole copy takes, where it does not come that far."""

    def exists(self, now: float) -> bool:
        return self.timeline.at(now) != GONE

    def visible(self, now: float) -> bool:
        return self.exists(now) and now >= self.visible_from

    def in_progress(self, now: float) -> bool:
        return self.timeline.at(now) in (SYNCING, CREATING, IMPORTING)

    def percent(self, now: float) -> int | None:
        """How far a copy has come; null when none is under way (recordings show null for NORMAL images)."""
        if self.timeline.at(now) != SYNCING:
            return None
        ends = self.timeline.ends(now)
        begins = self.timeline.began(now)
        if ends is None:
            return 0
        return min(99, int(100 * (now - begins) / max(1.0, self.whole_copy or ends - begins)))


@dataclass
class Instance:
    instance_id: str
    account: str
    region: str
    zone: str
    name: str
    instance_type: str
    image_id: str
    created: float
    timeline: Timeline
    visible_from: float = 0.0
    launch_error: str = ""
    charge_type: str = "POSTPAID_BY_HOUR"
    prepaid: dict[str, t.Any] = field(default_factory=dict)
    """InstanceChargePrepaid of its launch: months and how it is renewed."""
    system_disk: dict[str, t.Any] = field(default_factory=dict)
    data_disks: list[dict[str, t.Any]] = field(default_factory=list)
    vpc_id: str = ""
    subnet_id: str = ""
    private_ip: str = ""
    public_ip: str | None = None
    internet: dict[str, t.Any] = field(default_factory=dict)
    security_group_ids: list[str] = field(default_factory=list)
    key_ids: list[str] = field(default_factory=list)
    project_id: int = 0
    hostname: str = ""
    cam_role_name: str = ""
    user_data: str = ""
    protected: bool = False
    stopped_mode: str = "KEEP_CHARGING"
    operation: tuple[str, float, float] | None = None
    """(action, began, ends) of the latest operation"""

    def in_operation(self, now: float) -> bool:
        return self.operation is not None and now < self.operation[2]

    def exists(self, now: float) -> bool:
        return self.timeline.at(now) != GONE

    def visible(self, now: float) -> bool:
        return self.exists(now) and now >= self.visible_from


@dataclass(frozen=True)
class Subnet:
    subnet_id: str
    vpc_id: str
    account: str
    region: str
    zone: str
    name: str
    cidr: str
    default: bool


@dataclass(frozen=True)
class Vpc:
    vpc_id: str
    account: str
    region: str
    name: str
    cidr: str
    default: bool


@dataclass(frozen=True)
class SecurityGroup:
    group_id: str
    account: str
    region: str
    name: str


@dataclass(frozen=True)
class KeyPair:
    key_id: str
    account: str
    name: str
    created: float


@dataclass(frozen=True)
class LaunchTemplateVersion:
    """What instances are launched with: parameters of RunInstances."""

    data: dict[str, t.Any]
    description: str = ""


@dataclass
class LaunchTemplate:
    template_id: str
    account: str
    region: str
    name: str
    created: float
    versions: dict[int, LaunchTemplateVersion]
    default_version: int = 1


@dataclass(frozen=True)
class Launch:
    """What a ClientToken stands for."""

    instance_ids: tuple[str, ...]
    fingerprint: str
    until: float


class TagSheet:
    """The tags of one resource through time."""

    def __init__(self) -> None:
        self._versions: list[tuple[float, dict[str, str]]] = []

    def at(self, moment: float) -> dict[str, str]:
        tags: dict[str, str] = {}
        for since, version in self._versions:
            if since <= moment:
                tags = version
        return dict(tags)

    def write(self, moment: float, tags: dict[str, str]) -> None:
        self._versions.append((moment, dict(tags)))


class World:
    """Everything there is, of all accounts and regions."""

    def __init__(self, clock: Clock, behaviour: Behaviour | None = None, id_seed: int = 1) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        """Held by whoever changes the world, and by whoever looks at more than one thing in it."""
        self.behaviour = behaviour or Behaviour()
        self.faults = Faults()
        self.accounts: dict[str, Account] = {}
        self.images: dict[str, Image] = {}
        self.instances: dict[str, Instance] = {}
        self.vpcs: dict[str, Vpc] = {}
        self.subnets: dict[str, Subnet] = {}
        self.security_groups: dict[str, SecurityGroup] = {}
        self.key_pairs: dict[str, KeyPair] = {}
        self.launch_templates: dict[str, LaunchTemplate] = {}
        self.launches: dict[tuple[str, str, str], Launch] = {}
        self.temporary_keys: dict[str, TemporaryKey] = {}
        self.instance_keys: dict[tuple[str, str], TemporaryKey] = {}
        """(account, role) -> the key that the metadata service hands out at present"""
        self._tags: dict[str, TagSheet] = {}
        # Ids need to be repeatable, not secret. What is made gets its ids from a stream of its own, so that they do not
        # depend on how many requests were made before.
        self._random = random.Random(id_seed)
        self._request_ids = random.Random(-id_seed)

    def now(self) -> float:
        return self.clock.now()

    def role(self, arn: str) -> tuple[Account, Role] | None:
        """The role that an ARN names, and whose it is."""
        found = _ROLE_ARN.fullmatch(arn)
        owner = self.accounts.get(found["uin"]) if found else None
        role = owner.roles.get(found["role"]) if owner and found else None
        return (owner, role) if owner and role else None

    def lend_key(self, owner: Account, role: Role, expires: float, session: str, issued_to: str = "") -> TemporaryKey:
        key = TemporaryKey(
            secret_id=self.new_id("AKIDtemporary", 12).replace("-", ""),
            secret_key=self.new_id("key", 24),
            token=self.new_id("token", 32),
            account=owner.uin,
            role=role.name,
            expires=expires,
            session=session,
            issued_to=issued_to,
        )
        self.temporary_keys[key.secret_id] = key
        return key

    def new_id(self, prefix: str, length: int = 8) -> str:
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"
        return f"{prefix}-{''.join(self._random.choices(letters, k=length))}"

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self._request_ids.getrandbits(128), version=4))

    # What follows looks at a moment: that of a request, which must not change while it is answered, or else at present.

    def tags_of(self, resource_id: str) -> TagSheet:
        """To be read only: what has no tags has no sheet."""
        return self._tags.get(resource_id, TagSheet())

    def tag(self, resource_id: str, moment: float, tags: dict[str, str]) -> None:
        """These are a resource's tags from that moment on."""
        self._tags.setdefault(resource_id, TagSheet()).write(moment, tags)

    def shown_tags(self, resource_id: str, moment: float | None = None) -> dict[str, str]:
        """The tags that Describe* shows: those of a moment ago."""
        now = self.now() if moment is None else moment
        return self.tags_of(resource_id).at(now - self.behaviour.tags_visible_after)

    def image_quota(self, account: str, region: str) -> int:
        return self.accounts[account].image_quotas.get(region, DEFAULT_IMAGE_QUOTA)

    def own_images(self, account: str, region: str, moment: float | None = None) -> list[Image]:
        """The account's custom images of a region, those not visible yet included."""
        now = self.now() if moment is None else moment
        return [
            image
            for image in self.images.values()
            if image.account == account and image.region == region and not image.public and image.exists(now)
        ]

    def copies_under_way(self, image: Image, moment: float | None = None) -> list[Image]:
        """The owner's own copies of an image that are being made. What others copy does not make it busy."""
        now = self.now() if moment is None else moment
        return [
            copy
            for copy in self.images.values()
            if copy.copied_from == image.image_id and copy.account == image.account and copy.timeline.at(now) == SYNCING
        ]

    def image_state(self, image: Image, moment: float | None = None) -> str:
        """The state that DescribeImages shows. A custom image is SYNCING while copies of it are being made."""
        now = self.now() if moment is None else moment
        state = image.timeline.at(now)
        busy = state == NORMAL and self.behaviour.source_busy_while_copying
        return SYNCING if busy and self.copies_under_way(image, now) else state

    def own_instances(self, account: str, region: str, moment: float | None = None) -> list[Instance]:
        now = self.now() if moment is None else moment
        return [
            instance
            for instance in self.instances.values()
            if instance.account == account and instance.region == region and instance.exists(now)
        ]
