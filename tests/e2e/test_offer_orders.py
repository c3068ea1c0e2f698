"""Offers and answers in every order that SIP allows (RFC 3261, 3262, 3264, 3311, 6337): in the INVITE or in the 200, in
18x of which some bring audio and some do not, by PRACK and UPDATE; each followed by audio, and nothing is left over."""

import re

import pytest

from peers import sip
from peers.process import until
from test_negotiation import both_hear, changes, leave, pbx, ring  # noqa: F401 (a fixture)

RELIABLE = ("Require", "100rel")
RECVONLY, SENDONLY, INACTIVE = "a=recvonly\r\n", "a=sendonly\r\n", "a=inactive\r\n"


def description(pbx, sound, **words):
    return sip.sdp(pbx.address, sound.port, **words)


def progress(pbx, invite, status, sound=None, tag=None, rseq=None):
    """18x, with audio or without; a reliable one is acknowledged."""
    fields = [RELIABLE, ("RSeq", str(rseq))] if rseq else []
    pbx.reply(invite, status, "Progress", body=sound and description(pbx, sound) or "", tag=tag, fields=fields)
    if sound:
        sound.peer = invite.rtp()
    if rseq:
        prack = pbx.expect("PRACK")
        assert prack.header("rack") == f"{rseq} {invite.header('cseq')}"
        pbx.reply(prack, 200, "OK")


def answer(pbx, invite, sound=None, tag=None):
    """200, with a description or because it was given before."""
    pbx.tag = tag or pbx.tag
    pbx.reply(invite, 200, "OK", body=sound and description(pbx, sound) or "", tag=tag)
    pbx.expect("ACK")
    if sound:
        sound.peer = invite.rtp()


@pytest.fixture
def ringing(pbx, gateway, phone, rtp):
    """The phone calls; (gateway, phone, INVITE, two ends that make a sound)."""
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001")
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    yield gw, desk, invite, rtp(pbx.address, hz=900), rtp(pbx.address, hz=700, ssrc=7)
    if desk.running():
        leave(pbx, desk)
    gw.wait_ports_closed()
    assert "channel" not in "\n".join(line for line in gw.log().splitlines() if "WARN" in line)


def called(pbx, desk, body):
    contact = re.search(r"<([^>]+)>", next(m.header("contact") for m in pbx.seen if m.method == "REGISTER"))[1]
    call = pbx.request("INVITE", contact, f"<{contact}>", body=body)
    desk.is_ringing().answer()
    return call, pbx.expect(200, call_id=call.call_id)


def acknowledged(pbx, call, reply, body=""):
    """An ACK of a 2xx, which may carry an answer."""
    pbx.request("ACK", reply.contact_uri, reply.header("to"), call_id=call.call_id, from_field=call.header("from"),
                cseq=call.header("cseq").split()[0], body=body)


# before the answer

def test_ringing_audio_ringing(pbx, ringing):  # noqa: F811
    """The tone is ours until there is audio; a 180 after that changes nothing."""
    _, desk, invite, sound, _ = ringing
    progress(pbx, invite, 180)
    desk.run("expect tone alerting within 3000", "expect rx closed")
    progress(pbx, invite, 183, sound)
    desk.hears(900).run("expect tone none")
    progress(pbx, invite, 180)
    progress(pbx, invite, 182)
    desk.hears(900).run("expect tone none", "expect rx open")
    answer(pbx, invite, sound)
    both_hear(desk, sound)


def test_progress_that_says_nothing_is_no_ringing(pbx, ringing):  # noqa: F811
    _, desk, invite, sound, _ = ringing
    progress(pbx, invite, 183)
    progress(pbx, invite, 181)
    desk.run("expect tone none", "expect rx closed")
    progress(pbx, invite, 180, sound)           # audio in a 180 is audio
    desk.hears(900).run("expect tone none")
    progress(pbx, invite, 183)
    desk.hears(900)
    answer(pbx, invite, sound)
    both_hear(desk, sound)


@pytest.mark.parametrize("rseq", [None, 4711])
def test_the_answer_in_183_is_the_answer(pbx, ringing, rseq):  # noqa: F811
    """The 200 brings none; reliable, as it should be (RFC 3262), or not, as some do it."""
    _, desk, invite, sound, _ = ringing
    assert "100rel" in invite.header("supported")
    progress(pbx, invite, 183, sound, rseq=rseq)
    desk.hears(900)
    answer(pbx, invite)
    both_hear(desk, sound)


