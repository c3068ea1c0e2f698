"""Calls that announce themselves: answered without a hand, one-way and two-way, and rings of their own; what a phone in a
call does with them."""

import pytest

from peers import sip, tone
from peers.agent import ok
from peers.process import until
from flow import Flow
from house import VERSIONS
from phone import phone_name
from test_calls import talk_both_ways

INTERCOM = ("Call-Info", "<sip:pbx>;answer-after=0")


@pytest.fixture
def pbx(agent):
    return agent("pbx", automatic={"REGISTER": ok})


class Caller:
    """Somebody behind a raw PBX, who speaks 900 Hz."""

    def __init__(self, pbx, rtp):
        self.pbx, self.ear = pbx, rtp(pbx.address, hz=900)

    def call(self, *fields):
        contact = next(message for message in self.pbx.seen if message.method == "REGISTER").contact_uri
        self.invite = self.pbx.request("INVITE", contact, f"<{contact}>", fields=list(fields),
                                       body=sip.sdp(self.pbx.address, self.ear.port))
        return self

    def expect(self, status):
        answer = self.pbx.expect(status, call_id=self.invite.call_id)
        if answer.status >= 200:
            self.pbx.acknowledge(self.invite, answer)
            self.answer = answer
            self.ear.peer = answer.rtp()
        return self

    def hears(self, hz):
        until(lambda: tone.seconds_of(self.ear.heard(), hz) >= 0.5, 8, f"{hz} Hz to be heard")

    def hang_up(self):
        bye = self.pbx.in_call("BYE", self.invite, self.answer)
        assert self.pbx.expect(200, call_id=bye.call_id)


@pytest.fixture
def scene(pbx, gateway, phone, rtp):
    """scene("7965") gives a phone of a raw PBX, and two callers there."""
    def build(model="7965", **config):
        desk = phone(gateway(["1001"], pbx, **config), "1001", model, version=VERSIONS.get(model))
        return desk, Caller(pbx, rtp), Caller(pbx, rtp)
    return build


# with Asterisk: 70, 71 and 72 before a number ask for an answer, one to be listened to, and for a ring

@pytest.mark.feature("intercom", model="7965")
def test_asterisk_asks_for_an_answer_and_gets_it(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway(["1001"], asterisk), "1001", "7965")
    flow = Flow(desk)
    bob.call("701001")
    bob.wait_event("CALL_ESTABLISHED")
    talk_both_ways(desk, bob)
    desk.run("expect speaker on", "expect mic on", "expect rings 0", "expect heard zip 1", "expect keys connected")
    bob.hang_up()
    desk.is_idle()
    flow.is_kept("intercom", "A call that wants to be answered without a hand, hung up by its caller")


@pytest.mark.feature("intercom", model="7965")
def test_who_pages_is_heard_and_hears_nothing(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway(["1001"], asterisk), "1001", "7965")
    bob.call("711001")
    bob.wait_event("CALL_ESTABLISHED")
    desk.is_talking().run("expect mic off", "expect rings 0", "expect heard zip 1").hears(900, 3000)
    assert tone.seconds_of(bob.heard(), desk.hz) == 0
    desk.run("key hold", "key resume", "expect mic on")       # taken into the hand, it is a call like any other
    bob.wait_heard(desk.hz)
    bob.hang_up()
    desk.is_idle()


@pytest.mark.feature("rings", model="7960")
def test_asterisk_chooses_the_ring(asterisk, gateway, phone, baresip):
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway(["1001"], asterisk), "1001", "7960")
    flow = Flow(desk, "7960")
    bob.call("721001")
    desk.run("expect callstate ring_in within 5000", "expect ringer bellcore3").answer()
    talk_both_ways(desk, bob)
    desk.hang_up().is_idle()
    flow.is_kept("rings", "A call rings as its Alert-Info asks, and is answered")


# every spelling, every family

@pytest.mark.feature("intercom", model="7965")
@pytest.mark.parametrize("field", [
    ("Call-Info", "<sip:pbx>;answer-after=0"), ("Alert-Info", "<http://pbx>;info=alert-autoanswer"),
    ("Alert-Info", "Auto Answer"), ("Answer-Mode", "Auto"), ("Priv-Answer-Mode", "Auto;require")])
def test_an_answer_is_asked_for_by(scene, field):
    desk, alice, _ = scene()
    alice.call(field).expect(200)
    desk.is_talking().run("expect rings 0", "expect heard zip 1").hears(900)
    alice.hears(desk.hz)
    alice.hang_up()
    desk.is_idle()


