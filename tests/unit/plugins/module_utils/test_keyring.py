# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of all threads: when it is asked for again, and by whom."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import CloudError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._keyring import KeyRing, renewal
from ansible_collections.tencentcloud.cvm.plugins.module_utils._keys import Credential
from ansible_collections.tencentcloud.cvm.plugins.module_utils._wait import Clock

from tests.emulator import ManualClock

from ...conftest import VirtualTime


class Lender:
    """Hands out numbered keys that live an hour, or says no."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked = 0
        self.closed = False
        self.learned: list[str] = []

    def __call__(self) -> Credential:
        self.asked += 1
        if self.closed:
            raise CloudError("AssumeRole", "", "UnauthorizedOperation", "no")
        return Credential(f"id-{self.asked}", f"key-{self.asked}", "token", expires=self.clock.now() + 3600)

    def ring(self) -> KeyRing:
        return KeyRing(self, Clock(), self.learned.extend)


@pytest.fixture
def lender(clock: ManualClock, time: VirtualTime) -> Lender:
    return Lender(clock)


@pytest.mark.parametrize(
    ("expires", "expected"),
    [(None, math.inf), (7200, 6900), (1200, 900), (1000, 750), (100, 75), (0, 0), (-50, -50)],
)
def test_when_a_key_is_renewed(expires: float | None, expected: float) -> None:
    assert renewal(Credential("id", "key", expires=expires), 0.0) == expected


def test_a_key_is_asked_for_once_and_again_before_it_expires(lender: Lender, clock: ManualClock) -> None:
    ring = lender.ring()
    assert lender.asked == 0, "nobody is asked before a key is needed"
    assert {ring.current().secret_id for _look in range(3)} == {"id-1"}
    clock.advance(3299)
    assert ring.current().secret_id == "id-1"
    clock.advance(1)
    assert {ring.current().secret_id for _look in range(3)} == {"id-2"}


def test_every_secret_is_learned(lender: Lender, clock: ManualClock) -> None:
    ring = lender.ring()
    ring.current()
    clock.advance(3600)
    ring.current()
    assert lender.learned == ["key-1", "token", "key-2", "token"]


def test_one_thread_renews_for_all(lender: Lender, clock: ManualClock) -> None:
    ring = lender.ring()
    ring.current()
    clock.advance(3600)
    start = threading.Barrier(8)

    def key_of_thread(_number: int) -> str:
        start.wait()
        return ring.current().secret_id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(key_of_thread, range(8))) == {"id-2"}
    assert lender.asked == 2


def test_a_key_that_is_refused_is_replaced_once_for_all(lender: Lender) -> None:
    ring = lender.ring()
    refused = ring.current()
    assert [ring.another(refused) for _thread in range(3)] == [True] * 3
    assert lender.asked == 2


def test_a_source_that_always_has_the_same_key_has_no_other(time: VirtualTime) -> None:
    key = Credential("id", "key")
    ring = KeyRing(lambda: key, Clock(), lambda _secrets: None)
    assert not ring.another(ring.current())


def test_a_key_that_cannot_be_renewed_serves_until_it_expires(lender: Lender, clock: ManualClock) -> None:
    ring = lender.ring()
    ring.current()
    lender.closed = True
    clock.advance(3300)
    assert {ring.current().secret_id for _look in range(3)} == {"id-1"}
    assert lender.asked == 2, "not asked again at once"
    clock.advance(30)
    ring.current()
    assert lender.asked == 3
    clock.advance(270)
    with pytest.raises(CloudError):
        ring.current()
    lender.closed = False
    assert ring.current().secret_id == "id-5"


def test_the_first_key_is_there_or_is_an_error(lender: Lender) -> None:
    lender.closed = True
    with pytest.raises(CloudError):
        lender.ring().current()
