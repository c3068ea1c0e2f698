"""The simulated phone, driven line by line (tests/sccpphone/README.md has the words)."""

import re
import subprocess

from gateway import SANITIZER, SCCP_PORT, build_folder
from peers.process import Process, tail, until

# The models of the scenarios and the protocol version each speaks: one of every generation.
MODELS = {"7960": 11, "7970": 17, "7965": 22, "7912": 6, "ATA186": 3}


def phone_name(number):
    """The device name the scenarios give to the phone with that line."""
    return f"SEP{int(number):012d}"


class PhoneError(AssertionError):
    """A script line failed; the message has the phone's own reason and its latest trace."""


class Phone(Process):
    def __init__(self, folder, address, server, name, model="7960", version=None, hz=500, options=(),
                 port=SCCP_PORT):
        """`server`: the gateway's address. The phone registers when told to."""
        super().__init__(name, [
            build_folder() / "tests/sccpphone", "--name", name, "--type", model, "--version", MODELS[model] if version is None else version,
            "--server", f"{server}:{port}", "--local", address, "--tone", hz, "--trace", *options], folder,
            env={"ASAN_OPTIONS": "detect_leaks=1"}, stdin=subprocess.PIPE)
        self.address, self.model, self.hz = address, model, hz
        self._read = 0

    def run(self, *lines, timeout=30):
        """Says each line to the phone and waits until it was carried out."""
        for line in lines:
            self.say(line)
            self.wait_done(line, timeout)
        return self

    def say(self, line):
        """Says a line and leaves it at that; wait_done() has to follow."""
        try:
            self.child.stdin.write(f"{line}\n".encode())
            self.child.stdin.flush()
        except BrokenPipeError:
            raise PhoneError(f"{self.name} has ended before '{line}'\n{tail(self.log_path)}") from None

    def wait_done(self, line, timeout=30):
        verdict = self.wait(self._verdict, timeout, f"'{line}' to be carried out")
        if verdict != "ok":
            raise PhoneError(f"{self.name}: {verdict}\n{tail(self.log_path)}")

    def _verdict(self):
        """"ok", or the whole line of a failure; None while the command runs. Reads each part of the log once."""
        with open(self.log_path, "rb") as log:
            log.seek(self._read)
            text = log.read()
        found = re.search(rb"^(ok|failed)\b.*\n", text, re.M)
        if found:
            self._read += found.end()
            return "ok" if found[1] == b"ok" else found[0].decode(errors="replace").strip()
        self._read += text.rfind(b"\n") + 1
        return None

    def call_reference(self):
        """Of the latest call, as the gateway names it."""
        return int(re.findall(r"call_ref=(\d+)", self.log())[-1])

    def stop(self, **keywords):
        status = super().stop(**keywords)
        assert not SANITIZER.search(self.log()), f"the sanitizers found something\n{tail(self.log_path, 80)}"
        return status

    # what a user does

    def dial(self, number):
        return self.run("offhook", "expect tone inside_dial", f"digits {number}")

    def answer(self):
        return self.run("offhook")

    def hang_up(self):
        return self.run("onhook")

    def leave(self):
        """The end of a scenario: nothing it was sent was against its protocol version, and it goes politely."""
        if self.running():
            self.run("expect no violations", "quit")
            until(lambda: not self.running(), 5, f"{self.name} to end")

    # what a user notices

    def is_ringing(self):
        return self.run("expect callstate ring_in within 5000", "expect ringer inside", "expect lamp 1 blink")

    def is_talking(self):
        return self.run("expect callstate connected within 5000", "expect rx open", "expect tx on within 2000",
                        "expect tone none", "expect ringer off", "expect lamp 1 on")

    def hears(self, hz, ms=1000):
        return self.run(f"expect audio tone {hz} for {ms} within 8000")

    def hears_all(self, *tones, ms=400):
        """All of them at once, and nothing else."""
        return self.run(f"expect audio mix {','.join(map(str, sorted(tones)))} for {ms} within 10000")

    def is_idle(self, within=5000):
        return self.run(f"expect idle within {within}")
