# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviours that Tencent does not document: each dangerous one with a switch, the others in INFERRED.

``basis`` says what the default rests on: ``inferred`` from documents that point that way, or ``unknown``, where the
default is simply the harsher guess for a client. The table in README.md is checked against this file.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, fields

IMAGE_SETS = ("asked", "reversed", "partial", "empty", "null")


def _because(basis: str, about: str) -> dict[str, str]:
    return {"basis": basis, "about": about}


@dataclass
class Behaviour:
    source_busy_while_copying: bool = field(
        default=True,
        metadata=_because(
            "inferred", "A custom image shows SYNCING in its own region while copies of it are being made."
        ),
    )
    busy_code: str = field(
        default="InvalidParameterValue.InvalidImageState",
        metadata=_because(
            "unknown",
            "The code of SyncImages for a busy source; FailedOperation.InvalidImageState is the other candidate.",
        ),
    )
    launch_from_busy_source: bool = field(
        default=True,
        metadata=_because("unknown", "RunInstances accepts a custom image while copies of it are being made."),
    )
    copy_minutes: tuple[float, float] = field(
        default=(10.0, 30.0),
        metadata=_because(
            "documented", "How long a copy takes, in virtual minutes; where between depends on image and region."
        ),
    )
    copies_keep_properties: bool = field(
        default=False, metadata=_because("unknown", "A copy takes over the tags, description and family of its source.")
    )
    failed_copy_vanishes: bool = field(
        default=False, metadata=_because("unknown", "A copy that fails disappears instead of showing CREATEFAILED.")
    )
    image_visible_after: float = field(
        default=5.0, metadata=_because("inferred", "Virtual seconds until a new image appears in DescribeImages.")
    )
    image_deleted_after: float = field(
        default=10.0,
        metadata=_because(
            "inferred", "Virtual seconds from DeleteImages until DescribeImages no longer shows the image."
        ),
    )
    data_snapshots_stay: bool = field(
        default=False, metadata=_because("unknown", "DeleteBindedSnap leaves the snapshots of data disks.")
    )
    instance_visible_after: float = field(
        default=2.0, metadata=_because("inferred", "Virtual seconds until a new instance appears in DescribeInstances.")
    )
    instance_change_shown_after: float = field(
        default=0.0,
        metadata=_because(
            "unknown",
            "Virtual seconds for which a started, stopped or terminated instance shows its state from before; changes "
            "that come meanwhile are refused with OperationDenied.InstanceOperationInProgress.",
        ),
    )
    tags_visible_after: float = field(
        default=5.0,
        metadata=_because("inferred", "Virtual seconds until a tag shows in DescribeImages and DescribeInstances."),
    )
    tagging_while_syncing: bool = field(
        default=False,
        metadata=_because("unknown", "The tag service accepts an image that is still SYNCING or CREATING."),
    )
    duplicate_names_refused: bool = field(
        default=True,
        metadata=_because(
            "inferred", "SyncImages, CreateImage and renaming refuse a name that an own image of that region bears."
        ),
    )
    bad_destination_fails_all: bool = field(
        default=True,
        metadata=_because(
            "unknown", "SyncImages copies nowhere if the border, a name or the quota forbids one of the destinations."
        ),
    )
    dry_run_code: str = field(
        default="",
        metadata=_because(
            "unknown", "The code a DryRun that would succeed answers with (DryRunOperation); empty is a plain success."
        ),
    )
    dry_run_checks_destinations: bool = field(
        default=True,
        metadata=_because("unknown", "DryRun of SyncImages also checks the destinations: border, names, quota."),
    )
    cross_border_code: str = field(
        default="InvalidRegion.Unavailable",
        metadata=_because("unknown", "The code of SyncImages across the border of the Chinese mainland."),
    )
    image_set: str = field(
        default="asked",
        metadata=_because(
            "unknown", "ImageSet of SyncImages: asked (order of the request), reversed, partial, empty or null."
        ),
    )
    sharing_twice_refused: bool = field(
        default=True,
        metadata=_because(
            "inferred", "Sharing an image with an account that has it answers FailedOperation.AccountAlreadyExists."
        ),
    )
    client_token_lifetime: float = field(
        default=86400.0,
        metadata=_because("unknown", "Virtual seconds for which a ClientToken of RunInstances gives the same answer."),
    )
    client_token_conflict_code: str = field(
        default="InvalidParameterCombination",
        metadata=_because(
            "unknown",
            "The code of RunInstances for a known ClientToken with other parameters; empty answers as the first time.",
        ),
    )
    instance_key_lifetime: float = field(
        default=7200.0, metadata=_because("unknown", "Virtual seconds that a key of the metadata service lives.")
    )
    instance_key_renewed_before: float = field(
        default=300.0,
        metadata=_because(
            "unknown", "The metadata service hands out the same key until so many virtual seconds before it expires."
        ),
    )
    rate_limits: bool = field(
        default=False,
        metadata=_because("documented", "Refuse more requests a virtual second than the API's pages allow."),
    )

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> Behaviour:
        made = cls()
        made.change(data)
        return made

    def change(self, data: t.Mapping[str, t.Any]) -> None:
        """Turn the switches that a seed names."""
        defaults = {item.name: item.default for item in fields(self)}
        unknown = sorted(set(data) - set(defaults))
        if unknown:
            raise ValueError(f"no such behaviour: {', '.join(unknown)}; there are {', '.join(sorted(defaults))}")
        for name, value in data.items():
            setattr(self, name, _checked(name, defaults[name], value))


