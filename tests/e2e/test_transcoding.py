"""A phone and a far end without a codec in common: the relay turns one into the other (media.transcode). Both hear each
other, keys arrive, and what the relay does for how many is told."""

import re

import pytest

from control import get, metrics, value
from peers import sip
from peers.agent import ok
from peers.process import until
from peers.srtp import Srtp, crypto_line, new_key
from test_media import connect, house  # noqa: F401 (a fixture)
from test_negotiation import answered, both_hear, changes, events, leave, pbx  # noqa: F401 (a fixture)

CODECS = {0: "PCMU/8000", 8: "PCMA/8000"}
ALL = {"media": {"codecs": ["g722", "pcmu", "pcma"]}}


def only(codecs):
    return {"options": ["--codecs", codecs]}


def media(**options):
    return {"media": {**ALL["media"], **options}}


def converted(gw):
    return value(metrics(gw), "sccpgw_rtp_converted_calls")


def contact_of(pbx):  # noqa: F811
    return re.search(r"<([^>]+)>", next(m.header("contact") for m in pbx.seen if m.method == "REGISTER"))[1]


@pytest.mark.parametrize("model, codec, theirs, becomes", [
    ("7965", "g722", 8, "pcma"), ("7960", "pcmu", 8, "pcma"), ("7960", "pcma", 0, "pcmu")])
def test_both_hear_each_other(pbx, gateway, phone, rtp, model, codec, theirs, becomes):  # noqa: F811
    gw = gateway(["1001"], pbx, **ALL)
    desk, sound = phone(gw, "1001", model, **only(codec)), rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    numbers = re.search(r"m=audio \d+ RTP/AVP (.*)\r\n", invite.body)[1].split()
    assert numbers[0] == {"g722": "9", "pcmu": "0", "pcma": "8"}[codec] and str(theirs) in numbers[1:]
    mine = [(theirs, CODECS[theirs]), (101, "telephone-event/8000")]
    sound.speaks(theirs)
    answered(pbx, invite, sound, codecs=mine)
    both_hear(desk, sound)
    call, = get(gw, "/api/v1/calls")["calls"]
    assert (call["codec"], call["converted_to"]) == (codec, becomes) and converted(gw) == 1
    desk.run("digits 19*#")
    until(lambda: events(sound, 101) == "19*#", 8, "the keys to arrive")
    numbers = [int.from_bytes(data[2:4], "big") for _, data in list(sound.packets)]
    assert [(after - before) & 0xFFFF for before, after in zip(numbers, numbers[1:])] == [1] * (len(numbers) - 1)
    assert len({data[8:12] for _, data in list(sound.packets)}) == 1
    desk.run("key hold", "expect callstate hold")
    pbx.reply(pbx.expect("INVITE"), 200, "OK", body=sip.sdp(pbx.address, sound.port, codecs=mine, extra="a=recvonly\r\n"))
    pbx.expect("ACK")
    desk.run("key resume")
    pbx.reply(pbx.expect("INVITE"), 200, "OK", body=sip.sdp(pbx.address, sound.port, codecs=mine))
    pbx.expect("ACK")
    both_hear(desk, sound)
    other = 8 - theirs                      # the far end thinks better of it
    reply = changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(other, CODECS[other])]))
    assert reply.status == 200 and CODECS[other] in reply.body
    sound.speaks(other)
    both_hear(desk, sound)
    assert converted(gw) == (codec == "g722")
    leave(pbx, desk)
    assert converted(gw) == 0


def test_nobody_is_converted_who_need_not_be(pbx, gateway, phone, rtp):  # noqa: F811
    """Of several in an answer, and in an offer, what the phone has itself is taken."""
    gw = gateway(["1001"], pbx, **ALL)
    desk, sound = phone(gw, "1001", **only("pcmu")), rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    answered(pbx, invite, sound, codecs=[(8, CODECS[8]), (0, CODECS[0]), (101, "telephone-event/8000")])
    both_hear(desk, sound)
    assert converted(gw) == 0
    reply = changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(9, "G722/8000"), (8, CODECS[8]), (0, CODECS[0])]))
    assert "a=rtpmap:0 PCMU" in reply.body and "PCMA" not in reply.body
    both_hear(desk, sound)
    leave(pbx, desk)


