"""What users do with calls that ring or are up: answering, ending, several at once, hold, and keys at wrong moments."""

import pytest

from flow import Flow
from house import WITH_SOFT_KEYS, at_once, connect, house, model, talk  # noqa: F401 (fixtures)


# answering and ending

@pytest.mark.feature("call")
@pytest.mark.parametrize("gesture", ["offhook", "key answer", "line 1"])
def test_an_answer_by(house, model, gesture):
    desk, other = house(model, "7960")
    other.dial("1001#")
    desk.is_ringing().run("expect keys ring_in", 'expect prompt "From 1003"', 'expect notify "From 1003"', gesture)
    talk(desk, other)
    desk.run("expect keys connected", 'expect prompt "Connected"', 'expect notify ""').hang_up().is_idle()
    other.is_idle()


def test_the_handset_answers_the_call_that_rings_longest(house):
    desk, other, third = house("7960", "7965", "7970", lines=2)
    other.dial("1002#")
    desk.run("expect ringer inside")
    third.dial("1001#")
    desk.run("expect calls 2", "expect lamp 1 blink", "expect lamp 2 blink").answer()
    talk(desk, other)
    desk.run("expect lamp 2 on", "expect lamp 1 blink", "expect ringer flash_only").hang_up()
    desk.run("expect ringer inside", "key endcall").is_idle()
    third.run("expect callstate busy", "expect tone line_busy").hang_up()
    other.is_idle()


def test_a_call_that_comes_at_the_dial_tone_rings_silently_and_can_be_answered(house, model):
    desk, other = house(model, "7960")
    desk.run("offhook", "expect tone inside_dial")
    other.dial("1001#")
    desk.run("expect calls 2", "expect ringer flash_only", "expect tone inside_dial call 1",
             "expect callstate ring_in call 2", "key answer call 2", "expect calls 1")
    talk(desk, other)
    other.hang_up().is_idle()
    desk.is_idle()


def test_a_call_that_comes_at_the_dial_tone_rings_when_the_user_hangs_up(house, model):
    desk, other = house(model, "7960")
    desk.run("offhook", "expect tone inside_dial")
    other.dial("1001#")
    desk.run("expect ringer flash_only").hang_up().run("expect ringer inside", "expect calls 1", "expect speaker off",
                                                       "expect callstate ring_in", "offhook")
    talk(desk, other)
    desk.hang_up().is_idle()


def test_the_end_key_rejects_a_call(house, model):
    desk, other = house(model, "7960")
    other.dial("1001#")
    desk.is_ringing().run("key endcall").is_idle()
    other.run("expect callstate busy", "expect tone line_busy", 'expect prompt "Busy"').hang_up().is_idle()


def test_the_caller_hangs_up_before_the_answer(house, model):
    desk, other = house(model, "7960")
    other.dial("1001#")
    desk.is_ringing()
    other.hang_up().is_idle()
    desk.is_idle().run('expect notify ""')


def test_a_call_to_nobody_in_time_is_given_up(house, model):
    desk, other = house(model, "7960", calls={"ring_timeout": "5s"})
    other.dial("1001#")
    desk.is_ringing().run("expect idle within 8000")
    other.run("expect tone reorder within 3000").hang_up().is_idle()


