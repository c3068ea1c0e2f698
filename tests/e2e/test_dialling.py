"""From the dial tone to the number that goes out: digits, keys, the dial plan, redial, speed dials."""

import pytest

from flow import Flow
from house import EVERY, WITH_SOFT_KEYS, VERSIONS, connect, house, model, talk  # noqa: F401 (fixtures)
from phone import phone_name

QUICK = {"first_digit_timeout": "1500ms", "interdigit_timeout": "1500ms"}


@pytest.mark.feature("call")
@pytest.mark.parametrize("model", EVERY)
def test_every_model_places_and_takes_a_call(house, model):
    desk, other = house(model, "7960")
    connect(desk, other)
    desk.hang_up().is_idle()
    other.is_idle().hang_up().is_idle()
    connect(other, desk, "1001#")
    other.hang_up().is_idle()
    desk.is_idle()


@pytest.mark.feature("dialling")
def test_a_pause_after_the_last_digit_ends_the_number(house, model):
    desk, other = house(model, "7960", calls=QUICK)
    desk.dial("100").run("wait 900", "expect callstate off_hook", "digits 3", "wait 900", "expect callstate off_hook")
    other.is_ringing()
    desk.run("expect dialed 1003").hang_up().is_idle()
    other.is_idle()


def test_no_digit_in_time_is_told_by_tone_and_text(house, model):
    desk, = house(model, calls=QUICK)
    desk.run("offhook", "expect tone inside_dial", "expect callstate invalid_number within 3000", "expect tone reorder")
    desk.hang_up().is_idle()


@pytest.mark.feature("dialling")
def test_a_hash_ends_the_number_and_is_no_part_of_it(house, model):
    desk, other = house(model, "7960")
    desk.dial("1003#")
    other.is_ringing()
    desk.run("expect dialed 1003", 'expect info called "" 1003').hang_up().is_idle()


@pytest.mark.feature("dialling")
@pytest.mark.parametrize("model", WITH_SOFT_KEYS)
def test_the_dial_key_ends_the_number(house, model):
    desk, other = house(model, "7960")
    desk.run("key newcall", "expect keys off_hook", "expect tone inside_dial", "digits 1003",
             "expect keys digits_following", "expect key dial shown", "key dial")
    other.is_ringing()
    desk.run("expect keys ring_out", "expect key dial hidden", "key endcall").is_idle()


@pytest.mark.feature("dialling")
@pytest.mark.parametrize("model", WITH_SOFT_KEYS)
def test_backspace_takes_digits_back_until_the_dial_tone_returns(house, model):
    desk, other = house(model, "7960")
    desk.dial("19").run("expect tone none", "expect keys digits_following", "expect typed 19",
                        "key backspace", "expect typed 1", "expect tone none", "key backspace", 'expect typed ""',
                        "expect tone inside_dial", "expect keys off_hook", "key backspace", "digits 1003#")
    other.is_ringing()
    desk.run("expect dialed 1003").hang_up().is_idle()


PLAN = {"dialplan": [{"match": "10xx!"}, {"match": "9.", "strip": 1, "tone": "outside"},
                     {"match": "77xx!", "strip": 2, "prepend": "10"}]}


@pytest.mark.feature("dialling")
def test_the_dial_plan_sends_a_whole_number_at_once(house, model):
    desk, other = house(model, "7960", calls=PLAN)
    desk.dial("1003").run("expect dialed 1003", "expect callstate ring_out")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.feature("dialling")
def test_the_dial_plan_refuses_what_it_does_not_know_at_the_first_wrong_digit(house, model):
    desk, = house(model, calls=PLAN)
    desk.dial("11").run("expect callstate invalid_number", "expect tone reorder", 'expect prompt "Unknown number"')
    desk.run("digits 003", "expect callstate invalid_number").hang_up().is_idle()


@pytest.mark.feature("dialling")
def test_the_dial_plan_strips_and_gives_the_outside_tone(house, model):
    desk, other = house(model, "7960", calls=PLAN)
    desk.dial("9").run("expect tone outside_dial", "digits 1", "expect tone none", "digits 003#", "expect dialed 91003")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.feature("dialling")
def test_the_dial_plan_prepends(house, model):
    desk, other = house(model, "7960", calls=PLAN)
    desk.dial("7703")
    other.is_ringing()
    desk.run("expect dialed 7703").hang_up().is_idle()


def test_a_number_too_long_for_any_plan_goes_out_as_it_is(house, model):
    desk, = house(model)
    desk.dial("1" * 40).run("expect callstate invalid_number within 3000", "expect tone reorder").hang_up().is_idle()


@pytest.mark.feature("dialling")
@pytest.mark.parametrize("model", EVERY)
def test_a_number_dialled_on_hook(house, model):
    desk, other = house(model, "7960")
    desk.run("enbloc 1003", "expect callstate ring_out", "expect tone alerting", "expect dialed 1003")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.feature("dialling")
@pytest.mark.parametrize("model", ["7970", "7965", "6921"])
def test_a_number_dialled_on_hook_goes_out_on_the_line_it_names(house, model):
    desk, other = house(model, "7960", lines=2)
    desk.run("enbloc 1003 2", "expect lamp 2 on", "expect lamp 1 off")
    other.is_ringing().run('expect info calling "" 1002')
    desk.hang_up().is_idle()


