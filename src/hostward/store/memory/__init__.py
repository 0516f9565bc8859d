"""A store that lives and dies with the process: for tests of everything above it. It keeps the same contract."""

from hostward.store.memory.store import MemoryStore

__all__ = ["MemoryStore"]