@pytest.mark.feature("intercom", model="7965")
def test_a_line_that_does_not_ring_is_answered_all_the_same(asterisk, gateway, phone, baresip):
    """Who wants no ring on that line still wants to be spoken to; a call that asks for nothing is only seen."""
    bob = baresip("1002", asterisk, hz=900)
    desk = phone(gateway((), asterisk, phones={phone_name("1001"): {"buttons": [
        {"line": {"number": "1001", "password": "pw1001"}, "ring": "off"}]}}), "1001", "7965")
    mark = bob.mark()
    bob.call("1001")
    desk.run("expect callstate ring_in within 5000", "expect ringer flash_only")
    bob.hang_up()
    bob.wait_event("CALL_CLOSED", after=mark)
    desk.is_idle()
    bob.call("701001")
    talk_both_ways(desk, bob)
    desk.run("expect rings 0", "expect heard zip 1")
    bob.hang_up()
    desk.is_idle()


@pytest.mark.feature("intercom")
@pytest.mark.parametrize("model", ["7960", "7970", "6921"])
def test_phones_of_every_family_answer_alone(scene, model):
    desk, alice, _ = scene(model)
    alice.call(INTERCOM).expect(200)
    desk.is_talking().run("expect speaker on", "expect rings 0", "expect heard zip 1").hears(900)
    alice.hears(desk.hz)
    alice.hang_up()
    desk.is_idle()


@pytest.mark.parametrize("model", ["ATA186", "7912"])
def test_a_phone_that_is_only_heard_in_the_handset_rings(scene, model):
    desk, alice, _ = scene(model)
    alice.call(INTERCOM).expect(180)
    desk.is_ringing().answer()
    alice.expect(200)
    desk.is_talking().run("expect heard zip 0").hears(900).hang_up().is_idle()


def test_one_may_be_asked_to_let_it_ring_before(scene):
    desk, alice, _ = scene()
    alice.call(("Call-Info", "<sip:pbx>;answer-after=1")).expect(180)
    desk.is_ringing()
    alice.expect(200)
    desk.is_talking().run("expect rings 1", "expect heard zip 1").hears(900).hang_up().is_idle()


def test_the_user_may_be_faster(scene):
    desk, alice, _ = scene()
    alice.call(("Call-Info", "<sip:pbx>;answer-after=2")).expect(180)
    desk.is_ringing().answer()
    alice.expect(200)
    desk.is_talking().run("expect heard zip 0", "wait 2500", "expect heard zip 0").hears(900).hang_up().is_idle()


@pytest.mark.feature("rings", model="7960")
@pytest.mark.parametrize("ring, field", [
    ("inside", "<urn:alert:source:internal>"), ("outside", "<urn:alert:source:external>"),
    ("precedence", "<http://pbx>;info=alert-emergency"), ("feature", "<http://pbx>;info=alert-group"),
    ("bellcore5", "<Bellcore-dr5>"), ("inside", "<urn:alert:tone:unheard-of>"), ("inside", "silent")])
def test_a_ring_is_asked_for(scene, pbx, ring, field):
    desk, alice, _ = scene("7960")
    alice.call(("Alert-Info", field), ("P-Asserted-Identity", "<sip:1002@pbx>")).expect(180)
    desk.run("expect callstate ring_in", f"expect ringer {ring}")
    pbx.cancel(alice.invite)
    alice.expect(487)
    desk.is_idle()


# a phone in a call, and a house that wants none of it

def in_a_call(desk, alice):
    alice.call().expect(180)
    desk.answer()
    alice.expect(200)
    desk.is_talking().hears(900)


def test_nobody_is_taken_off_a_call(scene):
    desk, alice, carol = scene()
    in_a_call(desk, alice)
    carol.call(INTERCOM).expect(180)
    desk.run("expect callstate ring_in call 2", "expect waitingtones 1", "expect ringer flash_only",
             "expect heard zip 0", "expect callstate connected call 1").hears(900)
    desk.hang_up().run("expect ringer inside within 3000", "key answer")
    carol.expect(200)
    desk.is_talking().hears(900).hang_up().is_idle()


def test_a_phone_in_a_call_may_be_busy_for_it(scene):
    desk, alice, carol = scene(calls={"auto_answer_busy": "reject"})
    in_a_call(desk, alice)
    carol.call(INTERCOM).expect(486)
    desk.run("expect calls 1", "expect waitingtones 0").hears(900).hang_up().is_idle()


def test_it_can_be_forbidden(scene):
    desk, alice, carol = scene(calls={"auto_answer": "off"})
    carol.call(("Answer-Mode", "Auto;require")).expect(403)
    alice.call(INTERCOM).expect(180)
    desk.is_ringing().answer()
    alice.expect(200)
    desk.is_talking().run("expect heard zip 0").hang_up().is_idle()
