"""Encrypted audio towards SIP (media.srtp): secret on the wire, clear at both ends, and never noise or plain RTP where it
must not be. The peers are Asterisk 22, baresip, and an implementation of the tests' own (peers/srtp.py)."""

import re

import pytest

from control import metrics, value
from gateway import SIP_PORT
from peers import sip, tone
from peers.agent import ok
from peers.process import until
from peers.srtp import SUITE, Srtp, crypto_line, new_key
from test_conference import add, all_hear, call

WARNING = r"SRTP keys go over SIP that is not encrypted"
BARESIP = "127.0.0.1"       # where its packets come from (peers/baresip.py)
ALL_SUITES = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_32"]


def srtp(policy):
    return {"media": {"srtp": policy}}


def profiles(capture, source):
    """Of the audio lines that were sent from there, in order."""
    return [row[0] for row in capture.rows(f"sdp.media.proto && ip.src == {source}", "sdp.media.proto")]


def on_the_wire(capture, source, target):
    """The payloads of G.711 packets between two addresses, decoded as if they were plain."""
    rows = capture.rows(f"ip.src == {source} && ip.dst == {target} && udp && !sip && !rtcp", "udp.payload")
    packets = [bytes.fromhex(row[0]) for row in rows]
    samples = []
    for packet in packets:
        if len(packet) >= 172 and packet[0] == 0x80 and packet[1] & 0x7F == 0:
            samples += tone.decode(packet[12:172])
    assert len(samples) > tone.RATE_HZ / 2, f"hardly any audio from {source} to {target}"
    return samples


def assert_secret(capture, source, target, hz):
    """The tone is in the call, and nobody hears it on the wire."""
    assert tone.seconds_of(on_the_wire(capture, source, target), hz) == 0


def assert_plain(capture, source, target, hz):
    assert tone.seconds_of(on_the_wire(capture, source, target), hz) > 0.3


def call_and_hear(desk, bob):
    desk.is_talking().hears(bob.hz)
    bob.wait_heard(desk.hz)


# baresip, without a PBX; test names are short because it cuts the names of its files

@pytest.mark.feature("srtp", model="7960")
@pytest.mark.parametrize("policy, peer, profile", [
    ("required", "srtp-mand", "RTP/SAVP"), ("required", "srtp", "RTP/AVP"), ("optional", "srtp", "RTP/AVP")],
    ids=range(3))
def test_callers_are_not_overheard(gateway, phone, baresip, capture, policy, peer, profile):
    gw = gateway(["1001"], **srtp(policy))
    desk, bob = phone(gw, "1001"), baresip("bob", hz=900, srtp=peer)
    assert re.search(rf"SRTP by libsrtp2 .*: {', '.join(ALL_SUITES)}\n", gw.log())
    bob.call(f"sip:1001@{gw.address}:{SIP_PORT}")
    desk.is_ringing().answer()
    call_and_hear(desk, bob)
    desk.run("key hold", "expect callstate hold", "key resume")
    call_and_hear(desk, bob)
    bob.hang_up()
    desk.run("expect callstate on_hook within 3000").hang_up().is_idle()
    capture.stop()
    assert set(profiles(capture, gw.address)) == {profile}
    assert_secret(capture, gw.address, BARESIP, desk.hz)
    assert_secret(capture, BARESIP, gw.address, bob.hz)
    assert_plain(capture, gw.address, desk.address, bob.hz)
    assert len(re.findall(WARNING, gw.log())) == 1


@pytest.fixture
def desk_and_bob(gateway, phone, baresip, kamailio):
    """desk_and_bob(policy, srtp): our phone, and a softphone behind a proxy that carries descriptions as they are."""
    def build(policy, peer):
        bob = baresip("1002", kamailio, hz=900, srtp=peer)
        gw = gateway(["1001"], kamailio, **srtp(policy))
        return gw, phone(gw, "1001"), bob
    return build


@pytest.mark.parametrize("policy, peer, profile, secret", [
    ("required", "srtp-mand", "RTP/SAVP", True), ("required", "srtp", "RTP/SAVP", True),
    ("optional", "srtp", "RTP/AVP", True), ("optional", None, "RTP/AVP", False), ("off", "srtp", "RTP/AVP", False)],
    ids=range(5))
