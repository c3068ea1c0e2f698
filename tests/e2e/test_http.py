"""What is asked over the control socket and over HTTP: paths, methods and tokens, used well and badly."""

import os
import re
from contextlib import ExitStack, closing

import pytest

from control import ask, connect, exchange, get, request, warnings
from peers import skinny as raw
from peers.process import until
from phone import phone_name

TOKEN = "a-long-random-token"
ALICE, BOB = phone_name("1001"), phone_name("1002")
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
    for path in ("/nothing", "/metrics/", "/api/v1", "/api/v1/phones/", f"/api/v1/phones/{BOB}", "/api/v1/phones/%00",
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
    fds = gw.fds()      # before the first request: a connection is closed there some time after it was here
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
