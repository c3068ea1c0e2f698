"""Capture files, read and written packet by packet, so that tests can rewrite what was captured."""

import struct
from dataclasses import dataclass

ETHERNET, RAW, COOKED = 1, 101, 113
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
SYN = 2


@dataclass
class Packet:
    ns: int         # since 1970
    data: bytes

    def tcp(self):
        """(source, destination, sequence number, flags, payload) of a TCP segment in IPv4 in Ethernet, else None."""
        if self.data[12:14] != b"\x08\x00" or self.data[23] != 6:
            return None
        ip = self.data[14:14 + int.from_bytes(self.data[16:18], "big")]
        segment = ip[(ip[0] & 15) * 4:]
        ports = struct.unpack(">HH", segment[:4])
        names = [".".join(map(str, ip[at:at + 4])) for at in (12, 16)]
        return (f"{names[0]}:{ports[0]}", f"{names[1]}:{ports[1]}", int.from_bytes(segment[4:8], "big"), segment[13],
                segment[(segment[12] >> 4) * 4:])


def read(path):
    """The packets of a pcapng file as dumpcap writes it: one section, little-endian."""
    data, at, packets, units = path.read_bytes(), 0, [], 10 ** 6
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        body = data[at + 8:at + size - 4]
        if kind == INTERFACE:
            units = _units(body)
        elif kind == PACKET:
            _, high, low, captured, _ = struct.unpack_from("<IIIII", body)
            packets.append(Packet((high << 32 | low) * 10 ** 9 // units, body[20:20 + captured]))
        at += size
    return packets


def _units(body):
    """Of an interface's time stamps, in a second: option 9, microseconds without it."""
    at = 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from("<HH", body, at)
        if code == 9:
            return 10 ** body[at + 4]
        at += 4 + (size + 3) // 4 * 4
    return 10 ** 6


def classic(packets, link=ETHERNET, snap=None):
    """The bytes of a pcap file with nanoseconds."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snap or 262144, link)]
    for packet in packets:
        kept = packet.data[:snap]
        out.append(struct.pack("<IIII", *divmod(packet.ns, 10 ** 9), len(kept), len(packet.data)) + kept)
    return b"".join(out)


def segment(source, target, seq, ack, payload, flags=0x18):
    """An IPv4 datagram with a TCP segment; addresses are (text, port)."""
    names = [bytes(map(int, name.split("."))) for name, _ in (source, target)]
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0)
    total = 40 + len(payload)
    return struct.pack(">BBHHHBBH", 0x45, 0, total, 0, 0x4000, 64, 6, 0) + names[0] + names[1] + tcp + payload