def test_one_of_two_that_made_a_sound_answers_without_a_word(pbx, ringing):  # noqa: F811
    """His description is the one he gave before, not the last one that anybody gave."""
    _, desk, invite, one, two = ringing
    progress(pbx, invite, 183, one, tag="one", rseq=1)
    desk.hears(900)
    one.silent = True
    progress(pbx, invite, 183, two, tag="two", rseq=1)
    desk.hears(700)
    progress(pbx, invite, 180, tag="three")
    desk.hears(700)
    one.silent, two.silent = False, True
    answer(pbx, invite, tag="one")
    both_hear(desk, one)


def test_the_answer_of_another_than_who_made_a_sound(pbx, ringing):  # noqa: F811
    _, desk, invite, one, two = ringing
    progress(pbx, invite, 183, one, tag="one")
    desk.hears(900)
    one.silent = True
    progress(pbx, invite, 180, tag="two")
    answer(pbx, invite, two, tag="two")
    both_hear(desk, two)


def test_an_update_moves_early_audio(pbx, ringing):  # noqa: F811
    """RFC 3311: once the first answer is acknowledged there may be another offer before anybody has answered."""
    _, desk, invite, one, two = ringing
    progress(pbx, invite, 183, one, rseq=9)
    desk.hears(900)
    one.silent = True
    pbx.in_call("UPDATE", invite, body=description(pbx, two, codecs=[(8, "PCMA/8000")]))
    two.speaks(8)
    two.peer = pbx.expect(200, call_id=invite.call_id).rtp()
    desk.hears(700).run("expect codec pcma")
    answer(pbx, invite)
    both_hear(desk, two)


def test_an_update_before_an_answer_was_acknowledged_has_to_wait(pbx, ringing):  # noqa: F811
    _, desk, invite, one, two = ringing
    progress(pbx, invite, 183, one)
    desk.hears(900)
    pbx.in_call("UPDATE", invite, body=description(pbx, two))
    assert pbx.expect(range(200, 700), call_id=invite.call_id).status == 491
    desk.hears(900)
    answer(pbx, invite, one)
    both_hear(desk, one)


# the offer is ours though the call is theirs

@pytest.mark.parametrize("codec", [(0, "PCMU/8000"), (8, "PCMA/8000")])
def test_a_late_offer_is_answered_in_the_ack(pbx, gateway, phone, rtp, codec):  # noqa: F811
    gw = gateway(["1001"], pbx)
    desk, sound = phone(gw, "1001"), rtp(pbx.address, hz=900)
    call, offer = called(pbx, desk, "")
    assert {"PCMU/8000", "PCMA/8000"} <= set(re.findall(r"a=rtpmap:\d+ (\S+)", offer.body))
    acknowledged(pbx, call, offer, description(pbx, sound, codecs=[codec]))
    sound.speaks(codec[0])
    sound.peer = offer.rtp()
    both_hear(desk, sound)
    leave(pbx, desk)
    gw.wait_ports_closed()


@pytest.mark.parametrize("body", ["", "v=0\r\nthis is none\r\n", sip.sdp("127.0.0.1", 4000, codecs=[(3, "GSM/8000")])])
def test_a_late_offer_without_a_good_answer_ends_the_call(pbx, gateway, phone, body):  # noqa: F811
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001")
    call, offer = called(pbx, desk, "")
    acknowledged(pbx, call, offer, body)
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    desk.run('expect prompt "No common codec"', "expect tone reorder").hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.parametrize("reliable", [RELIABLE, ("Supported", "100rel")])
def test_a_late_offer_of_who_wants_it_reliable(pbx, gateway, phone, rtp, reliable):  # noqa: F811
    """There is nothing to be said before the 200, so nothing is said that would have to be acknowledged."""
    gw = gateway(["1001"], pbx)
    desk, sound = phone(gw, "1001"), rtp(pbx.address, hz=900)
    contact = re.search(r"<([^>]+)>", next(m.header("contact") for m in pbx.seen if m.method == "REGISTER"))[1]
    call = pbx.request("INVITE", contact, f"<{contact}>", fields=[reliable])
    desk.is_ringing().answer()
    offer = pbx.expect(200, call_id=call.call_id)
    assert not [m for m in pbx.seen if "rseq" in dict(m.fields)]
    acknowledged(pbx, call, offer, description(pbx, sound))
    sound.peer = offer.rtp()
    both_hear(desk, sound)
    leave(pbx, desk)


