"""What happens, as JSON lines: followed by ctl and by a browser, and calls in a file."""

import json
import signal
import subprocess

from contextlib import closing as closed

import pytest

from control import SOCKET, connect, request
from gateway import build_folder
from peers.process import until
from phone import phone_name


class Events:
    """sccpgw ctl events, running."""

    def __init__(self, gw):
        self.child = subprocess.Popen([build_folder() / "gateway/sccpgw", "ctl", "events", "--socket", SOCKET],
                                      cwd=gw.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.seen = []
        # it is there when the gateway serves two: itself and this request
        until(lambda: self.poked(gw), 10, "the events to be followed")

    def poked(self, gw):
        request(gw, "POST", "/api/v1/reload")
        import select
        return select.select([self.child.stdout], [], [], 0.2)[0]

    def until(self, name, **fields):
        while line := self.child.stdout.readline():
            event = json.loads(line)
            self.seen.append(event)
            if event["event"] == name and fields.items() <= event.items():
                return event
        raise AssertionError(f"the events ended before {name}: {self.child.stderr.read()}")

    def close(self):
        self.child.kill()
        self.child.communicate()


def records(gw, name="cdr.jsonl"):
    return [json.loads(line) for line in (gw.folder / name).read_text().splitlines()]


def test_a_call_from_its_beginning_to_its_end(gateway, phone, asterisk, closing):
    gw = gateway(["1001"], asterisk, events={"cdr": "cdr.jsonl"})
    events = closing(Events(gw))
    desk = phone(gw, "1001")
    name = phone_name(1001)
    assert events.until("phone.registered", phone=name)["model"] == "7960"
    assert events.until("line.registered", line="1001")["pbx"] == "main"
    desk.dial("601#").is_talking().hears(1004)
    started = events.until("call.started", phone=name)
    assert (started["line"], started["direction"], started["from"], started["to"]) == ("1001", "outbound", "1001", "601")
    assert events.until("call.answered", call=started["call"])["codec"] == "pcmu"
    desk.hang_up().is_idle()
    ended = events.until("call.ended", call=started["call"])
    assert ended["result"] == "answered" and ended["media"] == "relay" and ended["talked_s"] <= ended["duration_s"]
    assert ended["from_phone"]["packets"] > 20 and ended["from_far"]["packets"] > 20 and ended["from_far"]["lost"] == 0
    assert records(gw) == [ended]
    desk.dial("604#").run("expect callstate busy within 5000").hang_up().is_idle()
    failed = events.until("call.ended", to="604")
    assert (failed["result"], failed["cause"]) == ("failed", "busy") and "codec" not in failed
    desk.run("unregister")
    assert events.until("phone.lost", phone=name)["reason"] == "unregistered"
    assert "pw1001" not in json.dumps(events.seen)


def test_calls_go_on_into_a_new_file_and_a_full_disk_is_told_once(gateway, phone):
    gw = gateway(["1001", "1003"], events={"cdr": "cdr.jsonl"})
    one, other = phone(gw, "1001"), phone(gw, "1003")

    def call():
        one.dial("1003#")
        other.is_ringing().answer()
        one.is_talking().hang_up()
        other.hang_up().is_idle()

    call()
    until(lambda: len(records(gw)) == 2, 5, "both legs to be recorded")
    (gw.folder / "cdr.jsonl").rename(gw.folder / "old.jsonl")
    gw.child.send_signal(signal.SIGUSR1)
    gw.wait_log("SIGUSR1: files are opened anew")
    call()
    until(lambda: len(records(gw)) == 2, 5, "the new file to have them")
    assert len(records(gw, "old.jsonl")) == 2
    gw.config["events"]["cdr"] = "/dev/full"
    gw.prepare()
    assert request(gw, "POST", "/api/v1/reload").json()["changes"] == ["events.cdr: holds now"]
    call()
    gw.wait_log(r"ERROR events: a call is not recorded in /dev/full: No space left on device")
    gw.config["events"]["cdr"] = "nowhere/cdr.jsonl"
    gw.prepare()
    request(gw, "POST", "/api/v1/reload")
    gw.wait_log(r"WARN  events: cannot open nowhere/cdr\.jsonl: No such file or directory; calls are not recorded")
    call()


@pytest.mark.parametrize("tcp", [False, True])
def test_a_browser_follows_them_as_server_sent_events(gateway, phone, tcp):
    gw = gateway(["1001"])
    with closed(connect(gw, tcp)) as client:
        client.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: gw\r\n\r\n")
        got = b""
        while b"events follow" not in got:
            got += client.recv(65536)
        assert b"Content-Type: text/event-stream" in got
        phone(gw, "1001")
        while b"phone.registered" not in got:
            got += client.recv(65536)
        lines = [line for line in got.decode().splitlines() if line.startswith("data: ")]
        assert json.loads(lines[0][6:])["event"] == "phone.registered"