def test_the_called(desk_and_bob, capture, policy, peer, profile, secret):
    gw, desk, bob = desk_and_bob(policy, peer)
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    call_and_hear(desk, bob)
    desk.run("key hold", "expect callstate hold", "key resume")
    call_and_hear(desk, bob)
    desk.hang_up().is_idle()
    capture.stop()
    assert set(profiles(capture, gw.address)) == {profile}
    heard_by_all = assert_secret if secret else assert_plain
    heard_by_all(capture, gw.address, BARESIP, desk.hz)
    heard_by_all(capture, BARESIP, gw.address, bob.hz)


def test_nobody_without_is_called(desk_and_bob):
    gw, desk, bob = desk_and_bob("required", None)
    desk.dial("1002#").run("expect callstate congestion within 5000", "expect tone reorder",
                           'expect prompt "No common codec"').hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.parametrize("policy, peer, why", [
    ("required", None, "audio is offered without SRTP, which is required"),
    ("off", "srtp-mand", "audio is offered over RTP/SAVP, and SRTP is off")], ids=range(2))
def test_callers_who_may_not(gateway, phone, baresip, policy, peer, why):
    gw = gateway(["1001"], **srtp(policy))
    desk, bob = phone(gw, "1001"), baresip("bob", hz=900, srtp=peer)
    bob.call(f"sip:1001@{gw.address}:{SIP_PORT}")
    assert "488" in bob.wait_event("CALL_CLOSED")["param"]
    gw.wait_log(why)
    desk.is_idle()


def test_a_far_hold(gateway, phone, baresip, capture):
    """Their re-INVITEs: the counters of SRTP go on."""
    gw = gateway(["1001"], **srtp("required"))
    desk, bob = phone(gw, "1001"), baresip("bob", hz=900, srtp="srtp-mand")
    bob.call(f"sip:1001@{gw.address}:{SIP_PORT}")
    desk.is_ringing().answer()
    call_and_hear(desk, bob)
    for _ in range(2):
        bob.command("hold")
        desk.run('expect prompt "held" within 5000')
        bob.command("resume")
        desk.run("expect tx on within 5000")
        call_and_hear(desk, bob)
    desk.hang_up().is_idle()
    refused = value(metrics(gw), "sccpgw_srtp_refused_total", direction="sip_to_phone")
    assert refused <= 1         # baresip sends its first RTCP (APP "PING") before it has keys


# Asterisk: 1018 speaks SRTP only, 1019 prefers it

@pytest.mark.feature("srtp", model="7960")
@pytest.mark.parametrize("policy, line", [("required", "1018"), ("optional", "1019"), ("required", "1019")])
def test_asterisk_echoes_secretly(asterisk, gateway, phone, capture, policy, line):
    gw = gateway([line], asterisk, **srtp(policy))
    desk = phone(gw, line)
    desk.dial("600#").is_talking().hears(desk.hz)
    desk.run("key hold", "expect callstate hold", "key resume").is_talking().hears(desk.hz).hang_up().is_idle()
    desk.dial("602#").run("expect audio tone 700 for 500 within 8000").is_talking().hears(900).hang_up().is_idle()
    capture.stop()
    for one, other in ((gw.address, asterisk.address), (asterisk.address, gw.address)):
        assert_secret(capture, one, other, desk.hz)
        assert set(profiles(capture, one)) == {"RTP/SAVP" if policy == "required" else "RTP/AVP"}


@pytest.mark.feature("srtp", model="7960")
def test_asterisk_calls_secretly(asterisk, gateway, phone, baresip, capture):
    """Through Asterisk to somebody who speaks plainly, both ways, with re-INVITEs of either side."""
    gw = gateway(["1018"], asterisk, **srtp("required"))
    desk, bob = phone(gw, "1018"), baresip("1002", asterisk, hz=900)
    bob.call("1018")
    desk.is_ringing().answer()
    call_and_hear(desk, bob)
    bob.command("hold")
    bob.command("resume")
    call_and_hear(desk, bob)
    desk.run("key hold", "expect callstate hold", "key resume")
    call_and_hear(desk, bob)
    desk.hang_up().is_idle()
    capture.stop()
    assert_secret(capture, gw.address, asterisk.address, desk.hz)
    assert_secret(capture, asterisk.address, gw.address, bob.hz)


def test_asterisk_without_is_not_spoken_to(asterisk, gateway, phone, baresip):
    gw = gateway(["1001"], asterisk, **srtp("required"))
    desk, bob = phone(gw, "1001"), baresip("1002", asterisk)
    desk.dial("601#").run("expect callstate congestion within 5000", 'expect prompt "No common codec"').hang_up().is_idle()
    bob.call("1001")
    bob.wait_event("CALL_CLOSED")
    desk.is_idle()


