"""Calls through a PBX, with audio in both directions: every generation of phones, Kamailio and Asterisk."""

import pytest

from peers.asterisk import MUSIC_HZ
from phone import MODELS


@pytest.fixture(params=["kamailio", "asterisk"])
def pbx(request):
    return request.getfixturevalue(request.param)


def talk_both_ways(phone, softphone):
    phone.is_talking()
    phone.hears(softphone.hz)
    softphone.wait_heard(phone.hz)


@pytest.mark.feature("call")
@pytest.mark.parametrize("model", MODELS)
def test_a_phone_places_and_takes_a_call(pbx, gateway, phone, baresip, model):
    bob = baresip("1002", pbx, hz=900)
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001", model)

    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    desk.run("expect callstate ring_out within 3000", "expect tone alerting")
    bob.accept()
    talk_both_ways(desk, bob)
    assert len(gw.media_ports()) == 4       # RTP and RTCP on both sides: the check at the end can fail
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")

    mark = bob.mark()
    bob.call("1001")
    desk.is_ringing()
    bob.wait_event("CALL_RINGING", after=mark)
    desk.answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk_both_ways(desk, bob)
    bob.hang_up()
    desk.run("expect callstate on_hook within 3000").hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("call", model=("7960", "7965"))
def test_two_phones_of_one_gateway_talk(pbx, gateway, phone):
    gw = gateway(["1001", "1003"], pbx)
    old, new = phone(gw, "1001", "7960", hz=500), phone(gw, "1003", "7965", hz=900)
    old.dial("1003#")
    new.is_ringing().run('expect info calling "" 1001').answer().is_talking().hears(500)
    old.is_talking().hears(900)
    new.hang_up().is_idle()
    old.hang_up().is_idle()


@pytest.mark.feature("call", model="7960")
@pytest.mark.parametrize("number, hz", [("600", 500), ("601", 1004), ("607", 900)])
def test_asterisk_is_heard(asterisk, gateway, phone, number, hz):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial(f"{number}#").is_talking().hears(hz).hang_up().is_idle()


def test_the_far_side_hangs_up_first(asterisk, gateway, phone):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial("608#").is_talking().run("expect callstate on_hook within 4000").hang_up().is_idle()


@pytest.mark.feature("call", model="7960", pbx="baresip")
def test_phones_and_softphones_talk_without_a_pbx(gateway, phone, baresip):
    gw = gateway(["1001", "1003"])
    desk, other, bob = phone(gw, "1001"), phone(gw, "1003", hz=700), baresip("bob", hz=900)
    desk.dial("1003#")
    other.is_ringing().answer().is_talking().hears(desk.hz)
    desk.is_talking().hears(other.hz).hang_up().is_idle()
    other.hang_up().is_idle()

    bob.call(f"sip:1001@{gw.address}:5062")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")


@pytest.mark.feature("direct media", model="7960")
def test_direct_media_carries_the_far_addresses(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio, hz=900)
    gw = gateway(["1001"], kamailio, media={"mode": "direct"})
    desk = phone(gw, "1001")
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    talk_both_ways(desk, bob)
    assert not gw.media_ports()
    desk.hang_up().is_idle()


@pytest.mark.feature("codecs", model="7965")
@pytest.mark.parametrize("codec", ["pcma", "g722"])
def test_other_codecs_pass_through(kamailio, gateway, phone, baresip, codec):
    bob = baresip("1002", kamailio, hz=900, codecs=codec.upper())
    gw = gateway(["1001"], kamailio, media={"codecs": [codec]})
    desk = phone(gw, "1001", "7965", options=["--codecs", codec])
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    desk.is_talking().run("expect audio packets > 50 within 5000")
    if codec == "pcma":
        talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


@pytest.mark.feature("call", model="7960")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_sip_over(kamailio, gateway, phone, baresip, transport):
    bob = baresip("1002", kamailio, hz=900)
    desk = phone(gateway(["1001"], kamailio, pbx={"transport": transport}), "1001")
    assert (";transport=tcp" in kamailio.contacts("1001")[0].lower()) == (transport == "tcp")
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


@pytest.mark.feature("hold", model="7965")
def test_who_is_held_hears_the_music_of_the_pbx(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway(["1001"], asterisk), "1001", "7965")
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key hold", "expect callstate hold", "expect rx closed")
    bob.wait_heard_all(MUSIC_HZ, seconds=1)
    desk.run("key resume", "expect callstate connected within 3000")
    desk.hears(bob.hz)
    bob.wait_heard_all(desk.hz, seconds=1)
    bob.command("hold")             # records nothing after that
    desk.hears(MUSIC_HZ).run("expect callstate connected")
    bob.command("resume")
    desk.hears(bob.hz)
    desk.hang_up().is_idle()
