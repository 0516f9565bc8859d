"""Memory that was freed goes back to the system: the allocator keeps it until it is asked."""

import ctypes
import gc


def give_back() -> bool:
    """Return freed memory to the system where the C library can (glibc); whether it could."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return False
    trim.argtypes, trim.restype = (ctypes.c_size_t,), ctypes.c_int
    trim(0)
    return True
