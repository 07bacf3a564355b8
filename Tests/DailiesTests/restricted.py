"""Runs a command behind what a systemd unit forbids its service, where no systemd runs: usage: restricted.py UNIT COMMAND…

SystemCallFilter, RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute, RestrictRealtime, RestrictSUIDSGID and LockPersonality
are done as systemd does them, by seccomp filters without new privileges. What systemd does with mounts and accounts is not.
"""
import errno
import os
import socket
import subprocess
import sys

from seccomp import ALLOW, EQ, ERRNO, MASKED_EQ, NE, Arg, SyscallFilter

NAMESPACES = 0x7E020080  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME
PROT_WRITE, PROT_EXEC = 2, 4


def service(unit):
    """The settings of [Service], each with all its lines."""
    settings, section = {}, ""
    with open(unit, encoding="utf-8") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and not line.startswith("#"):
                name, value = line.split("=", 1)
                settings.setdefault(name, []).append(value)
    return settings


def calls(name):
    """A system call, or those of a group, as the installed systemd knows it."""
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    members = [line.strip() for line in told.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls(member) for member in members))


def allowed(lines):
    found = calls("@default")
    for line in lines:
        for name in line.lstrip("~").split():
            found = found - calls(name) if line.startswith("~") else found | calls(name)
    return found | calls("@default")


def add(filter, action, name, *arguments):
    try:
        filter.add_rule(action, name, *arguments)
    except RuntimeError:
        pass  # A call that this machine's architecture does not have.


def restrict(settings):
    def on(name):
        return settings.get(name) == ["yes"]

    extra = SyscallFilter(defaction=ALLOW)
    families = {getattr(socket, name) for line in settings["RestrictAddressFamilies"] for name in line.split()}
    for family in set(range(46)) - {int(family) for family in families}:
        extra.add_rule(ERRNO(errno.EAFNOSUPPORT), "socket", Arg(0, EQ, family))
    if on("RestrictNamespaces"):
        for bit in (1 << shift for shift in range(32) if NAMESPACES & 1 << shift):
            extra.add_rule(ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, bit, bit))
            extra.add_rule(ERRNO(errno.EPERM), "unshare", Arg(0, MASKED_EQ, bit, bit))
        extra.add_rule(ERRNO(errno.EPERM), "setns")
        extra.add_rule(ERRNO(errno.ENOSYS), "clone3")
    if on("MemoryDenyWriteExecute"):
        both = PROT_WRITE | PROT_EXEC
        extra.add_rule(ERRNO(errno.EPERM), "mmap", Arg(2, MASKED_EQ, both, both))
        extra.add_rule(ERRNO(errno.EPERM), "mprotect", Arg(2, MASKED_EQ, PROT_EXEC, PROT_EXEC))
        extra.add_rule(ERRNO(errno.EPERM), "pkey_mprotect", Arg(2, MASKED_EQ, PROT_EXEC, PROT_EXEC))
    if on("RestrictSUIDSGID"):
        for bit in (0o4000, 0o2000):
            for name, place in [("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2), ("openat", 3)]:
                extra.add_rule(ERRNO(errno.EPERM), name, Arg(place, MASKED_EQ, bit, bit))
    if on("LockPersonality"):
        extra.add_rule(ERRNO(errno.EPERM), "personality", Arg(0, NE, 0))
    if on("RestrictRealtime"):
        extra.add_rule(ERRNO(errno.EPERM), "sched_setscheduler", Arg(1, NE, 0))
    extra.load()

    filter = SyscallFilter(defaction=ERRNO(getattr(errno, settings["SystemCallErrorNumber"][0])))
    for name in sorted(allowed(settings["SystemCallFilter"])):
        add(filter, ALLOW, name)
    filter.load()


if __name__ == "__main__":
    unit, *command = sys.argv[1:]
    restrict(service(unit))
    os.execv(command[0], command)
