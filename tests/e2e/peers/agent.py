"""A raw UDP user agent, or a PBX, that says exactly what a test tells it to say: late, twice, never, or nonsense.

Requests wait in a mailbox until the test takes them with expect(); those of a method in `automatic` are answered at
once by its function. Retransmissions are answered by repeating the last answer, as a real transaction would."""

import re
import socket
import threading

from . import sip
from .process import until

def ok(agent, request):
    """Automatic answer: 200, and for a REGISTER the binding as it was asked for."""
    fields = [("Contact", value) for value in request.headers("contact")]
    if request.method == "REGISTER":
        fields.append(("Expires", request.header("expires") or "300"))
    agent.reply(request, 200, "OK", fields=fields)


def bad_event(agent, request):
    """Automatic answer: it offers nothing to subscribe to."""
    agent.reply(request, 489, "Bad Event")


class Agent:
    port = 5060

    def __init__(self, address, user="1001", automatic=None, port=None):
        self.address, self.user, self.port = address, user, port or self.port
        self.host = f"[{address}]" if ":" in address else address       # as it stands in a URI
        self.automatic = {"OPTIONS": ok, "SUBSCRIBE": bad_event, **(automatic or {})}
        self.tag = sip.token()
        self.socket = socket.socket(family_of(address), socket.SOCK_DGRAM)
        self.socket.bind((address, self.port))
        self.socket.settimeout(0.2)
        self._closing = False
        self.seen = []          # every message received, retransmissions too
        self._mailbox, self._answers, self._taken = [], {}, set()
        self._lock = threading.Lock()
        self._cseq = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # receiving

    def _run(self):
        while not self._closing:
            try:
                data, source = self.socket.recvfrom(65535)
            except (TimeoutError, ConnectionRefusedError):
                continue
            if data.strip():
                self._receive(sip.Message(data, source))

    def _receive(self, message):
        key = (message.method, message.branch, message.status)
        with self._lock:
            self.seen.append(message)
            repeated = key in self._taken
            self._taken.add(key)
            if repeated and key[:2] in self._answers:
                self.socket.sendto(self._answers[key[:2]], message.source)
        if repeated:
            return
        if message.is_request and message.method in self.automatic:
            self.automatic[message.method](self, message)
            return
        with self._lock:
            self._mailbox.append(message)

    def expect(self, what, timeout=5, call_id=None):
        """Takes the first waiting request of a method ("INVITE") or response of a status (200, or range(100, 200))."""
        def matches(message):
            if call_id and message.call_id != call_id:
                return False
            if isinstance(what, str):
                return message.is_request and message.method == what
            return not message.is_request and (message.status == what if isinstance(what, int)
                                               else message.status in what)

        def take():
            with self._lock:
                found = next((message for message in self._mailbox if matches(message)), None)
                if found:
                    self._mailbox.remove(found)
                return found
        return until(take, timeout, f"{self.user}@{self.address} to receive {what} (has {self._mailbox})")

    def count(self, method):
        """How many requests of this method have come, retransmissions not counted."""
        with self._lock:
            return len({message.branch for message in self.seen if message.is_request and message.method == method})

    # sending

    def reply(self, request, status, reason, fields=(), body="", tag=None):
        contact = [("Contact", f"<sip:{self.user}@{self.host}:{self.port}>")]
        mine = [] if any(name.lower() == "contact" for name, _ in fields) or status == 100 else contact
        kind = [sip.SDP_TYPE] if body else []
        data = sip.response(request, status, reason, tag or self.tag, [*mine, *kind, *fields], body)
        with self._lock:
            self._answers[(request.method, request.branch)] = data
        self.socket.sendto(data, request.source)

    def request(self, method, uri, to, fields=(), body="", call_id=None, from_tag=None, from_field=None, cseq=None,
                branch=None):
        """Sends one request outside or inside a dialog; returns what it was sent as, for ACK and CANCEL."""
        self._cseq += 1
        call_id, branch = call_id or sip.token(), branch or "z9hG4bK" + sip.token()
        mine = from_field or f"<sip:{self.user}@{self.host}>;tag={from_tag or self.tag}"
        kind = [sip.SDP_TYPE] if body and not any(name.lower() == "content-type" for name, _ in fields) else []
        data = sip.build(f"{method} {uri} SIP/2.0", [
            ("Via", f"SIP/2.0/UDP {self.host}:{self.port};rport;branch={branch}"), ("Max-Forwards", "70"),
            ("From", mine), ("To", to), ("Call-ID", call_id), ("CSeq", f"{cseq or self._cseq} {method}"),
            ("Contact", f"<sip:{self.user}@{self.host}:{self.port}>"), *kind, *fields], body)
        self.socket.sendto(data, _address_of(uri))
        return sip.Message(data)

    def cancel(self, invite):
        self.request("CANCEL", invite.uri, invite.header("to"), call_id=invite.call_id, branch=invite.branch,
                     from_field=invite.header("from"), cseq=invite.header("cseq").split()[0])

    def acknowledge(self, invite, answer):
        """ACK: of its own transaction after a 2xx, of the INVITE's after anything else."""
        success = answer.status < 300
        self.request("ACK", answer.contact_uri if success else invite.uri, answer.header("to"),
                     call_id=invite.call_id, branch=None if success else invite.branch,
                     from_field=invite.header("from"), cseq=invite.header("cseq").split()[0])

    def in_call(self, method, invite, answer=None, **keywords):
        """A request inside the dialog: of a call we made (with its answer) or of one we answered (without)."""
        if answer:
            return self.request(method, answer.contact_uri, answer.header("to"), call_id=invite.call_id,
                                from_field=invite.header("from"), **keywords)
        return self.request(method, invite.contact_uri, invite.header("from"), call_id=invite.call_id,
                            from_field=f"{invite.header('to')};tag={self.tag}", **keywords)

    def close(self):
        self._closing = True
        self._thread.join(2)
        self.socket.close()


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _address_of(uri):
    host = uri.split("@")[-1].removeprefix("sip:").split(";")[0].strip("<>")
    name, port = re.fullmatch(r"\[?(.*?)\]?(?::(\d+))?", host).groups() if "[" in host else host.partition(":")[::2]
    return name, int(port or 5060)
