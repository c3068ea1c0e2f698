"""One line on several phones: all ring and one answers, the others see it, take it over and join it."""

import re

import pytest

from flow import Flow
from house import at_once
from phone import phone_name
from test_calls import talk_both_ways

REMOTE = ["expect callstate call_remote_multiline within 5000", "expect ringer off", "expect lamp 1 on", "expect speaker off"]
LINE = {"desk": {"number": "1001", "password": "pw1001", "name": "Desk"}}
OLD_AND_NEW = ["7960", "7965"]


@pytest.fixture
def office(asterisk, gateway, phone, baresip):
    """office("7960", "7965", ...): phones with the one line 1001, tones of 500, 600, 700 Hz ...; and Bob, 900 Hz."""
    made = []

    def build(*models, phones=None, **config):
        numbers = [2001 + place for place in range(len(models))]
        bob = baresip("1002", asterisk, hz=900)
        gw = gateway(server=asterisk, lines=LINE, **config, phones={
            phone_name(number): {"lines": ["desk"], **(phones or {})} for number in numbers})
        desks = [phone(gw, str(number), model, in_service=False, hz=500 + 100 * place)
                 for place, (number, model) in enumerate(zip(numbers, models))]
        gw.wait_log(" 1001: registered at")
        made.append((gw, desks))
        return gw, bob, desks

    yield build
    for gw, desks in made:
        for desk in desks:
            desk.hang_up()
        for desk in desks:
            desk.is_idle()
        gw.wait_ports_closed()


def ring(bob, *desks):
    bob.call("1001")
    for desk in desks:
        desk.is_ringing()


def answered(bob, desk, *others):
    mark = bob.mark()
    ring(bob, desk, *others)
    desk.answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk_both_ways(desk, bob)
    for other in others:
        other.run(*REMOTE)


# ringing

@pytest.mark.feature("shared line", model=("7960", "7965", "7970"))
@pytest.mark.parametrize("first", [0, 1])
def test_all_ring_and_one_answers(office, first):
    gw, bob, desks = office("7960", "7965", "7970")
    desk, others = desks[first], desks[:first] + desks[first + 1:]
    flow = Flow(others[1])
    answered(bob, desk, *others)
    for other in others:
        other.run('expect prompt "In use remote"', "expect info calling \"\" 1002", "expect key new_call shown",
                  "expect key answer hidden")
    assert len(gw.media_ports()) == 4                   # of one call
    desk.hang_up()
    bob.wait_event("CALL_CLOSED")
    for one in desks:
        one.is_idle()
    if first == 0:
        flow.is_kept("shared_line", "A line of several phones: it rings, and another phone answers")


def test_two_answer_in_the_same_millisecond(office):
    gw, bob, (one, other, third) = office("7960", "7965", "7970")
    for _ in range(3):
        mark = bob.mark()
        ring(bob, one, other, third)
        at_once("key answer", one, other, third)
        bob.wait_event("CALL_ESTABLISHED", after=mark)
        bob.hang_up()
        for desk in (one, other, third):
            desk.run("expect calls 0 within 5000").is_idle()
        gw.wait_ports_closed()


def test_who_comes_while_it_rings_rings_too(office):
    gw, bob, (one, other) = office("7960", "7965")
    other.run("close")
    gw.wait_log("SEP000000002002: (lost|unregistered)")
    mark = bob.mark()
    ring(bob, one)
    other.run("register", "expect registered within 10000").is_ringing()
    other.run('expect info calling "" 1002').answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    talk_both_ways(other, bob)
    one.run(*REMOTE)
    bob.hang_up()


def test_the_caller_gives_up(office):
    gw, bob, desks = office("7960", "7965")
    ring(bob, *desks)
    bob.hang_up()
    for desk in desks:
        desk.is_idle()


def test_a_refusal_counts_when_everybody_has_refused(office):
    gw, bob, (one, other) = office("7960", "7965")
    ring(bob, one, other)
    one.run("key endcall").is_idle()
    other.run("expect callstate ring_in")
    mark = bob.mark()
    other.run("key endcall").is_idle()
    bob.wait_event("CALL_CLOSED", after=mark)


