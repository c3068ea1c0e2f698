"""Calls that ring elsewhere, taken from here; calls that are put down here, taken from there."""

import pytest

from peers import sip
from peers.agent import ok
from flow import Flow
from house import VERSIONS, talk
from test_calls import talk_both_ways

CODES = {"pickup": "*8", "directed_pickup": "**", "other_pickup": "*7", "park": "700"}


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("7965", ring="1004") gives the phone 1001 of an Asterisk, and two who are about to talk: Alice (1003, a phone
    too) calls the number whose softphone rings."""
    def build(model="7965", ring="1004", codes=CODES):
        gw = gateway(["1001", "1003"], asterisk, calls={"feature_codes": codes})
        desk, alice = phone(gw, "1001", model, version=VERSIONS.get(model)), phone(gw, "1003", hz=900)
        other = ring and baresip(ring, asterisk, hz=1300)
        if ring:
            alice.dial(f"{ring}#")
            other.wait_event("CALL_INCOMING")
        return desk, alice, other
    return build


def talk_and_end(desk, alice):
    talk(desk, alice)
    desk.hang_up().is_idle()
    alice.run("expect calls 0 within 5000").hang_up().is_idle()


@pytest.mark.feature("pickup")
@pytest.mark.parametrize("model", ["7960", "7965", "6921"])
def test_a_call_in_the_own_group_is_picked_up(scene, model):
    desk, alice, other = scene(model)
    flow = Flow(desk)
    desk.run("expect key pickup shown", "key pickup", 'expect info called "User 1003" 1003 within 5000')
    other.wait_event("CALL_CLOSED")
    talk_and_end(desk, alice)
    flow.is_kept("pickup", "A call that rings in the own group is picked up with the PickUp key")


@pytest.mark.feature("pickup", model="7965")
def test_a_number_that_rings_is_picked_up(scene):
    desk, alice, _ = scene(ring="1014")
    desk.run("key group_pickup", "expect tone inside_dial", 'expect prompt "Pickup"', "digits 1014#")
    talk_and_end(desk, alice)


@pytest.mark.feature("pickup", model="7965")
def test_a_group_that_is_named_is_picked_up_from(scene):
    desk, alice, _ = scene(ring="1014", codes={**CODES, "group_pickup": "*9"})
    desk.run("key group_pickup", "expect tone inside_dial", "digits 2#")
    talk_and_end(desk, alice)


@pytest.mark.feature("pickup", model="7965")
def test_a_call_in_the_group_beside_is_picked_up(scene):
    desk, alice, _ = scene(ring="1014")
    desk.run("key other_pickup")
    talk_and_end(desk, alice)


def test_the_hard_key_picks_up_too(scene):
    desk, alice, _ = scene()
    desk.run("hardkey call_pickup")
    talk_and_end(desk, alice)


def test_who_talks_may_pick_up_another_call(scene):
    desk, alice, _ = scene()
    desk.dial("601#").is_talking().hears(1004)
    desk.run("hardkey call_pickup", "expect callstate connected call 2 within 5000", "expect callstate hold call 1")
    desk.hears(alice.hz)
    alice.hears(desk.hz)
    desk.hang_up().run("expect calls 1 within 3000", "key resume").hears(1004).hang_up().is_idle()
    alice.hang_up().is_idle()


def test_when_nothing_rings_the_phone_says_so(scene):
    desk, _, _ = scene(ring=None)
    desk.run("key pickup", 'expect prompt "No call available for pickup" within 5000', "expect tone reorder",
             "key endcall").is_idle()
    desk.run("key group_pickup", "digits 1004#", 'expect prompt "No call available for pickup" within 5000')
    desk.hang_up().is_idle()


def test_keys_without_a_code_are_not_shown(scene):
    desk, _, _ = scene(ring=None, codes={"pickup": "*8"})
    desk.run("expect key pickup shown", "expect key group_pickup hidden", "expect key other_pickup hidden",
             "key group_pickup", 'expect notify "Key is not active"')
    desk.dial("601#").is_talking().run("expect key park hidden").hang_up().is_idle()


# park

@pytest.fixture
def parker(asterisk, gateway, phone, baresip):
    """The phone 1001 of an Asterisk, and Bob (1002)."""
    bob = baresip("1002", asterisk, hz=900)
    return phone(gateway(["1001"], asterisk, calls={"feature_codes": CODES}), "1001", "7965"), bob


@pytest.mark.feature("park", model="7965")
@pytest.mark.parametrize("key", ["key park", "hardkey call_park"])
def test_a_call_is_parked_and_fetched(asterisk, parker, key):
    desk, bob = parker
    desk.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    bob.accept()
    talk_both_ways(desk, bob)
    flow = Flow(desk)
    desk.run(key, 'expect notify "Call park at 700" within 5000', "expect calls 0").is_idle()
    if key == "key park":
        flow.is_kept("park", "A call is parked with the Park key")
    assert "701" in asterisk.command("parking show default")
    assert "CALL_CLOSED" not in [event["type"] for event in bob.events]
    desk.dial("701#").run("expect callstate connected within 5000").hears(bob.hz)
    bob.wait_heard(desk.hz, 3)
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")


@pytest.mark.feature("park", model="7965")
def test_a_call_on_hold_is_parked(asterisk, parker):
    desk, bob = parker
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key hold", "expect callstate hold", "hardkey call_park", 'expect notify "Call park at 700" within 5000')
    desk.is_idle()
    assert "701" in asterisk.command("parking show default")


@pytest.fixture
def raw_scene(agent, gateway, phone):
    """A phone that talks with somebody behind a raw PBX."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
    desk = phone(gateway(["1001"], pbx, calls={"feature_codes": CODES}), "1001", "7965")
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, 40000))
    pbx.expect("ACK")
    desk.is_talking()
    return desk, pbx, invite


