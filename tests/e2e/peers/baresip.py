"""baresip: a real SIP softphone with audio. It speaks a steady tone and records what it hears; it is driven over its
control socket (netstrings of JSON), which also reports every event of a call.

Its RTP sockets are bound to every address, so its packets come from 127.0.0.1 and not from the address in its SDP: the
relay meets a softphone behind an address translator in every test."""

import json
import socket
import time

from . import tone
from .process import Process

# The recordings go to "." because their names are cut after 127 characters.
CONFIG = """\
sip_listen {address}:5060
net_interface {address}
call_local_timeout 120
call_max_calls 4
audio_source aufile,{folder}/tone.wav
audio_player aubridge,heard
audio_alert aubridge,alert
ausrc_srate {rate}
auplay_srate {rate}
rtp_ports {rtp}-{rtp_last}
jitter_buffer_delay 1-2
snd_path .
statmode_default off
ringback_disabled yes
ctrl_tcp_listen {address}:4444
module_path /usr/lib/baresip/modules
module aufile.so
module aubridge.so
module sndfile.so
module g711.so
module g722.so
module ctrl_tcp.so
module srtp.so
module_tmp account.so
module_app menu.so
"""
TONE_S = 120
RTP_PORTS_EACH = 40
RTP_PORTS_RUN = 1600    # its RTP sockets are bound to every address: runs at the same time take other ports


class Baresip(Process):
    port = 5060
    _made = 0

    def __init__(self, folder, address, user, pbx=None, password=None, hz=600, answer="manual", codecs="PCMU",
                 domain=None, name=None, srtp=None):
        """`pbx`: registrar, address or address:port; without it the account is reached as sip:user@address.
        `answer`: manual or auto. `codecs`: names, comma separated, best first. `srtp`: "srtp" offers it in RTP/AVP,
        "srtp-mand" in RTP/SAVP, and insists."""
        super().__init__(name or f"baresip-{user}", ["/usr/bin/baresip", "-f", ".", "-v"], folder)
        self.address, self.user, self.pbx, self.password, self.hz = address, user, pbx, password, hz
        self.domain = domain or pbx or address
        self.srtp = srtp
        self.answer_mode, self.codecs = answer, codecs.split(",")
        self.rate_hz = 16000 if self.codecs[0].upper() == "G722" else tone.RATE_HZ
        self.events, self._control, self._bytes = [], None, b""
        run = int(address.split(".")[2]) % 6
        self.rtp = 20000 + run * RTP_PORTS_RUN + Baresip._made % 40 * RTP_PORTS_EACH
        Baresip._made += 1

    def prepare(self):
        tone.write_wav(self.folder / "tone.wav", tone.make(self.hz, TONE_S, self.rate_hz), self.rate_hz)
        (self.folder / "config").write_text(CONFIG.format(
            address=self.address, folder=self.folder, rate=self.rate_hz, rtp=self.rtp,
            rtp_last=self.rtp + RTP_PORTS_EACH - 1))
        (self.folder / "accounts").write_text(self._account() + "\n")
        (self.folder / "contacts").touch()

    def ready(self):
        self.wait_log("baresip is ready")
        self._control = socket.create_connection((self.address, 4444), timeout=5)
        if self.pbx:
            self.wait_log(r"200 OK .*binding")

    def _account(self):
        codecs = ",".join(f"{name.upper()}/{'16000' if name.upper() == 'G722' else '8000'}/1" for name in self.codecs)
        options = f"answermode={self.answer_mode};audio_codecs={codecs};ptime=20"
        if self.srtp:
            options += f";mediaenc={self.srtp}"
        if not self.pbx:
            return f"<sip:{self.user}@{self.address}>;regint=0;{options}"
        return (f"<sip:{self.user}@{self.domain}>;regint=60;auth_user={self.user};auth_pass={self.password};"
                f"outbound=\"sip:{self.pbx}\";{options}")

    def command(self, name, params=""):
        request = json.dumps({"command": name, "params": params}).encode()
        self._control.sendall(b"%d:%s," % (len(request), request))

    def call(self, number):
        """A number is called at the PBX, a whole URI as it stands."""
        self.command("dial", number if ":" in number else f"sip:{number}@{self.domain}")

    def accept(self):
        self.command("accept")

    def hang_up(self):
        """Ends the call: BYE, CANCEL, or for one that rings here the default refusal 486."""
        self.command("hangup")

    def refuse(self, code, reason):
        self.command("hangup", f"scode={code} reason={reason}")

    def mark(self):
        """The number of events so far, for wait_event's `after`."""
        self._read_events()
        return len(self.events)

    def wait_event(self, kind, timeout=10, after=0):
        """The first event of that type from number `after` on."""
        def found():
            self._read_events()
            return next((event for event in self.events[after:] if event.get("type") == kind), None)
        return self.wait(found, timeout, f"event {kind}")

    def _read_events(self):
        self._control.settimeout(0.01)
        try:
            self._bytes += self._control.recv(65536)
        except TimeoutError:
            pass
        while b":" in self._bytes:
            size, rest = self._bytes.split(b":", 1)
            if len(rest) <= int(size):
                return
            self._bytes = rest[int(size) + 1:]
            message = json.loads(rest[:int(size)])
            if message.get("event"):
                self.events.append(message)

    def heard(self):
        """The samples of the current or latest call, as decoded."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        return tone.read_wav(files[-1]) if files else []

    def wait_heard(self, hz, seconds=1.0, timeout=10):
        """Listens until that much of the tone was heard."""
        return self.wait(lambda: tone.seconds_of(self.heard(), hz, self.rate_hz) >= seconds, timeout,
                         f"{seconds} s of {hz} Hz to be heard")

    def wait_heard_all(self, *tones, seconds=0.5, timeout=30):
        """Listens, from now on, until that much of all these tones at once, and nothing else, was heard."""
        start = len(self.heard())
        return self.wait(lambda: tone.seconds_of_mix(self.heard()[start:], tones, self.rate_hz) >= seconds, timeout,
                         f"{seconds} s of {tones} Hz at once to be heard")

    def stop(self, **keywords):
        """Politely first (BYE, un-REGISTER). The signal that follows insists: a registrar may be gone."""
        if self._control and self.running():
            self.command("quit")
            deadline = time.monotonic() + 2
            while self.running() and time.monotonic() < deadline:
                self._read_events()
        if self._control:
            self._control.close()
        return super().stop(**keywords)
