"""Encrypted audio of phones that came over TLS (media.phone_srtp): secret between phone and gateway, whatever is on the
other side; the lock beside the call is shown where it is secret all the way."""

import re

import pytest

from control import Trace, ask, metrics, value
from gateway import SIP_PORT
from phone import phone_name
from test_conference import add, all_hear, call
from test_shared import LINE
from test_srtp import assert_plain, assert_secret

EVERY = ["7912", "7960", "7970", "7965"]


@pytest.fixture
def gw(gateway, certificates):
    """gw(["1001"], a_pbx, srtp=..., phone_srtp=...): media, of a gateway that phones reach over TLS."""
    def start(lines=(), server=None, config=None, **media):
        return gateway(lines, server, sccp={"tls": certificates.config()}, media=media, **(config or {}))
    return start


def talk(desk, bob):
    desk.is_talking().hears(bob.hz)
    bob.wait_heard(desk.hz)


def hold_and_resume(desk):
    desk.run("key hold", "expect callstate hold", "expect rx closed", "expect srtp off", "key resume")


def refused(server):
    return value(metrics(server), "sccpgw_srtp_refused_total", direction="phone_to_sip")


@pytest.mark.feature("phone srtp")
@pytest.mark.parametrize("model", EVERY)
def test_a_secure_phone_and_a_plain_pbx(asterisk, gw, secure, phone, capture, model):
    """Without telephone events of its own or with, with keys in every layout that there is; a plain phone beside it."""
    server = gw(["1001", "1003"], asterisk)
    desk, plain = secure(server, "1001", model=model), phone(server, "1003", hz=700)
    desk.dial("620#").is_talking().hears(900).run("expect srtp on", "expect security not_authenticated", "digits 12*#")
    asterisk.wait_keys("1001", "12*#")
    if model != "7912":
        hold_and_resume(desk)
        desk.is_talking().hears(900).run("expect srtp on", "digits 34")
        asterisk.wait_keys("1001", "12*#34")
    desk.hang_up().is_idle()
    desk.dial("600#").is_talking().hears(desk.hz).run("expect srtp on").hang_up().is_idle()
    plain.dial("600#").is_talking().hears(plain.hz).run("expect srtp off").hang_up().is_idle()
    capture.stop()
    assert_secret(capture, server.address, desk.address, 900)
    assert_secret(capture, desk.address, server.address, desk.hz)
    assert_plain(capture, server.address, asterisk.address, desk.hz)
    assert_plain(capture, server.address, plain.address, plain.hz)
    assert refused(server) == 0


@pytest.mark.feature("phone srtp", model="7965")
@pytest.mark.parametrize("line", ["1018", "1019"])
def test_a_secure_phone_and_a_secure_pbx(asterisk, gw, secure, baresip, capture, line):
    server = gw([line], asterisk, srtp="required" if line == "1018" else "optional")
    desk, bob = secure(server, line, model="7965"), baresip("1002", asterisk, hz=900)
    mark = bob.mark()
    bob.call(line)
    desk.is_ringing().run("expect security unknown").answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk(desk, bob)
    desk.run("expect srtp on", "expect security encrypted")
    hold_and_resume(desk)
    talk(desk, bob)
    desk.run("expect security encrypted").hang_up().is_idle()
    capture.stop()
    for one, other in ((server.address, desk.address), (desk.address, server.address),
                       (server.address, asterisk.address), (asterisk.address, server.address)):
        assert_secret(capture, one, other, desk.hz if one == desk.address or other == asterisk.address else bob.hz)


@pytest.mark.feature("phone srtp", model="7960")
@pytest.mark.parametrize("policy, lock", [("required", "encrypted"), ("off", "not_authenticated")])
def test_two_secure_phones(gw, secure, capture, policy, lock):
    """Through the gateway's own SIP side, whose policy is its own."""
    server = gw(["1001", "1003"], srtp=policy)
    alice, bob = secure(server, "1001"), secure(server, "1003", model="7965", hz=700)
    trace = Trace(server, phone_name("1001"))
    alice.dial("1003#")
    bob.is_ringing().answer()
    for one, other in ((alice, bob), (bob, alice)):
        one.is_talking().hears(other.hz).run("expect srtp on", f"expect security {lock}")
    hold_and_resume(bob)
    alice.is_talking().hears(bob.hz)
    bob.is_talking().hears(alice.hz).hang_up().is_idle()
    alice.run("expect callstate on_hook within 3000").hang_up().is_idle()
    trace.until("ConnectionStatisticsRes")
    trace.close()
    capture.stop()
    for desk, heard in ((alice, bob), (bob, alice)):
        assert_secret(capture, desk.address, server.address, desk.hz)
        assert_secret(capture, server.address, desk.address, heard.hz)
    for text in (trace.text(), server.log(), alice.log()):
        told = re.findall(r" key=(\{.*?\})", text)
        assert set(told) == {"{algorithm=aes_cm_128_hmac_sha1_32 key_len=16 salt_len=14}"} and len(told) >= 2


