"""The gateway as a service: how it starts, what it writes where, which signals do what, and how it ends."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import yaml

from command import BAD_CONFIG, FAILED, OK, sccpgw
from gateway import SCCP_PORT, SIP_PORT, Gateway
from peers.process import until
from phone import phone_name

KILLED_BY_SECOND = 128 + signal.SIGTERM
STOP_WITHIN_S = 3


def timed_stop(gw, **keywords):
    """How long a clean stop takes, in seconds."""
    begin = time.monotonic()
    gw.stop(**keywords)
    return time.monotonic() - begin


# starting

@pytest.mark.parametrize("kind, port, what", [
    (socket.SOCK_STREAM, SCCP_PORT, ""), (socket.SOCK_DGRAM, SIP_PORT, " (udp)"),
    (socket.SOCK_STREAM, SIP_PORT, " (tcp)")], ids=["sccp", "sip-udp", "sip-tcp"])
def test_a_port_that_is_taken_ends_the_start(folder, net, kind, port, what):
    address = net.host()
    Gateway(folder, address, {"phones": {}}).prepare()
    with closing(socket.socket(socket.AF_INET, kind)) as taken:
        taken.bind((address, port))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        done = sccpgw("run", "-c", str(folder / "gateway.yaml"))
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "gw: cannot start: " in done.stderr
    assert f"cannot listen on {address}:{port}{what}: Address already in use" in done.stderr
    assert "ready:" not in done.stderr


def test_an_address_of_another_machine_ends_the_start(folder, net):
    Gateway(folder, net.host(), {"phones": {}, "sip": {"listen": ["203.0.113.7:5062"]}}).prepare()
    done = sccpgw("run", "-c", str(folder / "gateway.yaml"))
    assert done.returncode == FAILED
    assert "cannot listen on 203.0.113.7:5062 (udp): Cannot assign requested address" in done.stderr


def test_a_bad_configuration_is_told_from_a_failure(folder):
    (folder / "gateway.yaml").write_text("version: 2\n")
    assert sccpgw("run", "-c", str(folder / "gateway.yaml")).returncode == BAD_CONFIG


def test_the_first_lines_say_which_program_runs_on_what(gateway):
    gw = gateway(["1001", "1002"])
    version = sccpgw("--version").stdout.split(",")[0]
    assert gw.log().splitlines()[0].endswith(f"INFO  gw: {version}, configuration gateway.yaml")
    gw.wait_log(rf"INFO  gw: ready: 2 phones, 2 lines, SCCP on {gw.address}:{SCCP_PORT}, "
                rf"SIP on {gw.address}:{SIP_PORT}$")


# signals

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_ends_calls_and_tells_phones_to_come_back(kamailio, gateway, phone, number):
    gw = gateway(["1001", "1002"], kamailio)
    caller, callee = phone(gw, "1001"), phone(gw, "1002", "7970")
    caller.dial("1002#")
    callee.is_ringing().answer().is_talking()
    until(lambda: kamailio.contacts("1001") and kamailio.contacts("1002"), 5, "both lines at the registrar")
    assert timed_stop(gw, signal_number=number) < STOP_WITHIN_S
    for desk in (caller, callee):
        desk.wait_log(r"^reset: restart")
        desk.run("expect callstate on_hook", "expect rx closed")
    assert not kamailio.contacts("1001") and not kamailio.contacts("1002")
    assert re.search(rf"{number.name}: stopping\n(.*\n)*.*INFO  gw: stopped$", gw.log(), re.M)


def test_a_dead_pbx_does_not_keep_the_gateway(kamailio, gateway, phone):
    gw = gateway(["1001"], kamailio)
    desk = phone(gw, "1001")
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    kamailio.pause()
    try:
        assert timed_stop(gw) < STOP_WITHIN_S
        desk.wait_log(r"^reset: restart")
    finally:
        kamailio.resume()


def test_a_second_signal_ends_at_once(kamailio, gateway, phone):
    gw = gateway(["1001"], kamailio)
    phone(gw, "1001")
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    kamailio.pause()                # so that the first takes its time
    try:
        gw.was_stopped = True       # not the clean end that every other test has to have
        gw.child.send_signal(signal.SIGTERM)
        gw.wait_log("SIGTERM: stopping")
        time.sleep(0.2)
        assert gw.running()
        gw.child.send_signal(signal.SIGTERM)
        assert gw.child.wait(1) == KILLED_BY_SECOND
        assert "stopped" not in gw.log()
    finally:
        kamailio.resume()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE])
def test_a_signal_that_asks_for_something_else_ends_nothing(gateway, phone, number):
    gw = gateway(["1001"])
    desk = phone(gw, "1001")
    desk.run("offhook", "expect tone inside_dial")
    gw.child.send_signal(number)
    if number != signal.SIGPIPE:
        gw.wait_log(rf"gw: {number.name}: ")
    desk.run("digits 1", "expect tone none").hang_up().is_idle()
    assert gw.running()


def test_signals_during_a_stop_do_not_end_it_half_way(kamailio, gateway, phone):
    gw = gateway(["1001"], kamailio)
    phone(gw, "1001")
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    kamailio.pause()
    try:
        gw.child.send_signal(signal.SIGTERM)
        gw.wait_log("SIGTERM: stopping")
        time.sleep(0.2)
        gw.child.send_signal(signal.SIGHUP)
        gw.child.send_signal(signal.SIGUSR1)
        assert gw.child.wait(STOP_WITHIN_S) == OK
    finally:
        kamailio.resume()


# what it writes

def sees(address):
    with closing(socket.socket()) as probe:
        return probe.connect_ex((address, SCCP_PORT)) == 0


@contextmanager
def running(gw, *before, **streams):
    """The gateway with standard streams of the test's choice; gone afterwards whatever happens."""
    gw.prepare()
    child = subprocess.Popen([*before, *gw.argv], cwd=gw.folder, env=gw.env, **streams)
    try:
        until(lambda: sees(gw.address), 20, "the SCCP port to accept")
        yield child
    finally:
        child.kill()
        child.wait(10)


