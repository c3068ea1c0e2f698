"""What the relay lets through and what it counts, between a phone and a peer that does as we like."""

import re
import struct

import pytest

from control import ask, get, metrics, value
from peers import sip, tone
from peers.agent import ok
from peers.process import until

REPORT = struct.pack("!BBHI", 0x80, 200, 6, 0x5CC90000) + bytes(20)     # a sender report, RFC 3550 section 6.4.1


@pytest.fixture
def called(gateway, phone, agent, rtp):
    """Makes a call from a phone to an agent that answers with `extra` in its SDP; the sound is not sent yet."""
    def make(extra="", speaks=True, **over):
        pbx = agent("pbx", automatic={"REGISTER": ok})
        gw = gateway(["1001"], pbx, **over)
        desk = phone(gw, "1001")
        desk.dial("1002#")
        offer = pbx.expect("INVITE")
        sound = rtp(pbx.address, hz=900)
        pbx.reply(offer, 200, "OK", body=sip.sdp(pbx.address, sound.port, extra=extra))
        if speaks:
            sound.peer = offer.rtp()
        desk.run("expect callstate connected")
        return gw, pbx, desk, sound, offer
    return make


def end(gw, pbx, desk):
    desk.hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    gw.wait_ports_closed()


def audio(gw):
    return get(gw, "/api/v1/media")["calls"][0]["audio"]


def test_a_call_s_packets_are_shown_and_summed_up(called):
    gw, pbx, desk, sound, offer = called()
    desk.hears(900)
    until(lambda: audio(gw)["from_phone"]["packets"] > 20 and audio(gw)["from_far"]["packets"] > 20, 10,
          "packets of both sides to be counted")
    media = get(gw, "/api/v1/media")
    assert (media["mode"], media["ports_used"]) == ("relay", 2) and media["threads"] >= 1
    call = media["calls"][0]
    assert (call["line"], call["direction"], call["state"]) == ("1001", "outbound", "talking")
    assert call["audio"]["from_far"]["lost"] == 0 and not call["audio"]["one_way"]
    shown = ask(gw, "show", "media")
    assert re.search(rf"^\d+ +{call['phone']} +pcmu +phone +{call['audio']['phone_port']} +\d+ +0 +\d+ ms", shown, re.M)
    assert re.search(rf"^ +far +{offer.rtp()[1]} +\d+ +0 +\d+ ms", shown, re.M)
    assert re.search(rf"^{call['id']} +{call['phone']} +1001 +talking +1002 .*pcmu", ask(gw, "show", "calls"), re.M)
    end(gw, pbx, desk)
    gw.wait_log(rf"INFO .*call {call['id']} line 1001: audio: \d+ packets from the phone, 0 lost, jitter \d+ ms; "
                r"\d+ packets from the far end, 0 lost, jitter \d+ ms")
    gw.wait_log(rf"INFO .*call {call['id']} line 1001: the phone counted \d+ packets sent, \d+ received, ")
    assert ask(gw, "show", "calls") == "no calls\n"


def test_lost_packets_are_counted(called):
    gw, pbx, desk, sound, offer = called(speaks=False)
    desk.run("expect tx on")
    for number in (1, 2, 5, 6, 10):
        header = struct.pack("!BBHII", 0x80, 0, number, number * 160, 7)
        sound.socket.sendto(header + bytes(160), offer.rtp())
    until(lambda: audio(gw)["from_far"]["packets"] == 5, 10, "the packets to be counted")
    assert audio(gw)["from_far"]["lost"] == 5
    end(gw, pbx, desk)
    until(lambda: value(metrics(gw), "sccpgw_rtp_packets_lost_total", direction="sip_to_phone") == 5, 5, "the sum")


def test_one_way_audio_is_told_and_counted(called):
    gw, pbx, desk, sound, _ = called(speaks=False)
    assert value(metrics(gw), "sccpgw_rtp_one_way_calls_total") == 0
    gw.wait_log(r"WARN .*call \d+ line 1001: one-way audio: nothing is heard from the far end$", timeout=30)
    assert audio(gw)["one_way"]
    assert "one way" in ask(gw, "show", "media") and "one way" in ask(gw, "show", "calls")
    assert value(metrics(gw), "sccpgw_rtp_one_way_calls_total") == 1
    end(gw, pbx, desk)


