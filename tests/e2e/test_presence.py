"""Busy lamps told by Kamailio, which passes calls through: its dialog-info has the names of the calls, so that what rings
is picked up by taking its place."""

import pytest

from flow import Flow
from house import talk
from peers.kamailio import DOMAIN, Kamailio
from phone import phone_name

PIDF = """<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:1002@pbx.test">
<tuple id="t1"><status><basic>open</basic></status></tuple>
<dm:person id="p1"><rpid:activities>{activity}</rpid:activities></dm:person></presence>
"""
BOB = {"speeddial": "1002", "label": "Bob", "blf": True}


@pytest.fixture
def pbx(started, net):
    return started(Kamailio, "kamailio", net.host(), presence=True)


@pytest.fixture
def scene(pbx, gateway, phone, baresip):
    """Alice (1003) and a desk (1001) with a lamp for Bob (1002), a softphone."""
    def build(model="7965", **config):
        gw = gateway((), pbx, phones={phone_name(number): {"buttons": [
            {"line": {"number": number, "password": f"pw{number}"}}, BOB]} for number in ("1001", "1003")}, **config)
        build.gateway = gw
        desk, alice = phone(gw, "1001", model), phone(gw, "1003", "7965", hz=900)
        return desk, alice, baresip("1002", pbx, hz=1300)
    return build


@pytest.mark.feature("blf", model="7965")
def test_a_lamp_follows_a_call(scene):
    desk, alice, bob = scene(calls={"blf_callers": True})
    flow = Flow(desk)
    mark = bob.mark()
    alice.dial("1002#")
    bob.wait_event("CALL_INCOMING", after=mark)
    desk.run('expect busylamp 1 alerting "< 1003" within 8000')
    bob.accept()
    desk.run('expect busylamp 1 in_use "< 1003" within 8000')
    alice.run("expect callstate connected within 5000").hears(bob.hz)
    bob.wait_heard(alice.hz, 1)
    alice.hang_up().is_idle()
    desk.run('expect busylamp 1 not_in_use "Bob" within 8000').is_idle()
    flow.is_kept("blf", "A busy lamp: the party rings, talks and is free, with the caller on its label")


@pytest.mark.feature("pickup")
@pytest.mark.parametrize("model, press", [("7965", "hardkey blf_speed_dial 1"), ("7960", "line 2")])
def test_what_rings_is_picked_up_by_taking_its_place(scene, model, press):
    desk, alice, bob = scene(model)
    flow = Flow(desk)
    mark = bob.mark()
    alice.dial("1002#").run("expect callstate ring_out within 5000")
    bob.wait_event("CALL_INCOMING", after=mark)
    desk.run("expect busylamp 1 alerting within 8000" if model == "7965" else "expect lamp 2 blink within 8000")
    desk.run(press)
    talk(desk, alice)
    scene.gateway.wait_log(r"another party takes the place of its far end")
    bob.wait_event("CALL_CLOSED", after=mark)
    desk.run("expect busylamp 1 not_in_use within 8000" if model == "7965" else "expect lamp 2 off within 8000")
    desk.hang_up().is_idle()
    alice.run("expect calls 0 within 5000").hang_up().is_idle()
    if model == "7965":
        flow.is_kept("pickup_blf", "A call that rings at a watched number is picked up with the key of its lamp")


def test_a_caller_that_lets_nobody_take_its_place_is_left_alone(scene, baresip, pbx):
    """baresip does not know early Replaces: nothing of the call it makes is lost."""
    desk, _, bob = scene()
    carol = baresip("1004", pbx, hz=700)
    carol.call("1002")
    bob.wait_event("CALL_INCOMING")
    desk.run("expect busylamp 1 alerting within 8000", "hardkey blf_speed_dial 1",
             'expect prompt "No call available for pickup" within 8000', "key endcall").is_idle()
    bob.accept()
    carol.wait_heard(bob.hz, 1)
    bob.wait_heard(carol.hz, 1)


@pytest.mark.feature("blf", model="7965")
def test_a_lamp_shows_what_is_published(pbx, gateway, phone, agent):
    """PIDF, as softphones publish it."""
    gw = gateway((), pbx, pbx={"blf": "presence"}, phones={phone_name("1001"): {"buttons": [
        {"line": {"number": "1001", "password": "pw1001"}}, BOB]}})
    desk, bob, etag = phone(gw, "1001", "7965"), agent("1002"), []
    for activity, shown in (("<rpid:on-the-phone/>", "in_use"), ("<rpid:busy/>", "in_use"), ("<rpid:away/>", "not_in_use"),
                            ("", "not_in_use")):
        sent = bob.request("PUBLISH", f"sip:1002@{pbx.address}", f"<sip:1002@{DOMAIN}>", body=PIDF.format(activity=activity),
                           fields=[("Event", "presence"), ("Expires", "60"), ("User-Agent", "tests"),
                                   ("Content-Type", "application/pidf+xml"), *etag])
        etag = [("SIP-If-Match", bob.expect(200, call_id=sent.call_id).header("sip-etag"))]
        desk.run(f'expect busylamp 1 {shown} "Bob" within 8000').is_idle()