def test_both_hang_up_at_once(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    at_once("onhook", desk, other)
    desk.is_idle()
    other.is_idle()


def test_both_call_each_other_at_once(house, model):
    desk, other = house(model, "7960")
    desk.run("offhook", "digits 1003")
    other.run("offhook", "digits 1001")
    at_once("digits #", desk, other)
    for one in (desk, other):
        one.run("expect calls 2 within 3000", "expect callstate ring_out call 1", "expect callstate ring_in call 2")
    desk.run("key answer call 2", "expect calls 1")
    talk(desk, other)


def test_hanging_up_without_a_call(house, model):
    desk, = house(model)
    desk.hang_up().is_idle().hang_up().is_idle()


def test_a_call_to_oneself_is_busy_or_rings_silently_but_ends(house, model):
    desk, = house(model)
    desk.dial("1001#").run("expect calls 2", "expect ringer flash_only").hang_up().is_idle()


# several calls

@pytest.fixture
def three(house, model):
    """A phone in a call with a second one, and a third that calls it now."""
    desk, other, third = house(model, "7960", "7970")
    connect(desk, other)
    desk.flow = Flow(desk)
    third.dial("1001#")
    desk.run("expect calls 2", "expect callstate ring_in call 2")
    return desk, other, third


@pytest.mark.feature("call waiting")
def test_a_second_call_is_announced_in_the_first(three):
    desk, other, third = three
    desk.run("expect waitingtones 1", "expect ringer flash_only", "expect lamp 1 blink", "expect keys ring_in call 2",
             'expect prompt "From 1005" call 2', 'expect info calling "" 1005 call 2',
             "expect callstate connected call 1")
    talk(desk, other)
    third.run("expect tone alerting").hang_up().is_idle()
    desk.run("expect calls 1", "expect ringer off", "expect lamp 1 on")
    talk(desk, other)


@pytest.mark.feature("call waiting")
def test_answering_a_second_call_holds_the_first(three):
    desk, other, third = three
    desk.run("key answer call 2", "expect callstate hold call 1", "expect keys on_hold call 1",
             'expect prompt "Hold" call 1')
    talk(desk, third)
    other.run("expect audio silent for 500", 'expect prompt "held"', "expect tx off", "expect rx open")

    desk.run("key endcall", "expect calls 1", "expect callstate hold", "expect lamp 1 wink", "expect speaker off")
    third.is_idle()
    desk.run("key resume")
    talk(desk, other)
    other.run('expect prompt "Connected"', "expect tx on")
    desk.flow.is_kept("call_waiting", "A second call is answered, which holds the first; it is ended, and the first is taken back")


@pytest.mark.feature("call waiting")
def test_two_calls_change_places(three):
    desk, other, third = three
    desk.run("key answer call 2")
    talk(desk, third)
    desk.run("key resume call 1", "expect callstate hold call 2", "expect callstate connected call 1")
    talk(desk, other)
    desk.run("key resume call 2", "expect callstate hold call 1")
    talk(desk, third)
    other.hang_up().is_idle()
    desk.run("expect calls 1")
    talk(desk, third)


@pytest.mark.feature("call waiting")
def test_a_waiting_call_rings_aloud_when_the_first_ends(three):
    desk, other, third = three
    other.hang_up().is_idle()
    desk.run("expect calls 1", "expect callstate ring_in", "expect ringer inside", "expect lamp 1 blink",
             "expect keys ring_in", "expect speaker off").answer()
    talk(desk, third)


def test_a_waiting_call_rejected_leaves_the_first_alone(three):
    desk, other, third = three
    desk.run("key endcall call 2", "expect calls 1", "expect ringer off")
    third.run("expect callstate busy", "expect tone line_busy").hang_up().is_idle()
    talk(desk, other)


@pytest.mark.feature("call waiting")
def test_the_third_call_is_busy(three, phone):
    desk, other, third = three
    other.run("key newcall", "expect callstate hold call 1", "expect tone inside_dial call 2", "digits 1001#",
              "expect callstate busy call 2", "expect tone line_busy call 2", "key endcall call 2", "expect calls 1",
              "key resume")
    talk(desk, other)
    desk.run("expect calls 2")


def test_a_line_takes_no_more_calls_than_it_may(house, model):
    desk, other, third = house(model, "7960", "7970", calls={"max_per_line": 2})
    connect(desk, other)
    desk.run("key newcall", "expect tone inside_dial call 2", "digits 1005#")
    third.is_ringing().answer()
    talk(desk, third)
    desk.run("key newcall", 'expect notify "Line in use"', "expect calls 2")
    talk(desk, third)
    third.hang_up().is_idle()
    desk.run("expect calls 1", "key resume")
    talk(desk, other)
    desk.run("key newcall", "expect callstate hold call 1", "expect tone inside_dial call 2", "digits 4", "line 1",
             "key newcall", "expect calls 2", "key endcall call 2", "expect calls 1", "key resume")
    talk(desk, other)
    desk.run("key newcall", "expect tone inside_dial call 2", "key resume call 1", "expect calls 1")
    talk(desk, other)
    talk(desk, other)


def test_lines_have_lives_of_their_own(house, model):
    desk, other, third = house(model, "7960", "7970", lines=2)
    connect(desk, other)
    third.dial("1002#")
    desk.run("expect lamp 1 on", "expect lamp 2 blink", "expect waitingtones 1", "line 2", "expect lamp 1 wink",
             "expect lamp 2 on")
    talk(desk, third)
    desk.run("line 1", "expect lamp 1 on", "expect lamp 2 wink")
    talk(desk, other)
    desk.hang_up().run("expect calls 1", "expect lamp 1 off", "expect lamp 2 wink", "line 2")
    other.is_idle()
    talk(desk, third)


# hold

@pytest.mark.feature("hold")
@pytest.mark.parametrize("model", WITH_SOFT_KEYS)
def test_hold_and_resume(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    flow = Flow(desk)
    desk.run("key hold", "expect callstate hold", "expect lamp 1 wink", "expect rx closed", "expect tx off",
             "expect keys on_hold", "expect speaker off", 'expect prompt "Hold"')
    other.run('expect prompt "held"', "expect tx off", "expect rx open", "expect callstate connected")
    desk.run("key resume", "expect lamp 1 on")
    talk(desk, other)
    desk.run("expect keys connected", 'expect prompt "Connected"')
    other.run('expect prompt "Connected"')
    flow.is_kept("hold_resume", "A call is put on hold and taken back by soft key")


@pytest.mark.feature("hold")
def test_hold_and_resume_by_the_other_side_and_by_both(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    other.run("key hold", "expect callstate hold")
    desk.run('expect prompt "held"', "expect tx off", "key hold", "expect callstate hold")
    other.run("key resume", "expect callstate connected")
    desk.run("expect callstate hold", "key resume")
    talk(desk, other)


@pytest.mark.feature("hold")
def test_the_line_key_and_the_hold_button_resume(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold", "line 1")
    talk(desk, other)
    desk.run("key hold", "expect callstate hold", "key hold")
    talk(desk, other)


@pytest.mark.feature("hold", model="ATA186")
def test_a_hook_flash_holds_and_resumes_on_an_analogue_phone(house):
    desk, other = house("ATA186", "7960")
    connect(desk, other)
    desk.run("hook flash", "expect callstate call_transfer call 1", "expect tone inside_dial")
    other.run('expect prompt "held"')
    desk.run("hook flash")
    talk(desk, other)


def test_an_analogue_phone_comes_back_to_a_call_it_held_and_hung_up_on(house):
    desk, other = house("ATA186", "7960")
    connect(desk, other)
    desk.run("hook flash", "expect callstate call_transfer call 1").hang_up().run("expect callstate hold")
    desk.run("offhook", "expect tone inside_dial", "hook flash", "expect calls 1")
    talk(desk, other)


def test_a_held_call_ends_when_the_other_side_hangs_up(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold").hang_up().run("expect callstate hold", "expect lamp 1 wink")
    other.hang_up().is_idle()
    desk.is_idle()


def test_a_held_call_ends_by_its_end_key(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.run("key hold", "expect callstate hold", "key endcall").is_idle()
    other.is_idle()


# keys at the wrong moment

def test_keys_at_the_wrong_moment_change_nothing(house, model):
    desk, other = house(model, "7960")
    for key in ("answer", "hold", "resume", "endcall", "backspace", "dial"):
        desk.run(f"key {key}", "expect calls 0")
    desk.run("digits 123", "key redial").is_idle()
    desk.run("offhook", "expect tone inside_dial")
    for key in ("answer", "hold", "resume", "backspace", "dial"):
        desk.run(f"key {key}", "expect tone inside_dial")
    desk.run("digits 1003#", "expect callstate ring_out")
    for key in ("answer", "hold", "resume", "backspace", "dial"):
        desk.run(f"key {key}", "expect callstate ring_out", "expect tone alerting")
    other.is_ringing().run("key hold", "key resume", "key dial", "digits 55", "expect callstate ring_in").answer()
    talk(desk, other)
    for key in ("answer", "resume", "backspace", "dial"):
        desk.run(f"key {key}", "expect callstate connected")
    desk.run("digits 123", "expect callstate connected")
    talk(desk, other)


def test_a_key_without_a_meaning_is_answered(house, model):
    desk, = house(model)
    desk.run("key transfer", 'expect notify "Key is not active"')


def test_references_of_no_call_of_this_phone_are_ignored(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    for key in ("endcall", "hold", "resume", "answer"):
        desk.run(f"key {key} 1 {other.call_reference()}", f"key {key} 1 99999")
    talk(desk, other)


def test_a_line_the_phone_does_not_have(house, model):
    desk, = house(model)
    desk.run("line 9", "line 0").is_idle()
    desk.run("enbloc 4711 9", "expect callstate invalid_number within 3000", "expect lamp 1 on").hang_up().is_idle()


def test_a_line_the_model_has_no_key_for_cannot_be_called(house):
    small, other = house("7912", "7960", lines=2)
    other.dial("1002#").run("expect tone reorder within 3000")
    small.is_idle().run("expect calls 0")


# who it is

@pytest.mark.feature("names")
def test_names_and_numbers_on_both_phones(house, model):
    desk, other = house(model, "7970", names={1001: "Alice", 1003: "Bob"})
    desk.dial("1003#")
    other.is_ringing().run('expect info calling "Alice" 1001', 'expect info called "Bob" 1003',
                           'expect prompt "From Alice (1001)"').answer()
    talk(desk, other)
    desk.run('expect info calling "Alice" 1001', 'expect info called "Bob" 1003')


@pytest.mark.feature("names")
@pytest.mark.parametrize("model, shown", [("7960", "Lódz Müller"), ("7912", "Lódz Müller"), ("7965", "Łódź Müller")],
                         ids=["7960", "7912", "7965"])
def test_names_in_letters_the_phone_has(house, model, shown):
    desk, other = house(model, "7960", names={1003: "Łódź Müller"})
    other.dial("1001#")
    desk.is_ringing().run(f'expect info calling "{shown}" 1003', f'expect prompt "From {shown}"')


def test_a_long_number_rings_as_from_outside(gateway, phone):
    gw = gateway(["1001", "5551234567"])
    desk, other = phone(gw, "1001"), phone(gw, "5551234567", "7965")
    other.dial("1001#")
    desk.run("expect callstate ring_in", "expect ringer outside").answer()
    talk(desk, other)
    desk.hang_up().is_idle()
    other.is_idle()
    gw.wait_ports_closed()