def test_a_pipe_gets_json_lines_and_standard_output_nothing(folder, net):
    gw = Gateway(folder, net.host(), {"phones": {}, "log": {"level": "info", "format": "auto"}})
    with running(gw, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        child.terminate()
        out, log = child.communicate(timeout=20)
    assert (child.returncode, out) == (OK, "")
    entries = [json.loads(line) for line in log.splitlines()]
    assert len(entries) >= 4
    for entry in entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["ts"])
        assert entry["level"] in ("info", "warning") and entry["subject"] and entry["message"]
    assert entries[-1]["message"] == "stopped"


def read_to_end(terminal):
    text = b""
    try:
        while chunk := os.read(terminal, 65536):
            text += chunk
    except OSError:
        pass                        # how Linux says that the other end is closed
    os.close(terminal)
    return text


def test_a_terminal_gets_text(folder, net):
    gw = Gateway(folder, net.host(), {"phones": {}, "log": {"level": "info", "format": "auto"}})
    ours, theirs = pty.openpty()
    with running(gw, stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        child.send_signal(signal.SIGINT)
        text = read_to_end(ours)
        assert child.wait(20) == OK
    lines = text.decode().split("\r\n")
    assert lines.pop() == ""
    assert len(lines) >= 4
    for line in lines:
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} (INFO |WARN ) [^:]+: .+", line)


@pytest.mark.parametrize("level, seen, unseen", [
    ("error", "", "debug|info|warn"), ("warning", "warn", "debug|info"), ("info", "info", "debug"),
    ("debug", "debug", "")])
def test_the_log_level_is_obeyed(gateway, phone, level, seen, unseen):
    gw = gateway(["1001"], log={"level": level})
    phone(gw, "1009", registered=False).run("register", 'expect rejected "" within 3000')
    phone(gw, "1001").run("offhook", "expect tone inside_dial", "onhook").is_idle()
    gw.stop()
    written = {line.split()[1].lower() for line in gw.log().splitlines()}
    assert seen in written or not seen
    assert not [name for name in written if unseen and re.match(unseen, name)]


def test_no_secret_is_in_the_log(kamailio, gateway, phone):
    wrong = {phone_name("1002"): {"lines": [{"number": "1002", "password": "entirely-wrong"}]}}
    gw = gateway(["1001"], kamailio, phones=wrong)
    desk = phone(gw, "1001")
    phone(gw, "1002").run('expect prompt "1002: refused by PBX" within 5000')
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    desk.dial("1003#").run("expect tone reorder within 5000").hang_up().is_idle()
    gw.stop()
    assert "pw1001" not in gw.log() and "entirely-wrong" not in gw.log()
    assert not re.search(r"Authorization|Digest |response=|nonce", gw.log(), re.I)


# hints

def test_the_hint_for_an_unknown_phone_is_what_admits_it(gateway, phone):
    gw = gateway(["1001"])
    phone(gw, "1009", registered=False).run("register", 'expect rejected "" within 3000')
    stanza = gw.wait_log(r"put under phones: (.*)$")[1]
    known = yaml.safe_load(stanza.replace("...", "1009"))
    assert list(known) == [phone_name("1009")]
    phone(gateway(phones=known), "1009")


