"""What no PBX should do, played by a raw agent: silence, lateness, two answers, nonsense. The phone is told, the call
ends, and the next one works."""

import pytest

from peers import sip
from peers.agent import ok
from peers.process import until


@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok})


def works(pbx, desk, rtp):
    """The proof that nothing is left of the trouble: an ordinary call."""
    sound = rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = invite.rtp()
    desk.is_talking().hears(900)
    desk.hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


GARBAGE = {
    "no text": "",
    "not SDP": "hello\r\n",
    "cut": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ",
    "no address": "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
    "huge port": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 99999999 RTP/AVP 0\r\n",
    "other codec": sip.sdp("127.0.0.1", 40000, [(97, "OPUS/48000/2")]),
    "bytes": "\x00\xff\x80" * 50,
    "long line": "v=0\r\n" + "a=" + "x" * 20000 + "\r\n",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_in_the_answer_ends_the_call_politely(pbx, gateway, phone, rtp, body):
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001")
    desk.dial("1002#")
    pbx.reply(pbx.expect("INVITE"), 200, "OK", body=body)
    pbx.expect("ACK")
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    desk.run("expect tone reorder within 3000").hang_up().is_idle()
    gw.wait_log(r"WARN .*session description|failed: no-common-codec")
    works(pbx, desk, rtp)


@pytest.mark.parametrize("body", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_in_an_offer_is_refused(gateway, phone, agent, body):
    gw = gateway(["1001"])
    desk = phone(gw, "1001")
    raw = agent("raw")
    fields = [] if body else [sip.SDP_TYPE]
    invite = raw.request("INVITE", f"sip:1001@{gw.address}:5062", f"<sip:1001@{gw.address}>", fields, body)
    answer = raw.expect(range(180, 700), call_id=invite.call_id)
    if answer.status == 180:    # an INVITE without a body asks for our offer (RFC 3264): that is no garbage
        assert not body
        raw.cancel(invite)
        answer = raw.expect(487)
    else:
        assert answer.status in (400, 415, 488)
    raw.acknowledge(invite, answer)
    desk.is_idle()


def test_two_answers_are_one_call(pbx, gateway, phone, rtp):
    desk = phone(gateway(["1001"], pbx), "1001")
    first, second = rtp(pbx.address, hz=900), rtp(pbx.address, hz=700)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, first.port), tag="one")
    pbx.expect("ACK")
    first.peer = invite.rtp()
    desk.is_talking()
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, second.port), tag="two")
    assert "tag=two" in pbx.expect("ACK").header("to")
    bye = pbx.expect("BYE")
    assert "tag=two" in bye.header("to")
    pbx.reply(bye, 200, "OK")
    desk.hears(900).hang_up().is_idle()
    bye = pbx.expect("BYE")
    assert "tag=one" in bye.header("to")
    pbx.reply(bye, 200, "OK")


def test_a_repeated_answer_is_acknowledged_again(pbx, gateway, phone, rtp):
    desk = phone(gateway(["1001"], pbx), "1001")
    sound = rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    for count in (1, 2):
        pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
        until(lambda: sum(message.first.startswith("ACK") for message in pbx.seen) == count, 3, f"ACK {count}")
    desk.is_talking().hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


def test_an_answer_after_the_cancel_is_ended(pbx, gateway, phone, rtp):
    desk = phone(gateway(["1001"], pbx), "1001")
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 180, "Ringing")
    desk.run("expect callstate ring_out within 3000").hang_up().is_idle()
    pbx.reply(pbx.expect("CANCEL"), 200, "OK")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, 40000))
    pbx.expect("ACK")
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    works(pbx, desk, rtp)


def test_no_answer_at_all_is_a_failure_on_the_phone(pbx, gateway, phone, rtp):
    desk = phone(gateway(["1001"], pbx), "1001")
    desk.dial("1002#")
    pbx.expect("INVITE")
    desk.run("expect tone reorder within 40000", timeout=60).hang_up().is_idle()
    works(pbx, desk, rtp)


def test_a_slow_answer_is_waited_for(pbx, gateway, phone, rtp):
    desk = phone(gateway(["1001"], pbx), "1001")
    sound = rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 100, "Trying")
    desk.run("wait 6000", "expect callstate proceed")
    pbx.reply(invite, 180, "Ringing")
    desk.run("expect callstate ring_out within 2000")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = invite.rtp()
    desk.is_talking().hears(900).hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


def test_a_pbx_that_dies_in_a_call_lets_the_phone_hang_up(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio, hz=900)
    gw = gateway(["1001"], kamailio)
    desk = phone(gw, "1001")
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    desk.is_talking()
    kamailio.kill()
    desk.hears(900).hang_up().is_idle()
    gw.wait_ports_closed()
    bob.kill()      # it would insist on telling the registrar that is no more


def test_a_far_side_that_is_muted_stays_until_the_phone_is_silent_too(pbx, gateway, phone, rtp):
    gw = gateway(["1001"], pbx, media={"rtp_timeout": "2s"})
    desk = phone(gw, "1001")
    sound = rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = invite.rtp()
    desk.is_talking().hears(900)
    sound.silent = True
    gw.wait_log("no audio from the far end for 2 s")
    desk.run("wait 1500").is_talking()
    sound.silent = False
    desk.hears(900)
    sound.silent = True
    desk.run("send nothing")
    pbx.reply(pbx.expect("BYE", timeout=15), 200, "OK")
    desk.run("expect callstate on_hook within 3000").hang_up().is_idle()
    gw.wait_ports_closed()
