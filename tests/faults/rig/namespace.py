"""A network of its own, in which the only link can be taken down: nothing arrives any more, and nobody is told.

A child process holds the namespace and makes sockets in it: a socket stays in the network that it was made in, whoever
uses it. Run as `python -m tests.faults.rig.namespace FD`.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # unshare(2)
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # netdevice(7)
IFREQ = "16sH22x"
WORDS_BYTES = 200
ANSWER_S = 10.0


class Forbidden(Exception):
    """The kernel does not let this user have a network of its own."""


class Namespace:
    """One network, as a test sees it."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def make(self) -> socket.socket:
        """Return a new TCP socket in it."""
        self._channel.send(b"socket")
        words, descriptors, _, _ = socket.recv_fds(self._channel, WORDS_BYTES, 1)
        if not descriptors:
            raise Forbidden(words.decode())
        return socket.socket(fileno=descriptors[0])

    def listen(self, host: str, port: int, *, backlog: int) -> socket.socket:
        """Return a listening socket in it."""
        listener = self.make()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(backlog)
        listener.setblocking(False)
        return listener

    def set(self, *, up: bool) -> None:
        """Take its one link, loopback, up or down."""
        self._channel.send(b"up" if up else b"down")
        words = self._channel.recv(WORDS_BYTES)
        if words != b"ok":
            raise Forbidden(words.decode())


@contextlib.contextmanager
def namespace() -> Iterator[Namespace]:
    """Give a network with its link up; raises `Forbidden`."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(ANSWER_S)
    command = [sys.executable, "-m", "tests.faults.rig.namespace", str(theirs.fileno())]
    child = subprocess.Popen(command, pass_fds=(theirs.fileno(),))
    theirs.close()
    try:
        made = Namespace(ours)
        made.set(up=True)
        yield made
    finally:
        ours.close()
        child.wait()


def hold(channel: socket.socket) -> None:
    """Be the child: go into a new network, and do what is asked until the other end closes."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET | (CLONE_NEWUSER if os.geteuid() else 0)):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    except OSError as error:
        channel.recv(WORDS_BYTES)
        channel.send(f"no network namespace: {error}".encode())
        return
    while word := channel.recv(WORDS_BYTES):
        try:
            if word == b"socket":
                with socket.socket() as made:
                    socket.send_fds(channel, [b"ok"], [made.fileno()])
            else:
                switch(up=word == b"up")
                channel.send(b"ok")
        except OSError as error:
            channel.send(str(error).encode())


def switch(*, up: bool) -> None:
    """Set or clear the flag of loopback."""
    with socket.socket() as any_socket:
        request = struct.pack(IFREQ, b"lo", 0)
        flags = struct.unpack(IFREQ, fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        flags = flags | IFF_UP if up else flags & ~IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack(IFREQ, b"lo", flags))


if __name__ == "__main__":
    hold(socket.socket(fileno=int(sys.argv[1])))
