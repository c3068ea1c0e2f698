"""Calls that do not come to talking: what the phone shows and plays, and what the far side is told."""

import pytest

from peers import sip
from peers.agent import ok
from peers.process import until


@pytest.mark.feature("outcomes", model="7960")
@pytest.mark.parametrize("number, state, tone", [
    ("604", "busy", "line_busy"),
    ("605", "congestion", "reorder"),
    ("609", "invalid_number", "reorder"),
])
def test_a_refused_call_has_its_own_state_and_tone(asterisk, gateway, phone, number, state, tone):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial(f"{number}#").run(f"expect callstate {state} within 3000", f"expect tone {tone}", "expect rx closed")
    desk.hang_up().is_idle()


def test_a_failed_call_releases_itself_after_fifteen_seconds(asterisk, gateway, phone):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial("605#").run("expect tone reorder within 3000", "wait 12000", "expect tone reorder",
                          "expect tone none within 5000")
    desk.hang_up().is_idle()


@pytest.mark.feature("early media", model="7960")
def test_local_ringback_without_early_media(asterisk, gateway, phone):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial("606#").run("expect callstate ring_out within 3000", "expect tone alerting", "expect rx closed")
    desk.hang_up().is_idle()
    until(lambda: asterisk.channels() == 0, 5, "the cancelled call to end")


@pytest.mark.feature("early media", model="7960")
def test_early_media_instead_of_ringback(asterisk, gateway, phone):
    desk = phone(gateway(["1001"], asterisk), "1001")
    desk.dial("602#").run("expect rx open within 3000", "expect tone none").hears(700)
    desk.run("expect tone none").is_talking().hears(900).hang_up().is_idle()


def test_the_caller_gives_up(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio)
    desk = phone(gateway(["1001"], kamailio), "1001")
    bob.call("1001")
    desk.is_ringing()
    bob.hang_up()
    desk.is_idle()


def test_the_phone_gives_up(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio)
    desk = phone(gateway(["1001"], kamailio), "1001")
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")


@pytest.mark.feature("outcomes", model="7960")
def test_the_callee_rejects(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio)
    desk = phone(gateway(["1001"], kamailio), "1001")
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.hang_up()
    desk.run("expect callstate busy within 3000", "expect tone line_busy").hang_up().is_idle()


OUTCOMES = {
    "congestion reorder": (408, 480, 500, 503, 403, 603, 415, 488, 606),
    "busy line_busy": (486, 600),
    "invalid_number reorder": (404, 410, 484, 604),
}


@pytest.mark.feature("outcomes", model="7960")
@pytest.mark.parametrize("shown", OUTCOMES)
def test_every_refusal_is_shown_as_what_it_means(agent, gateway, phone, shown):
    pbx = agent("pbx", automatic={"REGISTER": ok})
    desk = phone(gateway(["1001"], pbx), "1001")
    state, tone = shown.split()
    for status in OUTCOMES[shown]:
        desk.dial("1002#")
        pbx.reply(pbx.expect("INVITE"), status, "No")
        pbx.expect("ACK")
        desk.run(f"expect callstate {state} within 3000", f"expect tone {tone}").hang_up().is_idle()


def test_the_phone_rejects_with_its_end_key(kamailio, gateway, phone, baresip):
    bob = baresip("1002", kamailio)
    desk = phone(gateway(["1001"], kamailio), "1001")
    bob.call("1001")
    desk.is_ringing().run("key endcall").is_idle()
    assert "486" in bob.wait_event("CALL_CLOSED")["param"]


@pytest.mark.feature("outcomes", model="7960")
def test_a_number_nobody_has(kamailio, gateway, phone):
    desk = phone(gateway(["1001"], kamailio), "1001")
    desk.dial("4711#").run("expect callstate invalid_number within 3000", "expect tone reorder")
    desk.hang_up().is_idle()


def test_a_call_to_a_line_whose_phone_is_away_is_refused(gateway, phone, agent):
    gw = gateway(["1001", "1003"])
    phone(gw, "1001")
    raw = agent("raw")
    for number, status in (("1003", 480), ("4711", 404)):
        invite = raw.request("INVITE", f"sip:{number}@{gw.address}:5062", f"<sip:{number}@{gw.address}>",
                             body=sip.sdp(raw.address, 40000))
        answer = raw.expect(range(200, 700), call_id=invite.call_id)
        raw.acknowledge(invite, answer)
        assert answer.status == status


def test_no_common_codec_is_refused_before_it_rings(gateway, phone, agent):
    gw = gateway(["1001"])
    phone(gw, "1001")
    raw = agent("raw")
    invite = raw.request("INVITE", f"sip:1001@{gw.address}:5062", f"<sip:1001@{gw.address}>",
                         body=sip.sdp(raw.address, 40000, [(97, "OPUS/48000/2")]))
    answer = raw.expect(range(101, 700), call_id=invite.call_id)
    raw.acknowledge(invite, answer)
    assert answer.status == 488


@pytest.mark.feature("call", model="7960")
def test_a_redirected_call_is_followed(agent, gateway, phone, rtp):
    pbx = agent("pbx", automatic={"REGISTER": ok})
    desk = phone(gateway(["1001"], pbx), "1001")
    desk.dial("1002#")
    pbx.reply(pbx.expect("INVITE"), 302, "Moved Temporarily",
              fields=[("Contact", f"<sip:1007@{pbx.address}:{pbx.port}>")])
    second = pbx.expect("INVITE")
    assert "1007@" in second.uri
    sound = rtp(pbx.address, hz=900)
    pbx.reply(second, 200, "OK", body=sip.sdp(pbx.address, sound.port))
    pbx.expect("ACK")
    sound.peer = second.rtp()
    desk.is_talking().hears(900).hang_up().is_idle()
    pbx.reply(pbx.expect("BYE"), 200, "OK")