def test_asterisk_without_falls_back(asterisk, gateway, phone, capture):
    gw = gateway(["1001"], asterisk, **srtp("optional"))
    desk = phone(gw, "1001")
    desk.dial("600#").is_talking().hears(desk.hz).hang_up().is_idle()
    capture.stop()
    assert_plain(capture, gw.address, asterisk.address, desk.hz)


@pytest.mark.feature("srtp", model="7960")
def test_a_conference_of_secret_members(asterisk, gateway, phone, baresip, capture):
    gw = gateway(["1018"], asterisk, **srtp("required"))
    desk, bob, carol = phone(gw, "1018"), baresip("1002", asterisk, hz=900), baresip("1003", asterisk, hz=1300)
    call(desk, bob)
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.hang_up().is_idle()
    capture.stop()
    for hz in (desk.hz, bob.hz, carol.hz):
        assert_secret(capture, gw.address, asterisk.address, hz)


# a peer of the tests' own

class Peer:
    """The far end of one call, whose keys the test chooses."""

    def __init__(self, pbx, sound, invite):
        self.pbx, self.sound, self.invite = pbx, sound, invite
        self.key = new_key()
        self.theirs = self.tag = None

    def keys_of(self, message):
        """What is needed to hear the gateway, from its description."""
        found = re.search(rf"^a=crypto:(\d+) {SUITE} inline:(\S+)", message.body, re.M)
        self.tag, self.theirs = found[1], found[2]
        self.sound.receives = Srtp(self.theirs)
        self.sound.peer = message.rtp()

    def describe(self, key=None, profile="RTP/SAVP", tag=None):
        self.key = key or self.key
        return sip.sdp(self.pbx.address, self.sound.port, extra=crypto_line(self.key, tag or self.tag), profile=profile)

    def answer(self, **words):
        self.keys_of(self.invite)
        self.sound.sends = Srtp(self.key)
        self.pbx.reply(self.invite, 200, "OK", body=self.describe(**words))
        self.pbx.expect("ACK")


@pytest.fixture
def peer(gateway, phone, agent, rtp):
    """peer(policy): the gateway, its phone, and a far end that was called and has not answered yet."""
    def build(policy="required"):
        pbx = agent("pbx", automatic={"REGISTER": ok})
        gw = gateway(["1001"], pbx, **srtp(policy))
        desk = phone(gw, "1001")
        desk.dial("1002#")
        return gw, desk, Peer(pbx, rtp(pbx.address, hz=900), pbx.expect("INVITE"))
    return build


def hears_us(sound, hz):
    start = len(sound.heard())
    until(lambda: tone.seconds_of(sound.heard()[start:], hz) >= 0.5, 8, f"the far end to hear {hz} Hz")


def end(gw, desk, far):
    desk.hang_up().is_idle()
    far.pbx.reply(far.pbx.expect("BYE"), 200, "OK")
    gw.wait_ports_closed()


def test_the_offer_names_every_suite_once(peer):
    gw, desk, far = peer()
    assert re.findall(r"^m=audio \d+ (\S+)", far.invite.body, re.M) == ["RTP/SAVP"]
    lines = re.findall(r"^a=crypto:(\d+) (\S+) inline:([\w+/=]+)\r?$", far.invite.body, re.M)
    assert [suite for _, suite, _ in lines] == ALL_SUITES
    assert len({tag for tag, _, _ in lines}) == len({key for _, _, key in lines}) == len(lines)
    far.answer()
    desk.is_talking().hears(900)
    hears_us(far.sound, desk.hz)
    assert not far.sound.refused
    for key in (far.key, far.theirs):
        assert key not in gw.log()
    end(gw, desk, far)


def test_numbers_may_roll_over(peer):
    gw, desk, far = peer()
    far.sound.first = 65500
    far.answer()
    desk.is_talking().hears(900, ms=2500)
    end(gw, desk, far)
    assert value(metrics(gw), "sccpgw_srtp_refused_total", direction="sip_to_phone") == 0


