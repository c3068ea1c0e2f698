"""Busy lamps, told by Asterisk: what keys show, how many subscriptions that takes, what a press does, and what a PBX
that goes away leaves."""

import re

import pytest

from phone import Phone, phone_name
from peers.asterisk import SET_BY_TESTS
from peers.process import until

LAMPS = [{"speeddial": "2001", "label": "Ann", "blf": True}, {"speeddial": "2002", "label": "Bob"},
         {"speeddial": "2003", "label": "Cid", "blf": True}]


def desk_with(number, lamps):
    return {phone_name(number): {"buttons": [
        {"line": {"number": number, "password": f"pw{number}"}}, *lamps]}}


@pytest.fixture(params=["dialog", "presence"])
def package(request):
    return request.param


@pytest.mark.feature("blf", model="7970")
def test_a_lamp_shows_what_its_number_does(asterisk, gateway, phone, package):
    gw = gateway((), asterisk, phones=desk_with("1001", LAMPS), pbx={"blf": package})
    desk = phone(gw, "1001", model="7970", in_service=False)
    desk.run('expect busylamp 1 not_in_use "Ann" within 8000', "expect busylamp 3 not_in_use within 8000")
    for state, shown in (("RINGING", "alerting"), ("INUSE", "in_use"), ("NOT_INUSE", "not_in_use")):
        asterisk.state(2001, state)
        desk.run(f'expect busylamp 1 {shown} "Ann" within 5000', "expect busylamp 3 not_in_use").is_idle()


@pytest.mark.feature("blf", model="7960")
def test_an_older_phone_shows_it_on_a_line_key(asterisk, gateway, phone):
    gw = gateway((), asterisk, phones=desk_with("1001", LAMPS))
    desk = phone(gw, "1001", model="7960", in_service=False)
    asterisk.state(2003, "INUSE")
    desk.run("expect icon 3 call_remote_multiline within 8000", "expect lamp 3 on")
    asterisk.state(2003, "RINGING")
    desk.run("expect lamp 3 blink within 5000")
    asterisk.state(2003, "NOT_INUSE")
    desk.run("expect icon 3 on_hook within 5000", "expect lamp 3 off").is_idle()


@pytest.mark.feature("blf")
@pytest.mark.parametrize("model, press", [("7970", "hardkey blf_speed_dial 1"), ("7960", "line 2")])
def test_a_press_dials_or_picks_up_what_rings(asterisk, gateway, phone, model, press):
    gw = gateway((), asterisk, phones=desk_with("1001", LAMPS),
                 calls={"feature_codes": {"directed_pickup": "**"}})
    desk = phone(gw, "1001", model=model, in_service=False)
    gw.wait_log(r"2001: is idle")
    desk.run(press, "expect dialed 2001 within 5000").hang_up().is_idle()
    asterisk.state(2001, "RINGING")
    gw.wait_log(r"2001: is ringing")
    desk.run(press, 'expect info called "" **2001 within 5000', 'expect prompt "No call available for pickup" within 5000').hang_up()


@pytest.mark.feature("blf", model="7965")
def test_real_calls_are_shown_with_whom_when_that_may_be_seen(asterisk, gateway, phone, baresip):
    lamps = [{"speeddial": "1002", "label": "Bob", "blf": True}]
    gw = gateway((), asterisk, phones=desk_with("1001", lamps), calls={"blf_callers": True})
    desk = phone(gw, "1001", model="7965", in_service=False)
    bob = baresip("1002", asterisk, hz=900)
    desk.run('expect busylamp 1 not_in_use "Bob" within 8000')
    bob.call("601")
    desk.run("expect busylamp 1 in_use within 8000")
    bob.hang_up()
    desk.run('expect busylamp 1 not_in_use "Bob" within 8000')