def test_who_does_not_want_to_be_disturbed_does_not_ring(office):
    gw, bob, (one, other) = office("7960", "7965")
    one.run("key dnd")
    gw.wait_log("SEP000000002001: do not disturb: ")
    ring(bob, other)
    one.run("expect calls 0")
    other.answer()
    talk_both_ways(other, bob)
    one.run(*REMOTE)
    bob.hang_up()
    one.is_idle().run("key dnd")


def test_who_answered_and_is_lost_does_not_leave_the_caller_waiting(office):
    gw, bob, (one, other) = office("7960", "7965")
    ring(bob, one, other)
    mark = bob.mark()
    one.run("ack none", "key answer", "close")
    bob.wait_event("CALL_CLOSED", after=mark)
    other.is_idle()
    one.run("register", "expect registered within 10000", "ack ok")


def test_call_waiting_rings_on_all_phones(office, baresip, asterisk):
    gw, bob, (one, other) = office("7960", "7965")
    carol = baresip("1004", asterisk, hz=1100)
    answered(bob, one, other)
    carol.call("1001")
    one.run("expect callstate ring_in call 2 within 5000", "expect ringer flash_only")
    other.run("expect callstate ring_in call 2 within 5000", "expect ringer inside", "key answer call 2",
              "expect callstate connected call 2 within 5000").hears(carol.hz)
    carol.wait_heard(other.hz)
    one.run("expect callstate call_remote_multiline call 2", "expect callstate connected call 1").hears(bob.hz)
    carol.hang_up()
    bob.hang_up()
    for desk in (one, other):
        desk.is_idle()


# what others see

def test_a_call_that_is_placed_is_seen(office):
    gw, bob, (one, other) = office("7960", "7965")
    one.dial("1002#")
    bob.wait_event("CALL_INCOMING")
    other.run(*REMOTE).run('expect info called "" 1002')
    bob.accept()
    talk_both_ways(one, bob)
    one.hang_up()
    other.is_idle()


def test_a_phone_that_registers_sees_the_calls_of_the_others(office):
    gw, bob, (one, other) = office("7960", "7965")
    answered(bob, one, other)
    other.run("close", "register", "expect registered within 10000").run(*REMOTE)
    one.run("key hold")
    other.run("expect callstate remote_hold within 3000", "close", "register", "expect registered within 10000",
              "expect callstate remote_hold within 3000", "expect lamp 1 wink")
    bob.hang_up()
    other.is_idle()


def test_the_phone_that_talks_is_lost(office):
    gw, bob, (one, other) = office("7960", "7965", calls={"survive": "0s"})
    answered(bob, one, other)
    mark = bob.mark()
    one.run("close")
    bob.wait_event("CALL_CLOSED", after=mark)
    other.is_idle()
    one.run("register", "expect registered within 10000")


# hold, resume, steal

@pytest.mark.feature("shared line")
@pytest.mark.parametrize("model", OLD_AND_NEW)
def test_a_held_call_is_resumed_on_another_phone(office, model):
    gw, bob, (one, other) = office("7970", model)
    answered(bob, one, other)
    one.run("key hold", "expect callstate hold")
    other.run(f"expect callstate {'hold' if model == '7960' else 'remote_hold'} within 3000", "expect lamp 1 wink",
              "expect key resume shown", "expect key end_call hidden", "key resume")
    talk_both_ways(other, bob)
    one.run(*REMOTE).run("expect rx closed", "expect tx off")
    other.run("key hold")
    one.run("expect callstate remote_hold within 3000", "line 1")
    talk_both_ways(one, bob)
    other.run(*REMOTE)
    one.hang_up()
    bob.wait_event("CALL_CLOSED")


