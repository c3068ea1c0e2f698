"""Ad-hoc conferences by the gateway's own mixer, through Asterisk: everybody hears all the others and not themselves,
nobody is lost when somebody leaves, and nothing is left over."""

import pytest

from flow import Flow
from house import VERSIONS, connect, house, talk  # noqa: F401 (fixture)
from peers import sip, tone
from peers.agent import ok
from peers.process import until
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


@pytest.mark.feature("conference")
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


@pytest.mark.feature("conference keys", model="7965")
def test_the_last_party_is_dropped_by_its_key(scene):
    _, desk, bob, carol = scene("7965", "1004")
    flow = Flow(desk)
    add(desk, carol, "hardkey conference")
    all_hear(bob, carol, desk=desk)
    desk.run("key remove_last")
    carol.wait_event("CALL_CLOSED")
    desk.run("expect keys connected within 5000").hears(bob.hz)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()
    flow.is_kept("conference", "Bob is on the line, Carol is called and joined with Confrn, and dropped with RmLstC")


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


@pytest.mark.feature("conference")
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


@pytest.mark.feature("conference", model="7965")
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


@pytest.mark.feature("conference keys", model="7965")
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


@pytest.mark.feature("conference keys", model="7965")
def test_the_list_shows_who_is_there_and_removes_one(scene):
    _, desk, bob, carol, dave = scene("7965", "1004", "1006")
    add(desk, carol)
    add(desk, dave)
    all_hear(bob, carol, dave, desk=desk)
    desk.run("key conference_list", 'expect menu "User 1002 (1002)" within 3000', 'expect menu "User 1004 (1004)"',
             'expect menu "User 1006 (1006)"', "expect menu Remove", 'choose remove "User 1004 (1004)"')
    carol.wait_event("CALL_CLOSED")
    all_hear(bob, dave, desk=desk)
    desk.run("hardkey conf_list", 'expect menu "User 1006 (1006)" within 3000', 'choose remove "User 1006 (1006)"')
    dave.wait_event("CALL_CLOSED")          # the phone's own channel was his: Bob's takes its place
    desk.run("expect keys connected within 5000").hears(bob.hz)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()


def test_a_phone_without_lists_is_told_the_names(scene):
    _, desk, bob, carol = scene("7960", "1004")
    add(desk, carol)
    desk.run("key conference_list", "expect notify 1002 within 3000", "expect notify 1004")
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


@pytest.mark.feature("conference", model="7965")
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


# What a PBX may do to it: both other parties are a raw one.

@pytest.fixture
def raw(agent, gateway, phone, rtp):
    """raw(codecs=...) gives a phone that talks with Carol (1300 Hz) and holds Bob (900 Hz) to confer with both."""
    def build(bob_codecs=((0, "PCMU/8000"),), **config):
        pbx = agent("pbx", automatic={"REGISTER": ok, "BYE": ok})
        gw = gateway(["1001"], pbx, **config)
        desk = phone(gw, "1001", "7965", hz=PHONE)
        bob, carol = rtp(pbx.address, hz=BOB), rtp(pbx.address, hz=CAROL)
        for party, codecs, key in ((bob, bob_codecs, "offhook"), (carol, ((0, "PCMU/8000"),), "key conference")):
            desk.run(key)
            if party is carol:
                answer(pbx, bob, "INVITE", extra="a=recvonly\r\n", codecs=bob_codecs)
            desk.run("expect tone inside_dial within 3000", "digits 1002#")
            party.invite = pbx.expect("INVITE")
            party.peer = party.invite.rtp()
            pbx.reply(party.invite, 200, "OK", body=sip.sdp(pbx.address, party.port, codecs))
            desk.run("expect callstate connected within 5000", "expect tx on within 3000")
        desk.hears(CAROL)
        return gw, desk, pbx, bob, carol
    return build


def answer(pbx, party, method, **description):
    request = pbx.expect(method, call_id=party.invite.call_id)
    pbx.reply(request, 200, "OK", body=sip.sdp(pbx.address, party.port, **description))
    return request


def hears(party, *tones):
    party.packets.clear()
    until(lambda: tone.seconds_of_mix(party.heard(), tones) > 0.4, 5, f"{tones} Hz to be heard")


