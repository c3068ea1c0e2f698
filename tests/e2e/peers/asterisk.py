"""Asterisk 22 as the PBX, from Debian unstable in a folder of its own: accounts 1001..1025 and the numbers of
asterisk/extensions.conf.

tests/e2e/asterisk/fetch makes the cached archive; here it is unpacked once and run inside a private mount namespace,
where its run folder is mounted. The mounts and the process end together: nothing is left on the host."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import tone
from .kamailio import ACCOUNTS
from .process import Process, until

CONFIGS = Path(__file__).parent.parent / "asterisk"
ACCOUNT = """
[{user}](endpoint)
auth = {user}
aors = {user}
callerid = "User {user}" <{user}>
call_group = {group}
pickup_group = 1
{endpoint}
[{user}](aor)
{aor}
[{user}](auth)
username = {user}
password = pw{user}
"""
# Voicemail is asked for with a subscription by 1011, told unasked to 1012: the same mailbox cannot have both.
AOR, ENDPOINT = {"1011": "mailboxes = 1011@default"}, {"1012": "mailboxes = 1012@default"}
# SRTP: 1018 speaks nothing else, 1019 prefers it.
ENDPOINT |= {"1018": "media_encryption = sdes", "1019": "media_encryption = sdes\nmedia_encryption_optimistic = yes"}
# Keys beside the audio only.
ENDPOINT |= {"1013": "dtmf_mode = info"}
# One codec only.
ENDPOINT |= {"1026": "disallow = all\nallow = alaw"}
MORE_ACCOUNTS = range(1021, 1027)         # with the plain ones of the others, twenty
PLAIN_ACCOUNTS = [user for user in map(str, (*ACCOUNTS, *MORE_ACCOUNTS)) if user not in {**ENDPOINT, **AOR}]
SET_BY_TESTS = range(2001, 2051)
MUSIC_HZ = 600
INSIDE = """
set -e
mount --bind /proc "$1/proc"
mount --bind /dev "$1/dev"
mount --bind "$2" "$1/run/sccpgw"
shift 2
exec "$@"
"""


def cache():
    """Where the archive lives; the same rule as in asterisk/fetch."""
    default = "/var/cache/sccpgw" if os.geteuid() == 0 else Path.home() / ".cache/sccpgw"
    return Path(os.environ.get("SCCPGW_CACHE", default))


def missing():
    """Why there is no Asterisk on this machine; None when there is one."""
    archive = cache() / "asterisk.tar"
    return None if archive.exists() else f"no Asterisk 22: {archive} is missing (tests/e2e/asterisk/fetch makes it)"


def unpacked():
    """The root folder, unpacked on first use and again when the archive is another one."""
    archive, root = cache() / "asterisk.tar", cache() / "asterisk"
    identity = f"{archive.stat().st_size} {archive.stat().st_mtime_ns}"
    with open(cache() / "asterisk.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = root / "unpacked-from"
        if not mark.exists() or mark.read_text() != identity:
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            subprocess.run(["tar", "-C", root, "--exclude=./dev/*", "-xf", archive], check=True)
            (root / "run/sccpgw").mkdir(parents=True)
            mark.write_text(identity)
    return root


class Asterisk(Process):
    port = 5060

    def __init__(self, folder, address):
        self.root = unpacked()
        space = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
        super().__init__("asterisk", [*space, "--propagation", "private", "/bin/sh", "-c", INSIDE, "sh", self.root,
                                      folder, "/usr/sbin/chroot", self.root, "/usr/sbin/asterisk", "-f", "-n", "-vvv",
                                      "-C", "/run/sccpgw/asterisk.conf"], folder)
        self.address = address
        self.version = None

    def prepare(self):
        for name in ("spool", "log", "music"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "music/tone.ulaw").write_bytes(tone.encode(tone.make(MUSIC_HZ, 1)) * 60)
        accounts = "".join(ACCOUNT.format(user=user, group=1 + (int(user) > 1010), endpoint=ENDPOINT.get(str(user), ""),
                                          aor=AOR.get(str(user), "")) for user in (*ACCOUNTS, *MORE_ACCOUNTS))
        hints = "\n".join([f"exten => {user},hint,PJSIP/{user}" for user in ACCOUNTS] +
                          [f"exten => {number},hint,Custom:{number}" for number in SET_BY_TESTS])
        for config in CONFIGS.glob("*.conf"):
            text = config.read_text().replace("@ADDRESS@", self.address).replace("@ACCOUNTS@", accounts)
            text = text.replace("@HINTS@", hints)
            (self.folder / config.name).write_text(text)

    def ready(self):
        self.wait_log(r"Asterisk Ready", timeout=60)
        self.version = re.search(r"Asterisk ([\w.~+-]+)", self.command("core show version"))[1]

    def command(self, text):
        """What the console says to one command."""
        argv = list(self.argv)
        argv[argv.index("/usr/sbin/asterisk"):] = ["/usr/sbin/asterisk", "-C", "/run/sccpgw/asterisk.conf", "-rx", text]
        return subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False).stdout

    def contacts(self, user):
        """The contact URIs registered for one account."""
        return re.findall(rf"^\s*Contact:\s+{user}/(\S+)", self.command("pjsip show contacts"), re.M)

    def subscriptions(self):
        """How many there are to its users, of all kinds."""
        return len(re.findall(r"^Endpoint:\s+(?!<)", self.command("pjsip show subscriptions inbound"), re.M))

    def state(self, number, state):
        """One of SET_BY_TESTS is from now on NOT_INUSE, INUSE, RINGING, ..."""
        self.command(f"devstate change Custom:{number} {state}")

    def leave_message(self, mailbox, nth=0):
        inbox = self.folder / f"spool/voicemail/default/{mailbox}/INBOX"
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / f"msg{nth:04d}.wav").write_bytes(b"")
        (inbox / f"msg{nth:04d}.txt").write_text("[message]\n")

    def delete_messages(self, mailbox):
        shutil.rmtree(self.folder / f"spool/voicemail/default/{mailbox}/INBOX")

    def keys(self, user, nth=0):
        """What was pressed in the nth of an account's calls in which something was, each key at its end."""
        calls = {}
        for key, call in re.findall(rf"DTMF end '(.)' received on PJSIP/{user}-(\w+)", self.log()):
            calls[call] = calls.get(call, "") + key
        return dict(enumerate(calls[call] for call in sorted(calls))).get(nth, "")

    def wait_keys(self, user, keys, nth=0):
        """These and no others, in this order."""
        until(lambda: len(self.keys(user, nth)) >= len(keys), 10, f"{user} to press {keys}")
        assert self.keys(user, nth) == keys

    def channels(self):
        """How many channels are up: none after the last call of a test."""
        return int(re.search(r"(\d+) active channel", self.command("core show channels"))[1])