def test_two_resume_at_once_and_one_has_it(office):
    gw, bob, (one, other, third) = office("7960", "7965", "7970")
    answered(bob, one, other, third)
    one.run("key hold", "expect callstate hold")
    for desk in (other, third):
        desk.run("expect callstate remote_hold within 3000")
    begin = {desk: len(desk.log()) for desk in (other, third)}
    at_once("key resume", other, third)
    gw.wait_log("taken over from")
    won = [desk for desk in begin if desk.wait(lambda: re.search(r"< CallState state=(connected|call_remote)",
                                                                desk.log()[begin[desk]:]), 5, "an end")[1] == "connected"]
    assert len(won) == 1
    talk_both_ways(won[0], bob)
    for desk in {one, other, third} - set(won):
        desk.run(*REMOTE)
    won[0].hang_up()


@pytest.mark.feature("barge", model=("7960", "7965"))
def test_an_active_call_is_stolen(office):
    gw, bob, (one, other) = office("7960", "7965")
    answered(bob, one, other)
    other.run("expect key intercept shown", "key intercept")
    talk_both_ways(other, bob)
    one.run(*REMOTE).run("expect rx closed", "expect tx off", "key intercept")
    talk_both_ways(one, bob)
    other.run(*REMOTE)
    bob.hang_up()


# barge

@pytest.mark.feature("barge", model=("7965", "7970"))
def test_another_phone_joins(office):
    gw, bob, (one, other, third) = office("7960", "7965", "7970")
    answered(bob, one, other, third)
    flow = Flow(other)
    other.run("expect key barge shown", "key barge", "expect callstate connected within 5000", 'expect prompt "Barge"',
              "expect key hold hidden", "expect key end_call shown")
    one.run("expect heard barg_in 1 within 3000")
    other.run("expect heard barg_in 1 within 3000", "expect tone none within 3000")
    other.hears_all(bob.hz, one.hz)
    one.hears_all(bob.hz, other.hz)
    bob.wait_heard_all(one.hz, other.hz)
    third.run(*REMOTE)
    other.hang_up().run(*REMOTE)
    talk_both_ways(one, bob)
    other.run("key barge").hears_all(bob.hz, one.hz)             # again
    third.run("key barge").hears_all(bob.hz, one.hz, other.hz)
    for desk, times in ((one, 3), (other, 3), (third, 1)):
        desk.run(f"expect heard barg_in {times} within 3000", "expect tone none within 3000")
    bob.hang_up()
    for desk in (one, other, third):
        desk.is_idle()
    flow.is_kept("barge", "A phone joins a call of another phone of its line, leaves, joins again until it ends")


@pytest.mark.feature("barge", model=("7960", "7965"))
@pytest.mark.parametrize("how", ["onhook", "key endcall"])
def test_who_joined_goes_on_when_the_first_hangs_up(office, how):
    gw, bob, (one, other) = office("7960", "7965")
    answered(bob, one, other)
    other.run("key barge").hears_all(bob.hz, one.hz)
    one.run(how, *REMOTE).run("expect rx closed", "expect tx off")
    talk_both_ways(other, bob)
    other.run("expect key hold shown", "expect lamp 1 on")
    mark = bob.mark()
    other.hang_up()
    bob.wait_event("CALL_CLOSED", after=mark)


def test_who_joined_leaves_when_the_call_is_held(office):
    gw, bob, (one, other) = office("7960", "7965")
    answered(bob, one, other)
    other.run("key barge").hears_all(bob.hz, one.hz)
    one.run("key hold", "expect callstate hold")
    other.run("expect callstate remote_hold within 3000", "expect rx closed", "expect tx off")
    one.run("key resume")
    talk_both_ways(one, bob)
    other.run(*REMOTE)
    one.hang_up()


# a shared line is a line

def calls_carol(desk, carol, key):
    desk.run(key, "expect tone inside_dial within 3000", f"digits {carol.user}#")
    carol.wait_event("CALL_INCOMING")
    carol.accept()
    desk.run("expect callstate connected call 2 within 5000").hears(carol.hz)


