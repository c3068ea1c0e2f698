"""Phones over TLS: old and new ones, with certificates and without, beside plain ones and beside strangers."""

import re
import socket
import ssl
import struct

import pytest

from cryptography.hazmat.primitives import hashes

from command import BAD_CONFIG, sccpgw
from control import ask, metrics, value
from gateway import TLS_PORT
from peers import skinny as raw
from peers.certificates import Identity
from peers.process import until
from phone import phone_name

ALICE, BOB = phone_name("1001"), phone_name("1003")
FAILED = r"TLS handshake failed: "


@pytest.fixture
def gw(gateway, certificates):
    """gw(client_ca=..., ...): phones 1001, 1003 without a PBX; what is given is of sccp.tls."""
    def start(log=None, **tls):
        return gateway(["1001", "1003"], log=log or {}, sccp={"tls": certificates.config(**tls)})
    return start


def call_both_ways(one, other, number):
    one.dial(f"{number}#")
    other.is_ringing().answer().is_talking()
    one.is_talking().hears(other.hz)
    other.hears(one.hz)
    one.hang_up().is_idle()
    other.run("expect callstate on_hook within 3000").hang_up().is_idle()


def is_undisturbed(desk):
    desk.run("offhook", "expect tone inside_dial", "onhook").is_idle()


def failures(gw, reason="handshake"):
    return value(metrics(gw), "sccpgw_sccp_tls_failures_total", reason=reason)


@pytest.mark.feature("tls")
@pytest.mark.parametrize("model, tls_version", [("7960", "1.0"), ("7970", "1.1"), ("7965", "1.2"), ("7965", "1.3")])
def test_phones_of_every_age(gw, secure, phone, model, tls_version):
    server = gw()
    alice, bob = secure(server, "1001", None, tls_version, model=model), phone(server, "1003", hz=700)
    assert f"tls: TLSv{tls_version.removesuffix('.0')}, " in alice.log()
    call_both_ways(alice, bob, "1003")
    call_both_ways(bob, alice, "1001")
    page = metrics(server)
    assert value(page, "sccpgw_sccp_tls_phones") == 1
    assert value(page, "sccpgw_phones_registered", model=model) >= 1
    assert re.search(rf"^address +\S+, TLSv{tls_version.removesuffix('.0')}, \S+$", ask(server, "show", "phone", ALICE),
                     re.M)
    assert "TLS" not in ask(server, "show", "phone", BOB)
    assert failures(server) == failures(server, "name") == 0


def test_nothing_of_it_can_be_read_on_the_way(gw, secure, capture):
    server = gw()
    desk = secure(server, "1001")
    desk.run("offhook", "expect tone inside_dial", "digits 1003#").hang_up().is_idle().run("close")
    capture.stop()
    wire = b"".join(bytes.fromhex(row[0]) for row in
                    capture.rows(f"tcp.port == {TLS_PORT} && tcp.len > 0", "tcp.payload"))
    assert len(wire) > 3000
    for word in (ALICE.encode(), b"1003", struct.pack("<II", 8, 0)):
        assert word not in wire


@pytest.mark.feature("tls", model="7965")
def test_the_name_is_that_of_the_certificate(gw, secure, certificates):
    """A maker's certificate of 2004, a call manager's of today, and somebody else's."""
    server = gw(client_ca=str(certificates.makers.cert_file))
    old = certificates.phone(f"CP-7960G-{ALICE}", bits=1024, digest=hashes.SHA1())
    secure(server, "1001", old, "1.0").run("close")
    secure(server, "1001", certificates.phone(ALICE), model="7965").run("close")
    other = secure(server, "1003", certificates.phone(ALICE), registered=False)
    other.run("register", 'expect rejected "Certificate of another device" within 5000')
    server.wait_log(rf"{BOB}: rejected: Certificate of another device \(7960 at [\d.:]+\)\n")
    assert failures(server, "name") == 1 and failures(server) == 0


@pytest.mark.parametrize("who, why", [
    ("nobody", "peer did not return a certificate"),
    ("a stranger", "certificate verify failed: self-signed certificate")])
def test_others_are_not_let_in(gw, secure, certificates, who, why):
    server = gw(client_ca=str(certificates.makers.cert_file))
    good = secure(server, "1003", certificates.phone(BOB))
    identity = None if who == "nobody" else certificates.phone(ALICE, issuer=None)
    bad = secure(server, "1001", identity, "1.2", registered=False)
    bad.say("register")
    server.wait_log(rf"[\d.]+:\d+: {FAILED}{why}")
    assert failures(server) == 1
    is_undisturbed(good)
    bad.wait(lambda: not bad.running(), 5, "the phone to give up")