# in the call

@pytest.mark.parametrize("hold", [RECVONLY, INACTIVE])
def test_a_request_for_our_offer_gets_it(pbx, ringing, hold):  # noqa: F811
    """re-INVITE without one: ours is in the 200, theirs in the ACK, with another codec, another place, or a hold."""
    _, desk, invite, sound, other = ringing
    answer(pbx, invite, sound)
    both_hear(desk, sound)
    sound.silent = True

    def asked(body):
        change = pbx.in_call("INVITE", invite)
        offer = pbx.expect(200, call_id=invite.call_id)
        assert {"PCMU/8000", "PCMA/8000"} <= set(re.findall(r"a=rtpmap:\d+ (\S+)", offer.body))
        assert "a=sendrecv" in offer.body
        acknowledged(pbx, change, offer, body)
        return offer.rtp()
    other.peer = asked(description(pbx, other, codecs=[(8, "PCMA/8000")]))
    other.speaks(8)
    both_hear(desk, other)
    asked(description(pbx, other, codecs=[(8, "PCMA/8000")], extra=SENDONLY if hold == RECVONLY else INACTIVE))
    desk.run("expect tx off within 2000", 'expect prompt "held"')
    asked(description(pbx, other, codecs=[(8, "PCMA/8000")]))
    both_hear(desk, other)


def test_a_request_for_our_offer_while_we_hold(pbx, ringing):  # noqa: F811
    _, desk, invite, sound, _ = ringing
    answer(pbx, invite, sound)
    both_hear(desk, sound)
    desk.run("key hold", "expect callstate hold")
    hold = pbx.expect("INVITE")
    assert SENDONLY in hold.body
    pbx.reply(hold, 200, "OK", body=description(pbx, sound, extra=RECVONLY))
    pbx.expect("ACK")
    change = pbx.in_call("INVITE", invite)
    offer = pbx.expect(200, call_id=invite.call_id)
    assert SENDONLY in offer.body
    acknowledged(pbx, change, offer, description(pbx, sound, extra=RECVONLY))
    desk.run("key resume")
    back = pbx.expect("INVITE")
    pbx.reply(back, 200, "OK", body=description(pbx, sound))
    pbx.expect("ACK")
    both_hear(desk, sound)


def test_an_update_in_the_call_is_an_offer_like_any_other(pbx, ringing):  # noqa: F811
    _, desk, invite, sound, other = ringing
    answer(pbx, invite, sound)
    both_hear(desk, sound)
    pbx.in_call("UPDATE", invite, body=description(pbx, sound, extra=SENDONLY))
    assert RECVONLY in pbx.expect(200, call_id=invite.call_id).body
    desk.run("expect tx off within 2000", 'expect prompt "held"')
    pbx.in_call("UPDATE", invite, body=description(pbx, other, codecs=[(8, "PCMA/8000")]))
    other.speaks(8)
    other.peer = pbx.expect(200, call_id=invite.call_id).rtp()
    both_hear(desk, other)


def test_an_offer_that_crosses_ours_waits_and_both_come_true(pbx, ringing):  # noqa: F811
    """Their re-INVITE while ours is out: 491 (RFC 3261 section 14.2); tried again after ours was answered, it counts."""
    _, desk, invite, sound, _ = ringing
    answer(pbx, invite, sound)
    both_hear(desk, sound)
    desk.run("key hold", "expect callstate hold")
    hold = pbx.expect("INVITE")
    assert changes(pbx, invite, description(pbx, sound)).status == 491
    pbx.reply(hold, 200, "OK", body=description(pbx, sound, extra=RECVONLY))
    pbx.expect("ACK")
    assert changes(pbx, invite, description(pbx, sound)).status == 200
    desk.run("key resume")
    back = pbx.expect("INVITE")
    pbx.reply(back, 491, "Request Pending")
    pbx.expect("ACK")
    again = pbx.expect("INVITE", timeout=8)
    pbx.reply(again, 200, "OK", body=description(pbx, sound))
    pbx.expect("ACK")
    both_hear(desk, sound)
