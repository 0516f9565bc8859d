"""What every store says and keeps of agents alike."""

from datetime import timedelta

CHALLENGES_KEPT = timedelta(days=1)
"""How long after a session's end its challenge is still known as used; challenges are accepted for far less."""

ELSEWHERE = "this agent's key is enrolled in another account: remove its identity file and enrol it again"
"""Why a key can't be enrolled twice."""
