"""Ad-hoc conferences by the gateway's own mixer, through Asterisk: everybody hears all the others and not themselves,
nobody is lost when somebody leaves, and nothing is left over."""

import pytest

from house import VERSIONS
from peers import sip
from peers.agent import ok
from test_calls import talk_both_ways

PHONE, BOB, CAROL, DAVE = 500, 900, 1300, 1700
TONES = {"1002": BOB, "1004": CAROL, "1006": DAVE}


@pytest.fixture
def scene(asterisk, gateway, phone, baresip):
    """scene("7965", "1004", ...) gives a phone that talks with Bob, the gateway, and a softphone by number for each."""
    def build(model="7965", *others, **config):
        parties = {number: baresip(number, asterisk, hz=TONES[number]) for number in ("1002", *others)}
        gw = gateway(["1001"], asterisk, **config)
        desk = phone(gw, "1001", model, version=VERSIONS.get(model), hz=PHONE)
        call(desk, parties["1002"])
        talk_both_ways(desk, parties["1002"])
        return gw, desk, *parties.values()
    return build


def call(desk, party, *keys):
    """Up to talking with them."""
    mark = party.mark()
    desk.run(*(keys or ["offhook"]), "expect tone inside_dial within 3000", f"digits {party.user}#")
    party.wait_event("CALL_INCOMING", after=mark)
    party.accept()
    desk.run("expect callstate connected within 5000", "expect rx open within 3000", "expect tx on within 3000")
    desk.hears(party.hz, 300)


def add(desk, party, key="key conference"):
    call(desk, party, key)
    desk.run(key, "expect calls 1 within 5000")


def all_hear(*parties, desk=None):
    """Each hears all others at once and nothing else."""
    everybody = [*parties, *([desk] if desk else [])]
    for one in everybody:
        tones = [other.hz for other in everybody if other is not one]
        if one is desk:
            one.hears_all(*tones)
        else:
            one.wait_heard_all(*tones)


def looks_like_a_conference(desk):
    keys = "connected" if desk.model in ("6921",) else "connected_conference"
    desk.run("expect calls 1", "expect callstate connected", f"expect keys {keys}", 'expect prompt "Conference"',
             "expect lamp 1 on", 'expect info called "Conference" ""')


@pytest.mark.parametrize("model", ["7960", "7965", "6921"])
def test_three_parties_hear_each_other(scene, model):
    gw, desk, bob, carol = scene(model, "1004")
    desk.run("key conference", "expect callstate call_transfer call 1 within 3000", "expect tone inside_dial",
             "expect keys off_hook_with_features", f"digits {carol.user}#")
    carol.wait_event("CALL_INCOMING")
    carol.accept()
    desk.run("expect callstate connected call 2 within 5000").hears(carol.hz)
    desk.run("key conference", "expect calls 1 within 5000")
    looks_like_a_conference(desk)
    all_hear(bob, carol, desk=desk)
    # somebody hangs up: the other two talk as before, one with the other
    bob.hang_up()
    desk.run("expect keys connected within 5000", "expect calls 1")
    desk.hears(carol.hz)
    carol.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()
    carol.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


def test_who_was_called_last_may_hang_up(scene):
    _, desk, bob, carol = scene("7960", "1004")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    carol.hang_up()
    desk.run("expect keys connected within 5000", "expect calls 1", "expect callstate connected")
    desk.hears(bob.hz)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()
    bob.wait_event("CALL_CLOSED")


def test_the_last_party_is_dropped_by_its_key(scene):
    _, desk, bob, carol = scene("7965", "1004")
    add(desk, carol, "hardkey conference")
    all_hear(bob, carol, desk=desk)
    desk.run("key remove_last")
    carol.wait_event("CALL_CLOSED")
    desk.run("expect keys connected within 5000").hears(bob.hz)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()


def test_the_others_go_on_when_the_phone_hangs_up(scene):
    gw, desk, bob, carol = scene("7965", "1004")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.hang_up().is_idle()
    all_hear(bob, carol)
    bob.hang_up()
    carol.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


