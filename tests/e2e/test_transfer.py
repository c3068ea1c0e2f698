"""Transfer: with who was consulted, blind, direct, by hanging up; done, refused, abandoned, raced. Whoever is sent away
hears the other one at the end, and a transfer that fails loses nobody."""

from urllib.parse import unquote

import pytest

from peers import sip, tone
from peers.agent import ok
from peers.process import until
from flow import Flow
from house import VERSIONS
from test_calls import talk_both_ways

CAROL = "1004"


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("7965", ...) gives a phone that talks with Bob through Asterisk, Bob (900 Hz), and Carol (1300 Hz)."""
    def build(model="7965", **config):
        bob, carol = baresip("1002", asterisk, hz=900), baresip(CAROL, asterisk, hz=1300)
        desk = phone(gateway(["1001"], asterisk, **config), "1001", model, version=VERSIONS.get(model))
        desk.dial("1002#")
        bob.wait_event("CALL_INCOMING")
        bob.accept()
        talk_both_ways(desk, bob)
        return desk, bob, carol
    return build


def consults(desk, carol, key="key transfer"):
    """Up to talking with Carol, Bob on hold."""
    desk.run(key, "expect callstate call_transfer call 1 within 3000", "expect tone inside_dial",
             f"digits {CAROL}#")
    carol.wait_event("CALL_INCOMING")
    desk.run("expect callstate ring_out call 2 within 3000")
    carol.accept()
    desk.run("expect callstate connected call 2 within 3000").hears(1300)
    carol.wait_heard(desk.hz)


def are_connected(bob, carol):
    bob.wait_heard(1300, seconds=0.5)
    carol.wait_heard(900, seconds=0.5)


@pytest.mark.feature("transfer")
@pytest.mark.parametrize("model", ["7960", "7965", "6921"])
def test_a_consultation_ends_in_a_transfer(scene, model):
    desk, bob, carol = scene(model)
    flow = Flow(desk)
    consults(desk, carol)
    desk.run("key transfer", "expect calls 0 within 5000").is_idle()
    flow.is_kept("transfer_consult", "Bob is on the line, Carol is consulted, and the two are connected")
    are_connected(bob, carol)
    mark = bob.mark()
    carol.hang_up()
    bob.wait_event("CALL_CLOSED", after=mark)


@pytest.mark.feature("transfer", model="7960")
def test_the_hard_key_transfers_too(scene):
    desk, bob, carol = scene("7960")
    consults(desk, carol, "hardkey transfer")
    desk.run("hardkey transfer", "expect calls 0 within 5000").is_idle()
    are_connected(bob, carol)


@pytest.mark.feature("blind transfer", model="7965")
def test_a_transfer_to_who_only_rings_is_blind(scene):
    desk, bob, carol = scene()
    flow = Flow(desk)
    desk.run("key transfer", "expect tone inside_dial", f"digits {CAROL}#")
    carol.wait_event("CALL_INCOMING")
    mark = carol.mark()
    desk.run("expect callstate ring_out call 2 within 3000", "key transfer")
    carol.wait_event("CALL_INCOMING", after=mark)
    carol.accept()
    desk.run("expect calls 0 within 10000").is_idle()
    flow.is_kept("transfer_blind", "Bob is on the line, Carol is called and only rings: Transfer sends Bob there")
    are_connected(bob, carol)


def test_a_consultation_that_is_given_up_leaves_the_held_call(scene):
    desk, bob, carol = scene()
    consults(desk, carol)
    desk.run("key endcall call 2", "expect calls 1 within 3000", "expect callstate hold call 1",
             "expect lamp 1 wink", "expect keys on_hold", "key resume")
    carol.wait_event("CALL_CLOSED")
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


def test_who_is_consulted_may_be_busy(scene):
    desk, bob, _ = scene()
    desk.run("key transfer", "expect tone inside_dial", "digits 604#", "expect tone line_busy within 5000",
             "key endcall call 2", "expect calls 1 within 3000", "key resume call 1")
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()


def test_who_is_held_may_hang_up_meanwhile(scene):
    desk, bob, carol = scene()
    consults(desk, carol)
    bob.hang_up()
    desk.run("expect calls 1 within 5000")
    talk_both_ways(desk, carol)
    desk.hang_up().is_idle()


def test_hanging_up_at_the_same_time_does_not_undo_the_transfer(scene):
    desk, bob, carol = scene()
    consults(desk, carol)
    desk.run("key transfer", "onhook").is_idle()
    are_connected(bob, carol)


@pytest.mark.feature("direct transfer", model="7965")
def test_two_calls_are_joined_by_the_direct_key(scene):
    desk, bob, carol = scene()
    desk.run("key hold", "key newcall", "expect tone inside_dial", f"digits {CAROL}#")
    carol.wait_event("CALL_INCOMING")
    carol.accept()
    desk.run("expect callstate connected call 2 within 3000").hears(1300)
    desk.run("key direct_transfer call 2", "expect calls 0 within 5000").is_idle()
    are_connected(bob, carol)


@pytest.mark.feature("direct transfer", model="7965")
def test_hanging_up_transfers_where_it_is_wanted(scene):
    desk, bob, carol = scene(calls={"transfer_on_hangup": "on"})
    consults(desk, carol)
    desk.hang_up().is_idle()
    are_connected(bob, carol)


@pytest.mark.feature("transfer", model="ATA186")
def test_an_analog_phone_transfers_by_hook_flash_and_hanging_up(scene):
    desk, bob, carol = scene("ATA186")
    desk.run("hook flash", "expect tone inside_dial within 3000", f"digits {CAROL}#")
    carol.wait_event("CALL_INCOMING")
    carol.accept()
    desk.run("expect rx open within 3000").hears(1300)
    desk.run("hook flash").hears(900)            # back to Bob, and to Carol again
    desk.run("hook flash").hears(1300)
    desk.hang_up().is_idle()
    are_connected(bob, carol)


def refused(desk, pbx, invites):
    """Bob is still there, and talks again."""
    bob = invites[0]
    desk.run('expect prompt "Can not complete transfer" call 1 within 3000', "key resume call 1")
    resumed = pbx.expect("INVITE", call_id=bob.call_id)
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, 40000))
    desk.run("expect callstate connected call 1 within 3000")


def dial(desk, pbx, *how, ear=None):
    desk.run(*how, "expect tone inside_dial", "digits 1002#")
    invite = pbx.expect("INVITE")
    if ear:
        ear.peer = invite.rtp()
    pbx.reply(invite, 200, "OK", body=sip.sdp(pbx.address, ear.port if ear else 40000))
    pbx.expect("ACK", call_id=invite.call_id)
    return invite


@pytest.fixture
def raw_scene(agent, gateway, phone):
    """A phone that talks with one party and holds another, both of them a raw PBX."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
    desk = phone(gateway(["1001"], pbx, calls={"transfer_bridge": "off"}), "1001", "7965")
    first = dial(desk, pbx, "offhook")
    desk.is_talking()
    desk.run("key transfer")
    hold = pbx.expect("INVITE", call_id=first.call_id)
    pbx.reply(hold, 200, "OK", body=sip.sdp(pbx.address, 40000))
    second = dial(desk, pbx)
    desk.run("expect callstate connected call 2 within 3000")
    return desk, pbx, (first, second)


