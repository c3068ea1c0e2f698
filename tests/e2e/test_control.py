"""The control socket and the HTTP port: show, ctl, health and metrics, over both, used well and badly."""

import json
import os
import re
import signal
import socket
import stat
import struct
import subprocess
from contextlib import ExitStack, closing

import pytest

from command import BAD_CONFIG, FAILED, NOT_RUNNING, OK, sccpgw
from control import SOCKET, Trace, ask, connect, exchange, get, metrics, read_metrics, request, value
from gateway import HTTP_PORT, ROOT, Gateway, build_folder
from peers import skinny as raw
from peers.process import until
from phone import phone_name

TOKEN = "a-long-random-token"
FOUR_DIGITS = {"dialplan": [{"match": "xxxx!"}]}
ALICE, BOB = phone_name("1001"), phone_name("1002")


@pytest.fixture
def trace(closing):
    return lambda gw, name: closing(Trace(gw, name))


def warnings(gw):
    """Without those about the configuration: some of these have no phones."""
    return re.findall(r"WARN  (?!config:).*", gw.log())


# the life of the socket

def test_the_socket_is_for_owner_and_group_and_goes_with_the_gateway(gateway):
    gw = gateway()
    mode = os.lstat(gw.folder / SOCKET).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    gw.stop()
    assert not (gw.folder / SOCKET).exists()
    assert not warnings(gw)


def test_the_socket_of_a_dead_gateway_is_replaced(gateway, folder, started, net):
    dead = gateway()
    dead.was_stopped = True
    dead.kill()
    assert (dead.folder / SOCKET).exists()
    assert "no gateway is running" in ask(dead, "health", status=NOT_RUNNING)
    again = started(Gateway, dead.folder.name, dead.address, dead.config)
    assert ask(again, "health") == ""
    assert not warnings(again)


def test_two_gateways_at_one_socket_the_first_keeps_it(gateway):
    first = gateway()
    second = gateway(admin={"socket": f"../{first.folder.name}/{SOCKET}"})
    assert len(warnings(second)) == 1
    assert re.search(rf"admin: cannot listen on \S+{SOCKET}: another gateway listens there; .*\(admin\.socket\)",
                     warnings(second)[0])
    assert get(first, "/api/v1/status")["pid"] == first.pid
    assert get(second, "/api/v1/status", tcp=True)["pid"] == second.pid
    second.stop()
    assert get(first, "/api/v1/status")["pid"] == first.pid


def test_two_gateways_are_told_apart(gateway):
    gateways = [gateway(), gateway()]
    for gw in gateways:
        for tcp in (False, True):
            assert get(gw, "/api/v1/status", tcp=tcp)["pid"] == gw.pid
        assert json.loads(ask(gw, "show", "status", "--json"))["pid"] == gw.pid


@pytest.mark.parametrize("path, reason", [
    ("missing/ctl.sock", "No such file or directory"), ("gateway.yaml", "it is there and is no socket"),
    ("gateway.yaml/ctl.sock", "Not a directory"), ("/proc/ctl.sock", r"(No such file or directory|Permission denied)"),
    (".", "it is there and is no socket")])
def test_a_socket_that_cannot_be_had_is_one_warning(gateway, skinny, path, reason):
    gw = gateway(["1001"], admin={"socket": path})
    assert len(warnings(gw)) == 1
    assert re.search(rf"admin: cannot listen on {path}: {reason}; .*\(admin\.socket\)$", warnings(gw)[0])
    skinny(gw).send(raw.frame(raw.KEEPALIVE))
    assert get(gw, "/livez", tcp=True) == {"alive": True}
    assert (gw.folder / "gateway.yaml").read_text().startswith("{")


def test_a_port_in_use_is_one_warning(gateway, net, skinny):
    address = net.host()
    with closing(socket.create_server((address, HTTP_PORT))):
        gw = gateway(admin={"http": f"{address}:{HTTP_PORT}"})
        assert len(warnings(gw)) == 1
        assert re.search(rf"admin: cannot listen on {address}:{HTTP_PORT}: Address already in use; .*\(admin\.http\)$",
                         warnings(gw)[0])
        assert get(gw, "/livez") == {"alive": True}


def test_the_port_can_be_off(gateway):
    gw = gateway(admin={"http": "off"})
    with pytest.raises(ConnectionRefusedError):
        connect(gw, tcp=True)
    assert ask(gw, "health") == ""
    assert not warnings(gw)


def test_a_path_that_is_too_long_is_bad_configuration(folder):
    (folder / "gw.yaml").write_text(f"version: 1\nadmin: {{socket: /{'x' * 107}}}\n")
    done = sccpgw("check", "-c", str(folder / "gw.yaml"))
    assert done.returncode == BAD_CONFIG
    assert "socket must have at most 107 characters" in done.stdout


# the table of verbs

GETS = ["/livez", "/healthz", "/readyz", "/api/v1/status", "/api/v1/phones", f"/api/v1/phones/{ALICE}"]


