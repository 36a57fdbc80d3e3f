# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Sentences for the person who reads a message: the way out of an error, by its code, and what several files say."""

from __future__ import annotations

from collections.abc import Iterable

NO_REGION = ("UnsupportedRegion", "InvalidRegion.NotFound")
"""The account may not use the region, or there is none of that name."""

_BY_CODE = {
    "AuthFailure.SecretIdNotFound": "Check secret_id (TENCENTCLOUD_SECRET_ID): the account does not know it.",
    "AuthFailure.InvalidSecretId": "Check secret_id (TENCENTCLOUD_SECRET_ID): it is not an API key id.",
    "AuthFailure.SignatureFailure": "Check that secret_key (TENCENTCLOUD_SECRET_KEY) belongs to secret_id.",
    "AuthFailure.SignatureExpire": "Set this machine's clock: it is more than five minutes off.",
    "AuthFailure.TokenFailure": "The temporary key or its token has expired or is wrong; get a new one.",
    "MetadataError": "It answers on CVM instances only, for a CAM role that is bound to the instance.",
    "ResourceNotFound.RoleNotFound": "Check the role_arn: the account id and the name of the role.",
    "InvalidParameter.WebIdentityTokenError": "Check that TKE_PROVIDER_ID is the identity provider of this cluster.",
    "AuthFailure.UnauthorizedOperation": "Let the key's CAM policy allow this action.",
    "UnauthorizedOperation": "Let the key's CAM policy allow this action.",
    "ImageQuotaLimitExceeded": "Delete custom images there or ask Tencent Cloud for a larger quota.",
    "InvalidImageName.Duplicate": "Choose another name for the image, or rename or delete the one that bears it.",
    "InvalidImageId.Malformed": "Check the image id: one is img- and eight letters or digits.",
    "InvalidImageId.NotFound": "Check the image id and the region it is in.",
    "InvalidRegion.NotFound": "Check the spelling of the region.",
    "InvalidRegion.Unavailable": "Tencent Cloud does not copy between these two regions; ask its support to open it.",
    "UnsupportedRegion": "Check the spelling of the region, and that the account may use it.",
    "RequestLimitExceeded": "Too many requests a second reach this account; run again.",
    "LoginExpired": "Then run again.",
    "ClientNetworkError": "Check the network, the proxy settings and the endpoint; running again is safe.",
    "ServerNetworkError": "A gateway on the way failed; running again is safe.",
    "UnreadableAnswer": "Something between here and Tencent Cloud garbled the answer; running again is safe.",
    "InvalidImageId.InShared": "Cancel the sharing of the image first.",
    "InvalidAccountId.NotFound": "Check the account ids: each is that of a main account, as its console shows it.",
    "FailedOperation.NotMasterAccount": "Give the id of the main account and not that of one of its users.",
    "InvalidAccountIs.YourSelf": "An image is shared with other accounts only; leave its own out.",
    "FailedOperation.AccountIsYourSelf": "An image is shared with other accounts only; leave its own out.",
    "OverQuota": "Share with fewer accounts.",
    "UnsupportedOperation.EncryptedImagesNotSupported": "Use the plain image that the encrypted one was made from.",
    "InvalidInstanceId.NotFound": "Check the instance id and the region it is in.",
    "InvalidInstance.NotSupported": "Wait until the instance is running or stopped, and run again.",
    "InvalidParameter.DataDiskNotBelongSpecifiedInstance": "Give ids of data disks of that very instance.",
    "InvalidParameter.SnapshotNotFound": "Check the snapshot ids and the region they are in.",
    "InvalidParameter.SystemSnapshotNotFound": "Add the snapshot of a system disk.",
    "InvalidParameter.DuplicateSystemSnapshots": "Give the snapshot of one system disk only.",
    "OperationDenied.InstanceOperationInProgress": "Run again when the instance's other operation has ended.",
    "ResourceUnavailable.InstanceType": "Choose an instance_type that the zone sells.",
    "ResourcesSoldOut.SpecifiedInstanceType": "Choose another instance_type or another zone.",
    "InvalidZone.MismatchRegion": "Give a zone of that region.",
    "InvalidParameterValue.SubnetIdZoneIdNotMatch": "Give a subnet of that zone.",
    "InvalidParameterValue.SubnetNotExist": "Check the subnet_id and the region it is in.",
    "InvalidParameterValue.VpcIdNotExist": "Check the vpc_id and the region it is in.",
    "InvalidParameterValue.VpcIdSubnetIdNotMatch": "Give a subnet of that VPC.",
    "InvalidParameterValue.InstanceTypeNotFound": "Choose an instance_type that the zone sells.",
    "InvalidParameterValue.ZoneNotSupported": "Choose another zone of that region.",
    "InvalidParameterValue.InvalidPassword": "Choose a password as the documentation of the option password says.",
    "InvalidParameterValue.KeyPairNotFound": "Check the key_ids: each is a key pair of this account.",
    "InvalidPassword": "Choose a password as the documentation of the option password says.",
    "InvalidKeyPairId.Malformed": "Check the key_ids: one is skey- and eight letters or digits.",
    "InvalidSecurityGroupId.NotFound": "Check the security_group_ids and the region they are in.",
    "InvalidAccount.InsufficientBalance": "Top the account up, and run again.",
    "InstancesQuotaLimitExceeded": "End instances there or ask Tencent Cloud for a larger quota.",
    "LimitExceeded.InstanceQuota": "End instances there or ask Tencent Cloud for a larger quota.",
    "FailedOperation.NoAvailableIpAddressCountInSubnet": "Choose a subnet that has free addresses.",
    "ResourceNotFound.KeyPairNotFound": "Check the key_ids: each is a key pair of this account.",
    "ResourceInsufficient": "Choose another zone or another instance_type, or try again later.",
    "InvalidParameterValue.LaunchTemplateIdMalformed": "A launch template id is lt- and eight letters or digits.",
    "InvalidParameterValue.LaunchTemplateIdNotExisted": "Check the launch_template_id and the region it is in.",
    "InvalidParameterValue.LaunchTemplateNotFound": "Check the launch_template_id and the region it is in.",
    "InvalidParameterValue.LaunchTemplateIdVerNotExisted": "Give a launch_template_version that the template has.",
    "InvalidParameterValue.LaunchTemplateVersion": "Give a launch_template_version that the template has.",
    "InternalError": "The service failed; running again is safe.",
}