@pytest.mark.feature("phone srtp", "conference", model="7965")
@pytest.mark.parametrize("line", ["1018", "1001"])
def test_a_secure_phone_in_a_conference(asterisk, gw, secure, baresip, capture, line):
    """Locked while everybody is: Asterisk's 1018 speaks SRTP, 1001 does not."""
    lock = "encrypted" if line == "1018" else "not_authenticated"
    server = gw([line], asterisk, srtp="required" if line == "1018" else "off")
    desk, bob, carol = (secure(server, line, model="7965"), baresip("1002", asterisk, hz=900),
                        baresip("1004", asterisk, hz=1300))
    call(desk, bob)
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.run("expect srtp on", f"expect security {lock}", "key hold", "expect callstate hold", "key resume")
    all_hear(bob, carol, desk=desk)
    carol.hang_up()
    desk.run('expect info called "" 1002 within 5000', f"expect security {lock}")
    talk(desk, bob)
    desk.hang_up().is_idle()
    capture.stop()
    for hz in (bob.hz, carol.hz):
        assert_secret(capture, server.address, desk.address, hz)
    assert_secret(capture, desk.address, server.address, desk.hz)


def test_a_line_of_a_secure_and_a_plain_phone(asterisk, gw, secure, phone, baresip):
    """The call goes from one to the other and back, and the keys stay with the secure one; joined by the plain one, it
    is not secret all the way any more."""
    bob = baresip("1002", asterisk, hz=900)
    server = gw(LINE, asterisk, config={"phones": {phone_name(number): {"lines": ["desk"]} for number in (2001, 2002)}})
    desk = secure(server, "2001", model="7965", in_service=False)
    plain = phone(server, "2002", model="7965", in_service=False, hz=600)
    server.wait_log(" 1001: registered at")
    mark = bob.mark()
    bob.call("1001")
    desk.is_ringing().answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk(desk, bob)
    desk.run("expect srtp on", "key hold", "expect callstate hold")
    plain.run("expect key resume shown within 3000", "key resume").is_talking()
    talk(plain, bob)
    plain.run("expect srtp off", "key hold", "expect callstate hold")
    desk.run("expect key resume shown within 3000", "key resume").is_talking()
    talk(desk, bob)
    desk.run("expect srtp on")
    plain.run("expect key barge shown within 3000", "key barge", "expect callstate connected within 5000")
    plain.hears_all(desk.hz, bob.hz)
    desk.hears_all(plain.hz, bob.hz)
    desk.run("expect srtp on", "expect security not_authenticated")
    plain.run("expect srtp off").hang_up()
    desk.hears(bob.hz).hang_up().is_idle()
    plain.is_idle()
    assert refused(server) == 0


# what goes wrong

@pytest.mark.parametrize("fault", ["wrong", "plain"])
def test_the_wrong_key_is_silence_and_one_line(gw, secure, baresip, fault):
    server = gw(["1001"])
    desk, bob = secure(server, "1001"), baresip("bob", hz=900)
    desk.run(f"srtp {fault}")
    bob.call(f"sip:1001@{server.address}:{SIP_PORT}")
    desk.is_ringing().answer().is_talking().hears(900)
    server.wait_log(r"SEP000000001001: call \d+: SRTP from the phone is not genuine, it is not heard \(wrong key\?\)")
    assert not bob.heard() or max(map(abs, bob.heard())) < 50
    desk.hang_up().is_idle()
    server.wait_ports_closed()
    assert server.log().count("is not genuine") == 1
    before = refused(server)
    assert before > 50
    desk.run("srtp right")
    mark = bob.mark()
    bob.call(f"sip:1001@{server.address}:{SIP_PORT}")
    desk.is_ringing().answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk(desk, bob)
    desk.hang_up().is_idle()
    server.wait_ports_closed()
    assert refused(server) == before


