#!/usr/bin/python3
"""Connections that are no phones, many at once: some say nothing, some half a frame, some garbage, and some send
messages as fast as a megabyte a second. Whoever is thrown out comes again. A process of its own:

    flood.py SERVER COUNT ADDRESS...      until standard input ends; then a line of JSON: what became of them
"""

import json
import random
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

SCCP_PORT = 2000
TICK_S = 0.05
OPENED_PER_TICK = 40        # new connections: 800 a second
STORM_PER_TICK = 50_000     # bytes: a megabyte a second from each
SEED = 20261128

NOTHING, HALF_A_FRAME, GARBAGE, STORM = KINDS = ("nothing", "half a frame", "garbage", "storm")
KEEPALIVES = struct.pack("<III", 4, 0, 0) * 8
UNKNOWN = struct.pack("<III", 1000, 0, 0x7777) + bytes(996)
STORMS = (KEEPALIVES * (STORM_PER_TICK // len(KEEPALIVES)), UNKNOWN * (STORM_PER_TICK // len(UNKNOWN)))


class Stranger:
    def __init__(self, address, kind, number):
        self.address, self.kind, self.number, self.socket = address, kind, number, None

    def open(self, server):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.bind((self.address, 0))
        try:
            self.socket.connect((server, SCCP_PORT))
        except BlockingIOError:
            pass

    def close(self):
        self.socket.close()
        self.socket = None

    def first_words(self, dice):
        if self.kind == HALF_A_FRAME:       # a long one, so that the gateway has to keep room for it
            return struct.pack("<III", 4096, 0, 0x7777) + bytes(dice.randrange(0, 4000))
        if self.kind == GARBAGE:
            return dice.randbytes(dice.randrange(1, 3000))
        return b""


class Crowd:
    def __init__(self, server, count, addresses):
        self.server, self.dice = server, random.Random(SEED)
        self.waiting = [Stranger(addresses[n % len(addresses)], KINDS[n // len(addresses) % len(KINDS)], n)
                        for n in range(count)]
        self.poll, self.by_fd = select.epoll(), {}
        self.counts = {"opened": 0, "thrown_out": 0, "bytes": 0, **{kind: 0 for kind in KINDS}}

    def send(self, stranger, data):
        try:
            self.counts["bytes"] += stranger.socket.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.lose(stranger)

    def lose(self, stranger):
        """The gateway has closed it."""
        del self.by_fd[stranger.socket.fileno()]
        stranger.close()
        self.counts["thrown_out"] += 1
        self.counts[stranger.kind] += 1
        self.waiting.append(stranger)

    def open_some(self):
        for stranger in self.waiting[:OPENED_PER_TICK]:
            stranger.open(self.server)
            self.counts["opened"] += 1
            self.by_fd[stranger.socket.fileno()] = stranger
            self.poll.register(stranger.socket.fileno(), select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLHUP)
        del self.waiting[:OPENED_PER_TICK]

    def watch(self, until):
        """Connected ones say their first words; ended ones are lost."""
        while (left := until - time.monotonic()) > 0:
            for fd, events in self.poll.poll(left):
                stranger = self.by_fd.get(fd)
                if stranger is None:
                    continue
                if events & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                    self.lose(stranger)
                    continue
                self.poll.modify(fd, select.EPOLLRDHUP | select.EPOLLHUP)
                words = stranger.first_words(self.dice)
                if words:
                    self.send(stranger, words)

    def storm(self):
        for stranger in [one for one in self.by_fd.values() if one.kind == STORM]:
            self.send(stranger, STORMS[stranger.number % len(STORMS)])

    def run(self):
        while not select.select([sys.stdin], [], [], 0)[0]:
            self.open_some()
            self.watch(time.monotonic() + TICK_S)
            self.storm()
        self.counts["connected"] = len(self.by_fd)
        for stranger in self.by_fd.values():
            stranger.close()


class Flood:
    """The process, for a test."""

    def __init__(self, server, count, addresses):
        self.child = subprocess.Popen([sys.executable, Path(__file__), server, str(count), *addresses], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def stop(self):
        """All its connections are closed; how often what happened."""
        said, _ = self.child.communicate(timeout=60)
        assert self.child.returncode == 0, "the flood broke off"
        return json.loads(said)


def main():
    crowd = Crowd(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
    crowd.run()
    print(json.dumps(crowd.counts))


if __name__ == "__main__":
    main()