def _checked(name: str, default: t.Any, value: t.Any) -> t.Any:
    if name == "copy_minutes":
        return _range(value)
    numeric = isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool)
    if not numeric and type(value) is not type(default):
        raise ValueError(f"the behaviour {name} is like {default!r}, not {value!r}")
    if name == "image_set" and value not in IMAGE_SETS:
        raise ValueError(f"the behaviour image_set is one of {', '.join(IMAGE_SETS)}, not {value!r}")
    return float(value) if numeric else value


def _range(value: t.Any) -> tuple[float, float]:
    try:
        low, high = (float(item) for item in value)
    except (TypeError, ValueError):
        raise ValueError(f"the behaviour copy_minutes is two numbers, not {value!r}") from None
    if not 0 <= low <= high:
        raise ValueError(f"the behaviour copy_minutes is a range, not {value!r}")
    return low, high


INFERRED: tuple[tuple[str, str], ...] = (
    ("requests", "What is checked first: key and signature, parameters, region, permission, rate, schema, then rules."),
    ("requests", "A refused permission answers AuthFailure.UnauthorizedOperation, whatever the service."),
    ("requests", "Names of regions and zones and the texts of errors are English, whatever X-TC-Language asks for."),
    (
        "requests",
        "The fields of limits that stand only in prose, and their codes: schema/overlay.json names the sources.",
    ),
    ("requests", "An unknown service answers NoSuchProduct, an unknown version NoSuchVersion."),
    ("requests", "Actions whose rate is not documented have 10 requests a second, if rates are limited at all."),
    ("images", "An unknown id of the right form gives an empty list in DescribeImages, and NotFound elsewhere."),
    ("images", "DescribeImages and DescribeInstances list the newest first."),
    ("images", "Of another account's image neither tags nor snapshots are shown, and no tag filter finds it."),
    ("images", "The parameter InstanceType of DescribeImages restricts nothing."),
    ("images", "Images that are SYNCING or CREATING count for names and for the quota; so do failed ones."),
    ("images", "Copies that another account makes of a shared image do not make its source busy."),
    (
        "images",
        "A shared image that its owner is copying is busy for everybody: it shows SYNCING, and SyncImages refuses.",
    ),
    ("images", "A DryRun of SyncImages that would succeed answers an empty ImageSet, also with ImageSetRequired."),
    ("images", "An unknown destination: InvalidRegion.NotFound."),
    ("images", "SyncPercent rises evenly to 99; of a source that is busy it stays null."),
    (
        "images",
        "A copy keeps the kind of its source (ImageSource), gets new snapshots, and is created when it was asked for.",
    ),
    ("images", "An encrypted image can be copied encrypted again; a shared one cannot."),
    ("images", "KmsKeyId without Encrypt, or a key that the account does not have: InvalidParameter.InvalidKmsKeyId."),
    ("images", "A public image: InvalidParameterValue.InvalidImageId from SyncImages and DeleteImages."),
    ("images", "A failed source, or one that is still being made: InvalidImageId.IncorrectState from SyncImages."),
    (
        "images",
        "The source's region for a custom image, or another for a shared one: InvalidParameterValue.InvalidRegion.",
    ),
    ("images", "A finance region and another one: the code of cross_border_code, even with cross_border."),
    ("images", "DeleteImages of an image that is being deleted: MutexOperation.TaskRunning."),
    ("images", "DeleteImages deletes all or none; of a busy source it is refused, renaming it is not."),
    ("images", "CreateImage takes 300 virtual seconds; the instance refuses a second one meanwhile."),
    ("images", "CANCEL of an account that does not have the image succeeds."),
    ("images", "The snapshots that DeleteBindedSnap deletes are gone at once; unknown ones are left out of answers."),
    ("instances", "PENDING lasts 40 virtual seconds, STARTING 20, STOPPING 30, TERMINATING 30, LAUNCH_FAILED 900."),
    ("instances", "An instance whose launch failed cannot be terminated; it goes by itself."),
    ("instances", "An image that is not NORMAL: InvalidParameterValue.InvalidImageState from RunInstances."),
    (
        "instances",
        "Parameters of RunInstances that have no effect: MinCount, ActionTimer, Metadata and such.",
    ),
    ("instances", "A DryRun of RunInstances neither uses nor records its ClientToken."),
    ("instances", "LatestOperation of a launch is null, except when it failed."),
    (
        "instances",
        "A system disk smaller than the image's: InvalidParameterValue, as recorded for SystemDisk.DiskSize.",
    ),
    ("instances", "The filter instance-name is fuzzy; filters that this emulator does not know answer InvalidFilter."),
    ("instances", "Every type runs every image; types, prices and what is sold out are samples."),
    ("instances", "Tags given to RunInstances show at once; those given to CreateImage like any other."),
    ("instances", "A prepaid instance is in the recycle bin (SHUTDOWN, isolated MANMADE) for 7 days, and then gone."),
    ("instances", "A month that is paid in advance has 30 days; a period that is not sold answers InvalidPeriod."),
    ("instances", "Whether an instance can be returned, and how often, is not checked: every prepaid one can."),
    (
        "templates",
        "A parameter of RunInstances takes the place of the launch template's as a whole: tags, disks and all.",
    ),
    ("templates", "An unknown launch template: InvalidParameterValue.LaunchTemplateIdNotExisted, in RunInstances too."),
    ("templates", "An unknown version: InvalidParameterValue.LaunchTemplateVersion from RunInstances."),
    ("templates", "An unknown version among those to describe: InvalidParameterValue.LaunchTemplateIdVerNotExisted."),
    ("templates", "LaunchTemplateVersions beside a range, a page or DefaultVersion: InvalidParameterCombination."),
    ("templates", "Launch templates are listed the newest first, versions by number; a name filter is exact."),
    ("tags", "A resource that does not exist or is another region's: an element of FailedResources, ResourceNotFound."),
    ("tags", "A malformed resource, or another account's: InvalidParameterValue.ResourceDescriptionError, for all."),
    ("tags", "A resource has at most 50 tags; a key has at most 127 characters, a value at most 255."),
    ("tags", "Removing a tag that is not there succeeds."),
    ("sts", "The key of an account counts as that of a CAM user (Type CAMUser) whose uin is the account's."),
    ("sts", "A role that does not trust the caller, or a wrong external id: UnauthorizedOperation."),
    (
        "sts",
        "Authorization: SKIP for another action than AssumeRoleWithWebIdentity: AuthFailure.InvalidAuthorization.",
    ),
    ("sts", "AssumeRoleWithWebIdentity of a role that is not there or trusts another provider: UnauthorizedOperation."),
    ("sts", "The caller of a key that was got with a token (PrincipalId) is the identity provider."),
    ("sts", "Temporary keys expire in virtual time; an expired one answers AuthFailure.TokenFailure."),
    ("metadata", "Without a role's name, the names of the bound roles come a line each; without any, HTTP 404."),
    ("metadata", "A role that is not bound to the instance: HTTP 404."),
    ("vpc", "Unknown ids give an empty list."),
    ("regions", "Zone ids of regions other than ap-guangzhou and ap-beijing are made up."),
)
"""What else is inferred, without a switch: (area, what it does)."""
