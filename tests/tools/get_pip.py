# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in place of get-pip.py, which ansible-test would download from a host of its own.

noxfile.py puts it where ansible-test looks first, and beside it a pip, which is all that get-pip.py would bring. The
Python of a new, empty environment runs it; its arguments are the packages wanted and options.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

GET_PIP_ONLY = {"--no-setuptools", "--no-wheel"}

wanted = [argument for argument in sys.argv[1:] if argument not in GET_PIP_ONLY]
command = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", *wanted]
subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)})