def test_who_does_not_want_to_talk_again_stays_held(raw):
    gw, desk, pbx, bob, carol = raw()
    desk.run("key conference")
    pbx.reply(pbx.expect("INVITE", call_id=bob.invite.call_id), 488, "Not Acceptable Here")
    desk.run('expect prompt "Can not complete conference" call 1 within 3000', "expect callstate hold call 1",
             "expect callstate connected call 2", "expect keys connected").hears(CAROL)
    hears(carol, PHONE)
    desk.run("key hold", "key resume call 1")
    answer(pbx, carol, "INVITE", extra="a=recvonly\r\n")
    answer(pbx, bob, "INVITE")
    desk.run("expect callstate connected call 1 within 3000").hears(BOB)
    desk.run("onhook", "expect calls 1 within 3000", "key endcall call 1").is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("conference", model="7965")
def test_who_speaks_what_cannot_be_mixed_is_asked_for_something_else(raw):
    g729 = ((18, "G729/8000"),)
    gw, desk, pbx, bob, carol = raw(bob_codecs=g729, media={"codecs": ["g729", "pcmu"]})
    desk.run("key conference")
    asked = answer(pbx, bob, "INVITE")
    assert "G729" not in asked.body and " 18" not in asked.body
    desk.run("expect calls 1 within 3000", 'expect prompt "Conference"').hears_all(BOB, CAROL)
    hears(bob, PHONE, CAROL)
    hears(carol, PHONE, BOB)
    desk.hang_up().is_idle()


def test_a_party_that_holds_the_conference_is_not_heard_until_it_comes_back(raw):
    gw, desk, pbx, bob, carol = raw()
    desk.run("key conference")
    answer(pbx, bob, "INVITE")
    desk.hears_all(BOB, CAROL)
    for extra, heard in (("a=sendonly\r\n", (CAROL,)), ("", (BOB, CAROL))):
        request = pbx.in_call("INVITE", bob.invite, body=sip.sdp(pbx.address, bob.port, extra=extra))
        pbx.acknowledge(request, pbx.expect(200, call_id=bob.invite.call_id))
        desk.hears_all(*heard)
        hears(carol, *([PHONE, BOB] if not extra else [PHONE]))
    desk.hang_up().is_idle()


def test_the_others_go_on_when_the_phone_is_gone(raw):
    gw, desk, pbx, bob, carol = raw()
    desk.run("key conference")
    answer(pbx, bob, "INVITE")
    desk.hears_all(BOB, CAROL)
    desk.kill()
    hears(bob, CAROL)
    hears(carol, BOB)
    assert pbx.count("BYE") == 0
    bye = pbx.in_call("BYE", bob.invite)
    assert pbx.expect(200, call_id=bye.call_id)
    until(lambda: pbx.count("BYE") == 1, 5, "the last one to be told")
    gw.wait_ports_closed()


@pytest.mark.parametrize("survive", ["0s", "60s"])
def test_a_host_whose_connection_is_cut_leaves_the_others_together(scene, survive):
    """A conference needs its phone's ear to be shown again: the others go on, and the phone comes back without a call."""
    gw, desk, bob, carol = scene("7965", "1004", calls={"survive": survive})
    add(desk, carol)
    all_hear(bob, carol, desk=desk)
    desk.run("drop")
    gw.wait_log("SEP000000001001: lost")
    all_hear(bob, carol)
    desk.run("register", "expect registered within 10000").is_idle()
    all_hear(bob, carol)
    bob.hang_up()
    carol.wait_event("CALL_CLOSED")
    gw.wait_ports_closed()


@pytest.mark.parametrize("survive", ["0s", "60s"])
def test_a_member_whose_connection_is_cut(house, survive):
    """Of three phones of one gateway; with survival nobody hears of it, and it is back in its call."""
    desk, bob, carol = house("7965", "7960", "7965", calls={"survive": survive})
    connect(desk, bob)
    desk.run("key conference", "expect tone inside_dial within 3000", "digits 1005#")
    carol.is_ringing().answer()
    talk(desk, carol)
    desk.run("key conference", "expect calls 1 within 5000")
    for one, others in ((desk, (bob, carol)), (bob, (desk, carol)), (carol, (desk, bob))):
        one.hears_all(*(other.hz for other in others))
    bob.run("drop")
    if survive == "0s":
        desk.run("expect keys connected within 5000").hears(carol.hz)
        carol.hears(desk.hz)
        bob.run("register", "expect registered within 10000").is_idle()
        return
    carol.hears_all(desk.hz, bob.hz)
    desk.hears_all(carol.hz, bob.hz)
    bob.run("register", "expect registered within 10000", "expect callstate connected within 3000")
    for one, others in ((desk, (bob, carol)), (bob, (desk, carol)), (carol, (desk, bob))):
        one.hears_all(*(other.hz for other in others))
    desk.hang_up().is_idle()
    bob.hears(carol.hz)
    carol.hears(bob.hz)
