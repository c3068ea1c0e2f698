"""SIP messages as text: taken apart and put together just far enough for tests that must be free to be wrong."""

import hashlib
import re
import secrets

SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
         "k": "supported", "r": "refer-to", "s": "subject"}
COPIED = ("via", "record-route", "from", "to", "call-id", "cseq")


class Message:
    """A received request or response. header("via") is the first value, headers("via") all of them."""

    def __init__(self, data, source=None):
        head, _, self.body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.source, self.fields = source, []
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.fields.append((SHORT.get(name, name), value.strip()))

    @property
    def is_request(self):
        return not self.first.startswith("SIP/2.0")

    @property
    def method(self):
        """Of the transaction: a response's is in its CSeq."""
        return self.first.split()[0] if self.is_request else self.header("cseq").split()[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.first.split()[1])

    @property
    def uri(self):
        return self.first.split()[1]

    def headers(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def header(self, name):
        return next(iter(self.headers(name)), "")

    @property
    def call_id(self):
        return self.header("call-id")

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.header("via"))
        return found[1] if found else ""

    @property
    def contact_uri(self):
        found = re.search(r"<([^>]+)>", self.header("contact"))
        return found[1] if found else self.header("contact")

    def tag(self, name):
        found = re.search(r";\s*tag=([^;\s]+)", self.header(name))
        return found[1] if found else ""

    def rtp(self):
        """(address, port) of the first audio line of the body."""
        port = re.search(r"^m=audio (\d+)", self.body, re.M)
        address = re.search(r"^c=IN IP[46] (\S+)", self.body, re.M)
        return (address[1], int(port[1])) if port and address else None

    def __repr__(self):
        return f"<{self.first} {self.header('cseq')} from {self.source}>"


def build(first, fields, body=""):
    """The bytes of a message; Content-Length is added."""
    lines = [first, *(f"{name}: {value}" for name, value in fields), f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def response(request, status, reason, tag="", fields=(), body=""):
    """The bytes of an answer to `request`, its To given `tag` unless it has one."""
    copied = []
    for name, value in request.fields:
        if name in COPIED:
            if name == "to" and tag and "tag=" not in value and status > 100:
                value += f";tag={tag}"
            copied.append((name.title(), value))
    return build(f"SIP/2.0 {status} {reason}", [*copied, *fields], body)


def token():
    return secrets.token_hex(6)


def sdp(address, port, codecs=((0, "PCMU/8000"), (101, "telephone-event/8000")), extra="", profile="RTP/AVP", ptime=20):
    """An audio description."""
    numbers = " ".join(str(number) for number, _ in codecs)
    maps = "".join(f"a=rtpmap:{number} {name}\r\n" for number, name in codecs)
    kind = f"IN IP{6 if ':' in address else 4}"
    return (f"v=0\r\no=- {port} 1 {kind} {address}\r\ns=-\r\nc={kind} {address}\r\nt=0 0\r\n"
            f"m=audio {port} {profile} {numbers}\r\n{maps}a=ptime:{ptime}\r\n{extra}")


SDP_TYPE = ("Content-Type", "application/sdp")


def credentials(challenge, method, uri, user, password):
    """The answer to the value of a WWW-/Proxy-Authenticate header (MD5, with or without qop=auth)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()
    secret, what = md5(f"{user}:{given['realm']}:{password}"), md5(f"{method}:{uri}")
    fields = {"username": user, "realm": given["realm"], "nonce": given["nonce"], "uri": uri}
    if "qop" in given:
        once = token()
        answer = md5(f"{secret}:{given['nonce']}:00000001:{once}:auth:{what}")
        tail = f', algorithm=MD5, qop=auth, nc=00000001, cnonce="{once}"'
    else:
        answer, tail = md5(f"{secret}:{given['nonce']}:{what}"), ", algorithm=MD5"
    if "opaque" in given:
        fields["opaque"] = given["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + f', response="{answer}"{tail}'