def test_the_wrong_key_is_silence_and_one_line(peer):
    gw, desk, far = peer()
    far.answer()
    far.sound.sends = Srtp(new_key())
    desk.is_talking()
    gw.wait_log(r"SEP000000001001: call \d+: SRTP from the far end is not genuine, it is not heard \(wrong key\?\)")
    desk.run("expect audio silent for 1000 within 3000")
    hears_us(far.sound, desk.hz)
    far.sound.sends = Srtp(far.key)
    desk.hears(900)
    assert gw.log().count("is not genuine") == 1
    end(gw, desk, far)
    assert value(metrics(gw), "sccpgw_srtp_refused_total", direction="sip_to_phone") > 100


def test_plain_audio_is_not_heard_in_a_secret_call(peer):
    gw, desk, far = peer()
    far.answer()
    far.sound.sends = None
    desk.is_talking().run("expect audio silent for 1000 within 3000")
    gw.wait_log("is not genuine")
    end(gw, desk, far)


@pytest.mark.parametrize("by", ["offer", "answer"])
def test_keys_change_in_a_call(peer, by):
    gw, desk, far = peer()
    far.answer()
    desk.is_talking().hears(900)
    hears_us(far.sound, desk.hz)
    before, theirs = far.key, far.theirs
    if by == "offer":
        change = far.pbx.in_call("INVITE", far.invite, body=far.describe(new_key()))
        answer = far.pbx.expect(200, call_id=change.call_id)
        far.pbx.acknowledge(change, answer)
        assert answer.body.count("a=crypto:") == 1
        far.keys_of(answer)
        assert far.theirs != theirs         # who comes with a new key may not know our rollover count
    else:
        desk.run("key hold", "expect callstate hold")
        held = far.pbx.expect("INVITE")
        far.keys_of(held)
        assert far.theirs == theirs         # an offer of ours that changes something else keeps the key
        far.pbx.reply(held, 200, "OK", body=far.describe(new_key()) + "a=recvonly\r\n")
        far.pbx.expect("ACK")
        desk.run("key resume")
        resumed = far.pbx.expect("INVITE")
        far.keys_of(resumed)
        far.pbx.reply(resumed, 200, "OK", body=far.describe())
        far.pbx.expect("ACK")
    assert far.key != before
    far.sound.sends = Srtp(far.key)
    desk.is_talking().hears(900, ms=2000)
    hears_us(far.sound, desk.hz)
    end(gw, desk, far)


@pytest.mark.parametrize("body", [
    lambda far: sip.sdp(far.pbx.address, far.sound.port),
    lambda far: far.describe(tag=77),
    lambda far: sip.sdp(far.pbx.address, far.sound.port, profile="RTP/SAVP",
                        extra=crypto_line(new_key(), 1, "AES_256_CM_HMAC_SHA1_80"))], ids=["plain", "tag", "suite"])
def test_an_answer_that_is_none_ends_the_call(peer, body):
    gw, desk, far = peer()
    far.keys_of(far.invite)
    far.pbx.reply(far.invite, 200, "OK", body=body(far))
    far.pbx.expect("ACK")
    far.pbx.reply(far.pbx.expect("BYE"), 200, "OK")
    desk.run("expect callstate congestion within 5000", 'expect prompt "No common codec"').hang_up().is_idle()
    gw.wait_log("cannot use the session description")


def test_an_optional_call_may_become_secret_and_plain_again(peer):
    gw, desk, far = peer("optional")
    assert re.findall(r"^m=audio \d+ (\S+)", far.invite.body, re.M) == ["RTP/AVP"]
    far.keys_of(far.invite)
    far.sound.receives = None
    far.pbx.reply(far.invite, 200, "OK", body=sip.sdp(far.pbx.address, far.sound.port))
    far.pbx.expect("ACK")
    desk.is_talking().hears(900)
    hears_us(far.sound, desk.hz)
    for profile in ("RTP/SAVP", "RTP/AVP"):
        body = far.describe(profile=profile) if profile == "RTP/SAVP" else sip.sdp(far.pbx.address, far.sound.port)
        change = far.pbx.in_call("INVITE", far.invite, body=body)
        answer = far.pbx.expect(200, call_id=change.call_id)
        far.pbx.acknowledge(change, answer)
        assert re.findall(r"^m=audio \d+ (\S+)", answer.body, re.M) == [profile]
        if profile == "RTP/SAVP":
            far.keys_of(answer)
            far.sound.sends = Srtp(far.key)
        else:
            assert "a=crypto" not in answer.body
            far.sound.sends = far.sound.receives = None
        desk.hears(900)
        hears_us(far.sound, desk.hz)
    end(gw, desk, far)