def test_a_call_is_transferred(office, baresip, asterisk):
    gw, bob, (one, other) = office("7965", "7960")
    carol = baresip("1004", asterisk, hz=1300)
    answered(bob, one, other)
    calls_carol(one, carol, "key transfer")
    other.run("expect calls 2", "expect callstate call_remote_multiline call 1",
              "expect callstate call_remote_multiline call 2")
    one.run("key transfer", "expect calls 0 within 5000").is_idle()
    bob.wait_heard(carol.hz)
    carol.wait_heard(bob.hz)
    other.is_idle()


def test_a_conference_is_seen_as_one_call(office, baresip, asterisk):
    gw, bob, (one, other) = office("7965", "7960")
    carol = baresip("1004", asterisk, hz=1300)
    answered(bob, one, other)
    calls_carol(one, carol, "key conference")
    one.run("key conference", "expect calls 1 within 5000").hears_all(bob.hz, carol.hz)
    bob.wait_heard_all(one.hz, carol.hz)
    other.run("expect calls 1 within 3000", "expect callstate call_remote_multiline", "expect key intercept hidden",
              "expect key barge hidden")
    one.hang_up()
    other.is_idle()
    bob.wait_heard(carol.hz)                # they go on without it
    bob.hang_up()


def test_nobody_answers_and_the_caller_is_sent_on(office, baresip, asterisk):
    gw, bob, (one, other) = office("7960", "7965", calls={"forward_no_answer": "2s"})
    carol = baresip("1004", asterisk, hz=1300)
    one.run("key forward_no_answer", "digits 1004#", "expect forward 1 no_answer 1004 within 3000")
    other.run("expect forward 1 no_answer 1004 within 3000")       # both show it
    ring(bob, one, other)
    carol.wait_event("CALL_INCOMING")
    for desk in (one, other):
        desk.is_idle()
    carol.accept()
    bob.wait_heard(carol.hz)
    other.run("key forward_no_answer", "expect forward 1 no_answer off within 3000")
    one.run("expect forward 1 no_answer off within 3000")


def test_the_phone_that_holds_is_lost_and_another_one_goes_on(office):
    gw, bob, (one, other) = office("7960", "7965", calls={"survive": "60s"})
    answered(bob, one, other)
    one.run("key hold", "expect callstate hold")
    other.run("expect callstate remote_hold within 3000")
    gw.wait_log("reoffer-answered")
    one.run("drop")
    gw.wait_log("phone-away--> away")
    other.run("expect callstate remote_hold", "key resume")
    talk_both_ways(other, bob)
    one.run("register", "expect registered within 10000").run(*REMOTE)
    other.hang_up()


# privacy

@pytest.mark.feature("barge", model="7960")
def test_a_private_phone_keeps_its_calls_to_itself(office):
    gw, bob, (one, other) = office("7960", "7965", phones={"privacy": "on"})
    answered(bob, one, other)
    other.run("expect key barge hidden", "expect key intercept hidden", "key barge", "key intercept")
    talk_both_ways(one, bob)
    one.run("key private")
    other.run("expect key barge shown within 3000", "expect info calling \"\" 1002")
    one.run("key private")
    other.run("expect key barge hidden within 3000")
    one.hang_up()


# many

@pytest.mark.feature("shared line", model=("7960", "7965", "7970", "7912"))
def test_twenty_phones_on_one_line(office):
    models = [["7960", "7965", "7970", "7912"][place % 4] for place in range(20)]
    gw, bob, desks = office(*models)
    mark = bob.mark()
    ring(bob, *desks)
    desks[7].answer()
    bob.wait_event("CALL_ESTABLISHED", after=mark)
    desks[7].is_talking().hears(900)
    for desk in desks[:7] + desks[8:]:
        desk.run("expect callstate call_remote_multiline within 5000", "expect lamp 1 on", "expect ringer off")
    assert len(gw.media_ports()) == 4
    bob.hang_up()
    for desk in desks:
        desk.is_idle()
