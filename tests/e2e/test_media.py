"""Where the audio of calls goes: through the relay or straight from phone to phone, in which codec, and what becomes of
a call whose audio fails."""

import re

import pytest

from house import at_once, connect, house, model, talk  # noqa: F401 (fixtures)
from peers import sip
from peers.agent import ok

DIRECT = {"media": {"mode": "direct"}}


def test_relayed_audio_goes_through_the_gateway(gateway, phone, model):
    gw = gateway(["1001", "1003"])
    desk, other = phone(gw, "1001", model), phone(gw, "1003", hz=900)
    connect(desk, other)
    for one in (desk, other):
        one.run(f"expect sends {gw.address}")
    assert len(gw.media_ports()) == 8       # two legs, two sides, RTP and RTCP
    desk.hang_up().is_idle()
    other.hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("direct media")
def test_direct_audio_goes_from_phone_to_phone(gateway, phone, model):
    gw = gateway(["1001", "1003"], **DIRECT)
    desk, other = phone(gw, "1001", model), phone(gw, "1003", hz=900)
    for caller, callee, number in ((desk, other, "1003#"), (other, desk, "1001#")):
        connect(caller, callee, number)
        desk.run(f"expect sends {other.address}")
        other.run(f"expect sends {desk.address}")
        assert not gw.media_ports()
        caller.hang_up().is_idle()
        callee.hang_up().is_idle()


@pytest.mark.feature("direct media")
def test_direct_audio_survives_hold_from_both_sides(house, model):
    desk, other = house(model, "7960", **DIRECT)
    connect(desk, other)
    for one, held in ((desk, other), (other, desk)):
        one.run("key hold", "expect callstate hold", "expect rx closed")
        held.run('expect prompt "held"', "expect tx off")
        one.run("key resume")
        talk(one, held)
    desk.run("key hold", "expect callstate hold")
    other.run('expect prompt "held"', "key hold", "expect callstate hold")
    at_once("key resume", desk, other)      # two offers cross: each waits for a while (RFC 3261 section 14.1)
    for one in (desk, other):
        one.run("expect tx on within 8000")
    talk(desk, other)


def test_direct_audio_with_two_calls(house, model):
    desk, other, third = house(model, "7960", "7970", **DIRECT)
    connect(desk, other)
    third.dial("1001#")
    desk.run("expect callstate ring_in call 2", "key answer call 2")
    talk(desk, third)
    desk.run("key resume call 1", "expect callstate hold call 2")
    talk(desk, other)
    desk.run("key endcall", "expect calls 1", "key resume")
    talk(desk, third)