_ELSE = "Look the code up in Tencent Cloud's API documentation; if running again does not help, ask its support."


def advice(code: str | None) -> str:
    """The way out for a code or, failing that, for the family it belongs to; empty when there is none to give."""
    while code:
        if code in _BY_CODE:
            return _BY_CODE[code]
        code = code.rpartition(".")[0]
    return ""


def sentence(attempt: str, code: str | None, message: str, request_id: str | None = None) -> str:
    """What was attempted, why it failed and what to do, in one readable line."""
    reason = ": ".join(part for part in (code, message.rstrip(". ")) if part)
    request = f" (request {request_id})" if request_id else ""
    way_out = advice(code) or (_ELSE if code else "")
    return " ".join(part for part in (f"{attempt} failed: {reason}{request}.", way_out) if part)


def unknown_region(region: str) -> str:
    return f"{region} is not a region that this account can use; check its spelling."


def snapshots_unseen(label: str, code: str) -> str:
    """The image is gone, and nobody may know whether its snapshots are."""
    return (
        f"Whether the snapshots of {label} are gone could not be seen ({code}); "
        "allow cbs:DescribeSnapshots to have that checked."
    )


def snapshots_left(label: str, snapshot_ids: Iterable[str]) -> str:
    """The image is gone, and these snapshots of it are not."""
    return (
        f"{label} is gone, but its snapshots {', '.join(snapshot_ids)} are still there and billed; "
        "delete them with DeleteSnapshots."
    )