def test_a_phone_that_refuses_keys_speaks_in_the_clear(gw, secure, baresip):
    server = gw(["1001"])
    desk, bob = secure(server, "1001", model="7965"), baresip("bob", hz=900)
    desk.run("ack clear")
    for _ in range(2):
        bob.call(f"sip:1001@{server.address}:{SIP_PORT}")
        desk.is_ringing().answer()
        talk(desk, bob)
        desk.run("expect srtp off", "expect security not_authenticated").hang_up().is_idle()
    assert len(re.findall(rf"WARN  {phone_name('1001')}: call \d+: the phone refuses encrypted audio, and has it in the "
                          "clear until it registers again", server.log())) == 1


@pytest.mark.parametrize("how, why", [
    ("refuses", "the phone refuses its audio channel"),
    ("plain", r"no audio without SRTP \(media.phone_srtp\), and the phone came without TLS")], ids=range(2))
def test_where_it_is_required_nobody_speaks_in_the_clear(gw, secure, phone, baresip, capture, how, why):
    server = gw(["1001", "1003"], phone_srtp="required")
    bob, good = baresip("bob", hz=900), secure(server, "1003")
    desk = secure(server, "1001", model="7965") if how == "refuses" else phone(server, "1001", model="7965")
    desk.run("ack clear")
    bob.call(f"sip:1001@{server.address}:{SIP_PORT}")
    desk.is_ringing().answer().run("expect srtp off")
    server.wait_log(f"WARN  {phone_name('1001')}: call \\d+: {why}")
    bob.wait_event("CALL_CLOSED")
    desk.hang_up().is_idle()
    mark = bob.mark()
    bob.call(f"sip:1003@{server.address}:{SIP_PORT}")
    good.is_ringing().answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk(good, bob)
    good.run("expect srtp on").hang_up().is_idle()
    capture.stop()
    assert not capture.rows(f"ip.src == {desk.address} && udp", "frame.number")


def test_it_can_be_off(gw, secure, baresip):
    server = gw(["1001"], phone_srtp="off")
    desk, bob = secure(server, "1001"), baresip("bob", hz=900)
    bob.call(f"sip:1001@{server.address}:{SIP_PORT}")
    desk.is_ringing().answer()
    talk(desk, bob)
    desk.run("expect srtp off").hang_up().is_idle()
    assert "SRTP by" not in server.log()


def test_direct_audio_has_no_keys_of_ours(gw, secure):
    """It does not pass the gateway; the phones are told none."""
    server = gw(["1001", "1003"], mode="direct")
    alice, bob = secure(server, "1001", model="7965"), secure(server, "1003", hz=700)
    alice.dial("1003#")
    bob.is_ringing().answer()
    alice.is_talking().hears(bob.hz).run("expect srtp off", f"expect sends {bob.address}")
    bob.is_talking().hears(alice.hz).hang_up().is_idle()
    alice.run("expect callstate on_hook within 3000").hang_up().is_idle()


def test_secret_audio_does_not_leave_the_gateway(asterisk, gw, secure, phone):
    """With media.mode: auto, where everybody reaches everybody: a plain phone's goes directly."""
    server = gw(["1001", "1003"], asterisk, mode="auto", direct=["127.0.0.0/8"])
    desk, plain = secure(server, "1001", model="7965"), phone(server, "1003", model="7965", hz=700)
    for one, to, secret in ((desk, server, "on"), (plain, asterisk, "off")):
        one.dial("600#").is_talking().run(f"expect sends {to.address} within 5000", f"expect srtp {secret}")
        one.hears(one.hz).run(f"expect sends {to.address}").hang_up().is_idle()


def test_a_phone_that_comes_back_goes_on_in_secret(asterisk, gw, secure):
    """Its connection is lost, its audio is not."""
    server = gw(["1001"], asterisk, config={"calls": {"survive": "30s"}})
    desk = secure(server, "1001", model="7965")
    desk.dial("600#").is_talking().hears(desk.hz).run("drop", "register", "expect registered within 10000")
    desk.run("expect callstate connected within 10000").hears(desk.hz).run("expect srtp on")
    desk.run("key hold", "expect callstate hold", "key resume").is_talking().hears(desk.hz).run("expect srtp on")
    assert '"srtp": true' in ask(server, "show", "media", "--json")
    desk.hang_up().is_idle()