@pytest.mark.feature("direct media", model="7960")
@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_descriptions_carry_the_address_that_is_heard_at(gateway, phone, agent, rtp, mode):
    pbx = agent("pbx", automatic={"REGISTER": ok})
    gw = gateway(["1001"], pbx, media={"mode": mode})
    desk = phone(gw, "1001")
    expected = desk.address if mode == "direct" else gw.address

    desk.dial("1002#")
    offer = pbx.expect("INVITE")
    assert offer.rtp()[0] == expected
    sound = rtp(pbx.address, hz=900)
    pbx.reply(offer, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    sound.peer = offer.rtp()
    desk.hears(900).run(f"expect sends {pbx.address if mode == 'direct' else gw.address}").hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")

    contact = re.search(r"<([^>]+)>", next(m.header("contact") for m in pbx.seen if m.method == "REGISTER"))[1]
    call = pbx.request("INVITE", contact, "<sip:1001@pbx>", body=sip.sdp(pbx.address, sound.port))
    desk.is_ringing().answer()
    answer = pbx.expect(200, call_id=call.call_id)
    pbx.acknowledge(call, answer)
    assert answer.rtp()[0] == expected
    sound.peer = answer.rtp()
    desk.hears(900).hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
    gw.wait_ports_closed()


@pytest.mark.feature("codecs")
def test_the_configured_order_chooses_the_codec(house, model):
    desk, other = house(model, "7960", media={"codecs": ["pcma", "pcmu"]})
    connect(desk, other)
    for one in (desk, other):
        one.run("expect codec pcma")


@pytest.mark.feature("codecs")
def test_the_codec_both_phones_have_is_chosen(gateway, phone, model):
    gw = gateway(["1001", "1003"])
    desk = phone(gw, "1001", model, options=["--codecs", "g729,pcma"])
    other = phone(gw, "1003", hz=900, options=["--codecs", "pcmu,pcma"])
    connect(desk, other)
    desk.run("expect codec pcma").hang_up().is_idle()
    other.hang_up().is_idle()
    gw.wait_ports_closed()


def test_no_common_codec_is_told_on_the_display(gateway, phone, model):
    gw = gateway(["1001", "1003"], media={"transcode": "off"})
    desk = phone(gw, "1001", model, options=["--codecs", "pcma"])
    other = phone(gw, "1003", options=["--codecs", "pcmu"])
    desk.dial("1003#").run("expect callstate congestion within 3000", "expect tone reorder",
                           'expect prompt "No common codec"').hang_up().is_idle()
    other.is_idle()
    gw.wait_ports_closed()


@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_a_phone_that_opens_its_channel_late_is_waited_for(house, model, mode):
    desk, other = house(model, "7960", media={"mode": mode})
    desk.run("ack delay 1500")
    connect(desk, other)
    desk.hang_up().is_idle()
    other.hang_up().is_idle()
    connect(other, desk, "1001#")


@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_a_caller_that_never_opens_its_channel_is_told(house, model, mode):
    desk, other = house(model, "7960", media={"mode": mode})
    desk.run("ack none").dial("1003#")
    if mode == "relay":     # direct: the call cannot even go out
        other.is_ringing().answer()
    desk.run("expect tone reorder within 8000", 'expect prompt "No audio channel"', "expect rx closed")
    desk.hang_up().is_idle()
    other.is_idle()


@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_a_callee_that_never_opens_its_channel_lets_its_caller_go(house, model, mode):
    desk, other = house(model, "7960", media={"mode": mode})
    desk.run("ack none")
    other.dial("1001#")
    desk.is_ringing().answer()
    desk.run("expect tone reorder within 8000", 'expect prompt "No audio channel"').hang_up().is_idle()
    other.run("expect tone reorder within 3000").hang_up().is_idle()


def test_a_channel_refused_at_resume_leaves_the_call_held(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold", "ack fail 2", "key resume", "wait 300", "expect callstate hold",
             "expect rx closed", "expect speaker off", "ack ok", "key resume")
    talk(desk, other)


def test_hanging_up_while_the_channel_opens(house, model):
    desk, other = house(model, "7960")
    desk.run("ack delay 800")
    other.dial("1001#")
    desk.is_ringing().answer().run("expect rx open").hang_up().is_idle()
    other.run("expect tone line_busy within 3000").hang_up().is_idle()
    desk.run("wait 1000", "expect rx closed")


def test_a_dead_call_is_ended(house, model):
    desk, other = house(model, "7960", media={"rtp_timeout": "2s"})
    connect(desk, other)
    at_once("send nothing", desk, other)
    desk.run("expect callstate on_hook within 5000").is_idle()
    other.is_idle()


def test_a_held_call_is_not_dead(house, model):
    desk, other = house(model, "7960", media={"rtp_timeout": "2s"})
    connect(desk, other)
    desk.run("key hold", "expect callstate hold", "wait 4500", "expect callstate hold", "key resume")
    talk(desk, other)


def test_a_range_without_free_ports_refuses_calls(house):
    desk, other, third = house("7965", "7960", "7970", media={"ports": "16384-16391"})
    connect(desk, other)
    third.dial("1001#").run("expect callstate congestion within 3000", "expect tone reorder",
                            'expect prompt "High traffic"').hang_up().is_idle()
    talk(desk, other)