@pytest.mark.parametrize("tcp", [False, True], ids=["socket", "port"])
def test_every_path_answers_by_its_method_only(gateway, tcp):
    gw = gateway(["1001"])
    for path in GETS:
        assert get(gw, path, tcp=tcp)
        head = request(gw, "HEAD", path, tcp=tcp)
        assert (head.status, head.body) == (200, b"")
        wrong = request(gw, "POST", path, tcp=tcp, body="{}")
        assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD")
        assert "error" in wrong.json()
    drain = request(gw, "GET", "/api/v1/drain", tcp=tcp)
    assert (drain.status, drain.headers["allow"]) == (405, "POST")
    for path in ("/", "/metrics/", "/api/v1", "/api/v1/phones/", f"/api/v1/phones/{BOB}", "/api/v1/phones/%00",
                 f"/api/v1/phones/{'x' * 500}", "/../etc/passwd", "/api/v1/phones/..%2f"):
        answer = request(gw, "GET", path, tcp=tcp)
        assert answer.status == 404, path
        assert "error" in answer.json()


@pytest.mark.parametrize("headers, status", [
    ({}, 401), ({"Authorization": f"Bearer {TOKEN}"}, 200), ({"Authorization": f"Bearer {TOKEN}x"}, 401),
    ({"Authorization": f"Bearer {TOKEN[:-1]}"}, 401), ({"Authorization": f"Basic {TOKEN}"}, 401),
    ({"Authorization": "Bearer "}, 401)])
def test_over_tcp_changes_need_the_token(gateway, headers, status):
    gw = gateway(admin={"token": TOKEN})
    answer = request(gw, "POST", "/api/v1/drain", tcp=True, body='{"on": true}', **headers)
    assert answer.status == status
    assert get(gw, "/api/v1/status")["draining"] == (status == 200)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN not in gw.log() + answer.body.decode()


def test_without_a_token_nothing_changes_over_tcp(gateway):
    gw = gateway()
    answer = request(gw, "POST", "/api/v1/drain", tcp=True, body='{"on": true}', Authorization="Bearer ")
    assert answer.status == 403 and "admin.token" in answer.json()["error"]
    assert not get(gw, "/api/v1/status")["draining"]


def test_traces_are_for_the_socket_only(gateway):
    gw = gateway(["1001"], admin={"token": TOKEN})
    answer = request(gw, "GET", f"/api/v1/phones/{ALICE}/trace", tcp=True, Authorization=f"Bearer {TOKEN}")
    assert answer.status == 403 and "control socket" in answer.json()["error"]


def test_the_token_is_masked(gateway, folder):
    gw = gateway(admin={"token": TOKEN})
    shown = ask(gw, "show", "config")
    assert TOKEN not in shown and "token" in shown


@pytest.mark.parametrize("body", ["", "{}", "[]", "true", '{"on": 1}', '{"on": "true"}', '{"off": true}',
                                  '{"on": true, "x": 1}', '{"on": true, "on": false}', '{"on": true', "\x00", "[" * 4000],
                         ids=range(12))
def test_a_body_that_is_none_changes_nothing(gateway, body):
    gw = gateway()
    answer = request(gw, "POST", "/api/v1/drain", body=body)
    assert answer.status == 400 and "error" in answer.json()
    assert not get(gw, "/api/v1/status")["draining"]


GARBAGE = {
    "nothing": b"", "zeros": bytes(5000), "line ends": b"\r\n" * 5000, "high bytes": bytes(range(128, 256)) * 50,
    "sccp": raw.register("SEP001122334455"), "tls": bytes.fromhex("16030100f8010000f40303") + os.urandom(240),
    "no path": b"GET\r\n\r\n", "no version": b"GET /livez\r\n\r\n", "odd version": b"GET /livez HTTP/9.9\r\n\r\n",
    "long method": b"G" * 40000 + b" / HTTP/1.1\r\n\r\n", "long path": b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n",
    "many headers": b"GET /livez HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
    "long header": b"GET /livez HTTP/1.1\r\nX: " + b"y" * 100000 + b"\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n", "folded": b"GET /livez HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    "bad length": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n{}",
    "huge length": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
    "two lengths": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "bad chunk": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "endless chunk": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"ffffffff\r\n" + b"x" * 100000,
    "big body": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000,
    "half": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"on\":",
    "pipeline": b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" * 200,
    "expect": b"POST /api/v1/drain HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n{\"on\"",
    "upgrade": b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "escapes": b"GET /%%%zz%0a%0d%00%ff HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("tcp", [False, True], ids=["socket", "port"])
def test_garbage_is_refused_and_leaves_nothing(gateway, tcp):
    gw = gateway(["1001"])
    get(gw, "/livez", tcp=tcp)
    fds = gw.fds()
    for name, garbage in GARBAGE.items():
        answer = exchange(gw, garbage, tcp)
        assert not answer or re.match(rb"HTTP/1\.[01] (100|200|4\d\d|5\d\d) ", answer), name
        assert get(gw, "/livez", tcp=tcp) == {"alive": True}, name
    # cut into pieces of one byte, and cut off anywhere
    whole = b"GET /api/v1/status HTTP/1.1\r\nHost: a\r\n\r\n"
    for length in range(len(whole)):
        exchange(gw, whole[:length], tcp)
    with closing(connect(gw, tcp)) as client:
        for byte in whole:
            client.sendall(bytes([byte]))
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
    until(lambda: gw.fds() == fds, 10, f"{fds} descriptors again, not {gw.fds()}")
    assert not get(gw, "/api/v1/status")["draining"]
    assert not warnings(gw)


def test_idle_connections_keep_nobody_else_out(gateway, phone):
    gw = gateway(["1001"])
    with ExitStack() as idle:
        for _ in range(100):
            idle.enter_context(closing(connect(gw, tcp=True)))
        assert get(gw, "/livez") == {"alive": True}         # the socket has a limit of its own
        phone(gw, "1001").run("offhook", "expect tone inside_dial", "onhook").is_idle()
    until(lambda: request(gw, "GET", "/livez", tcp=True).status == 200, 10, "the port to answer again")


# health

def test_a_gateway_without_a_pbx_is_ready_at_once(gateway):
    gw = gateway()
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}
    assert ask(gw, "health", "--ready") == ""