@pytest.mark.feature("transfer", model="7965")
@pytest.mark.parametrize("status, phrase", [(603, "Decline"), (405, "Method Not Allowed"), (481, "Gone")])
def test_a_refused_transfer_gives_the_held_call_back(raw_scene, status, phrase):
    desk, pbx, invites = raw_scene
    desk.run("key transfer")
    pbx.reply(pbx.expect("REFER", call_id=invites[0].call_id), status, phrase)
    refused(desk, pbx, invites)


@pytest.mark.feature("transfer", model="7965")
@pytest.mark.parametrize("outcome", ["SIP/2.0 486 Busy Here", "SIP/2.0 503 Service Unavailable", "nonsense", ""])
def test_a_transfer_that_fails_later_gives_the_held_call_back(raw_scene, outcome):
    desk, pbx, invites = raw_scene
    desk.run("key transfer")
    refer = pbx.expect("REFER", call_id=invites[0].call_id)
    assert "Replaces=" in refer.header("Refer-To")
    pbx.reply(refer, 202, "Accepted")
    for body in ("SIP/2.0 100 Trying", outcome):
        state = "active" if "100" in body else "terminated"
        notify = pbx.in_call("NOTIFY", invites[0], body=body + "\r\n", fields=[
            ("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag")])
        assert pbx.expect(200, call_id=notify.call_id)
    refused(desk, pbx, invites)


