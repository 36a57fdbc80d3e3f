# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Randomized schedules of faults, kills, reruns and concurrent runs, in virtual time, against the emulator.

``schedule.py`` says what is drawn, ``turns.py`` makes threads take turns in virtual time, ``stage.py`` runs a schedule,
``invariants.py`` judges what came of it, ``story.py`` tells it.
"""