def test_rtcp_comes_on_the_port_of_rtp_when_both_can(called):
    gw, pbx, desk, sound, offer = called(extra="a=rtcp-mux\r\n")
    assert "a=rtcp-mux" in offer.body
    desk.hears(900)
    sound.socket.sendto(REPORT, offer.rtp())
    until(lambda: audio(gw)["from_far"]["rtcp"] == 1, 10, "the report to be counted")
    assert audio(gw)["from_far"]["invalid"] == 0
    end(gw, pbx, desk)


def test_rtcp_on_the_port_of_rtp_is_refused_when_the_peer_did_not_agree(called):
    gw, pbx, desk, sound, offer = called()
    desk.hears(900)
    sound.socket.sendto(REPORT, offer.rtp())
    until(lambda: audio(gw)["from_far"]["invalid"] == 1, 10, "the report to be refused")
    assert audio(gw)["from_far"]["rtcp"] == 0
    end(gw, pbx, desk)
    until(lambda: value(metrics(gw), "sccpgw_rtp_packets_refused_total", reason="invalid") == 1, 5, "the sum")


def test_a_peer_that_moved_without_a_word_is_heard_again(called, rtp):
    gw, pbx, desk, sound, offer = called()
    desk.hears(900)
    sound.silent = True
    moved = rtp(pbx.address, hz=1200, ssrc=0x77)
    moved.peer = offer.rtp()
    desk.hears(1200)
    until(lambda: moved.packets, 5, "the phone's packets to go where the peer is")
    end(gw, pbx, desk)


def test_a_phone_whose_port_moved_is_heard_again_and_hears(called):
    gw, pbx, desk, sound, _ = called()
    desk.hears(900)
    desk.run("rtp")                 # the same source at another port, as behind a NAT that forgot it
    before = len(sound.heard())
    until(lambda: tone.seconds_of(sound.heard()[before:], desk.hz) > 0.5, 10, "the phone to be heard at its new port")
    desk.hears(900)
    end(gw, pbx, desk)


def test_a_stranger_is_not_heard_beside_the_peer(called, rtp):
    gw, pbx, desk, sound, offer = called()
    desk.hears(900)
    stranger = rtp(pbx.address, hz=1200, ssrc=0x77)
    stranger.peer = offer.rtp()
    desk.hears(900, ms=2000)
    assert not stranger.packets
    end(gw, pbx, desk)


def test_strictly_nobody_else_is_heard(called, rtp):
    gw, pbx, desk, sound, offer = called(speaks=False, media={"latch": "strict"})
    stranger = rtp(pbx.address, hz=1200, ssrc=0x77)
    stranger.peer = offer.rtp()
    until(lambda: audio(gw)["from_far"]["strangers"] > 20, 10, "the stranger to be refused")
    assert audio(gw)["from_far"]["packets"] == 0
    sound.peer = offer.rtp()
    desk.hears(900)
    end(gw, pbx, desk)


def test_who_calls_when_no_ports_are_left_is_refused_with_503(called):
    gw, pbx, desk, sound, offer = called(media={"ports": "16384-16387"})     # the two pairs of one call
    desk.hears(900)
    contact = re.search(r"<([^>]+)>", next(m.header("contact") for m in pbx.seen if m.method == "REGISTER"))[1]
    call = pbx.request("INVITE", contact, "<sip:1001@pbx>", body=sip.sdp(pbx.address, sound.port))
    answer = pbx.expect(503, call_id=call.call_id)
    pbx.acknowledge(call, answer)
    used = metrics(gw)
    assert value(used, "sccpgw_rtp_ports_used") == value(used, "sccpgw_rtp_ports") == 2
    desk.run("key hold", "expect callstate hold", "key newcall", "expect tone inside_dial within 5000")
    desk.run("digits 1003#", "expect tone reorder within 5000")
