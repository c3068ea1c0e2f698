"""Calls on hold count as calls: for the busy trigger, and for iDivert, also where several phones share the line."""

import pytest

from test_calls import talk_both_ways
from test_forward import scene  # noqa: F401 (fixture)
from test_shared import answered, office, ring  # noqa: F401 (fixture)


@pytest.mark.feature("call waiting", model="7965")
def test_calls_on_hold_count_for_the_busy_trigger(scene, asterisk, baresip):
    desk, gw, bob, carol = scene(calls={"busy_trigger": 2})
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key hold", "expect callstate hold")
    carol.call("1001")
    desk.run("expect callstate ring_in call 2 within 5000", "key answer call 2",
             "expect callstate connected call 2 within 5000").hears(carol.hz)
    carol.wait_heard_all(desk.hz)
    desk.run("key hold", "expect callstate hold call 2 within 3000")
    dave = baresip("1005", asterisk, hz=1700)
    dave.call("1001")
    dave.wait_event("CALL_CLOSED")
    desk.run("expect calls 2", "key endcall call 2", "expect calls 1 within 3000")
    mark = dave.mark()
    dave.call("1001")                       # one is on hold: there is room again
    desk.run("expect callstate ring_in call 2 within 5000")
    dave.hang_up()
    dave.wait_event("CALL_CLOSED", after=mark)
    desk.run("expect calls 1 within 5000", "key resume", "expect callstate connected within 5000").hears(bob.hz, 400)
    bob.wait_heard_all(desk.hz)
    desk.hang_up().is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("divert", model="7965")
def test_a_call_on_hold_is_diverted(scene):
    desk, gw, bob, _ = scene(pbx={"voicemail": "1900"})
    bob.call("1001")
    desk.is_ringing().answer()
    talk_both_ways(desk, bob)
    desk.run("key hold", "expect callstate hold", "expect key divert shown", "key divert call 1",
             "expect calls 0 within 5000").is_idle()
    bob.wait_heard(700)
    gw.wait_ports_closed()


@pytest.mark.feature("divert", "shared line", model=("7960", "7965"))
def test_a_call_of_a_shared_line_is_diverted_for_all(office):
    """From one phone while both ring; and while one talks."""
    gw, bob, (one, other) = office("7960", "7965", pbx={"voicemail": "1900"})
    ring(bob, one, other)
    other.run("key divert", "expect calls 0 within 5000").is_idle()
    one.is_idle()
    bob.wait_heard(700)
    mark = bob.mark()
    bob.hang_up()
    bob.wait_event("CALL_CLOSED", after=mark)
    answered(bob, one, other)
    one.run("key divert", "expect calls 0 within 5000").is_idle()
    other.is_idle()
    bob.wait_heard(700)
