"""The simulated phone, driven line by line (tests/sccpphone/README.md has the words)."""

import re
import subprocess

from gateway import ROOT, SANITIZER, SCCP_PORT, build_folder
from peers.process import Process, tail

# The models of the scenarios: device type word and the highest protocol version it speaks, one of every generation.
MODELS = {"7960": 11, "7970": 17, "7965": 22, "7912": 6, "ATA186": 3}


def phone_name(number):
    """The device name the scenarios give to the phone with that line."""
    return f"SEP{int(number):012d}"


class PhoneError(AssertionError):
    """A script line failed; the message has the phone's own reason and its latest trace."""


class Phone(Process):
    def __init__(self, folder, address, server, name, model="7960", version=None, hz=500, options=()):
        """`server`: the gateway's address. The phone registers when told to."""
        super().__init__(name, [
            build_folder() / "tests/sccpphone", "--name", name, "--type", model, "--version", version or MODELS[model],
            "--server", f"{server}:{SCCP_PORT}", "--local", address, "--trace", *options], folder,
            env={"ASAN_OPTIONS": "detect_leaks=1"}, stdin=subprocess.PIPE)
        self.address, self.model, self.hz = address, model, hz
        self._results = 0

    def run(self, *lines, timeout=30):
        """Says each line to the phone and waits until it was carried out."""
        for line in lines:
            self.child.stdin.write(f"{line}\n".encode())
            self.child.stdin.flush()
            self._results += 1
            self.wait(self._answered, timeout, f"'{line}' to be carried out")
        return self

    def _answered(self):
        found = re.findall(r"^(ok|failed)\b.*$", self.log(), re.M)
        if "failed" in found:
            raise PhoneError(f"{self.name}: {tail(self.log_path)}")
        return len(found) >= self._results