def is_not_ready(gw, why):
    answer = request(gw, "GET", "/readyz", tcp=True)
    return (answer.status, answer.json()) == (503, {"ready": False, "reasons": [why]})


def test_a_gateway_is_ready_while_a_pbx_answers(gateway, kamailio, net):
    gw = gateway(["1001"], pbx={"main": {"address": kamailio.address, "qualify": "1s"},
                                "other": {"address": net.host(), "qualify": "1s"}})
    gw.wait_log("main: answers", timeout=20)
    gw.wait_log("other: does not answer", timeout=20)
    assert get(gw, "/readyz", tcp=True) == {"ready": True, "reasons": []}
    page = metrics(gw)
    assert value(page, "sccpgw_ready") == 1
    assert [value(page, "sccpgw_pbx_up", pbx=name) for name in ("main", "other")] == [1, 0]
    text = ask(gw, "show", "status")
    assert re.search(rf"^pbx +main at {kamailio.address}, up for \d+ s, round trip \d+ ms$", text, re.M)
    assert re.search(r"^pbx +other at 127\S+, down for \d+ s$", text, re.M)
    kamailio.stop()
    gw.wait_log("main: does not answer", timeout=20)
    assert is_not_ready(gw, "no PBX answers")
    assert ask(gw, "health", "--ready", status=FAILED) == "sccpgw: not ready: no PBX answers\n"
    assert ask(gw, "health") == ""
    page = metrics(gw)
    assert (value(page, "sccpgw_ready"), value(page, "sccpgw_pbx_up", pbx="main")) == (0, 0)
    assert re.search(r"^ready +no: no PBX answers$", ask(gw, "show", "status"), re.M)
    kamailio.start()
    gw.wait_log("main: answers again", timeout=20)
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}


def test_a_pbx_that_is_not_asked_is_known_by_its_first_registration(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio, pbx={"qualify": "0s"})
    assert is_not_ready(gw, "no PBX has answered yet")
    assert metrics(gw)["sccpgw_pbx_up"][1] == {}
    assert re.search(r"^pbx +main at \S+, has not answered yet$", ask(gw, "show", "status"), re.M)
    phone(gw, "1001")
    assert get(gw, "/readyz") == {"ready": True, "reasons": []}
    pbx, = get(gw, "/api/v1/status")["pbx"]
    assert (pbx["state"], pbx["round_trip_ms"], pbx["registered"]) == ("up", None, 1)


def test_a_refusal_is_an_answer_too(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio, phones={ALICE: {"lines": [{"number": "1001", "password": "wrong"}]}})
    phone(gw, "1001")
    assert get(gw, "/readyz")["ready"]
    line = get(gw, f"/api/v1/phones/{ALICE}")["lines"][0]
    assert (line["state"], line["error"]["status"]) == ("not registered", 401)
    assert re.search(r"^line 1 +1001 at main, not registered\n +\d+ s ago: 401 ", ask(gw, "show", "phone", ALICE), re.M)
    page = metrics(gw)
    assert value(page, "sccpgw_sip_registrations", pbx="main", state="failed") == 1
    assert value(page, "sccpgw_sip_registrations", pbx="main", state="registered") == 0


