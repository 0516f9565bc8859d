"""Layers of an overlay as one folder: what a container sees, without mounting anything.

Source: the kernel's overlayfs documentation ("whiteouts and opaque directories") and, for stores that can't make those,
the OCI image specification's files ".wh.NAME" and ".wh..wh..opq".
"""

import contextlib
import os
import stat

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
_ATTRIBUTES = ("trusted.overlay.opaque", "user.overlay.opaque")


def entered(folders: list[int], name: str) -> list[int]:
    """Handles (O_PATH) on an entry of a folder in all its layers: more than one only for a folder. Raises OSError."""
    found: list[int] = []
    for folder in folders:
        try:
            handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except FileNotFoundError:
            if _is_there(folder, WHITEOUT + name):
                break
            continue
        status = os.fstat(handle)
        if not stat.S_ISDIR(status.st_mode):
            if found or is_whiteout(status):
                os.close(handle)
            else:
                found.append(handle)
            break
        found.append(handle)
        if is_opaque(handle):
            break
    if not found:
        raise FileNotFoundError(2, os.strerror(2), name)
    return found


def is_whiteout(status: os.stat_result) -> bool:
    """Does this entry say that what lies below it is gone?"""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def is_opaque(folder: int) -> bool:
    """Does this folder (a handle or a descriptor) hide what lies below it?"""
    if _is_there(folder, OPAQUE):
        return True
    for attribute in _ATTRIBUTES:
        with contextlib.suppress(OSError):
            if os.getxattr(f"/proc/self/fd/{folder}", attribute) == b"y":
                return True
    return False


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True