def test_it_ends_for_all_where_that_is_wanted(scene):
    _, desk, bob, carol = scene("7960", "1004", calls={"conference_on_hangup": "end"})
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.run("key endcall").is_idle()
    bob.wait_event("CALL_CLOSED")
    carol.wait_event("CALL_CLOSED")


@pytest.mark.parametrize("model", ["7960", "7965"])
def test_on_hold_the_others_go_on(scene, model):
    _, desk, bob, carol = scene(model, "1004")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.run("key hold", "expect callstate hold within 3000", "expect lamp 1 wink", "expect keys on_hold")
    all_hear(bob, carol)
    desk.run("key resume", "expect callstate connected within 3000", "expect rx open within 3000")
    looks_like_a_conference(desk)
    all_hear(bob, carol, desk=desk)
    desk.hang_up().is_idle()


def test_a_fourth_party_joins_while_the_others_talk(scene):
    _, desk, bob, carol, dave = scene("7965", "1004", "1006")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    call(desk, dave, "key conference")
    all_hear(bob, carol)
    desk.run("key conference", "expect calls 1 within 5000")
    looks_like_a_conference(desk)
    all_hear(bob, carol, dave, desk=desk)
    desk.run("key remove_last")
    dave.wait_event("CALL_CLOSED")
    looks_like_a_conference(desk.run("expect rx open within 3000"))
    all_hear(bob, carol, desk=desk)
    desk.hang_up().is_idle()


def test_marked_calls_are_joined(scene):
    _, desk, bob, carol, dave = scene("7965", "1004", "1006")
    desk.run("key hold")
    call(desk, carol, "key newcall")
    desk.run("key hold")
    call(desk, dave, "key newcall")
    desk.run("key select call 1", "key select call 2", "key join call 3", "expect calls 1 within 5000")
    looks_like_a_conference(desk)
    all_hear(bob, carol, dave, desk=desk)
    desk.hang_up().is_idle()


def test_who_made_it_leaves_by_transfer(scene):
    gw, desk, bob, carol, dave = scene("7965", "1004", "1006")
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    call(desk, dave, "key transfer")
    desk.run("key transfer").is_idle()
    all_hear(bob, carol, dave)
    for party in (bob, carol):
        party.hang_up()
    dave.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


def test_eight_parties(asterisk, gateway, phone, baresip):
    """Everybody's tone is in everybody else's ear; a ninth is refused with words."""
    gw = gateway(["1001"], asterisk)
    desk = phone(gw, "1001", "7965", hz=PHONE)
    parties = [baresip(str(number), asterisk, hz=500 + 200 * place)
               for place, number in enumerate((1002, 1004, 1006, 1008, 1010, 1012, 1014), 1)]
    call(desk, parties[0])
    for party in parties[1:]:
        add(desk, party)
    all_hear(*parties, desk=desk)
    desk.run("key conference", 'expect notify "Exceed maximum parties" within 3000')
    all_hear(*parties, desk=desk)
    desk.hang_up().is_idle()
    all_hear(*parties)
    for party in parties[1:]:
        party.hang_up()
    parties[0].wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


def test_twenty_conferences_leave_nothing_behind(scene):
    gw, desk, bob, carol = scene("7960", "1004")
    desk.hang_up().is_idle()
    gw.wait_ports_closed()
    before = gw.fds()
    for turn in range(20):
        call(desk, bob)
        add(desk, carol)
        desk.hears_all(bob.hz, carol.hz, ms=200)
        if turn % 2:
            desk.hang_up().is_idle()
            bob.hang_up()
        else:
            mark = bob.mark()
            carol.hang_up()
            desk.run("expect keys connected within 5000").hang_up().is_idle()
            bob.wait_event("CALL_CLOSED", after=mark)
    gw.wait_ports_closed()
    assert gw.fds() == before