def test_a_whole_number_at_the_dial_tone_is_dialled_in_that_call(house, model):
    desk, other = house(model, "7960")
    desk.run("offhook", "expect tone inside_dial", "enbloc 1003", "expect calls 1", "expect tone alerting")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.feature("redial")
@pytest.mark.parametrize("model", WITH_SOFT_KEYS)
def test_redial_is_offered_once_there_is_something_to_redial(house, model):
    desk, other = house(model, "7960")
    desk.run("expect key redial hidden", "offhook", "expect key redial hidden", "digits 1003#")
    other.is_ringing()
    desk.hang_up().is_idle().run("expect key redial shown", "key redial", "expect dialed 1003")
    other.is_ringing()
    desk.hang_up().is_idle().run("offhook", "expect key redial shown", "key redial", "expect calls 1")
    other.is_ringing()
    desk.hang_up().is_idle()


@pytest.mark.feature("redial", model="7965")
def test_redial_repeats_the_latest_number_on_its_line(house):
    desk, other = house("7960", "7965", lines=2)
    desk.run("line 2", "expect tone inside_dial", "digits 1003#")
    other.is_ringing()
    desk.hang_up().is_idle()
    other.is_idle()
    flow = Flow(desk, "7960")
    desk.run("key redial", "expect dialed 1003", "expect lamp 2 on")
    other.is_ringing().run('expect info calling "" 1002')
    desk.hang_up().is_idle()
    flow.is_kept("redial", "The number dialled last is dialled again, on its line")
    other.is_idle()
    desk.run("line 1", "expect key redial shown", "key redial 1 0", "expect dialed 1003", "expect lamp 1 on")
    other.is_ringing()
    desk.hang_up().is_idle()


def test_a_wrong_number_is_not_worth_repeating(house):
    desk, = house("7960", calls=PLAN)
    desk.dial("55").run("expect callstate invalid_number").hang_up().is_idle().run("expect key redial hidden")


@pytest.fixture
def with_speed_dial(gateway, phone):
    """A phone with a line and a speed dial to another."""
    def build(kind):
        gw = gateway(["1003"], phones={phone_name(1001): {"buttons": [{"line": {"number": "1001"}},
                                                                     {"speeddial": "1003", "label": "Bob"}]}})
        desk, other = phone(gw, "1001", kind, version=VERSIONS.get(kind)), phone(gw, "1003")
        return gw, desk, other
    return build


@pytest.mark.feature("speed dial")
@pytest.mark.parametrize("model", EVERY)
def test_a_speed_dial_key(with_speed_dial, model):
    gw, desk, other = with_speed_dial(model)
    flow = Flow(desk)
    desk.run("speeddial 1", "expect callstate ring_out", "expect dialed 1003")
    other.is_ringing()
    desk.hang_up().is_idle()
    flow.is_kept("speed_dial", "A key beside the display calls its number")
    other.is_idle()
    desk.run("offhook", "expect tone inside_dial", "speeddial 1", "expect calls 1", "expect dialed 1003")
    other.is_ringing().answer()
    talk(desk, other)
    desk.hang_up().is_idle()
    other.is_idle()
    gw.wait_ports_closed()


@pytest.mark.feature("speed dial")
@pytest.mark.parametrize("model", ["7960", "7965"])
def test_a_speed_dial_beyond_the_keys_is_dialled_by_its_number(gateway, phone, model):
    """AbbrDial and a number, or the number in the phone's own list."""
    dials = [{"speeddial": f"10{n:02}", "label": f"No {n}"} for n in range(20, 31)] + [{"speeddial": "1003"}]
    gw = gateway(["1003"], phones={phone_name(1001): {"buttons": [{"line": {"number": "1001"}}, *dials]}})
    desk, other = phone(gw, "1001", model), phone(gw, "1003")
    desk.run(f"speeddial {len(dials)}", "expect dialed 1003 within 3000")
    other.is_ringing().answer()
    talk(desk, other)
    desk.hang_up().is_idle()
    other.is_idle()


def test_a_speed_dial_key_the_phone_does_not_have(with_speed_dial):
    _, desk, other = with_speed_dial("7960")
    desk.run("speeddial 9", "expect calls 0").is_idle()
    other.is_idle()


def test_dial_tone_by_new_call_key_line_key_and_handset(house, model):
    desk, = house(model, lines=2)
    for gesture, line in (("key newcall", 1), ("line 1", 1), ("line 2", 2), ("offhook", 1)):
        desk.run(gesture, "expect tone inside_dial", f"expect lamp {line} on", "expect speaker on", "expect calls 1",
                 'expect prompt "Enter number"').hang_up().is_idle()


def test_the_same_key_twice_at_the_dial_tone_changes_nothing(house, model):
    desk, = house(model)
    desk.run("line 1", "expect tone inside_dial", "line 1", "key newcall", "offhook", "expect calls 1",
             "expect tone inside_dial", "key endcall").is_idle()