def test_a_draining_gateway_takes_no_new_phones(gateway, phone, skinny):
    gw = gateway(["1001", "1002"])
    alice = phone(gw, "1001")
    assert "draining" in ask(gw, "ctl", "drain")
    assert ask(gw, "health", "--ready", status=FAILED) == "sccpgw: not ready: draining\n"
    assert request(gw, "GET", "/readyz", tcp=True).status == 503
    bob, token = skinny(gw), skinny(gw)
    bob.send(raw.register(BOB))
    assert b"draining" in bob.expect(raw.REGISTER_REJECT)
    token.send(raw.token(BOB))
    token.expect(raw.TOKEN_REJECT)
    alice.run("offhook", "expect tone inside_dial", "onhook").is_idle()     # who is here stays
    assert value(metrics(gw), "sccpgw_draining") == 1
    assert "taking phones again" in ask(gw, "ctl", "drain", "off")
    assert ask(gw, "health", "--ready") == ""
    phone(gw, "1002")


# metrics

def documented():
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in
            re.findall(r"^\| `(\w+)` \| \w+ \| (.*?) \|", (ROOT / "docs/metrics.md").read_text(), re.M)}


def test_the_page_is_the_documented_one(gateway, kamailio, phone):
    gw = gateway(["1001"], kamailio)
    phone(gw, "1001")
    page = metrics(gw)
    assert set(page) == set(documented())
    for name, (_, samples) in page.items():
        assert samples, f"{name} has no value"
        assert all({label for label, _ in labels} == documented()[name] for labels in samples)
    assert set(metrics(gw, tcp=False)) == set(page)


@pytest.mark.parametrize("text", [
    "", "a 1\n", "# HELP a b\n# TYPE a gauge\nb 1\n", "# HELP a b\n# TYPE a gauge\na 1", "# HELP a b\na 1\n",
    "# HELP a b\n# TYPE a number\na 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
    '# HELP a b\n# TYPE a gauge\na{x="1" 1\n', '# HELP a b\n# TYPE a gauge\na{x="""} 1\n',
    '# HELP a b\n# TYPE a gauge\na{x="1",x="2"} 1\n', "# HELP a b\n# TYPE a counter\na -1\n",
    "# HELP a b\n# TYPE a gauge\na x\n", "# HELP a \n# TYPE a gauge\na 1\n"],
    ids=range(13))
def test_the_reader_of_the_tests_is_strict(text):
    if text:
        with pytest.raises((AssertionError, AttributeError, ValueError, StopIteration)):
            read_metrics(text)
    assert read_metrics('# HELP a b\n# TYPE a gauge\na{x="1\\"2"} 1\n') == {"a": ("gauge", {(("x", '1\\"2'),): 1.0})}


