"""media.mode: auto: audio leaves the relay when both ends reach each other and nothing needs it, and comes back."""

import re

import pytest

from control import ask, get, metrics, value
from house import connect, house, talk  # noqa: F401 (fixture)
from peers import sip
from peers.agent import ok
from peers.process import until
from test_calls import talk_both_ways

EVERYBODY = {"media": {"mode": "auto", "direct": ["127.90.0.0/16"]}}


def among(*addresses):
    """Only these reach each other."""
    return {"media": {"mode": "auto", "direct": [" ".join(addresses)]}}


def modes(gw):
    return [call["audio"]["mode"] for call in get(gw, "/api/v1/media")["calls"]]


def goes(gw, *wanted):
    until(lambda: modes(gw) == list(wanted), 5, f"audio to go {wanted} ({modes(gw)})")


@pytest.fixture
def called(gateway, phone, agent, rtp, net):
    """A phone in a call it has made to an agent at the PBX, whose sound comes from the agent's address."""
    pbx = agent("pbx", automatic={"REGISTER": ok})
    address = net.host()            # of the phone

    def make(config, model="7965", **answer):
        gw = gateway(["1001"], pbx, **(config or among(address, pbx.address)))
        desk = phone(gw, "1001", model, address=address)
        desk.dial("1002#")
        offer, sound = pbx.expect("INVITE"), rtp(pbx.address, hz=900)
        assert offer.rtp()[0] == gw.address         # nobody knows yet who answers
        pbx.reply(offer, 200, "OK", body=sip.sdp(pbx.address, sound.port, **answer))
        pbx.expect("ACK")
        return gw, pbx, desk, sound, offer
    return make


def accept(pbx, offer, sound, address=None):
    pbx.reply(offer, 200, "OK", body=sip.sdp(address or pbx.address, sound.port))
    pbx.expect("ACK")


def went_direct(called, **keywords):
    gw, pbx, desk, sound, invite = called(None, **keywords)
    offer = pbx.expect("INVITE")
    assert offer.rtp()[0] == desk.address and "a=rtcp-mux" not in offer.body
    accept(pbx, offer, sound)
    sound.peer = offer.rtp()
    desk.run(f"expect sends {pbx.address} within 2000").hears(900)
    return gw, pbx, desk, sound, invite


@pytest.mark.feature("direct media", model="7965")
def test_a_call_leaves_the_relay_when_it_is_answered(called):
    gw, pbx, desk, sound, _ = went_direct(called)
    goes(gw, "direct")
    until(lambda: sound.packets and sound.packets[-1][0][0] == desk.address, 5, "the phone's own packets")
    now = metrics(gw)
    assert value(now, "sccpgw_rtp_sessions_active", mode="direct") == 1
    assert value(now, "sccpgw_rtp_sessions_active", mode="relay") == 0
    assert re.search(r"1001 +talking +1002 .*pcmu direct$", ask(gw, "show", "calls"), re.M)
    assert re.search(r"pcmu +phone .*direct$", ask(gw, "show", "media"), re.M)
    desk.hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    gw.wait_ports_closed()


@pytest.mark.feature("direct media", model="7965")
def test_it_comes_back_when_the_far_end_moves_outside_and_leaves_again(called, agent, rtp):
    gw, pbx, desk, sound, invite = went_direct(called)
    outside = rtp(agent("outside").address, hz=1300)
    change = pbx.in_call("INVITE", invite, body=sip.sdp(outside.address, outside.port))
    answer = pbx.expect(200, call_id=change.call_id)
    pbx.acknowledge(change, answer)
    assert answer.rtp()[0] == gw.address
    sound.silent, outside.peer = True, answer.rtp()
    desk.run(f"expect sends {gw.address} within 2000").hears(1300)
    until(lambda: outside.packets and outside.packets[-1][0][0] != desk.address, 5, "the phone's audio by the relay")
    goes(gw, "relay")
    change = pbx.in_call("INVITE", invite, body=sip.sdp(pbx.address, sound.port))
    answer = pbx.expect(200, call_id=change.call_id)
    pbx.acknowledge(change, answer)
    assert answer.rtp()[0] == desk.address
    outside.silent, sound.silent, sound.peer = True, False, answer.rtp()
    desk.run(f"expect sends {pbx.address} within 2000").hears(900)
    goes(gw, "direct")


