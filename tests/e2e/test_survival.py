"""A phone loses its connection in a call: audio goes on, and the call is there again when the phone is, or ends when it
does not come in time. What ends a call for good still does."""

import pytest

from flow import Flow
from house import house, model, talk, connect  # noqa: F401 (fixtures)
from peers import sip, tone
from peers.agent import ok
from peers.process import until


@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok})


def called(pbx, gateway, phone, rtp, model="7960", **config):
    """A phone that talks with somebody at a PBX that does what the test says."""
    gw = gateway(["1001"], pbx, **config)
    desk, sound = phone(gw, "1001", model), rtp(pbx.address, hz=900)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = invite.rtp()
    desk.is_talking().hears(900)
    return gw, desk, invite


@pytest.mark.feature("survival")
def test_audio_goes_on_and_the_call_is_shown_again(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    flow = Flow(desk)
    desk.run("drop")
    other.run("expect callstate connected").hears(desk.hz, 2000)
    desk.hears(other.hz, 400)
    desk.run("register", "expect registered within 10000", "expect calls 1 within 3000", "expect callstate connected",
             "expect keys connected", "expect lamp 1 on", "expect key hold shown", "expect speaker on",
             "expect info called \"\" 1003", 'expect prompt "Connected"')
    talk(desk, other)
    flow.is_kept("survival", "The connection is lost in a call and comes back: the phone registers and is shown its call")
    desk.run("key hold", "expect callstate hold within 3000", "expect rx closed", "key resume")
    talk(desk, other)
    desk.run("key endcall").is_idle()
    other.is_idle()


@pytest.mark.feature("survival")
def test_a_held_call_is_held_again(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold within 3000", "drop", "register", "expect registered within 10000",
             "expect calls 1 within 3000", "expect callstate hold", "expect lamp 1 wink", "expect keys on_hold",
             "expect rx closed", "key resume")
    talk(desk, other)
    other.hang_up().is_idle()
    desk.is_idle()


def test_a_call_ends_when_its_phone_does_not_come_in_time(house, model):
    desk, other = house(model, "7960", calls={"survive": "2s"})
    connect(desk, other)
    desk.run("drop")
    other.run("expect callstate connected").hears(desk.hz, 400)
    other.run("expect idle within 6000")
    desk.run("register", "expect registered within 10000").is_idle()


def test_without_survival_a_call_ends_with_its_phone(house, model):
    desk, other = house(model, "7960", calls={"survive": "0s"})
    connect(desk, other)
    desk.run("close")
    other.run("expect idle within 3000")
    desk.run("register", "expect registered within 10000").is_idle()


def test_a_phone_that_was_switched_off_and_on_has_no_call(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("reboot", "register", "expect registered within 10000")
    other.run("expect idle within 3000")
    desk.is_idle()


def test_a_call_that_rings_ends_with_the_connection(house, model):
    desk, other = house(model, "7960")
    other.dial("1001#")
    desk.is_ringing().run("drop")
    other.run("expect tone reorder within 3000").hang_up().is_idle()
    desk.run("register", "expect registered within 10000").is_idle()


@pytest.mark.feature("survival", model="7960")
def test_the_far_end_hangs_up_meanwhile(pbx, gateway, phone, rtp):
    gw, desk, invite = called(pbx, gateway, phone, rtp)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    pbx.in_call("BYE", invite)
    pbx.expect(200)
    desk.run("register", "expect registered within 10000").is_idle()
    gw.wait_ports_closed()


def changes(pbx, invite, port, **description):
    """The far end offers something else; what it is answered."""
    change = pbx.in_call("INVITE", invite, body=sip.sdp(pbx.address, port, **description))
    answer = pbx.expect((200, 488), call_id=invite.call_id)
    pbx.acknowledge(change, answer)
    return answer


def test_the_far_end_holds_and_moves_while_the_phone_is_away(pbx, gateway, phone, rtp):
    """With the codec the phone is using; it hears where they went at once."""
    gw, desk, invite = called(pbx, gateway, phone, rtp)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    other = rtp(pbx.address, hz=700)
    assert "a=recvonly" in changes(pbx, invite, other.port, extra="a=sendonly\r\n").body
    assert changes(pbx, invite, other.port, codecs=[(8, "PCMA/8000")]).status == 488
    other.peer = changes(pbx, invite, other.port).rtp()
    desk.hears(700)
    until(lambda: tone.seconds_of(other.heard(), desk.hz) > 0.4, 5, "the phone to be heard where they went")
    desk.run("register", "expect registered within 10000", "expect callstate connected within 3000").hears(700)
    desk.run("key endcall").is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


def test_who_is_held_by_the_far_end_meanwhile_is_shown_so(pbx, gateway, phone, rtp):
    gw, desk, invite = called(pbx, gateway, phone, rtp)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    changes(pbx, invite, 40000, extra="a=sendonly\r\n")
    desk.run("register", "expect registered within 10000", "expect callstate connected within 3000", "expect tx off",
             "key endcall").is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


@pytest.mark.parametrize("heard", [True, False])
def test_a_phone_comes_back_talking_only_if_its_user_still_talks(pbx, gateway, phone, rtp, heard):
    """Phones come back when their user has hung up: nobody wants an open microphone on his desk."""
    gw, desk, invite = called(pbx, gateway, phone, rtp)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    if heard:
        desk.run("register", "expect registered within 10000", "expect callstate connected within 3000",
                 "expect speaker on").hears(900)
    else:
        desk.run("send nothing", "register", "expect registered within 10000", "expect callstate hold",
                 "expect lamp 1 wink", "expect keys on_hold", "expect speaker off", "expect rx closed")
        assert "a=sendonly" in pbx.expect("INVITE", call_id=invite.call_id).body
    desk.run("key endcall call 1").is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")


def test_the_pbx_is_told_when_the_phone_does_not_come(pbx, gateway, phone, rtp):
    gw, desk, _ = called(pbx, gateway, phone, rtp, "7965", calls={"survive": "1s"})
    desk.run("drop")
    bye = pbx.expect("BYE", timeout=8)
    pbx.reply(bye, 200, "OK")
    assert "cause=27" in bye.header("reason")
    gw.wait_ports_closed()


def test_the_gateway_stops_while_a_phone_is_away(pbx, gateway, phone, rtp):
    gw, desk, _ = called(pbx, gateway, phone, rtp)
    pbx.automatic["BYE"] = ok
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    gw.stop()
    assert pbx.count("BYE") == 1
