"""A phone in its rawest form: a TCP connection that sends bytes and reads frames. For what no phone should do; a phone
that behaves is sccpphone."""

import socket
import struct
import time

REGISTER, KEEPALIVE, OFF_HOOK, ON_HOOK, KEYPAD = 0x0001, 0x0000, 0x0006, 0x0007, 0x0003
SOFT_KEY, RECEIVE_ACK, CAPABILITIES, TIME_DATE, DEFINE_TIME = 0x0026, 0x0022, 0x0010, 0x000D, 0x0094
REGISTER_ACK, REGISTER_REJECT, KEEPALIVE_ACK, CALL_STATE = 0x0081, 0x009D, 0x0100, 0x0111
TOKEN, TOKEN_ACK, TOKEN_REJECT = 0x0029, 0x011A, 0x011B
MODEL_7960 = 7


def frame(message, payload=b"", version=0):
    return struct.pack("<III", len(payload) + 4, version, message) + payload


def register(name, model=MODEL_7960, version=11, address="127.0.0.1"):
    """A Register of 64 bytes, as a 7940 or 7960 sends it."""
    payload = struct.pack("<16sII4sIII", name.encode(), 0, 1, socket.inet_aton(address), model, 0, 0)
    return frame(REGISTER, payload + struct.pack("<BBHII12x", version, 0, 0, 0, 0))


def token(name, model=MODEL_7960, address="127.0.0.1"):
    return frame(TOKEN, struct.pack("<16sII4sI", name.encode(), 0, 1, socket.inet_aton(address), model))


class Skinny:
    def __init__(self, address, server, port=2000):
        self.socket = socket.create_connection((server, port), timeout=5, source_address=(address, 0))
        self._bytes = b""

    def send(self, data):
        self.socket.sendall(data)

    def _take(self):
        if len(self._bytes) < 12:
            return None
        length, _, message = struct.unpack_from("<III", self._bytes)
        if len(self._bytes) < length + 8:
            return None
        payload, self._bytes = self._bytes[12:length + 8], self._bytes[length + 8:]
        return message, payload

    def receive(self, timeout=5):
        """The next (message, payload); None when the gateway has closed the connection."""
        deadline = time.monotonic() + timeout
        while True:
            taken = self._take()
            if taken:
                return taken
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self._bytes += data

    def expect(self, message, timeout=5):
        """The payload of the next frame of that kind; the others are passed over."""
        deadline, seen = time.monotonic() + timeout, []
        while time.monotonic() < deadline:
            try:
                got = self.receive(deadline - time.monotonic())
            except TimeoutError:
                break
            if got is None:
                raise AssertionError(f"connection closed before message {message:#06x}, after {seen}")
            if got[0] == message:
                return got[1]
            seen.append(hex(got[0]))
        raise AssertionError(f"no message {message:#06x} within {timeout} s, only {seen}")

    def wait_closed(self, timeout=5):
        """Reads on until the gateway closes the connection; TimeoutError when it does not."""
        while self.receive(timeout) is not None:
            pass

    def close(self):
        self.socket.close()
