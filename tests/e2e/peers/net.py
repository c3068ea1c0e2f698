"""Loopback addresses of one test run. Every run takes its own 127.x.y.0/24, every peer its own address inside it, so
well-known ports can be used everywhere and two runs at once never meet."""

import itertools
import socket

LOCK_PORT = 60999


class Net:
    """A /24 of the loopback range, held until close() or the end of this process: the kernel gives the lock back."""

    def __init__(self):
        for block in range(1, 255):
            self.prefix = f"127.90.{block}."
            self._lock = socket.socket()
            try:
                self._lock.bind((self.prefix + "1", LOCK_PORT))
                break
            except OSError:
                self._lock.close()
        else:
            raise RuntimeError("all 254 loopback blocks of the tests are in use")
        self.name = self.prefix.rstrip(".")
        self._hosts = itertools.cycle(range(10, 250))

    def host(self):
        """The next address, not given out lately."""
        return self.prefix + str(next(self._hosts))

    def close(self):
        self._lock.close()


def can_connect(address, port):
    """Whether somebody accepts TCP connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0
