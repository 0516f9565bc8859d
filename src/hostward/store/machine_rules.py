"""What every store says and keeps of agents alike."""

import hashlib
from datetime import timedelta

from hostward.domain.ids import AccountId, MachineId

CHALLENGES_KEPT = timedelta(days=1)
"""How long after a session's end its challenge is still known as used; challenges are accepted for far less."""

ELSEWHERE = "this agent's key is enrolled in another account: remove its identity file and enrol it again"
"""Why a key can't be enrolled twice."""

KEY_IN_USE = "this key speaks for a machine already: draw another"
"""Why a key can't follow another one."""

NOBODY = AccountId(0)
"""Whose the machines are that were removed. No account has the number, so that no query of an account finds them, at
no cost for those that stay; rows of tasks still find their names."""


def key_of_removed(machine: MachineId) -> bytes:
    """What stands in the place of a removed machine's key: no key that anybody could hold, another one each."""
    return hashlib.sha512(b"removed machine %d" % machine).digest()
