"""Calls that wait for somebody: the tone that is repeated, the ring when the other call ends, the reminder of a hold."""

import pytest

from flow import Flow
from house import connect, house, model, talk  # noqa: F401 (fixtures)


@pytest.mark.feature("reminders")
def test_the_tone_of_a_waiting_call_is_repeated(house, model):
    desk, other, third = house(model, "7965", "7970", calls={"call_waiting_interval": "1s"})
    connect(desk, other)
    third.dial("1001#")
    desk.run("expect waitingtones 1", "expect waitingtones 3 within 5000").hears(other.hz)
    third.hang_up()
    desk.run("expect calls 1", "wait 1500", "expect waitingtones 3").hang_up().is_idle()


@pytest.mark.feature("call waiting")
def test_a_waiting_call_rings_when_the_other_one_ends(house, model):
    desk, other, third = house(model, "7965", "7970")
    connect(desk, other)
    third.dial("1001#")
    desk.run("expect ringer flash_only", "expect waitingtones 1", "wait 1500", "expect waitingtones 1")
    other.hang_up()
    desk.run("expect ringer inside within 3000", "expect rings 1").answer()
    talk(desk, third)
    desk.hang_up().is_idle()


def test_a_waiting_call_rings_when_the_other_one_is_held(house, model):
    desk, other, third = house(model, "7965", "7970")
    connect(desk, other)
    third.dial("1001#")
    desk.run("expect ringer flash_only", "key hold call 1", "expect ringer inside", "expect callstate hold call 1")
    third.hang_up()
    desk.run("expect calls 1", "expect ringer off", "key resume")
    talk(desk, other)
    desk.hang_up().is_idle()


@pytest.mark.feature("reminders")
def test_a_held_call_is_reminded_of_by_a_ring(house, model):
    desk, other = house(model, "7965", calls={"hold_reminder": "1s"})
    connect(desk, other)
    flow = Flow(desk)
    desk.run("key hold", "expect callstate hold", "expect rings 0", "expect rings 1 within 5000")
    flow.is_kept("reminders", "A call on hold is reminded of by a short ring")
    desk.run("expect rings 2 within 5000", "key resume", "expect ringer off")
    talk(desk, other)
    desk.run("wait 1500", "expect rings 2").hang_up().is_idle()


@pytest.mark.feature("reminders")
def test_who_talks_to_another_is_reminded_by_a_beep(house, model):
    desk, other, third = house(model, "7965", "7970", calls={"hold_reminder": "1s"})
    connect(desk, other)
    desk.run("key hold", "expect callstate hold")
    third.dial("1001#")
    desk.run("expect callstate ring_in call 2 within 3000", "key answer call 2")
    desk.run("expect callstate connected call 2 within 5000", "expect heard beep_bonk 2 within 5000").hears(third.hz)
    desk.hang_up().run("expect calls 1", "key resume")
    talk(desk, other)
    desk.hang_up().is_idle()


def test_nobody_is_reminded_unless_that_is_wanted(house, model):
    desk, other = house(model, "7965")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold", "wait 2500", "expect rings 0", "expect heard beep_bonk 0")
    desk.run("key resume")
    talk(desk, other)
    desk.hang_up().is_idle()
