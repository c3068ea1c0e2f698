"""Keys pressed in a call: from phones with and without RFC 2833 to Asterisk, in the audio and by INFO, and the other way;
each arrives once and in order."""

import pytest

from flow import Flow

ALL = "0123456789*#"
PHONES = ["7965", "7960", "7912", "ATA186"]     # the first sends telephone events itself
EVENTS, INFO = "1001", "1013"                   # what Asterisk has agreed to with the account


def reach(asterisk, gateway, phone, user, model, number="620", **config):
    desk = phone(gateway([user], asterisk, **config), user, model)
    return desk.dial(f"{number}#").is_talking().hears(900)


def leave(desk):
    desk.hang_up().is_idle()


@pytest.mark.feature("digits")
@pytest.mark.parametrize("user", [EVENTS, INFO])
@pytest.mark.parametrize("model", PHONES)
def test_every_key_reaches_asterisk_once_and_in_order(asterisk, gateway, phone, model, user):
    desk = reach(asterisk, gateway, phone, user, model)
    desk.run(f"digits {ALL}")                   # all in one breath: a fast finger
    asterisk.wait_keys(user, ALL)
    desk.hears(900).run("digits 1", "digits 1")
    asterisk.wait_keys(user, ALL + "11")
    leave(desk)


@pytest.mark.parametrize("model", ["7965", "7960"])
@pytest.mark.parametrize("mode, user", [("info", EVENTS), ("info", INFO), ("rfc4733", EVENTS)])
def test_keys_go_the_way_that_was_chosen(asterisk, gateway, phone, model, mode, user):
    desk = reach(asterisk, gateway, phone, user, model, media={"dtmf": mode})
    desk.run(f"digits {ALL}")
    asterisk.wait_keys(user, ALL)
    leave(desk)


def test_without_events_agreed_rfc4733_sends_nothing(asterisk, gateway, phone):
    desk = reach(asterisk, gateway, phone, INFO, "7960", media={"dtmf": "rfc4733"})
    desk.run("digits 123", "wait 1500")
    assert asterisk.keys(INFO) == ""
    leave(desk)


@pytest.mark.parametrize("user", [EVENTS, INFO])
@pytest.mark.parametrize("model", ["7965", "7960"])
def test_keys_reach_early_media(asterisk, gateway, phone, model, user):
    desk = phone(gateway([user], asterisk), user, model)
    desk.dial("622#").hears(700, 300).run("digits 4711")
    desk.is_talking().hears(900)
    asterisk.wait_keys(user, "4711")
    desk.run("digits 0*#")
    asterisk.wait_keys(user, "47110*#")
    leave(desk)


@pytest.mark.parametrize("user", [EVENTS, INFO])
@pytest.mark.parametrize("model", ["7965", "7960"])
def test_keys_survive_hold_and_resume(asterisk, gateway, phone, model, user):
    desk = reach(asterisk, gateway, phone, user, model)
    desk.run("digits 12")
    asterisk.wait_keys(user, "12")
    desk.run("key hold", "expect callstate hold", "key resume", "digits 34",    # before its channel is open again
             "expect callstate connected").hears(900)
    asterisk.wait_keys(user, "1234")
    desk.run("digits 56")
    asterisk.wait_keys(user, "123456")
    leave(desk)


def test_a_muted_phone_that_sends_nothing_is_heard(asterisk, gateway, phone):
    desk = reach(asterisk, gateway, phone, EVENTS, "7960")
    desk.run("send nothing", "digits *6")
    asterisk.wait_keys(EVENTS, "*6")
    desk.run("digits 9")
    asterisk.wait_keys(EVENTS, "*69")
    leave(desk)


def test_a_phone_that_breaks_its_promise_of_events_is_heard(asterisk, gateway, phone):
    desk = reach(asterisk, gateway, phone, EVENTS, "7965")
    desk.run("send nokeys", f"digits {ALL}")
    asterisk.wait_keys(EVENTS, ALL)
    leave(desk)


