"""The gateway under test: a configuration, a process, its log, and what it holds of the machine."""

import json
import os
import re
import time
from pathlib import Path

from peers.net import can_connect
from peers.process import Process, tail, until

ROOT = Path(__file__).parents[2]
SANITIZER = re.compile(r"(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:")
SCCP_PORT, TLS_PORT, SIP_PORT, HTTP_PORT = 2000, 2443, 5062, 8080


def build_folder():
    """SCCPGW_BUILD names the build under test: an absolute path, or one inside the tree."""
    return ROOT / os.environ.get("SCCPGW_BUILD", "build")


def merged(base, over):
    """`over` laid on `base`: mappings are joined, everything else is replaced, None takes a key away."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    joined = {**base, **{key: merged(base.get(key), value) for key, value in over.items()}}
    return {key: value for key, value in joined.items() if value is not None}


def media_ports(address):
    """A range that two runs at the same time hardly share: the relay's sockets are bound to every address."""
    first = 30000 + int(address.split(".")[2]) % 6 * 400
    return f"{first}-{first + 399}"


class Gateway(Process):
    def __init__(self, folder, address, config):
        """`config`: what the test is about, a mapping; addresses, ports and a full log are filled in. Or the whole
        text of a YAML file, taken as it is."""
        super().__init__("sccpgw", [build_folder() / "gateway/sccpgw", "run", "-c", "gateway.yaml"], folder, env={
            # a small quarantine, soon full: memory that grows after that is the gateway's own
            "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:quarantine_size_mb=8",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        })
        self.address, self.was_stopped = address, False
        self.config = config if isinstance(config, str) else merged({
            "version": 1,
            "node": {"name": "gw", "address": address, "state": "."},
            "sccp": {"listen": [f"{address}:{SCCP_PORT}"], "tls": {"listen": f"{address}:{TLS_PORT}"}},
            "sip": {"listen": [f"{address}:{SIP_PORT}"]},
            # the ears of the tests know G.711
            "media": {"ports": media_ports(address), "codecs": ["pcmu", "pcma"]},
            # relative to its folder, because the whole path may be longer than a socket's name
            "admin": {"http": f"{address}:{HTTP_PORT}", "socket": "ctl.sock"},
            "log": {"level": "debug", "format": "text"},
        }, config)

    def prepare(self):
        text = self.config if isinstance(self.config, str) else json.dumps(self.config, indent=1)   # JSON is YAML
        (self.folder / "gateway.yaml").write_text(text + "\n")

    def ready(self):
        self.wait(lambda: can_connect(self.address, SCCP_PORT), 20, "the SCCP port to accept")

    def numbers_at_pbx(self):
        """The numbers its phones register at the PBX; none without one."""
        if isinstance(self.config, str) or "pbx" not in self.config:
            return set()
        named = self.config.get("lines", {})
        phones = self.config["phones"].values()
        keys = [button.get("line") for phone in phones for button in phone.get("buttons", []) if isinstance(button, dict)]
        lines = [named.get(line, line) if isinstance(line, str) else line
                 for line in [line for phone in phones for line in phone.get("lines", [])] + keys]
        return {line["number"] for line in lines if isinstance(line, dict)}

    def fds(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def rss_kb(self):
        return int(re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(), re.M)[1])

    def cpu_s(self):
        """User and system time of all threads; the process clock is finer than /proc/PID/stat's ticks."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def media_ports(self):
        """The UDP ports of the relay that are open now."""
        first, last = (int(port) for port in self.config["media"]["ports"].split("-"))
        mine = {int(line.split()[9]): int(line.split()[1].split(":")[1], 16)
                for table in ("udp", "udp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}
        held = set()
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                inode = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{self.pid}/fd/{name}"))
            except FileNotFoundError:
                continue
            if inode and first <= mine.get(int(inode[1]), 0) <= last:
                held.add(mine[int(inode[1])])
        return held

    def wait_ports_closed(self, timeout=5):
        """After the last call no port of the relay stays open."""
        until(lambda: not self.media_ports(), timeout, f"the relay's ports to be closed ({self.media_ports()} are open)")

    def stop(self, **keywords):
        """A clean end: status 0, and nothing for the sanitizers to say."""
        if self.child is None or self.was_stopped:
            return self.child and self.child.returncode
        self.was_stopped = True
        status = super().stop(timeout=keywords.pop("timeout", 20), **keywords)
        assert not SANITIZER.search(self.log()), f"the sanitizers found something\n{tail(self.log_path, 80)}"
        assert status == 0, f"exit status {status}\n{tail(self.log_path, 80)}"
        return status