def test_secret_audio_is_converted_too(pbx, gateway, phone, rtp):  # noqa: F811
    gw = gateway(["1001"], pbx, **media(srtp="required"))
    desk, sound, key = phone(gw, "1001", "7965", **only("g722")), rtp(pbx.address, hz=900), new_key()
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    tag, theirs = re.search(r"^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:(\S+)", invite.body, re.M).groups()
    sound.sends, sound.receives = Srtp(key), Srtp(theirs)
    sound.speaks(8)
    answered(pbx, invite, sound, codecs=[(8, CODECS[8])], extra=crypto_line(key, tag), profile="RTP/SAVP")
    both_hear(desk, sound)
    assert not sound.refused and converted(gw) == 1
    leave(pbx, desk)


def test_an_account_of_asterisk_with_one_codec(asterisk, gateway, phone):
    """1026 speaks A-law and nothing else."""
    gw = gateway(["1026"], asterisk, **ALL)
    desk = phone(gw, "1026", "7965", **only("g722"))
    desk.dial("620#").is_talking().hears(900).run("expect codec g722", "digits 123*")
    asterisk.wait_keys("1026", "123*")
    call, = get(gw, "/api/v1/calls")["calls"]
    assert (call["codec"], call["converted_to"]) == ("g722", "pcma")
    desk.hang_up().is_idle()


def test_phones_without_a_common_codec(gateway, phone):
    gw = gateway(["1001", "1003"], **ALL)
    desk, other = phone(gw, "1001", "7965", **only("g722")), phone(gw, "1003", hz=900, **only("pcma"))
    connect(desk, other)
    desk.hears(900).run("expect codec g722")
    other.hears(desk.hz).run("expect codec pcma")
    assert converted(gw) == 1                   # of the two calls that they are here
    desk.hang_up().is_idle()
    other.run("expect callstate on_hook within 3000").hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.parametrize("options", [{"transcode": "off"}, {"transcode_max": 0}], ids=["off", "none"])
def test_without_there_is_no_call(pbx, gateway, phone, options):  # noqa: F811
    gw = gateway(["1001"], pbx, **media(**options))
    desk = phone(gw, "1001", **only("pcmu"))
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    assert "PCMA" not in invite.body and "G722" not in invite.body
    pbx.reply(invite, 488, "Not Acceptable Here")
    pbx.expect("ACK")
    desk.run("expect tone reorder within 3000").hang_up().is_idle()
    contact = contact_of(pbx)
    call = pbx.request("INVITE", contact, f"<{contact}>", body=sip.sdp(pbx.address, 40000, codecs=[(8, CODECS[8])]))
    refusal = pbx.expect(488, call_id=call.call_id)
    pbx.acknowledge(call, refusal)
    desk.is_idle()


def test_one_more_than_may_be_is_refused_until_there_is_room(pbx, gateway, phone, rtp):  # noqa: F811
    gw = gateway(["1001"], pbx, **media(transcode_max=1))
    desk, sound = phone(gw, "1001", **only("pcmu")), rtp(pbx.address, hz=900)
    contact, body = contact_of(pbx), sip.sdp(pbx.address, sound.port, codecs=[(8, CODECS[8])])
    sound.speaks(8)

    def call():
        return pbx.request("INVITE", contact, f"<{contact}>", body=body, from_tag=sip.token())
    first = call()
    desk.is_ringing().answer()
    reply = pbx.expect(200, call_id=first.call_id)
    pbx.acknowledge(first, reply)
    sound.peer = reply.rtp()
    both_hear(desk, sound)
    second = call()
    pbx.acknowledge(second, pbx.expect(488, call_id=second.call_id))
    both_hear(desk, sound)
    desk.hang_up()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    desk.is_idle()
    third = call()
    desk.is_ringing().answer()
    reply = pbx.expect(200, call_id=third.call_id)
    pbx.acknowledge(third, reply)
    sound.peer = reply.rtp()
    both_hear(desk, sound)
    leave(pbx, desk)
