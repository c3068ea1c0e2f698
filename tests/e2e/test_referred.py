"""Transfers that others do to us: REFER that comes in, INVITE with Replaces, and phones of one gateway among themselves,
where we are all three sides."""

import re

import pytest

from house import connect, house, model, talk  # noqa: F401 (fixtures)
from peers import sip
from peers.agent import ok
from test_calls import talk_both_ways


# phones without a PBX: every REFER and Replaces of ours comes back to us

@pytest.mark.feature("transfer")
@pytest.mark.feature("asked to transfer", model="7960")
def test_phones_of_one_gateway_transfer_by_consultation(house, model):
    desk, bob, carol = house(model, "7960", "7965")
    connect(desk, bob)
    desk.run("key transfer", "expect tone inside_dial", "digits 1005#")
    carol.is_ringing().answer()
    talk(desk, carol)
    desk.run("key transfer", "expect calls 0 within 5000").is_idle()
    talk(bob, carol)
    carol.run("expect calls 1")
    bob.hang_up().is_idle()
    carol.run("expect callstate on_hook within 3000").hang_up()


@pytest.mark.feature("blind transfer")
def test_phones_of_one_gateway_transfer_to_who_only_rings(house, model):
    desk, bob, carol = house(model, "7960", "7965")
    connect(desk, bob)
    desk.run("key transfer", "expect tone inside_dial", "digits 1005#")
    carol.is_ringing()
    desk.run("expect callstate ring_out call 2 within 3000", "key transfer")
    carol.is_ringing().run("wait 300").answer()
    desk.run("expect calls 0 within 5000").is_idle()
    talk(bob, carol)


def test_who_cannot_be_reached_sends_the_call_back(house, model):
    """Carol rejects the call that Bob was sent to make: Bob is back, on hold at the desk, and talks again."""
    desk, bob, carol = house(model, "7960", "7965")
    connect(desk, bob)
    desk.run("key transfer", "expect tone inside_dial", "digits 1005#")
    carol.is_ringing()
    desk.run("expect callstate ring_out call 2 within 3000", "key transfer")
    carol.is_ringing().run("wait 300", "key endcall")
    desk.run('expect prompt "Can not complete transfer" call 1 within 5000')
    bob.run("expect calls 1 within 3000", "expect callstate connected within 3000")
    desk.run("key resume call 1")
    talk(desk, bob)


# a peer that speaks for itself

@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok, "BYE": ok, "CANCEL": ok})


@pytest.fixture
def called(pbx, gateway, phone, rtp):
    """A phone that was called by Bob, a raw peer, and what Bob sent and got."""
    desk = phone(gateway(["1001"], pbx), "1001", "7965")
    contact = re.search(r"<([^>]+)>", [one for one in pbx.seen if one.method == "REGISTER"][-1].header("contact"))[1]
    sound = rtp(pbx.address, hz=900)
    invite = pbx.request("INVITE", contact, f"<{contact}>", body=sip.sdp(pbx.address, sound.port))
    desk.is_ringing().answer()
    answer = pbx.expect(200, call_id=invite.call_id)
    pbx.acknowledge(invite, answer)
    sound.peer = answer.rtp()
    desk.is_talking().hears(900)
    return desk, pbx, invite, answer, contact


def holds(pbx, invite):
    """Takes a re-INVITE; its audio stays where it is."""
    hold = pbx.expect("INVITE", call_id=invite.call_id)
    pbx.reply(hold, 200, "OK", body=sip.sdp(*invite.rtp()))
    pbx.expect("ACK", call_id=invite.call_id)


def fragment(pbx, invite):
    notify = pbx.expect("NOTIFY", call_id=invite.call_id, timeout=10)
    pbx.reply(notify, 200, "OK")
    assert notify.header("Event") == "refer"
    return notify.body.split()[1], notify.header("Subscription-State").split(";")[0]


def refer(pbx, invite, answer, to):
    pbx.in_call("REFER", invite, answer, fields=[("Refer-To", to), ("Referred-By", "<sip:bob@pbx>")])


@pytest.mark.feature("asked to transfer", model="7965")
def test_a_refer_is_followed_and_its_outcome_told(called, rtp):
    desk, pbx, invite, answer, _ = called
    refer(pbx, invite, answer, f"<sip:1004@{pbx.address}?Replaces=abc%40x%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=no>")
    pbx.expect(202, call_id=invite.call_id)
    assert fragment(pbx, invite) == ("100", "active")
    holds(pbx, invite)
    call = next(one for one in iter(lambda: pbx.expect("INVITE"), None) if one.call_id != invite.call_id)
    assert call.uri.startswith(f"sip:1004@{pbx.address}")
    assert call.header("Replaces") == "abc@x;to-tag=1;from-tag=2"
    assert not call.header("Subject")
    pbx.reply(call, 180, "Ringing")
    desk.run("expect callstate ring_out call 2 within 3000")
    carol = rtp(pbx.address, hz=1300)
    carol.peer = call.rtp()
    pbx.reply(call, 200, "OK", body=sip.sdp(pbx.address, carol.port))
    pbx.expect("ACK", call_id=call.call_id)
    assert fragment(pbx, invite) == ("200", "terminated")
    desk.run("expect calls 1 within 3000", "expect callstate connected").hears(1300)
    desk.hang_up().is_idle()


