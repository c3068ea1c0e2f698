"""What a peer may do to the audio of a call, each followed by audio both ways: payload types of its own, another codec,
hold in all its spellings, early media from two places, T.38."""

import pytest

from control import get, metrics, value
from peers import sip, tone
from peers.agent import ok
from peers.process import until

T38 = ("m=image 40010 udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n")


@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok})


def ring(pbx, gateway, phone, model="7960"):
    desk = phone(gateway(["1001"], pbx), "1001", model)
    desk.dial("1002#")
    return desk, pbx.expect("INVITE")


def answered(pbx, invite, sound, **description):
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port, **description))
    pbx.expect("ACK")
    sound.peer = invite.rtp()


def changes(pbx, invite, body, fields=()):
    change = pbx.in_call("INVITE", invite, body=body, fields=fields)
    answer = pbx.expect(range(200, 700), call_id=invite.call_id)
    pbx.acknowledge(change, answer)
    return answer


def both_hear(desk, sound):
    """From now on."""
    desk.hears(sound.hz)
    before = len(sound.heard())
    until(lambda: tone.seconds_of(sound.heard()[before:], desk.hz) > 0.4, 5, "the phone to be heard")


def leave(pbx, desk):
    desk.hang_up()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    desk.is_idle()


def events(sound, payload_type):
    """Keys by their end, each once, of packets with that payload type."""
    ends = {}
    for _, data in list(sound.packets):
        if data[1] & 0x7F == payload_type and data[13] & 0x80:
            ends[data[4:8]] = "0123456789*#ABCD"[data[12]]
    return "".join(ends.values())


@pytest.mark.parametrize("model", ["7965", "7960"])
@pytest.mark.parametrize("number", [96, 101, 127])
def test_keys_have_the_payload_type_the_peer_wants(pbx, gateway, phone, rtp, model, number):
    desk, invite = ring(pbx, gateway, phone, model)
    assert "a=rtpmap:101 telephone-event/8000" in invite.body
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound, codecs=[(0, "PCMU/8000"), (number, "telephone-event/8000")])
    both_hear(desk, sound)
    desk.run("digits 19*#")
    until(lambda: events(sound, number) == "19*#", 8, "the keys to arrive")
    assert {data[1] & 0x7F for _, data in list(sound.packets)} == {0, number}
    both_hear(desk, sound)
    leave(pbx, desk)


def test_the_sequence_of_a_stream_with_keys_has_no_gaps(pbx, gateway, phone, rtp):
    desk, invite = ring(pbx, gateway, phone)
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound)
    both_hear(desk, sound)
    desk.run("digits 1234567890")
    until(lambda: events(sound, 101) == "1234567890", 8, "the keys to arrive")
    both_hear(desk, sound)
    numbers = [int.from_bytes(data[2:4], "big") for _, data in list(sound.packets)]
    assert [(after - before) & 0xFFFF for before, after in zip(numbers, numbers[1:])] == [1] * (len(numbers) - 1)
    assert len({data[8:12] for _, data in list(sound.packets)}) == 1
    leave(pbx, desk)


@pytest.mark.parametrize("hold", ["a=sendonly\r\n", "a=inactive\r\n", "0.0.0.0"])
def test_every_way_to_hold_is_understood(pbx, gateway, phone, rtp, hold):
    desk, invite = ring(pbx, gateway, phone)
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound)
    both_hear(desk, sound)
    body = (sip.sdp("0.0.0.0", sound.port) if hold == "0.0.0.0" else sip.sdp(pbx.address, sound.port, extra=hold))
    for _ in range(2):
        changes(pbx, invite, body)
        desk.run("expect tx off within 2000", 'expect prompt "held"')
        changes(pbx, invite, sip.sdp(pbx.address, sound.port))
        both_hear(desk, sound)
    leave(pbx, desk)


def test_another_codec_opens_the_channel_anew(pbx, gateway, phone, rtp):
    desk, invite = ring(pbx, gateway, phone)
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound)
    both_hear(desk, sound)
    answer = changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(8, "PCMA/8000")]))
    assert answer.status == 200 and "PCMA" in answer.body
    desk.run("expect codec pcma within 2000", "expect rx open", "expect tx on within 2000")
    before = len(sound.heard())
    until(lambda: tone.seconds_of(sound.heard()[before:], desk.hz) > 0.4, 5, "the phone to be heard in the other codec")
    changes(pbx, invite, sip.sdp(pbx.address, sound.port))
    desk.run("expect codec pcmu within 2000")
    both_hear(desk, sound)
    leave(pbx, desk)


