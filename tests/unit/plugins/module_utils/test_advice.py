# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages: what was attempted, why it failed, what to do."""

from __future__ import annotations

from ansible_collections.tencentcloud.cvm.plugins.module_utils._advice import advice, sentence


def test_a_code_or_its_family_has_a_way_out() -> None:
    assert "CAM policy" in advice("UnauthorizedOperation.PermissionDenied")
    assert "running again is safe" in advice("InternalError.TradeUnknownError")
    assert advice("SomethingUnheardOf") == ""
    assert advice(None) == ""


def test_a_whole_sentence() -> None:
    text = sentence("Copying img-1 (ap-guangzhou) to ap-tokyo", "ImageQuotaLimitExceeded", "the region is full.", "r-1")
    assert text == (
        "Copying img-1 (ap-guangzhou) to ap-tokyo failed: ImageQuotaLimitExceeded: the region is full (request r-1). "
        "Delete custom images there or ask Tencent Cloud for a larger quota."
    )


def test_a_code_that_nobody_has_heard_of_has_a_way_out_too() -> None:
    text = sentence("Waiting", "SomethingUnheardOf", "it is so", "r-1")
    assert text.startswith("Waiting failed: SomethingUnheardOf: it is so (request r-1). Look the code up")


def test_a_sentence_without_code() -> None:
    assert sentence("Waiting", None, "too long") == "Waiting failed: too long."
