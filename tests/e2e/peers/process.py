"""One program under test or beside it: started, waited for, stopped, and found to be really gone."""

import ctypes
import os
import re
import signal
import subprocess
import time
from pathlib import Path


PR_SET_PDEATHSIG = 1


class NotReady(AssertionError):
    """Something did not happen in time; the message says what and shows the end of the log."""


def until(happened, timeout, what):
    """Polls `happened()` until it is true and returns its value. A deadline, never a fixed wait."""
    deadline = time.monotonic() + timeout
    while True:
        value = happened()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not within {timeout} s")
        time.sleep(0.02)


def _die_with_parent(prctl=ctypes.CDLL(None).prctl):
    """A killed test run leaves no program behind; SIGTERM, so that each can end its own children."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def group_alive(group):
    """Whether any process of that process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def tail(path, lines=40):
    text = Path(path).read_text(errors="replace") if Path(path).exists() else ""
    return "\n".join(text.splitlines()[-lines:])


class Process:
    """stdout and stderr go to folder/name.log, which stays after the end. A session of its own, so that stop() can
    prove that no child was left behind, and so that a Ctrl-C at the terminal reaches pytest alone."""

    def __init__(self, name, argv, folder, env=None, stdin=subprocess.DEVNULL):
        self.name, self.argv, self.folder = name, [str(word) for word in argv], Path(folder)
        self.env, self.stdin = {**os.environ, **(env or {})}, stdin
        self.log_path = self.folder / f"{name}.log"
        self.child = None

    def start(self):
        """Ready to be used when it returns; gone when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.argv, cwd=self.folder, env=self.env, stdin=self.stdin, stdout=log,
                                          stderr=log, start_new_session=True, preexec_fn=_die_with_parent)
        try:
            self.ready()
        except BaseException:
            self.kill()
            raise
        return self

    def prepare(self):
        """Writes what the program reads at its start. The folder exists."""

    def ready(self):
        """Waits until the program can be used."""

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child is not None and self.child.poll() is None

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait_log(self, pattern, timeout=10, after=0):
        """The first match of `pattern` in the log from character `after` on."""
        return self.wait(lambda: re.compile(pattern, re.M).search(self.log(), after), timeout, f"log line /{pattern}/")

    def wait(self, happened, timeout, what):
        """until(), given up at once when the program ends."""
        def watched():
            ended = not self.running()
            value = happened()      # after that look: its last words count
            if not value and ended:
                raise NotReady(f"{self.name} ended with {self.child.returncode} before: {what}\n{tail(self.log_path)}")
            return value
        try:
            return until(watched, timeout, f"{self.name}: {what}")
        except NotReady as late:
            raise NotReady(f"{late}\n{tail(self.log_path)}") from None

    def pause(self):
        """The program is alive but answers nobody."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.pid, signal.SIGCONT)

    def stop(self, signal_number=signal.SIGTERM, timeout=10):
        """Its exit status. Fails when the program or a child of its own outlives the signal."""
        if self.child is None:
            return None
        if self.running():
            self.child.send_signal(signal_number)
        try:
            self.child.wait(timeout)
            until(lambda: not group_alive(self.pid), timeout, f"{self.name}: children of {self.pid} to end")
        except (subprocess.TimeoutExpired, NotReady):
            self.kill()
            raise NotReady(f"{self.name} did not end within {timeout} s of signal {signal_number}\n"
                           f"{tail(self.log_path)}") from None
        return self.child.returncode

    def kill(self):
        """Ends it the hard way: as a crash or a power cut would."""
        if self.child is None:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait(10)
        until(lambda: not group_alive(self.pid), 10, f"{self.name}: killed children to end")
