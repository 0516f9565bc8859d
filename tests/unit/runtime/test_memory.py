"""Freed memory goes back to the system."""

import ctypes

from hostward.runtime import memory


def test_where_the_library_can_memory_is_given_back() -> None:
    """It says whether the C library knows how to."""
    assert memory.give_back() is hasattr(ctypes.CDLL(None), "malloc_trim")


def test_a_library_without_the_function_is_no_failure(monkeypatch) -> None:
    """A C library may lack it (musl does): nothing happens, and it says so."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert not memory.give_back()
