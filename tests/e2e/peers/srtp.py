"""SRTP as RFC 3711 says it, for AES_CM_128_HMAC_SHA1_80 alone and one source: written for the tests, so that a mistake
of the library the gateway uses cannot hide behind itself."""

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SUITE = "AES_CM_128_HMAC_SHA1_80"
TAG, WINDOW = 10, 1 << 15


def new_key():
    """Key and salt as they stand in a description."""
    return base64.b64encode(os.urandom(30)).decode()


def crypto_line(key, tag=1, suite=SUITE):
    return f"a=crypto:{tag} {suite} inline:{key}\r\n"


def counter(key, start, data):
    worker = Cipher(algorithms.AES(key), modes.CTR(start.to_bytes(16, "big"))).encryptor()
    return worker.update(data) + worker.finalize()


class Srtp:
    """One direction under one key."""

    def __init__(self, key):
        raw = base64.b64decode(key)
        master, salt = raw[:16], int.from_bytes(raw[16:], "big")

        def derive(label, size):
            return counter(master, (salt ^ label << 48) << 16, bytes(size))
        self.cipher, self.auth = derive(0, 16), derive(1, 20)
        self.salt = int.from_bytes(derive(2, 14), "big")
        self.rollover, self.newest = 0, None

    def _index(self, sequence):
        """RFC 3711 section 3.3.1."""
        if self.newest is None:
            return self.rollover, sequence
        if self.newest < WINDOW:
            return self.rollover - (sequence - self.newest > WINDOW), sequence
        return self.rollover + (self.newest - WINDOW > sequence), sequence

    def _crypt(self, packet, index):
        start = (self.salt << 16) ^ struct.unpack("!I", packet[8:12])[0] << 64 ^ index << 16
        return packet[:12] + counter(self.cipher, start, packet[12:])

    def _tag(self, packet, rollover):
        return hmac.new(self.auth, packet + struct.pack("!I", rollover), hashlib.sha1).digest()[:TAG]

    def _advance(self, rollover, sequence):
        if (rollover, sequence) >= (self.rollover, -1 if self.newest is None else self.newest):
            self.rollover, self.newest = rollover, sequence

    def protect(self, packet):
        rollover, sequence = self._index(struct.unpack("!H", packet[2:4])[0])
        self._advance(rollover, sequence)
        secret = self._crypt(packet, rollover << 16 | sequence)
        return secret + self._tag(secret, rollover)

    def unprotect(self, packet):
        """None: not genuine."""
        rollover, sequence = self._index(struct.unpack("!H", packet[2:4])[0])
        secret, tag = packet[:-TAG], packet[-TAG:]
        if len(packet) < 12 + TAG or rollover < 0 or not hmac.compare_digest(tag, self._tag(secret, rollover)):
            return None
        self._advance(rollover, sequence)
        return self._crypt(secret, rollover << 16 | sequence)