def test_a_refer_to_who_is_busy_comes_back(called):
    desk, pbx, invite, answer, _ = called
    refer(pbx, invite, answer, f"<sip:1004@{pbx.address}>")
    assert fragment(pbx, invite) == ("100", "active")
    holds(pbx, invite)
    call = next(one for one in iter(lambda: pbx.expect("INVITE"), None) if one.call_id != invite.call_id)
    pbx.reply(call, 486, "Busy Here")
    assert fragment(pbx, invite) == ("486", "terminated")
    holds(pbx, invite)                      # and lets go again
    desk.run("expect calls 1 within 3000", "expect callstate connected within 3000").hears(900)
    desk.hang_up().is_idle()


@pytest.mark.parametrize("target, status", [
    ("<tel:1004>", 603), ("<sip:1004@pbx;method=BYE>", 603), ("<http://x/>", 603), ("<sip:" + "9" * 400 + "@pbx>", 603),
    ("<sip:1004@pbx?Replaces=" + "9" * 400 + ">", 603), ("nonsense", 603), ("", 400)],
    ids=["tel", "method", "http", "long", "long Replaces", "nonsense", "none"])
def test_a_refer_that_makes_no_sense_is_refused(called, target, status):
    desk, pbx, invite, answer, _ = called
    pbx.in_call("REFER", invite, answer, fields=[("Refer-To", target)] if target else [])
    assert pbx.expect(range(400, 700), call_id=invite.call_id).status == status
    desk.run("expect callstate connected").hears(900)
    desk.hang_up().is_idle()


def replacing(pbx, contact, invite, answer, extra="", tags=None, body=None, sound=None):
    """Another call with Replaces; the tags as the phone's side knows them."""
    to_tag, from_tag = tags or (answer.tag("to"), invite.tag("from"))
    return pbx.request("INVITE", contact, f"<{contact}>", from_tag="carol", body=body or sip.sdp(pbx.address, sound.port),
                       fields=[("Replaces", f"{invite.call_id};to-tag={to_tag};from-tag={from_tag}{extra}")])


@pytest.mark.feature("asked to transfer", model="7965")
def test_a_call_takes_the_place_of_another_one(called, rtp):
    desk, pbx, invite, answer, contact = called
    carol = rtp(pbx.address, hz=1300)
    other = replacing(pbx, contact, invite, answer, sound=carol)
    taken = pbx.expect(200, call_id=other.call_id)
    pbx.acknowledge(other, taken)
    carol.peer = taken.rtp()
    desk.run("expect calls 1", "expect callstate connected", "expect ringer off").hears(1300)
    assert any(one.method == "BYE" and one.call_id == invite.call_id for one in pbx.seen)
    desk.hang_up().is_idle()


def test_a_held_call_is_replaced_and_stays_held(called, rtp):
    desk, pbx, invite, answer, contact = called
    desk.run("key hold", "expect callstate hold")
    holds(pbx, invite)
    carol = rtp(pbx.address, hz=1300)
    other = replacing(pbx, contact, invite, answer, sound=carol)
    taken = pbx.expect(200, call_id=other.call_id)
    assert "a=sendonly" in taken.body or "a=inactive" in taken.body
    pbx.acknowledge(other, taken)
    desk.run("expect callstate hold", "key resume")
    resumed = pbx.expect("INVITE", call_id=other.call_id)
    carol.peer = resumed.rtp()
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, carol.port))
    desk.run("expect callstate connected within 3000").hears(1300)
    desk.hang_up().is_idle()


@pytest.mark.parametrize("extra, tags, body, status", [
    (";early-only", None, None, 486),
    ("", ("wrong", "tags"), None, 481),
    ("", None, sip.sdp("127.0.0.1", 40000, [(97, "OPUS/48000/2")]), 488),
])
def test_a_call_that_cannot_take_the_place_changes_nothing(called, rtp, extra, tags, body, status):
    desk, pbx, invite, answer, contact = called
    other = replacing(pbx, contact, invite, answer, extra, tags, body, rtp(pbx.address))
    assert pbx.expect(range(300, 700), call_id=other.call_id).status == status
    desk.run("expect calls 1", "expect callstate connected").hears(900)
    desk.hang_up().is_idle()


# a real softphone

@pytest.mark.feature("asked to transfer", model="7965")
def test_a_softphone_transfers_us(kamailio, gateway, phone, baresip):
    bob, carol = baresip("1002", kamailio, hz=900), baresip("1004", kamailio, hz=1300)
    desk = phone(gateway(["1001"], kamailio), "1001", "7965")
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    mark = carol.mark()
    bob.command("transfer", f"sip:1004@{bob.domain}")
    carol.wait_event("CALL_INCOMING", after=mark)
    carol.accept()
    desk.run("expect calls 1 within 5000")
    talk_both_ways(desk, carol)
    desk.hang_up().is_idle()