def test_the_tags_of_who_replaces_whom_are_right(raw_scene):
    """RFC 3891: to-tag is the one of the side that gets the new INVITE."""
    desk, pbx, (_, second) = raw_scene
    desk.run("key transfer")
    refer = pbx.expect("REFER")
    wanted = unquote(refer.header("Refer-To"))
    assert f"Replaces={second.call_id}" in wanted
    assert f"to-tag={pbx.tag}" in wanted
    assert f"from-tag={second.tag('from')}" in wanted
    pbx.reply(refer, 603, "Decline")


@pytest.fixture
def bridge(agent, gateway, phone, rtp):
    """A phone that consulted Carol (1300 Hz) about Bob (900 Hz), both at a PBX that refuses every REFER."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok, "REFER": lambda pbx, refer: pbx.reply(refer, 405, "No")})
    gw = gateway(["1001"], pbx)
    desk = phone(gw, "1001", "7965")
    bob, carol = rtp(pbx.address, hz=900), rtp(pbx.address, hz=1300)
    bob.invite = dial(desk, pbx, "offhook", ear=bob)
    desk.is_talking().hears(900)
    desk.run("key transfer")
    hold = pbx.expect("INVITE", call_id=bob.invite.call_id)
    pbx.reply(hold, 200, "OK", body=sip.sdp(pbx.address, bob.port, extra="a=recvonly\r\n"))
    carol.invite = dial(desk, pbx, ear=carol)
    desk.run("expect callstate connected call 2 within 3000").hears(1300)
    return gw, desk, pbx, bob, carol


@pytest.mark.feature("transfer by us", model="7965")
def test_where_nobody_transfers_the_gateway_connects_the_two(bridge):
    gw, desk, pbx, bob, carol = bridge
    desk.run("key transfer")
    resumed = pbx.expect("INVITE", call_id=bob.invite.call_id)
    assert "a=sendonly" not in resumed.body
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, bob.port))
    desk.is_idle()
    for one, other in ((bob, 1300), (carol, 900)):
        one.packets.clear()
        until(lambda: tone.seconds_of(one.heard(), other) > 0.5, 5, f"{other} Hz to be heard")
    desk.dial("1")                          # the phone is free
    desk.hang_up().is_idle()
    bye = pbx.in_call("BYE", carol.invite)
    assert pbx.expect(200, call_id=bye.call_id)
    until(lambda: pbx.count("BYE"), 5, "the end of the other call")
    gw.wait_ports_closed()


def test_a_bridge_that_is_refused_too_loses_nobody(bridge):
    gw, desk, pbx, bob, carol = bridge
    desk.run("key transfer")
    pbx.reply(pbx.expect("INVITE", call_id=bob.invite.call_id), 488, "Not Acceptable Here")
    desk.run('expect prompt "Can not complete transfer" call 1 within 3000').hears(1300)
    desk.run("key endcall call 2", "expect calls 1 within 3000", "key resume call 1")
    resumed = pbx.expect("INVITE", call_id=bob.invite.call_id)
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, bob.port))
    desk.hears(900).hang_up().is_idle()
    gw.wait_ports_closed()


def test_a_bridge_ends_when_nobody_comes_to_it(bridge):
    """Carol leaves while Bob is asked to talk again: he is on hold as before."""
    gw, desk, pbx, bob, carol = bridge
    desk.run("key transfer")
    resumed = pbx.expect("INVITE", call_id=bob.invite.call_id)
    bye = pbx.in_call("BYE", carol.invite)
    assert pbx.expect(200, call_id=bye.call_id)
    desk.run("expect calls 1 within 3000")
    pbx.reply(resumed, 200, "OK", body=sip.sdp(pbx.address, bob.port))
    held = pbx.expect("INVITE", call_id=bob.invite.call_id)
    assert "a=sendonly" in held.body
    pbx.reply(held, 200, "OK", body=sip.sdp(pbx.address, bob.port, extra="a=recvonly\r\n"))
    desk.run('expect prompt "Can not complete transfer" call 1 within 3000', "key endcall call 1").is_idle()
    gw.wait_ports_closed()


def hears(party, hz):
    party.packets.clear()
    until(lambda: tone.seconds_of(party.heard(), hz) > 0.4, 5, f"{hz} Hz to be heard")


def held_again(pbx, party):
    request = pbx.expect("INVITE", call_id=party.invite.call_id)
    assert "a=sendonly" in request.body
    pbx.reply(request, 200, "OK", body=sip.sdp(pbx.address, party.port, extra="a=recvonly\r\n"))


def talks_again(pbx, party, status=200):
    request = pbx.expect("INVITE", call_id=party.invite.call_id)
    assert "a=sendonly" not in request.body
    pbx.reply(request, status, "OK" if status == 200 else "No",
              body=sip.sdp(pbx.address, party.port) if status == 200 else "")


def test_two_held_calls_that_cannot_be_bridged_are_both_still_there(bridge):
    """Bob has been asked to talk again and does; Carol refuses: both are on hold as before."""
    gw, desk, pbx, bob, carol = bridge
    desk.run("key hold", "expect callstate hold call 2")
    held_again(pbx, carol)
    desk.run("key direct_transfer call 2")
    talks_again(pbx, bob)
    talks_again(pbx, carol, 488)
    held_again(pbx, bob)
    desk.run("expect calls 2 within 3000", "expect callstate hold call 1", "expect callstate hold call 2",
             'expect prompt "Can not complete transfer" call 1')
    for party in (carol, bob):              # in the order the phone was shown them again
        desk.run("key resume call 1")
        talks_again(pbx, party)
        desk.run("expect callstate connected call 1 within 3000").hears(party.hz)
        hears(party, desk.hz)
        desk.run("key endcall call 1")
    desk.is_idle()
    gw.wait_ports_closed()


def test_a_phone_lost_while_its_transfer_is_bridged_keeps_nothing(bridge):
    """Bob is asked to talk again, Carol leaves, and then the phone is gone: nobody is left for Bob."""
    gw, desk, pbx, bob, carol = bridge
    desk.run("key transfer")
    asked = pbx.expect("INVITE", call_id=bob.invite.call_id)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    bye = pbx.in_call("BYE", carol.invite)
    assert pbx.expect(200, call_id=bye.call_id)
    pbx.reply(asked, 200, "OK", body=sip.sdp(pbx.address, bob.port))
    until(lambda: any(one.method == "BYE" and one.call_id == bob.invite.call_id for one in pbx.seen), 5,
          "Bob to be told")
    desk.run("register", "expect registered within 10000").is_idle()
    gw.wait_ports_closed()


def test_who_does_not_know_refer_is_not_asked(agent, gateway, phone, rtp, sipp, net):
    """Bob is SIPp, which says so in its Allow and gives every sound back: Carol hears herself through him."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
    gw, port = gateway(["1001"], pbx), 6000
    bob = sipp("no_refer", pbx.address, options=("-rtp_echo", "-mp", str(port)))
    desk = phone(gw, "1001", "7965")
    desk.run("offhook", "expect tone inside_dial", "digits 1002#")
    pbx.reply(pbx.expect("INVITE"), 302, "Moved", fields=[("Contact", f"<sip:bob@{bob.address}:{bob.port}>")])
    pbx.expect("ACK")
    desk.is_talking().hears(desk.hz)
    desk.run("key transfer")
    carol = rtp(pbx.address, hz=1300)
    carol.invite = dial(desk, pbx, ear=carol)
    desk.run("expect callstate connected call 2 within 3000").hears(1300)
    desk.run("key transfer").is_idle()
    hears(carol, 1300)
    assert not pbx.count("REFER")
    assert pbx.expect(200, call_id=pbx.in_call("BYE", carol.invite).call_id)
    bob.finish()
    gw.wait_ports_closed()
