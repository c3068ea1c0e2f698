"""SIPp: one scenario against one address, judged by its exit status (0: every call went as written)."""

from pathlib import Path

from .process import Process, until

SCENARIOS = Path(__file__).parent.parent / "sipp"


class Sipp(Process):
    port = 5060

    def __init__(self, folder, address, scenario, target, calls=1, options=()):
        """`scenario`: a file of tests/e2e/sipp without its ending. `target`: address or address:port."""
        super().__init__(f"sipp-{scenario}", [
            "sipp", target, "-sf", SCENARIOS / f"{scenario}.xml", "-i", address, "-p", str(self.port), "-m", str(calls),
            "-nostdin", "-timeout", "60s", "-timeout_error", "-trace_err", *options], folder)
        self.address = address

    def finish(self, timeout=60):
        """Waits for the end of the scenario and fails when any call failed."""
        until(lambda: not self.running(), timeout, f"{self.name} to finish")
        if self.child.returncode:
            errors = "".join(path.read_text(errors="replace") for path in self.folder.glob("*_errors.log"))
            raise AssertionError(f"{self.name}: exit status {self.child.returncode}\n{errors[-3000:]}")
