"""Fixtures: a loopback block per run, a folder per test, peers that end with the test, and their logs in a failure."""

import re
import shutil
from pathlib import Path

import pytest

import features
from gateway import TLS_PORT, Gateway, merged
from peers import asterisk as asterisk_peer
from peers import capture as capture_peer
from peers.agent import Agent
from peers.asterisk import Asterisk
from peers.baresip import Baresip
from peers.capture import Capture
from peers.certificates import Certificates
from peers.kamailio import DOMAIN, Kamailio
from peers.net import Net
from peers.process import tail
from peers.rtp import Rtp
from peers.sipp import Sipp
from peers.skinny import Skinny
from phone import Phone, phone_name

WORK = Path(__file__).parent.parent / ".work"
SHOWN_LINES = 60


def pytest_configure(config):
    config.addinivalue_line("markers", "feature(word, ..., model=, pbx=): what it shows; features.py")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """A test that passes did so with the phone and the PBX of its marker."""
    outcome = yield
    if outcome.excinfo is None:
        features.is_true(item, [thing for name in ("started", "closing") if name in item.funcargs
                                for thing in item.funcargs[name].kept])


@pytest.fixture(scope="session")
def net():
    net = Net()
    shutil.rmtree(WORK / net.name, ignore_errors=True)
    yield net
    net.close()


@pytest.fixture
def folder(net, request):
    """tests/.work/BLOCK/TEST: stays until the next run of the same block."""
    path = WORK / net.name / re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    path.mkdir(parents=True)
    return path


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows the end of every log in its folder."""
    report = (yield).get_result()
    place = item.funcargs.get("folder") if hasattr(item, "funcargs") else None
    if report.failed and place:
        for log in sorted(place.rglob("*.log")):
            report.sections.append((f"{log.relative_to(WORK)}", tail(log, SHOWN_LINES)))


@pytest.fixture
def started(folder):
    """started(Class, ...) starts a peer in its own sub-folder; all are stopped in reverse order, and a peer that does
    not end, or ends badly, fails the test."""
    running = []

    def start(peer_class, name, *arguments, **keywords):
        peer = peer_class(folder / name, *arguments, **keywords)
        peer.start()
        running.append(peer)
        return peer

    start.kept = running
    yield start
    problems = []
    for peer in reversed(running):
        try:
            peer.stop()
        except Exception as problem:    # the others are stopped all the same
            problems.append(problem)
    if problems:
        raise problems[0]


@pytest.fixture
def closing():
    """closing(object) is closed at the end of the test."""
    open_ones = []

    def keep(thing):
        open_ones.append(thing)
        return thing

    keep.kept = open_ones
    yield keep
    for thing in reversed(open_ones):
        thing.close()


@pytest.fixture
def kamailio(started, net):
    return started(Kamailio, "kamailio", net.host())


@pytest.fixture
def asterisk(started, net):
    if asterisk_peer.missing():
        pytest.skip(asterisk_peer.missing())
    return started(Asterisk, "asterisk", net.host())


@pytest.fixture
def baresip(started, net):
    """baresip(user, pbx=..., hz=...): registers with the tests' password when there is a PBX. Kamailio knows its
    users by domain, Asterisk by its address."""
    def start(user, pbx=None, **keywords):
        if pbx:
            keywords.setdefault("password", f"pw{user}")
            if isinstance(pbx, Kamailio):
                keywords.setdefault("domain", DOMAIN)
        return started(Baresip, f"baresip-{user}", net.host(), user, pbx and pbx.address, **keywords)
    return start


@pytest.fixture
def agent(net, closing):
    def make(user="1001", address=None, **keywords):
        return closing(Agent(address or net.host(), user, **keywords))
    return make


@pytest.fixture
def rtp(closing):
    def make(address, **keywords):
        return closing(Rtp(address, **keywords))
    return make


@pytest.fixture
def sipp(started, net):
    def start(scenario, target, **keywords):
        return started(Sipp, f"sipp-{scenario}", net.host(), scenario, target, **keywords)
    return start


@pytest.fixture
def capture(started, net):
    if capture_peer.missing():
        pytest.skip(capture_peer.missing())
    return started(Capture, "capture", net)


@pytest.fixture
def gateway(started, net, request):
    """gateway(["1001"], a_pbx, **config): one phone per line, SEP00000000 and the number, with the tests'
    password. What it sends is captured, and at the end of the test tshark has to be able to read all of it."""
    wire = None if capture_peer.missing() else request.getfixturevalue("capture")
    made = []

    def start(lines=(), server=None, address=None, **config):
        if isinstance(lines, dict):         # the section of that name, for phones that share them
            base = {"lines": lines}
        else:
            base = {"phones": {phone_name(number): {"lines": [{"number": number, "password": f"pw{number}"}]}
                               for number in lines}}
        if server:
            base["pbx"] = {"address": f"{getattr(server, 'host', server.address)}:{server.port}"}
            if isinstance(server, Kamailio):
                base["pbx"]["domain"] = DOMAIN
        made.append(started(Gateway, f"gateway{len(made) or ''}", address or net.host(), merged(base, config)))
        return made[-1]

    yield start
    for one in made:
        one.stop()
    if wire:
        wire.stop()
        for one in made:
            assert not wire.malformed(one.address)


@pytest.fixture
def phone(started, net, gateway):
    """phone(gw, "1001", model="7960"): started and registered, and the PBX has said something about its line: it can be
    called. Depends on the gateway's fixture so that phones leave first; each has to have seen nothing that its
    protocol version forbids."""
    made = []

    def start(server, number, model="7960", registered=True, in_service=True, **keywords):
        name = phone_name(number)
        address, at = keywords.pop("address", None) or net.host(), keywords.pop("at", server.address)
        made.append(started(Phone, name, address, at, name, model, **keywords))
        if registered:
            made[-1].run("register", "expect registered within 10000")
            if in_service and number in server.numbers_at_pbx():
                server.wait_log(rf" {number}: (registered at|registration refused|not registered)")
        return made[-1]

    start.made = made
    yield start
    for one in made:
        one.leave()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def secure(phone, certificates):
    """secure(gw, "1001", identity, tls_version="1.0"): a phone that comes over TLS, with a certificate of its own or
    without. The gateway needs certificates.config() as its sccp.tls."""
    def start(server, number, identity=None, tls_version=None, **keywords):
        return phone(server, number, port=TLS_PORT, options=certificates.options(identity, tls_version), **keywords)
    return start


@pytest.fixture
def skinny(net, closing):
    """A raw connection to the gateway's SCCP port."""
    def connect(gateway):
        return closing(Skinny(net.host(), gateway.address))
    return connect


def pytest_report_header():
    """Which Asterisk a run used, or loudly why it has none."""
    reason = asterisk_peer.missing()
    if reason:
        return f"WARNING: {reason}; the tests that need it are skipped"
    status = (asterisk_peer.unpacked() / "var/lib/dpkg/status").read_text()
    return "asterisk " + re.search(r"^Package: asterisk\n(?:.+\n)*?Version: (\S+)", status, re.M)[1]