@pytest.mark.parametrize("model, asked, most, agreed", [
    ("7965", 10, 0, 10), ("7960", 30, 0, 30), ("7960", 60, 0, 40), ("7965", 40, 30, 30)])
def test_packets_are_as_long_as_the_peer_wants_and_the_phone_can(pbx, gateway, phone, rtp, model, asked, most, agreed):
    """The phones here can do 40 ms. Keys are told in packets as long, and another length opens the channel anew."""
    desk, invite = ring(pbx, gateway, phone, model)
    assert "a=ptime:20\r\na=maxptime:40\r\n" in invite.body
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound, ptime=asked, extra=f"a=maxptime:{most}\r\n" if most else "")
    sound.speaks(0, agreed)
    both_hear(desk, sound)
    desk.run("digits 1*#")
    until(lambda: events(sound, 101) == "1*#", 8, "the keys to arrive")
    voice = [data for _, data in list(sound.packets) if data[1] & 0x7F == 0]
    assert {len(data) - 12 for data in voice} == {8 * agreed}
    starts = {int.from_bytes(data[4:8], "big") for data in voice}
    assert len({start % (8 * agreed) for start in starts}) == 1
    answer = changes(pbx, invite, sip.sdp(pbx.address, sound.port))
    assert "a=ptime:20\r\n" in answer.body
    sound.speaks(0)
    both_hear(desk, sound)
    assert len(sound.packets[-1][1]) == 172
    leave(pbx, desk)


def test_what_was_not_agreed_on_is_not_heard(pbx, gateway, phone, rtp):
    """RTP of other payload types, from the right place: dropped and counted. After a change of codec what was on its way
    passes for a moment, and then no more."""
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001")
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound)

    def foreign():
        call, = get(gw, "/api/v1/media")["calls"]
        return call["audio"]["from_far"]["foreign"]
    both_hear(desk, sound)
    sound.speaks(8)
    until(lambda: foreign() > 20, 8, "the other codec to be refused")
    desk.run("expect audio silent for 500 within 5000")
    changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(8, "PCMA/8000")]))
    both_hear(desk, sound)
    before = foreign()
    sound.speaks(0)
    until(lambda: foreign() > before, 8, "the former codec to be refused")
    sound.speaks(8)
    both_hear(desk, sound)
    leave(pbx, desk)
    until(lambda: value(metrics(gw), "sccpgw_rtp_packets_refused_total", reason="payload_type") >= before, 5,
          "the metric to tell")


def test_fax_over_ip_is_refused_and_the_call_lives_on(pbx, gateway, phone, rtp):
    desk, invite = ring(pbx, gateway, phone)
    sound = rtp(pbx.address, hz=900)
    answered(pbx, invite, sound)
    body = f"v=0\r\no=- 7 7 IN IP4 {pbx.address}\r\ns=-\r\nc=IN IP4 {pbx.address}\r\nt=0 0\r\n{T38}"
    for _ in range(2):
        assert changes(pbx, invite, body).status == 488
        both_hear(desk, sound)
    leave(pbx, desk)


def test_early_media_of_two_places_is_followed(pbx, gateway, phone, rtp):
    """The newest is heard, and in the end the one that answers."""
    desk, invite = ring(pbx, gateway, phone)
    one, two = rtp(pbx.address, hz=700), rtp(pbx.address, hz=900)
    one.peer = two.peer = invite.rtp()
    two.silent = True
    pbx.reply(invite, 183, "Session Progress", body=sip.sdp(pbx.address, one.port), tag="one")
    desk.hears(700)
    one.silent, two.silent = True, False
    pbx.reply(invite, 183, "Session Progress", body=sip.sdp(pbx.address, two.port), tag="two")
    desk.hears(900)
    one.silent, two.silent = False, True
    pbx.tag = "one"
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, one.port))
    pbx.expect("ACK")
    both_hear(desk, one)
    leave(pbx, desk)
