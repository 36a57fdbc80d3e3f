# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The version of the collection; a test holds it against galaxy.yml."""

from __future__ import annotations

VERSION = "1.0.0"