@pytest.mark.feature("blf", model="7965")
def test_twenty_phones_with_fifty_lamps_take_one_subscription_per_number(asterisk, gateway, started, net):
    """Nineteen lamps each, fifty numbers in all. A burst of changes reaches every phone, the newest state of each."""
    numbers, phones, watched = [str(number) for number in range(1001, 1021)], {}, {}
    for place, number in enumerate(numbers):
        watched[number] = [SET_BY_TESTS[(place * 5 + key) % len(SET_BY_TESTS)] for key in range(19)]
        config = desk_with(number, [{"speeddial": str(target), "blf": True} for target in watched[number]])
        phones[phone_name(number)] = {**config[phone_name(number)], "model": "7931"}
    gw = gateway((), asterisk, phones=phones, pbx={"mwi": "off"})
    desks = {number: started(Phone, phone_name(number), net.host(), gw.address, phone_name(number), "7965")
             for number in numbers}

    def each_shows(status):
        for desk in desks.values():
            for dial in range(1, 20):
                desk.run(f"expect busylamp {dial} {status} within 20000")

    for desk in desks.values():
        desk.run("register", "expect registered within 20000")
    each_shows("not_in_use")
    assert asterisk.subscriptions() == len(SET_BY_TESTS)
    for state in ("INUSE", "RINGING", "INUSE"):
        for number in SET_BY_TESTS[::5]:
            asterisk.state(number, state)
    for number in SET_BY_TESTS:
        asterisk.state(number, "INUSE")
    each_shows("in_use")
    assert asterisk.subscriptions() == len(SET_BY_TESTS)
    asked = len(re.findall(r"sent SUBSCRIBE", gw.log()))
    assert asked < 3 * len(SET_BY_TESTS), f"{asked} SUBSCRIBEs, challenges included"

    desks.pop("1001").leave()           # it paid for some
    asterisk.state(watched["1001"][0], "NOT_INUSE")
    heir = next(number for number in desks if watched["1001"][0] in watched[number])
    dial = watched[heir].index(watched["1001"][0]) + 1
    desks[heir].run(f"expect busylamp {dial} not_in_use within 10000")
    for desk in desks.values():
        desk.leave()
    until(lambda: asterisk.subscriptions() == 0, 20, "every subscription to be ended")


@pytest.mark.feature("blf", "key modules")
@pytest.mark.parametrize("model, modules, lamps", [("7960", "7914", 33), ("7970", "7916-24", 50)],
                         ids=["7960", "7970"])
def test_every_key_of_two_modules_is_a_lamp(asterisk, gateway, started, net, model, modules, lamps):
    """Each shows its own number, and is dialled by its own key: below protocol 15 they are line keys."""
    watched = list(SET_BY_TESTS)[:lamps]
    phones = desk_with("1001", [{"speeddial": str(number), "blf": True} for number in watched])
    phones[phone_name("1001")].update(model=model, addons=[modules, modules])
    gw = gateway((), asterisk, phones=phones, calls={"feature_codes": {"directed_pickup": "**"}})
    desk = started(Phone, phone_name("1001"), net.host(), gw.address, phone_name("1001"), model,
                   options=["--addons", ",".join([modules.partition("-")[0]] * 2)])

    def shows(place, state):
        """The place-th lamp; the line is the first key."""
        old = {"not_in_use": "off", "in_use": "on", "alerting": "blink"}
        desk.run(f"expect lamp {place + 1} {old[state]} within 10000" if model == "7960" else
                 f"expect busylamp {place} {state} within 10000")

    def press(place):
        desk.run(f"line {place + 1}" if model == "7960" else f"hardkey blf_speed_dial {place}")

    desk.run("register", "expect registered within 10000")
    assert "left out" not in gw.log()
    until(lambda: asterisk.subscriptions() == lamps, 20, f"{lamps} subscriptions")
    for place, number in enumerate(watched, 1):
        shows(place, "not_in_use")
        asterisk.state(number, "RINGING" if place % 2 else "INUSE")
    for place, number in enumerate(watched, 1):
        shows(place, "alerting" if place % 2 else "in_use")
    for place in (1, 2, lamps):
        press(place)
        if place % 2:
            desk.run('expect prompt "No call available for pickup" within 5000')
            asterisk.wait_log(rf"Executing \[\*\*{watched[place - 1]}@")
        else:
            desk.run(f"expect dialed {watched[place - 1]} within 5000")
        desk.run("onhook", "expect calls 0")
    desk.leave()
    until(lambda: asterisk.subscriptions() == 0, 20, "every subscription to be ended")


@pytest.mark.feature("blf", model="7970")
def test_a_pbx_that_restarts_is_asked_again(asterisk, gateway, phone):
    gw = gateway((), asterisk, phones=desk_with("1001", LAMPS), pbx={"expires": "30s"})
    desk = phone(gw, "1001", model="7970", in_service=False)
    desk.run("expect busylamp 1 not_in_use within 8000")
    asterisk.stop()
    gw.wait_log(r"1001: not registered", timeout=60)
    desk.run("expect busylamp 1 unknown within 2000")
    asterisk.log_path.unlink()
    asterisk.start()
    asterisk.state(2001, "INUSE")
    desk.run("expect busylamp 1 in_use within 60000", timeout=70)