@pytest.mark.parametrize("status, reason, hint", [
    (403, "Forbidden", "registration refused: 403 Forbidden (wrong password or auth_user?)"),
    (404, "Not Found", "registration refused: 404 Not Found (wrong user or pbx.domain?)")])
def test_a_refused_registration_names_the_options_to_look_at(agent, gateway, phone, status, reason, hint):
    pbx = agent("pbx", automatic={"REGISTER": lambda pbx, request: pbx.reply(request, status, reason)})
    gw = gateway(["1001"], pbx)
    phone(gw, "1001")
    gw.wait_log(rf"WARN.* 1001: {re.escape(hint)}, next try in \d+ s")


def test_silence_of_the_pbx_names_its_address(agent, gateway, phone):
    pbx = agent("pbx")
    pbx.close()
    gw = gateway(["1001"], pbx)
    phone(gw, "1001")
    gw.wait_log(r"WARN.* main: does not answer: .*pbx\.address", timeout=40)
    gw.wait_log(r"1001: not registered: .*next try in \d+ s", timeout=40)


# where it runs

def inner_process(outer):
    """The one child of unshare."""
    children = Path(f"/proc/{outer}/task/{outer}/children")
    return int(until(lambda: children.read_text().split(), 5, "the gateway behind unshare")[0])


class Contained(Gateway):
    """The gateway inside namespaces of its own, by unshare and words before the program."""

    def __init__(self, folder, address, config, space, before=()):
        super().__init__(folder, address, config)
        self.argv = ["unshare", *space, *before, *self.argv]

    def signal_inner(self, number):
        os.kill(inner_process(self.pid), number)


def needs_namespace(*space):
    if subprocess.run(["unshare", *space, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"unshare {' '.join(space)} is not permitted here")


@pytest.fixture
def process_one(started, net, kamailio):
    """The gateway as process 1, as in a container, with a registered PBX."""
    space = ("--pid", "--fork", "--kill-child")
    needs_namespace(*space)

    def start():
        name = phone_name("1001")
        return started(Contained, "gateway", net.host(), {
            "pbx": {"address": f"{kamailio.address}:{kamailio.port}", "domain": "pbx.test"},
            "phones": {name: {"lines": [{"number": "1001", "password": "pw1001"}]}}}, space)
    return start


def test_process_one_stops_cleanly(process_one):
    gw = process_one()
    status = Path(f"/proc/{inner_process(gw.pid)}/status").read_text()
    assert re.search(r"^NSpid:.*\b1$", status, re.M)
    gw.signal_inner(signal.SIGTERM)
    assert gw.child.wait(STOP_WITHIN_S) == OK
    assert "gw: stopped" in gw.log()


def test_process_one_ends_at_once_with_a_second_signal(process_one, kamailio, phone):
    gw = process_one()
    phone(gw, "1001")
    until(lambda: kamailio.contacts("1001"), 5, "the line at the registrar")
    kamailio.pause()
    try:
        gw.was_stopped = True
        gw.signal_inner(signal.SIGTERM)
        gw.wait_log("SIGTERM: stopping")
        time.sleep(0.2)
        assert gw.running()
        gw.signal_inner(signal.SIGTERM)
        assert gw.child.wait(1) == KILLED_BY_SECOND
    finally:
        kamailio.resume()


def test_a_read_only_file_system_is_enough(started, net, phone):
    needs_namespace("--mount", "sh", "-c", "mount -o remount,bind,ro /")
    gw = started(Contained, "gateway", net.host(), {"phones": {phone_name("1001"): {"lines": [{"number": "1001"}]}}},
                 ["--mount"], ["sh", "-c", 'mount -o remount,bind,ro / && ! touch x 2> /dev/null && exec "$@"', "sh"])
    phone(gw, "1001").run("offhook", "expect tone inside_dial", "onhook").is_idle()


@pytest.mark.parametrize("closed", [(0,), (0, 1, 2)], ids=["stdin", "all"])
def test_closed_standard_streams_are_not_taken_by_sockets(folder, net, closed):
    gw = Gateway(folder, net.host(), {"phones": {}})
    redirections = " ".join(f"{fd}>&-" for fd in closed)
    with (open(folder / "streams.log", "wb") as log,
          running(gw, "sh", "-c", f'exec "$@" {redirections}', "sh", stdout=log, stderr=log) as child):
        assert {os.readlink(f"/proc/{child.pid}/fd/{fd}") for fd in closed} == {"/dev/null"}
        child.terminate()
        assert child.wait(20) == OK
