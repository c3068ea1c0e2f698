"""What was on the wire, as an independent decoder sees it: dumpcap records, tshark dissects skinny, sip and rtp."""

import os
import signal
import socket
import struct
import subprocess
from xml.etree import ElementTree

from .process import Process

START, END = b"sccpgw-capture-start", b"sccpgw-capture-end"
DISCARD = 9

# Faults of tshark 4.0's skinny dissector: message id and version word of the header that it calls malformed, the
# negotiated versions at which we send such (below 10 the word is 0), and what is wrong. test_versions.py shows them on
# frames of real call managers.
CLOSING = "reads the port handling word, which version 15 added, in every version"
KNOWN_FAULTS = {
    (0x0105, 0): ((3, 6), "reads on to the DTMF type, which version 8 added, in every version"),
    (0x0105, 11): ((11,), "reads the mixing mode and the source, which version 15 added, from version 11 on"),
    (0x008A, 0): ((3, 6, 8), "reads on to the party direction, which version 15 added, in every version"),
    (0x008A, 11): ((11,), "reads on to the party direction, which version 15 added, in every version"),
    (0x0106, 0): ((3, 6, 8), CLOSING),
    (0x0106, 11): ((11,), CLOSING),
    (0x008B, 0): ((3, 6, 8), CLOSING),
    (0x008B, 11): ((11,), CLOSING),
}

def missing():
    """Why this machine cannot capture; None when it can."""
    if os.geteuid() == 0:
        return None
    probe = subprocess.run(["dumpcap", "-D"], capture_output=True, text=True, check=False)
    return None if "lo" in probe.stdout else "capturing needs root, or membership in the wireshark group"


class Capture(Process):
    def __init__(self, folder, net, sccp_ports=(2000,), sip_ports=(5060, 5062)):
        self.path = folder / "capture.pcapng"
        where = f"net {net.name}.0/24" if net else "ip"
        super().__init__("capture", ["dumpcap", "-q", "-i", "lo", "-f", where, "-w", self.path], folder)
        self.sink = net and net.prefix + "1"
        self._decode_as = [f"tcp.port=={port},skinny" for port in sccp_ports]
        self._decode_as += [f"{kind}.port=={port},sip" for port in sip_ports for kind in ("udp", "tcp")]

    def prepare(self):
        self.path.unlink(missing_ok=True)

    def ready(self):
        self._mark(START)

    def _mark(self, text):
        """Sends a marked packet until it is in the file: everything sent before it then is there too."""
        def recorded():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(text, (self.sink, DISCARD))
            return self.path.exists() and text in self.path.read_bytes()
        self.wait(recorded, 10, f"mark {text.decode()} to be recorded")

    def stop(self, **keywords):
        if self.running():
            self._mark(END)
        return super().stop(signal.SIGINT, **keywords)

    def rows(self, where, *fields):
        """The packets matching a display filter, each a list of the named fields' values (several joined by ",")."""
        wanted = [word for field in fields for word in ("-e", field)]
        text = self._tshark("-Y", where, "-T", "fields", "-E", "separator=/t", *wanted)
        return [line.split("\t") for line in text.splitlines()]

    def _tshark(self, *options):
        rules = [word for rule in self._decode_as for word in ("-d", rule)]
        done = subprocess.run(["tshark", "-n", "-r", str(self.path), *rules, *options], capture_output=True, text=True,
                              errors="replace", timeout=120, check=False)   # texts of phones are no UTF-8
        if done.returncode:
            raise AssertionError(f"tshark: {done.stderr}")
        return done.stdout

    def count(self, where):
        return len(self.rows(where, "frame.number"))

    def malformed(self, sender):
        """One line per message from `sender` that the dissectors could not read, known faults left out."""
        found = []
        for packet in self._details(f"ip.src == {sender} && (_ws.malformed || _ws.expert.severity == error)"):
            number = packet.find("proto[@name='geninfo']/field[@name='num']").get("show")
            message = None
            for layer in packet.findall("proto"):
                if layer.get("name") == "_ws.malformed":
                    if not _known(message):
                        found.append(f"packet {number}: {_title(message)} is malformed")
                else:
                    message = layer
                    errors = layer.findall(".//field[@name='_ws.expert.severity'][@show='8388608']/..")
                    found += [f"packet {number}: {_title(layer)}: {error.get('showname')}" for error in errors]
        return found

    def write(self, frame):
        """In place of recording: a file with this one SCCP frame, sent from 127.0.0.1, port 2000."""
        tcp = struct.pack("!HHIIBBHHH", 2000, 50000, 1, 1, 0x50, 0x18, 8192, 0, 0) + frame
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\2")
        packet = bytes(12) + b"\x08\x00" + ip + tcp
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(head + struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)

    def messages(self, sender):
        """Every SCCP message from `sender`, in order, as tshark reads it."""
        found = []
        for packet in self._details(f"skinny && ip.src == {sender}"):
            facts = {field.get("name"): field.get("show") for field in packet.iter("field")}
            for layer in packet.findall("proto"):
                if layer.get("name") == "skinny":
                    found.append(Dissected(layer, facts["frame.number"], (facts["ip.dst"], int(facts["tcp.dstport"]))))
                elif layer.get("name") == "_ws.malformed" and found:
                    found[-1].malformed = True
        return found

    def _details(self, where):
        """The matching packets as tshark's PDML: every layer and every message of it, in order."""
        return ElementTree.fromstring(self._tshark("-Y", where, "-T", "pdml")).findall("packet")


class Dissected:
    """One message as tshark reads it. `values`: field without "skinny." to the list of its values, in order; each has
    what is shown and the bytes it came from."""

    def __init__(self, layer, packet, receiver):
        self.packet, self.receiver, self.malformed = packet, receiver, False
        self.id, self.version = _field(layer, "skinny.messageId"), _field(layer, "skinny.hdr_version")
        self.known = "Unknown" not in layer.find(".//field[@name='skinny.messageId']").get("showname")
        self.errors = [error.get("showname") for error in
                       layer.findall(".//field[@name='_ws.expert.severity'][@show='8388608']/..")]
        self.values = {}
        for field in layer.iter("field"):
            name = field.get("name") or ""
            if name.startswith("skinny.") and field.get("show") is not None:
                self.values.setdefault(name.removeprefix("skinny."), []).append((field.get("show"), _bytes(field)))

    def __repr__(self):
        return f"packet {self.packet}: message {self.id:#06x} of version {self.version}"


def _bytes(field):
    """What a field was read from; of single bits only their value is known."""
    digits = field.get("value") or ""
    return bytes.fromhex(digits) if len(digits) % 2 == 0 else b""


def _field(layer, name):
    found = layer.find(f".//field[@name='{name}']")
    return None if found is None else int(found.get("show"), 0)


def _known(layer):
    """Whether this message is one that tshark is known to misread."""
    return (_field(layer, "skinny.messageId"), _field(layer, "skinny.hdr_version")) in KNOWN_FAULTS


def _title(layer):
    message, version = _field(layer, "skinny.messageId"), _field(layer, "skinny.hdr_version")
    return layer.get("name") if message is None else f"skinny message {message:#06x} of version {version}"
