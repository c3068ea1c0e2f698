#!/usr/bin/python3
"""Writes the corpus of fuzz_decode_capture: the golden frames as captures of every link type and as hexadecimal text.

    tests/fuzz/seeds_decode.py
"""

import struct
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "e2e"))

from peers import pcap      # noqa: E402
import golden               # noqa: E402

PHONE, MANAGER = ("192.0.2.77", 49152), ("192.0.2.10", 2000)
LINKS = {"ethernet": (1, bytes(12) + b"\x08\0"), "vlan": (1, bytes(12) + b"\x81\0\0\5\x08\0"),
         "cooked": (113, bytes(14) + b"\x08\0"), "cooked2": (276, b"\x08\0" + bytes(18)), "loopback": (0, b"\2\0\0\0"),
         "raw": (101, b"")}


def conversation(frames, size=120):
    """The datagrams of a connection on which the call manager says all the frames, in segments of `size` bytes."""
    said = b"".join(frame for frame in frames if len(frame) < 400)
    yield pcap.segment(PHONE, MANAGER, 99, 0, b"", 2)
    yield pcap.segment(MANAGER, PHONE, 0xFFFFFF00, 100, b"", 18)
    for at in range(0, len(said), size):
        yield pcap.segment(MANAGER, PHONE, 0xFFFFFF01 + at, 100, said[at:at + size])
    yield pcap.segment(PHONE, MANAGER, 100, 0xFFFFFF01 + len(said), b"", 17)


def ipv6(datagram):
    head = struct.pack(">IHBB", 6 << 28, len(datagram) - 20 + 8, 0, 64) + bytes(15) + b"\1" + bytes(15) + b"\2"
    return head + b"\6\0\1\4\0\0\0\0" + datagram[20:]


def pcapng(packets):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    out = block(pcap.SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0))
    for n, data in enumerate(packets):
        out += block(6, struct.pack("<IIIII", 0, 0, n * 1000, len(data), len(data)) + data)
    return out


def seeds():
    """(name, content); the first byte is the target's flags."""
    for path in golden.FILES:
        frames = [frame for frame, _ in golden.frames(path)]
        yield f"hex_{path.stem}", b"\0" + b"".join(frame.hex(" ", 4).encode() + b"\n" for frame in frames)
        packets = [pcap.Packet(n * 10 ** 6, data) for n, data in enumerate(conversation(frames))]
        yield f"pcap_{path.stem}", b"\1" + pcap.classic(packets, link=pcap.RAW)
    datagrams = list(conversation(frames[:3], 40))
    for name, (link, head) in LINKS.items():
        yield f"link_{name}", b"\2" + pcap.classic([pcap.Packet(0, head + data) for data in datagrams], link=link)
    mixed = datagrams[:2] + datagrams[:2:-1] + datagrams[5:7]
    yield "mixed", b"\0" + pcap.classic([pcap.Packet(0, data) for data in mixed], link=pcap.RAW)
    lossy = datagrams[4:7] + datagrams[9:]
    yield "lossy", b"\0" + pcap.classic([pcap.Packet(n * 10 ** 9, data) for n, data in enumerate(lossy)], link=pcap.RAW)
    yield "ipv6", b"\0" + pcap.classic([pcap.Packet(0, ipv6(data)) for data in datagrams], link=pcap.RAW)
    yield "pcapng", b"\1" + pcapng(datagrams)


def main():
    folder = TESTS / "fuzz/corpus/fuzz_decode_capture"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
