# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What copying costs beside the ways it could be done. `nox -e bench` writes docs/performance.md and its picture."""