def tells(pbx, invite, body):
    state = "active" if "100" in body else "terminated"
    notify = pbx.in_call("NOTIFY", invite, body=body, fields=[
        ("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag")])
    assert pbx.expect(200, call_id=notify.call_id)


@pytest.mark.feature("park", model="7965")
def test_a_pbx_that_says_where_is_believed(raw_scene):
    desk, pbx, invite = raw_scene
    desk.run("key park")
    refer = pbx.expect("REFER")
    assert f"sip:700@{pbx.address}" in refer.header("Refer-To")
    pbx.reply(refer, 202, "Accepted")
    tells(pbx, invite, "SIP/2.0 100 Trying\r\n")
    desk.run("expect callstate call_park", 'expect prompt "Call park"', "expect rx open")
    tells(pbx, invite, f"SIP/2.0 200 OK\r\nContact: <sip:703@{pbx.address}>\r\n")
    desk.run('expect notify "Call park at 703"').is_idle()


@pytest.mark.feature("park", model="7965")
@pytest.mark.parametrize("taken", [True, False])
def test_a_far_end_that_leaves_was_parked_if_the_pbx_had_said_it_would(raw_scene, taken):
    """Many PBXs say BYE and nothing more once they have accepted; before that somebody has just hung up."""
    desk, pbx, invite = raw_scene
    desk.run("key park")
    refer = pbx.expect("REFER")
    if taken:
        pbx.reply(refer, 202, "Accepted")
        tells(pbx, invite, "SIP/2.0 100 Trying\r\n")
    bye = pbx.in_call("BYE", invite)
    assert pbx.expect(200, call_id=bye.call_id)
    if not taken:
        pbx.reply(refer, 481, "Call Does Not Exist")
    desk.run("expect calls 0 within 3000").is_idle()
    assert ("{call_park_at}" in desk.log()) == taken


@pytest.mark.parametrize("late", [False, True])
def test_a_call_that_cannot_be_parked_goes_on(raw_scene, rtp, late):
    desk, pbx, invite = raw_scene
    sound = rtp(pbx.address, hz=900)
    sound.peer = invite.rtp()
    desk.run("key park")
    refer = pbx.expect("REFER")
    pbx.reply(refer, *((202, "Accepted") if late else (603, "Decline")))
    if late:
        tells(pbx, invite, "SIP/2.0 503 Full\r\n")
    desk.run('expect prompt "No park number available" within 3000', "expect callstate connected", "expect rx open",
             "expect tx on").hears(900)
    desk.hang_up().is_idle()
