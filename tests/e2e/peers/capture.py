"""What was on the wire, as an independent decoder sees it: dumpcap records, tshark dissects skinny, sip and rtp."""

import os
import signal
import socket
import subprocess

from .process import Process

START, END = b"sccpgw-capture-start", b"sccpgw-capture-end"
DISCARD = 9

# Faults of tshark 4.0 itself, as display filters: packets that it calls malformed and that are not.
KNOWN_FAULTS = {
    "skinny.messageId == 0x0023 && skinny.hdr_version >= 18":
        "ConnectionStatisticsRes: looks for callReference where versions before 18 had it",
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
        super().__init__("capture", ["dumpcap", "-q", "-i", "lo", "-f", f"net {net.name}.0/24", "-w", self.path], folder)
        self.sink = net.prefix + "1"
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
        argv = ["tshark", "-n", "-r", self.path, "-Y", where, "-T", "fields", "-E", "separator=/t"]
        for rule in self._decode_as:
            argv += ["-d", rule]
        for field in fields:
            argv += ["-e", field]
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise AssertionError(f"tshark: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def count(self, where):
        return len(self.rows(where, "frame.number"))

    def malformed(self, sender):
        """One line per packet from `sender` that the dissectors could not read, known faults left out."""
        where = f"ip.src == {sender} && (_ws.malformed || _ws.expert.severity == error)"
        where += "".join(f" && !({fault})" for fault in KNOWN_FAULTS)
        return [" ".join(row) for row in self.rows(where, "frame.number", "_ws.col.Protocol", "_ws.col.Info",
                                                   "_ws.expert.message")]
