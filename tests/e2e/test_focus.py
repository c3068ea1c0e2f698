"""Conferences at the PBX's focus (calls.conference): Asterisk's ConfBridge by a URI with a room of its own, and a raw
focus. The phone calls it and the others are sent after it; whoever cannot go is still there."""

import pytest

from flow import Flow
from peers import sip
from peers.agent import ok
from peers.process import until
from test_conference import BOB, CAROL, DAVE, PHONE, TONES, all_hear, call, looks_like_a_conference
from test_calls import talk_both_ways


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("1004", ...) gives a phone that talks with Bob, and a softphone by number for each."""
    def build(*others, focus="8{room}", **config):
        parties = {number: baresip(number, asterisk, hz=TONES[number]) for number in ("1002", *others)}
        gw = gateway(["1001"], asterisk, calls={"conference": f"sip:{focus}@{asterisk.address}", **config})
        desk = phone(gw, "1001", "7965", hz=PHONE)
        call(desk, parties["1002"])
        talk_both_ways(desk, parties["1002"])
        return gw, desk, *parties.values()
    return build


def add(desk, party):
    call(desk, party, "key conference")
    desk.run("key conference", "expect calls 1 within 10000", "expect rx open within 3000")
    looks_like_a_conference(desk)


def test_three_parties_meet_at_the_focus(scene, asterisk):
    gw, desk, bob, carol = scene("1004")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.run("key conference_list", "expect notify 1002 within 3000", "expect notify 1004")
    desk.run("key hold", "expect callstate hold within 3000", "expect lamp 1 wink", "expect keys on_hold")
    all_hear(bob, carol)
    desk.run("key resume", "expect callstate connected within 3000", "expect rx open within 3000")
    all_hear(bob, carol, desk=desk)
    desk.hang_up().is_idle()
    all_hear(bob, carol)                    # the PBX goes on with them
    bob.hang_up()
    carol.hang_up()
    gw.wait_ports_closed()
    until(lambda: asterisk.channels() == 0, 5, "Asterisk to have no call left")


def test_a_fourth_party_is_sent_after_the_others(scene):
    gw, desk, bob, carol, dave = scene("1004", "1006")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    add(desk, dave)
    all_hear(bob, carol, dave, desk=desk)
    desk.run("key endcall").is_idle()
    all_hear(bob, carol, dave)
    gw.wait_ports_closed()


def test_marked_calls_meet_at_the_focus(scene):
    _, desk, bob, carol, dave = scene("1004", "1006")
    desk.run("key hold")
    call(desk, carol, "key newcall")
    desk.run("key hold")
    call(desk, dave, "key newcall")
    desk.run("key select call 1", "key select call 2", "key join call 3", "expect calls 1 within 10000")
    looks_like_a_conference(desk)
    all_hear(bob, carol, dave, desk=desk)
    desk.hang_up().is_idle()


def test_who_made_it_leaves_by_transfer(scene):
    gw, desk, bob, carol, dave = scene("1004", "1006")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    call(desk, dave, "key transfer")
    desk.run("key transfer").is_idle(within=10000)
    all_hear(bob, carol, dave)
    gw.wait_ports_closed()


def test_without_a_focus_the_calls_are_as_before(scene):
    """605 says 503: Carol talks again, Bob is on hold, and both can be talked to."""
    _, desk, bob, carol = scene("1004", focus="605")
    call(desk, carol, "key conference")
    desk.run("key conference", 'expect prompt "Can not complete conference" call 2 within 5000', "expect calls 2",
             "expect callstate connected call 2", "expect callstate hold call 1", "expect rx open within 3000")
    talk_both_ways(desk, carol)
    desk.run("key hold", "key resume call 1", "expect callstate connected call 1 within 3000")
    talk_both_ways(desk, bob)
    desk.run("onhook", "expect calls 1 within 3000", "key endcall call 1").is_idle()


# a raw focus, and raw parties

@pytest.fixture
def raw(agent, gateway, phone, rtp):
    """The phone talks with Carol (1300 Hz) and holds Bob (900 Hz) to confer with both; then the focus is called."""
    pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
    gw = gateway(["1001"], pbx, calls={"conference": f"sip:factory@{pbx.address}"})
    desk = phone(gw, "1001", "7965", hz=PHONE)
    bob, carol, focus = (rtp(pbx.address, hz=hz) for hz in (BOB, CAROL, DAVE))
    for party, key in ((bob, "offhook"), (carol, "key conference")):
        desk.run(key)
        if party is carol:
            answer(pbx, bob, extra="a=recvonly\r\n")
        desk.run("expect tone inside_dial within 3000", "digits 1002#")
        comes(pbx, party)
        desk.run("expect callstate connected within 5000", "expect tx on within 3000").hears(party.hz)
    desk.flow = Flow(desk)
    desk.run("key conference")
    answer(pbx, carol, extra="a=recvonly\r\n")
    return gw, desk, pbx, bob, carol, focus


def comes(pbx, party, **keywords):
    party.invite = pbx.expect("INVITE")
    party.peer = party.invite.rtp()
    pbx.reply(party.invite, 200, "OK", body=sip.sdp(pbx.address, party.port), **keywords)
    pbx.expect("ACK", call_id=party.invite.call_id)


def answer(pbx, party, **description):
    pbx.reply(pbx.expect("INVITE", call_id=party.invite.call_id), 200, "OK",
              body=sip.sdp(pbx.address, party.port, **description))


def goes(pbx, party, outcome="SIP/2.0 200 OK", status=202):
    """Where the party was sent to; it goes there, or not."""
    refer = pbx.expect("REFER", call_id=party.invite.call_id)
    pbx.reply(refer, status, "Accepted" if status == 202 else "No")
    if status == 202:
        notify = pbx.in_call("NOTIFY", party.invite, body=outcome + "\r\n", fields=[
            ("Event", "refer"), ("Subscription-State", "terminated;reason=noresource"),
            ("Content-Type", "message/sipfrag")])
        assert pbx.expect(200, call_id=notify.call_id)
    return refer.header("Refer-To")


def ended(pbx, party):
    until(lambda: any(one.method == "BYE" and one.call_id == party.invite.call_id for one in pbx.seen), 5,
          "the end of its call")


def test_everybody_is_sent_to_the_contact_of_the_focus(raw):
    gw, desk, pbx, bob, carol, focus = raw
    comes(pbx, focus, fields=[("Contact", f"<sip:conf42@{pbx.address}>;isfocus")])
    desk.run('expect prompt "Conference" within 3000').hears(DAVE)
    for party in (bob, carol):
        assert goes(pbx, party) == f"<sip:conf42@{pbx.address}>"
        ended(pbx, party)
    desk.run("expect calls 1 within 3000")
    looks_like_a_conference(desk)
    desk.hears(DAVE).hang_up().is_idle()
    desk.flow.is_kept("conference_focus", "Bob is on hold, Carol on the line; Confrn takes all three to the PBX's focus, and "
                      "the phone leaves")
    ended(pbx, focus)
    gw.wait_ports_closed()


@pytest.mark.parametrize("how", [{"status": 603}, {"status": 405}, {"outcome": "SIP/2.0 486 Busy Here"}])
def test_who_does_not_go_is_on_hold_with_a_word(raw, how):
    gw, desk, pbx, bob, carol, focus = raw
    comes(pbx, focus, fields=[("Contact", f"<sip:conf42@{pbx.address}>;isfocus")])
    goes(pbx, carol)
    goes(pbx, bob, **how)
    ended(pbx, carol)
    desk.run("expect calls 2 within 3000", 'expect prompt "Can not complete conference" call 1',
             "expect callstate hold call 1", 'expect prompt "Conference" call 2').hears(DAVE)
    desk.run("key hold", "key resume call 1")
    answer(pbx, focus, extra="a=recvonly\r\n")
    answer(pbx, bob)
    desk.run("expect callstate connected call 1 within 3000").hears(BOB)
    desk.run("onhook", "expect calls 1 within 3000", "key endcall call 1").is_idle()
    gw.wait_ports_closed()


def test_a_focus_that_is_busy_gives_the_call_back(raw):
    gw, desk, pbx, bob, carol, _ = raw
    pbx.reply(pbx.expect("INVITE"), 486, "Busy Here")
    answer(pbx, carol)
    desk.run("expect callstate connected call 2 within 3000", 'expect prompt "Can not complete conference" call 2',
             "expect callstate hold call 1").hears(CAROL)
    desk.run("onhook", "expect calls 1 within 3000", "key endcall call 1").is_idle()
    gw.wait_ports_closed()
    assert not pbx.count("REFER")


def test_a_phone_lost_on_its_way_to_the_focus_leaves_nothing(raw):
    gw, desk, pbx, bob, carol, _ = raw
    invite = pbx.expect("INVITE")
    pbx.reply(invite, 180, "Ringing")
    desk.run('expect callstate ring_out call 3 within 3000', "reboot", "register", "expect registered within 10000").is_idle()
    assert pbx.expect("CANCEL", call_id=invite.call_id)
    pbx.reply(invite, 487, "Terminated")
    for party in (bob, carol):
        ended(pbx, party)
    gw.wait_ports_closed()