def test_a_phone_that_does_not_believe_us_is_named(gw, phone, certificates, folder):
    server = gw()
    others = Identity(folder / "others", "others", "Others", authority=True)
    bad = phone(server, "1001", port=TLS_PORT, registered=False, options=["--tls", "--ca", others.cert_file])
    bad.say("register")
    server.wait_log(FAILED + ".*alert unknown ca")
    bad.wait(lambda: not bad.running(), 5, "the phone to give up")


def test_old_versions_can_be_kept_out(gw, secure):
    server = gw(oldest="tls1.2")
    secure(server, "1003", None, "1.2")
    old = secure(server, "1001", None, "1.0", registered=False)
    old.say("register")
    server.wait_log(FAILED + "unsupported protocol")
    old.wait(lambda: not old.running(), 5, "the phone to give up")


def hello():
    """What a TLS client says first."""
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    client = context.wrap_bio(into, out)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


def test_strangers_disturb_nobody(gw, secure, net):
    """Garbage, plain SCCP, halves of handshakes, bytes that drip, and silence: each is over soon, all cost few lines,
    and phones that are here go on."""
    server = gw(handshake_within="2s")
    desk = secure(server, "1001")
    fds = server.fds()
    first = hello()
    words = [b"GET / HTTP/1.0\r\n\r\n", raw.register(ALICE), first[:len(first) // 2], first, b"\x16", b""]
    strangers = []
    for i in range(240):
        stranger = socket.create_connection((server.address, TLS_PORT), timeout=5, source_address=(net.host(), 0))
        stranger.sendall(words[i % len(words)])
        strangers.append(stranger)
    is_undisturbed(desk)
    dripping = [one for one in strangers if one.getsockname()][4::6]
    until(lambda: drips(dripping) or server.fds() <= fds, 15, "the strangers to be gone")
    is_undisturbed(desk)
    assert failures(server) == 240
    assert server.log().count("TLS handshake failed") <= 20
    assert value(metrics(server), "sccpgw_sccp_connections_closed_total", reason="not_registered") == 0
    for one in strangers:
        one.close()


def drips(connections):
    for one in connections:
        try:
            one.send(b"\x03")
        except OSError:
            pass
    return False


def test_a_flood_of_handshakes_stays_bounded(gw, secure, net):
    """More than one address may have strangers; each begins a handshake and goes no further. The phone is answered
    all the time, and what the flood took is given back."""
    server = gw(log={"level": "info"}, handshake_within="1s")
    desk = secure(server, "1001")
    fds, address, first = server.fds(), net.host(), hello()
    flood = []
    for _ in range(400):
        one = socket.create_connection((server.address, TLS_PORT), timeout=5, source_address=(address, 0))
        one.sendall(first)
        flood.append(one)
        if len(flood) % 100 == 0:
            is_undisturbed(desk)
    assert server.fds() <= fds + 256 + 8
    until(lambda: server.fds() <= fds, 15, "the flood to be over")
    is_undisturbed(desk)
    for one in flood:
        one.close()


@pytest.mark.parametrize("tls, place, why", [
    ("{cert: none.crt}", "5:15", "none.crt: No such file or directory"),
    ("{cert: gateway.key}", "5:15", "gateway.key: there is no certificate in it (PEM)"),
    ("{cert: gateway.crt}", "5:15", "gateway.crt: there is no private key in it (PEM)"),
    ("{cert: gateway.crt, key: makers.key}", "5:33", "makers.key: the key does not belong to the certificate"),
    ("{cert: gateway.crt, key: gateway.key, client_ca: gateway.key}", "5:57",
     "gateway.key: there is no certificate in it (PEM)"),
    ("{key: gateway.key}", "5:14", "key is nothing without cert, the file of a certificate")], ids=range(6))
def test_files_that_are_no_use_have_their_place(certificates, tls, place, why):
    file = certificates.folder / "gateway.yaml"
    file.write_text(f"version: 1\nnode: {{name: gw}}\nsccp:\n  unknown_phones: auto\n  tls: {tls}\n")
    done = sccpgw("check", "-c", file.name, cwd=certificates.folder)
    assert done.returncode == BAD_CONFIG
    assert f"gateway.yaml:{place}: error: {why}\n" in done.stdout, done.stdout
    done = sccpgw("run", "-c", str(file))
    assert done.returncode == BAD_CONFIG
    assert re.search(rf"gateway.yaml:{place}: ", done.stderr) and why.split(": ")[-1] in done.stderr, done.stderr


def test_a_key_for_everybody_is_warned_of(certificates):
    file = certificates.folder / "gateway.yaml"
    loose = certificates.folder / "loose.key"
    loose.write_bytes(certificates.gateway.key_file.read_bytes())
    loose.chmod(0o644)
    file.write_text("version: 1\nsccp:\n  unknown_phones: auto\n  tls: {cert: gateway.crt, key: loose.key}\n")
    done = sccpgw("check", "-c", file.name, cwd=certificates.folder)
    assert done.returncode == 0
    assert "4:33: warning: everybody on this machine can read the key; `chmod o= loose.key` helps" in done.stdout
