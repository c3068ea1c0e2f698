"""One RTP socket of ours: speaks a steady tone in G.711 and remembers what arrives, in the clear or as SRTP."""

import select
import socket
import struct
import threading
import time

from . import tone

SAMPLES_MS = tone.RATE_HZ // 1000
TABLES = {0: tone.MU_LAW, 8: tone.A_LAW}


class Rtp:
    """Sends to `peer` once it is set. `packets` holds (source, bytes) of everything received, `refused` what was not
    genuine. `sends` and `receives` are the Srtp of either direction, None: plain; they may be exchanged any time."""

    def __init__(self, address, hz=440, ssrc=0x5CC90000):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.address, self.port = self.socket.getsockname()[:2]
        self.peer, self.silent, self.hz = None, False, hz
        self.ssrc = ssrc
        self.packets, self.refused = [], []
        self.sends = self.receives = None
        self.first = 0      # sequence number
        self.speaks(0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def speaks(self, payload_type, ms=20):
        """From now on: the codec of that static payload type, in packets of that length. G.729 is a pattern."""
        samples = tone.make(self.hz, 1.2)
        wave, size = (tone.encode(samples, TABLES[payload_type]), ms * SAMPLES_MS) if payload_type in TABLES else (
            bytes(range(256)), ms)
        self._speech = payload_type, ms, [wave[at:at + size] for at in range(0, len(wave) - size + 1, size)]

    def _run(self):
        due, count, stamp = time.monotonic(), 0, 0
        while not self._ending.is_set():
            ready, _, _ = select.select([self.socket], [], [], max(0, due - time.monotonic()))
            if ready:
                try:
                    data, source = self.socket.recvfrom(2048)
                    self._take(source[:2], data)
                except ConnectionRefusedError:
                    pass    # an ICMP answer to what we sent: the far side is not there yet, or not any more
                continue
            payload_type, ms, speech = self._speech
            due += ms / 1000
            if self.peer and not self.silent:
                header = struct.pack("!BBHII", 0x80, payload_type, self.first + count & 0xFFFF, stamp & 0xFFFFFFFF,
                                     self.ssrc)
                packet, srtp = header + speech[count % len(speech)], self.sends
                self.socket.sendto(srtp.protect(packet) if srtp else packet, self.peer)
                count += 1
                stamp += ms * SAMPLES_MS

    def _take(self, source, data):
        receives = self.receives
        plain = receives.unprotect(data) if receives else data
        if plain is None:
            self.refused.append(data)
        else:
            self.packets.append((source, plain))

    def heard(self):
        """Everything received so far as samples."""
        samples = []
        for _, data in list(self.packets):
            if len(data) > 12 and data[0] >> 6 == 2:
                table = TABLES.get(data[1] & 0x7F)
                samples += tone.decode(data[12:], table) if table else []
        return samples

    def close(self):
        self._ending.set()
        self._thread.join(2)
        self.socket.close()