@pytest.mark.feature("direct media", model="7965")
def test_a_far_end_that_refuses_is_heard_by_the_relay(called):
    gw, pbx, desk, sound, invite = called(None)
    pbx.reply(pbx.expect("INVITE"), 488, "Not Acceptable Here")
    sound.peer = invite.rtp()
    desk.run(f"expect sends {gw.address} within 2000").hears(900)
    desk.run("key hold", "expect callstate hold")
    accept(pbx, pbx.expect("INVITE"), sound)
    desk.run("key resume")
    offer = pbx.expect("INVITE")
    assert offer.rtp()[0] == gw.address             # it is not asked again
    accept(pbx, offer, sound)
    desk.hears(900)
    goes(gw, "relay")


@pytest.mark.feature("direct media", model="7965")
def test_two_changes_that_cross_end_where_both_want(called):
    gw, pbx, desk, sound, invite = called(None)
    ours = pbx.expect("INVITE")
    theirs = pbx.in_call("INVITE", invite, body=sip.sdp(pbx.address, sound.port))
    refusal = pbx.expect(491, call_id=theirs.call_id)
    pbx.acknowledge(theirs, refusal)
    pbx.reply(ours, 491, "Request Pending")
    pbx.expect("ACK")
    theirs = pbx.in_call("INVITE", invite, body=sip.sdp(pbx.address, sound.port, extra="a=sendrecv\r\n"))
    answer = pbx.expect(200, call_id=theirs.call_id)
    pbx.acknowledge(theirs, answer)
    assert answer.rtp()[0] == desk.address
    sound.peer = answer.rtp()
    desk.run(f"expect sends {pbx.address} within 2000").hears(900)
    again = pbx.expect("INVITE", timeout=8)         # RFC 3261 section 14.1: ours comes once more
    assert again.rtp() == answer.rtp()
    accept(pbx, again, sound)
    desk.hears(900)
    goes(gw, "direct")


@pytest.mark.parametrize("why, model, answer", [
    ("networks", "7965", {}),
    ("payload types", "7965", {"codecs": ((0, "PCMU/8000"), (96, "telephone-event/8000"))}),
    ("keys by INFO", "7965", {"codecs": ((0, "PCMU/8000"),)}),
    ("keys by the relay", "7960", {}),
])
def test_what_needs_the_relay_stays_there(called, why, model, answer):
    gw, pbx, desk, sound, invite = called(among("192.0.2.0/24") if why == "networks" else None, model, **answer)
    sound.peer = invite.rtp()
    desk.run(f"expect sends {gw.address} within 2000").hears(900)
    goes(gw, "relay")
    assert pbx.count("INVITE") == 1


@pytest.mark.feature("direct media")
@pytest.mark.parametrize("model", ["7970", "7965"])
def test_two_phones_of_one_gateway_talk_directly(house, model):
    desk, other = house(model, "7965", **EVERYBODY)
    for caller, callee, number in ((desk, other, "1003#"), (other, desk, "1001#")):
        connect(caller, callee, number)
        desk.run(f"expect sends {other.address} within 8000")
        other.run(f"expect sends {desk.address} within 8000")
        talk(desk, other)
        for one, held in ((desk, other), (other, desk)):
            one.run("key hold", "expect callstate hold", "expect rx closed")
            held.run('expect prompt "held" within 8000', "expect tx off within 5000")
            one.run("key resume")
            held.run("expect tx on within 8000")
            talk(one, held)
        caller.hang_up().is_idle()
        callee.hang_up().is_idle()


@pytest.mark.feature("direct media", model="7965")
def test_a_conference_brings_everybody_to_the_mixer(house):
    desk, bob, carol = house("7965", "7965", "7970", **EVERYBODY)
    connect(desk, bob)
    desk.run(f"expect sends {bob.address} within 8000")
    desk.run("key conference", "expect tone inside_dial within 3000", "digits 1005#")
    carol.is_ringing().answer()
    talk(desk, carol)
    desk.run("key conference", "expect calls 1 within 5000")
    for one, others in ((desk, (bob, carol)), (bob, (desk, carol)), (carol, (desk, bob))):
        one.hears_all(*(other.hz for other in others))
    bob.hang_up().is_idle()
    desk.run(f"expect sends {carol.address} within 8000")
    talk(desk, carol)


@pytest.mark.feature("direct media", model="7965")
def test_asterisk_talks_to_the_phone_itself(asterisk, gateway, phone, baresip):
    gw = gateway(["1001"], asterisk, **EVERYBODY)
    desk, bob = phone(gw, "1001", "7965", hz=500), baresip("1002", asterisk, hz=900)
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    desk.run(f"expect sends {asterisk.address} within 8000")
    talk_both_ways(desk, bob)
    goes(gw, "direct")
    desk.run("key hold", "expect callstate hold within 3000")
    bob.wait_heard(600)             # Asterisk's music
    desk.run("key resume", f"expect sends {asterisk.address} within 8000")
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()
