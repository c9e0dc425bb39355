"""Becomes another program that gets a signal when the process that started this one dies.

Run as a file, not imported: `python -I tether.py PARENT SIGNAL UID GID COMMAND…`. Only Linux tells
of a parent's death; elsewhere the next `catalog up` ends what a killed one left behind.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, death_signal: int, uid: int, gid: int, command: list[str]) -> None:
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after the change of user, which would forget it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            sys.exit("the parent died")
    os.execv(command[0], command)  # noqa: S606 -- there is no shell to want


if __name__ == "__main__":
    parent, death_signal, uid, gid = map(int, sys.argv[1:5])
    become(parent, death_signal, uid, gid, sys.argv[5:])