def test_counters_count(gateway, phone, skinny):
    gw = gateway(["1001", "1002"], calls=FOUR_DIGITS)
    before = metrics(gw)
    assert value(before, "sccpgw_phones_configured") == 2
    alice, bob = phone(gw, "1001"), phone(gw, "1002", "7970")
    alice.dial("1002")
    bob.is_ringing()
    during = metrics(gw)
    bob.answer().is_talking()
    talking = metrics(gw)
    alice.hears(bob.hz).hang_up().is_idle()
    bob.is_idle()
    alice.dial("1002")
    bob.is_ringing()
    alice.hang_up().is_idle()
    alice.dial("1999").run("expect tone reorder within 5000").hang_up().is_idle()
    bad = skinny(gw)
    bad.send(raw.frame(0x7FFE))
    bad.send(raw.frame(raw.OFF_HOOK))
    bad.send(raw.frame(raw.REGISTER, b"x"))
    bad.send(raw.register("SEP009999999999"))
    bad.expect(raw.REGISTER_REJECT)
    garbage = skinny(gw)
    garbage.send(b"\xff" * 64)
    garbage.wait_closed()
    bob.leave()
    until(lambda: not get(gw, f"/api/v1/phones/{BOB}")["address"], 5, "the phone to be gone")
    gw.wait_ports_closed()
    after = metrics(gw)

    def grew(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert during["sccpgw_phones_registered"][1] == {(("model", "7960"),): 1, (("model", "7970"),): 1}
    assert value(during, "sccpgw_calls_active", direction="outbound") == 1
    assert value(during, "sccpgw_calls_active", direction="inbound") == 1
    assert value(talking, "sccpgw_rtp_sessions_active", mode="relay") == 2
    assert value(talking, "sccpgw_rtp_ports_used") == 4
    assert after["sccpgw_phones_registered"][1] == {(("model", "7960"),): 1}
    assert value(after, "sccpgw_calls_active", direction="outbound") == 0
    assert grew("sccpgw_calls_total", direction="outbound", result="answered") == 1
    assert grew("sccpgw_calls_total", direction="inbound", result="answered") == 1
    assert grew("sccpgw_calls_total", direction="outbound", result="unanswered") == 1
    assert grew("sccpgw_calls_total", direction="inbound", result="unanswered") == 1
    assert grew("sccpgw_calls_total", direction="outbound", result="failed") == 1
    assert grew("sccpgw_phone_registrations_total", result="ok") == 2
    assert grew("sccpgw_phone_registrations_total", result="unknown_device") == 1
    assert grew("sccpgw_phone_registrations_total", result="refused") == 0
    assert sum(after["sccpgw_phone_disconnects_total"][1].values()) == 1
    for reason in ("frame", "layout", "unknown", "phase"):
        assert grew("sccpgw_sccp_decode_errors_total", reason=reason) == 1, reason
    assert grew("sccpgw_sccp_messages_total", direction="in") > 20
    assert grew("sccpgw_sccp_messages_total", direction="out") > 20
    assert grew("sccpgw_sccp_connections_total") == 4
    for direction in ("phone_to_sip", "sip_to_phone"):
        assert grew("sccpgw_rtp_packets_total", direction=direction) > 20
        assert grew("sccpgw_rtp_bytes_total", direction=direction) > 20 * 160
    assert value(after, "process_open_fds") == gw.fds() + 1      # the connection that asked
    assert abs(value(after, "process_resident_memory_bytes") / 1024 - gw.rss_kb()) < 20000


def test_what_strangers_do_is_counted(gateway, skinny, closing):
    gw = gateway(["1001"], sccp={"allow": ["127.90.0.0/16"], "limits": {"strangers": 3}})

    def count(name, **labels):
        return value(metrics(gw), f"sccpgw_sccp_{name}", **labels)

    def becomes(number, name, **labels):
        until(lambda: count(name, **labels) == number, 5, f"{number} of {name} {labels}")

    for _ in range(3):
        silent = skinny(gw)
    becomes(3, "strangers")
    hasty = skinny(gw)                      # the first one makes room
    becomes(1, "connections_closed_total", reason="made_room")
    assert count("strangers") == 3
    hasty.send(raw.frame(raw.KEEPALIVE) * 1000)
    hasty.wait_closed()
    becomes(1, "connections_closed_total", reason="rate")
    silent.send(b"\xff" * 64)
    silent.wait_closed()
    becomes(1, "connections_closed_total", reason="not_sccp")
    becomes(1, "strangers")
    refused = count("connections_refused_total", reason="not_allowed")     # who looked whether the gateway is up
    closing(raw.Skinny("127.0.0.1", gw.address)).wait_closed()
    becomes(refused + 1, "connections_refused_total", reason="not_allowed")
    for _ in range(2):
        alice = skinny(gw)
        alice.send(raw.register(ALICE))
        alice.send(raw.frame(raw.TIME_DATE))
        alice.expect(raw.DEFINE_TIME)
    becomes(1, "registrations_replaced_total")
    becomes(1, "strangers")
    page = metrics(gw)
    assert sum(page["sccpgw_sccp_connections_closed_total"][1].values()) == 3
    assert sum(page["sccpgw_sccp_connections_refused_total"][1].values()) == refused + 1


# show

def test_nobody_runs_is_status_3_and_one_sentence(folder):
    (folder / "gw.yaml").write_text("version: 1\nadmin: {socket: none.sock}\n")
    for words in (["show", "status"], ["show", "phones"], ["show", "phone", "X"], ["ctl", "trace", "X"],
                  ["ctl", "drain"], ["health"]):
        for place in (["-c", "gw.yaml"], ["--socket", "none.sock"], ["-c", "missing.yaml", "--socket", "none.sock"]):
            done = sccpgw(*words, *place, cwd=folder)
            assert (done.returncode, done.stdout) == (NOT_RUNNING, "")
            assert done.stderr == "sccpgw: no gateway is running at none.sock: No such file or directory\n"


def test_without_a_configuration_the_socket_can_be_named(gateway):
    gw = gateway()
    done = sccpgw("show", "status", "-c", "missing.yaml", cwd=gw.folder)
    assert done.returncode == BAD_CONFIG and "--socket PATH" in done.stderr
    assert sccpgw("show", "status", "-c", "missing.yaml", "--socket", SOCKET, cwd=gw.folder).returncode == OK


@pytest.mark.parametrize("answer, said", [
    (b"", "it closed the connection"), (b"SSH-2.0-x\r\n", "does not speak HTTP"),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\n{}", "not whole"), (b"HTTP/1.0 200 OK\r\n\r\n{", "no JSON"),
    (b"HTTP/1.0 404 No\r\n\r\n", "refuses with 404"), (b"HTTP/1.0 200 OK\r\nX: " + b"y" * 9000, "does not speak HTTP")],
    ids=["nothing", "ssh", "cut", "no json", "404", "long"])
def test_a_socket_that_answers_nonsense_is_a_failure(folder, answer, said):
    with closing(socket.socket(socket.AF_UNIX)) as fake:
        place = os.open(folder, os.O_PATH)
        fake.bind(f"/proc/self/fd/{place}/{SOCKET}")
        os.close(place)
        fake.listen()
        with subprocess.Popen([build_folder() / "gateway/sccpgw", "show", "status", "--socket", SOCKET], cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            client, _ = fake.accept()
            with closing(client):
                client.recv(1000)
                client.sendall(answer)
            out, err = child.communicate(timeout=20)
    assert (child.returncode, out) == (FAILED, "") and said in err


def test_status_says_what_an_operator_asks_first(gateway, kamailio, phone):
    gw = gateway(["1001", "1002"], kamailio)
    phone(gw, "1001")
    text = ask(gw, "show", "status")
    assert re.search(r"^gateway +gw, sccpgw \d+\.\d+\.\d+, up \d+ s$", text, re.M)
    assert re.search(r"^ready +yes$", text, re.M)
    assert re.search(r"^phones +1 of 2 registered$", text, re.M)
    assert re.search(rf"^pbx +main at {kamailio.address}:\d+, up for \d+ s, round trip \d+ ms$", text, re.M)
    assert re.search(r"^ +1 of 2 lines registered, 1 away$", text, re.M)
    assert max(map(len, text.splitlines())) <= 80


def test_phones_are_listed_with_those_that_knock(gateway, phone, skinny):
    gw = gateway(["1001", "1002"])
    phone(gw, "1001", "7970")
    for name in ["SEP009999999901", *(f"SEP0099999999{n:02}" for n in range(40)), "SEP009999999938"]:
        stranger = skinny(gw)
        stranger.send(raw.register(name))
        stranger.expect(raw.REGISTER_REJECT)
    text = ask(gw, "show", "phones")
    assert re.search(rf"^{ALICE} registered \d+ s +7970 +1 of 1 +0 +127\.90\.\S+:\d+$", text, re.M)
    assert re.search(rf"^{BOB} away +0 of 1 +0 *$", text, re.M)
    assert re.search(r"^SEP009999999938 7960 +2 +\d+ s +Unknown phone +127\.90\.\S+:\d+$", text, re.M)
    assert max(map(len, text.splitlines())) <= 80
    unknown = get(gw, "/api/v1/phones")["unknown"]
    assert len(unknown) == 32                       # the newest, each once
    assert [one["name"][-2:] for one in unknown[:3]] == ["38", "39", "37"]
    assert unknown[0]["told"] == "Unknown phone" and unknown[0]["type"] == raw.MODEL_7960
    assert value(metrics(gw), "sccpgw_phone_registrations_total", result="unknown_device") == 42


def test_the_offered_yaml_admits_the_phone(gateway, skinny, folder):
    gw = gateway()
    stranger = skinny(gw)
    stranger.send(raw.register("SEP009999999901"))
    stranger.expect(raw.REGISTER_REJECT)
    offered = get(gw, "/api/v1/phones")["unknown"][0]["yaml"]
    assert offered in ask(gw, "show", "phones")
    (folder / "new.yaml").write_text("version: 1\n" + offered.replace("...", "1003", 1))
    assert sccpgw("check", "-c", str(folder / "new.yaml")).stdout == "0 errors, 0 warnings\n"


def test_a_phone_is_shown_in_full(gateway, phone):
    gw = gateway(calls=FOUR_DIGITS, phones={ALICE: {"description": "Alice", "buttons": [
        {"line": {"number": "1001"}}, {"speeddial": "1002", "label": "Bob"}, "empty"]},
        BOB: {"lines": [{"number": "1002"}]}})
    assert get(gw, f"/api/v1/phones/{ALICE}")["state"] == "away"
    alice, bob = phone(gw, "1001", "7970"), phone(gw, "1002")
    alice.dial("1002")
    bob.is_ringing()
    shown = get(gw, f"/api/v1/phones/{ALICE.lower()}")
    assert shown == json.loads(ask(gw, "show", "phone", ALICE, "--json")) | {
        "since_s": shown["since_s"], "calls": shown["calls"]}
    assert (shown["state"], shown["model"], shown["protocol"], shown["description"]) == (
        "registered", "7970", 17, "Alice")
    assert shown["address"].startswith(alice.address)
    assert [button["kind"] for button in shown["buttons"]] == ["line", "speeddial", "empty"]
    assert "g711_ulaw" in [one["codec"] for one in shown["capabilities"]]
    assert "utf8" in shown["features"]
    assert shown["calls"][0] | {"age_s": 0, "id": 1} == {
        "id": 1, "line": "1001", "state": "ringback", "direction": "outbound", "number": "1002", "name": "",
        "age_s": 0, "codec": None} | {key: shown["calls"][0][key] for key in ("name", "codec")}
    text = ask(gw, "show", "phone", ALICE)
    for line in (rf"phone +{ALICE}, Alice", r"state +registered for \d+ s", rf"address +{alice.address}:\d+",
                 r"model +7970, device type 30006, protocol 17", r"codecs +g711_ulaw, .*", r"line 1 +1001, in service",
                 r"call \d+ +ringback, to 1002.* on 1001, \d+ s.*", r'button 2 +speeddial 1002 "Bob"',
                 r"so far +registered 1 times, 0 calls in, 1 calls out"):
        assert re.search(f"^{line}$", text, re.M), line
    assert max(map(len, text.splitlines())) <= 80
    assert "inbound" == get(gw, f"/api/v1/phones/{BOB}")["calls"][0]["direction"]
    alice.hang_up().is_idle()
    assert "refuses with 404: no phone of that name" in ask(gw, "show", "phone", "SEP0", status=FAILED)


def alarm(text):
    return raw.frame(0x0020, struct.pack("<I80sII", 2, text.encode(), 0, 0))


def test_why_a_phone_came_is_shown_until_it_says_another_reason(gateway, skinny):
    gw = gateway(["1001"])

    def shown_after(*alarms):
        """It comes on a new connection, with these alarms."""
        before = get(gw, f"/api/v1/phones/{ALICE}")["registrations"]
        again = skinny(gw)
        for text in alarms:
            again.send(alarm(f"Name={ALICE} Load=P00 {text}"))
        again.send(raw.register(ALICE))
        again.send(raw.frame(raw.TIME_DATE))
        again.expect(raw.DEFINE_TIME)
        until(lambda: get(gw, f"/api/v1/phones/{ALICE}")["registrations"] == before + 1, 5, "the phone to be up")
        return (re.findall(r"^last reason +(.*)$", ask(gw, "show", "phone", ALICE), re.M) or [None])[0]

    assert shown_after() is None
    reason = shown_after("Last=CM-aborted-TCP")
    assert "(CM-aborted-TCP)" in reason
    assert shown_after() == reason
    assert shown_after("Last=Initialized") == "power-up (Initialized)"


def test_texts_of_others_move_no_terminal(gateway):
    gw = gateway(phones={ALICE: {"description": "A\u202e\u00fc", "lines": [{"number": "1001", "name": "\U0001f600"}]}})
    assert "A\u202e\u00fc" in ask(gw, "show", "phone", ALICE)
    assert "\x1b" not in ask(gw, "show", "phones")
    done = sccpgw("show", "phone", "\x1b[2J\u009b31m", "-c", "gateway.yaml", cwd=gw.folder)
    assert done.returncode == FAILED and "\x1b" not in done.stderr


def test_watching_shows_it_again(gateway):
    gw = gateway()
    with subprocess.Popen([build_folder() / "gateway/sccpgw", "show", "status", "--json", "--watch", "--socket", SOCKET],
                          cwd=gw.folder, stdout=subprocess.PIPE, text=True) as child:
        first, second = (json.loads(child.stdout.readline()) for _ in range(2))
        assert first["pid"] == second["pid"] == gw.pid and second["uptime_s"] > first["uptime_s"]
        gw.stop()
        assert child.wait(10) == NOT_RUNNING


# traces

def test_a_trace_begins_before_its_phone_is_there(gateway, phone, trace):
    gw = gateway(["1001", "1002"], calls=FOUR_DIGITS)
    looking = trace(gw, ALICE.lower())
    assert "is away" in looking.lines[0]
    assert value(metrics(gw), "sccpgw_traces_active") == 1
    alice, bob = phone(gw, "1001"), phone(gw, "1002")
    looking.until(r"^\d\d:\d\d:\d\d\.\d{3} < Register device_name=\"" + ALICE)
    looking.until(r" > RegisterAck ")
    looking.until(r" > DefineTimeDate ")
    alice.dial("1002")
    looking.until(r" < OffHook")
    looking.until(r" = call \d+ line 1001: idle --off-hook--> off-hook$")
    looking.until(r" > StartTone tone=inside_dial ")
    looking.until(r" = call \d+ line 1001: calling --progress--> ringback$")
    bob.answer().is_talking()
    looking.until(r" > OpenReceiveChannel ")
    looking.until(r" = call \d+ line 1001: opening --rx-open--> talking$")
    alice.hang_up().is_idle()
    looking.until(r"--hang-up--> idle$")
    assert BOB not in looking.text() and "line 1002" not in looking.text()
    looking.close()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 0, 5, "the trace to end with its reader")


def test_a_trace_tells_what_sip_says(gateway, kamailio, phone, trace):
    gw = gateway(["1001", "1002"], kamailio, calls=FOUR_DIGITS)
    looking, other = trace(gw, ALICE), trace(gw, BOB)
    alice, bob = phone(gw, "1001"), phone(gw, "1002")
    looking.until(r" > SIP line 1001: register$")
    looking.until(r" < SIP line 1001: registered")
    alice.dial("1002")
    dialog = re.search(r"dialog \w+", looking.until(r" > SIP line 1001: INVITE to 1002, dialog \w+$"))[0]
    other.until(r" < SIP line 1002: INVITE from 1001.*, dialog \w+$")
    other.until(r" > SIP line 1002: 180 Ringing, dialog")
    looking.until(rf" < SIP line 1001: provisional answer.*, {dialog}, 180$")
    bob.answer().is_talking()
    other.until(r" > SIP line 1002: 200 OK with answer, dialog")
    looking.until(rf" < SIP line 1001: 200 OK to our INVITE.*, {dialog}$")
    bob.hang_up().is_idle()
    looking.until(rf" < SIP line 1001: BYE or CANCEL, {dialog}")
    alice.hang_up().is_idle()
    alice.dial("1010")
    looking.until(r" < SIP line 1001: our INVITE failed, dialog \w+, 4\d\d ")
    alice.hang_up().is_idle()
    assert "pw1001" not in looking.text() and "digest" not in looking.text().lower()


def test_a_trace_tells_of_a_transfer_and_not_of_a_pbx(gateway, kamailio, phone, trace):
    gw = gateway(["1001", "1002", "1003"], kamailio, calls=FOUR_DIGITS, pbx={"qualify": "1s"})
    looking = trace(gw, ALICE)
    alice, bob, carol = (phone(gw, number) for number in ("1001", "1002", "1003"))
    alice.dial("1002")
    bob.is_ringing().answer().is_talking()
    alice.run("key transfer", "expect callstate call_transfer call 1 within 3000", "expect tone inside_dial",
              "digits 1003")
    carol.is_ringing().answer().is_talking()
    alice.run("expect callstate connected call 2 within 3000", "key transfer")
    looking.until(r" > SIP line 1001: REFER.*, dialog \d+, dialog \d+$")
    looking.until(r" < SIP line 1001: outcome of our REFER, dialog \d+, \d{3}")
    kamailio.stop()
    gw.wait_log("main: does not answer", timeout=20)
    looking.close()
    assert "null" not in looking.text()
    kamailio.start()
    for one in (alice, bob, carol):
        one.hang_up()


def test_a_trace_catches_a_refusal_and_a_new_connection(gateway, skinny, trace, phone):
    gw = gateway(["1001"])
    stranger, looking = trace(gw, "SEP009999999901"), trace(gw, ALICE)
    assert "is not configured" in stranger.lines[0]
    knocking = skinny(gw)
    knocking.send(raw.register("SEP009999999901"))
    stranger.until(" < Register ")
    stranger.until(' > RegisterReject text="Unknown phone"')
    for _ in range(2):                      # a new connection replaces the old one
        again = skinny(gw)
        again.send(raw.register(ALICE))
        again.send(raw.frame(raw.TIME_DATE))
        looking.until(" < Register ")
        looking.until(" < TimeDateReq")
        looking.until(" > DefineTimeDate ")
    again.send(raw.frame(0x7FFE))
    looking.until(r" < message \(0x7FFE\) not read: unknown")
    again.send(raw.frame(raw.KEYPAD, b""))
    looking.until(r" < KeypadButton \(0x0003\) not read: ")
    assert ALICE not in stranger.text() and "SEP0099" not in looking.text()


def test_traces_end_well_with_the_gateway(gateway, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(3)]
    gw.stop()
    assert [one.end() for one in traces] == [OK] * 3


def test_there_are_sixteen_traces_at_once(gateway, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(16)]
    assert "too many traces" in ask(gw, "ctl", "trace", ALICE, status=FAILED)
    traces[0].close()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 15, 5, "room for another one")
    trace(gw, BOB)


def test_a_reader_that_does_not_read_is_cut_off(gateway, skinny, trace):
    gw = gateway(["1001"], log={"level": "info"}, sccp={"limits": {"messages": 0, "bytes": 0}})
    deaf = connect(gw)
    deaf.sendall(f"GET /api/v1/phones/{ALICE}/trace HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 1, 5, "the trace")
    alice = skinny(gw)
    alice.send(raw.register(ALICE))
    alice.send(raw.frame(raw.TIME_DATE))
    alice.expect(raw.DEFINE_TIME)
    for _ in range(200):
        alice.send(raw.frame(raw.KEEPALIVE) * 200)
        for _ in range(200):
            alice.expect(raw.KEEPALIVE_ACK)
        if "trace cut off" in gw.log():
            break
    gw.wait_log(rf"WARN .*{ALICE}: trace cut off: whoever asked for it does not read it")
    assert value(metrics(gw), "sccpgw_traces_active") == 0
    alice.send(raw.frame(raw.KEEPALIVE))
    alice.expect(raw.KEEPALIVE_ACK)             # the phone felt nothing
    deaf.close()


def test_the_gateway_survives_readers_that_vanish(gateway, phone, trace):
    gw = gateway(["1001"])
    traces = [trace(gw, ALICE) for _ in range(8)]
    alice = phone(gw, "1001")
    for one in traces:
        os.kill(one.child.pid, signal.SIGKILL)
        alice.run("offhook", "expect tone inside_dial", "onhook").is_idle()
    until(lambda: value(metrics(gw), "sccpgw_traces_active") == 0, 5, "the traces to end")
