"""Traces of whole scenarios as documents: docs/flows/NAME.txt. A test compares the names of the messages, in their order;
RENEW=1 writes the file anew."""

import os
import re

from gateway import ROOT

LINE = re.compile(r"DEBUG (SEP\d{12}): ([<>]) (\w+)(.*)")
NOISE = {"KeepAlive", "KeepAliveAck"}
FROM_PHONE, TO_PHONE = "phone  ", "gateway"


def messages(log, name):
    """(from whom, name, fields) of each message of that phone."""
    found = [match.groups() for match in map(LINE.search, log.splitlines()) if match]
    return [(FROM_PHONE if arrow == "<" else TO_PHONE, message, "" if message == "DefineTimeDate" else fields)
            for phone, arrow, message, fields in found if phone == name and message not in NOISE]


def check_flow(document, title, log, name):
    """`log`: the part of the gateway's log the scenario is in; `title`: what happens, in a line."""
    path, seen = ROOT / "docs/flows" / f"{document}.txt", messages(log, name)
    if os.environ.get("RENEW"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# {title}\n" + "".join(f"{side} {message}{fields}\n" for side, message, fields in seen))
    told = [tuple(line.split(None, 2)[:2]) for line in path.read_text().splitlines() if not line.startswith("#")]
    assert told == [(side.strip(), message) for side, message, _ in seen], f"{path} differs; RENEW=1 writes it anew"