def test_a_number_dialled_in_a_call_is_keys(asterisk, gateway, phone):
    desk = reach(asterisk, gateway, phone, EVENTS, "7912")
    desk.run("enbloc 9876")
    asterisk.wait_keys(EVENTS, "9876")
    leave(desk)


@pytest.mark.feature("digits", model="7965")
@pytest.mark.parametrize("user", [EVENTS, INFO])
def test_asterisk_presses_every_key_once(asterisk, gateway, phone, user):
    desk = reach(asterisk, gateway, phone, user, "7965", "621")
    desk.run(f'expect pressed "{ALL}ABCD" within 8000').hears(900)
    leave(desk)


@pytest.mark.parametrize("user", [EVENTS, INFO])
def test_a_machine_at_an_analog_port_hears_tones(asterisk, gateway, phone, user):
    desk = reach(asterisk, gateway, phone, user, "ATA186", "621")
    desk.run("expect heard dtmf_d 1 within 8000", *[f"expect heard dtmf{key} 1" for key in range(10)],
             "expect heard dtmf_star 1", "expect heard dtmf_pound 1", "expect tone none within 1000").hears(900)
    leave(desk)


@pytest.mark.parametrize("user", [EVENTS, INFO])
def test_people_with_a_phone_are_not_beeped_at(asterisk, gateway, phone, user):
    desk = reach(asterisk, gateway, phone, user, "7960", "621")
    desk.run("wait 3000").hears(900).run("expect heard dtmf1 0", "expect tone none")
    leave(desk)


@pytest.mark.parametrize("caller", ["7965", "7960"])
def test_keys_reach_whom_one_was_transferred_to(asterisk, gateway, phone, caller):
    gw = gateway(["1001", "1003"], asterisk)
    desk, other = phone(gw, "1001", caller), phone(gw, "1003", "7965", hz=700)
    desk.dial("1003#")
    other.is_ringing().answer().is_talking().hears(desk.hz)
    desk.run("digits 12")
    other.run('expect pressed "12" within 5000', "key transfer", "expect tone inside_dial", "digits 620#",
              "expect callstate connected within 5000", "key transfer", "expect callstate on_hook within 5000")
    desk.hears(900).run("digits 345")
    asterisk.wait_keys("1001", "12345")
    other.hang_up().is_idle()
    leave(desk)


@pytest.mark.parametrize("host, user", [("7965", EVENTS), ("7960", EVENTS), ("7960", INFO)])
def test_keys_reach_everybody_in_a_conference(asterisk, gateway, phone, host, user):
    gw = gateway([user, "1003"], asterisk)
    desk, other = phone(gw, user, host), phone(gw, "1003", "7965", hz=700)
    desk.dial("1003#")
    other.is_ringing().answer().is_talking()
    desk.is_talking().run("key conference", "expect tone inside_dial", "digits 620#",
                          "expect callstate connected within 5000").hears(900).run("key conference")
    desk.hears_all(700, 900).run("digits 51*#")
    for call in (0, 1):                         # what Asterisk hears of each of the two
        asterisk.wait_keys(user, "51*#", call)
    other.run('expect pressed "51*#" within 5000')
    leave(desk)
    other.hang_up().is_idle()


@pytest.mark.feature("digits", model="7912")
def test_the_trace_of_keys_is_kept(asterisk, gateway, phone):
    """A phone that cannot send telephone events, called into a machine."""
    desk = phone(gateway([EVENTS], asterisk), EVENTS, "7912")
    flow = Flow(desk)
    desk.dial("622#").hears(700, 300).run("digits 4711").is_talking().hears(900).run("digits 0*#")
    asterisk.wait_keys(EVENTS, "47110*#")
    leave(desk)
    flow.is_kept("dtmf", "Keys during early media and in the call: the relay makes telephone events of them, the phone is told nothing.")
