"""Every kind of device that may come: it registers, makes and takes a call with the keys it has, or is turned away with
a text. And what their displays make of names in other alphabets."""

import pytest

from command import BAD_CONFIG, OK, sccpgw
from house import talk
from phone import Phone

DESK = "SEP000000001001"


@pytest.fixture
def place(started, net, gateway):
    """place({name: options}, ...) starts a gateway; place.phone(name, model, ...) a phone of it, registered. At the end
    all were told nothing wrong, and tshark can read it."""
    class Place:
        def __init__(self):
            self.phones = []

        def __call__(self, phones, **config):
            self.gateway = gateway(phones=phones, **config)
            return self.gateway

        def phone(self, name, model, registered=True, **keywords):
            phone = started(Phone, name, net.host(), self.gateway.address, name, model, **{"version": 0, **keywords})
            self.phones.append(phone)
            if registered:
                phone.run("register", "expect registered within 10000")
            return phone

    place = Place()
    yield place
    for phone in place.phones:
        phone.leave()


def line(number, **options):
    return {"number": str(number), **options}


def call_both_ways(device, desk, number="1002"):
    """With nothing but the handset and the keypad."""
    device.run("offhook", "expect tone inside_dial", "digits 1001#")
    desk.is_ringing().answer()
    talk(device, desk)
    device.hang_up().is_idle()
    desk.hang_up().is_idle()
    desk.dial(f"{number}#")
    device.run("expect callstate ring_in within 5000").answer()
    talk(device, desk)
    desk.hang_up().is_idle()
    device.hang_up().is_idle()


@pytest.mark.feature("call")
@pytest.mark.parametrize("name, model, registered", [
    ("SEP000000001002", "12SP", "protocol 3, 1 line, 12SP at"),
    ("AN0A0B0C0D0E001", "VG224", "protocol 3, 1 line, VG224 at"),
    ("ATA000000001002", "ATA186", "protocol 3, 1 line, ATA186 at"),
    ("SEP000000001002", "7936", "protocol 3, 1 line, 7936 at"),
    ("SEP000000001002", "SPA504G", "protocol 8, 1 line, SPA504G at"),
])
def test_a_device_registers_and_calls_both_ways(place, name, model, registered):
    gw = place({DESK: {"lines": [line(1001)]}, name: {"lines": [line(1002)]}})
    desk, device = place.phone(DESK, "7960", hz=500), place.phone(name, model, hz=700)
    gw.wait_log(rf"{name}: registered, {registered}")
    gw.wait_log(rf"alarm: power-up \(Initialized\), load sccpphone")
    device.run("expect time set").is_idle()
    call_both_ways(device, desk)


def held_and_resumed(place, name, model, hold, shown="hold"):
    place({DESK: {"lines": [line(1001)]}, name: {"lines": [line(1002)]}})
    desk, device = place.phone(DESK, "7960", hz=500), place.phone(name, model, hz=700)
    device.run("offhook", "expect tone inside_dial", "digits 1001#")
    desk.is_ringing().answer()
    talk(device, desk)
    device.run(hold, f"expect callstate {shown} call 1 within 3000", "expect rx closed")
    device.run(hold, "expect callstate connected within 3000")
    talk(device, desk)
    device.hang_up().is_idle()
    desk.hang_up().is_idle()


@pytest.mark.feature("hold", model="12SP")
def test_a_button_phone_holds_with_its_own_key(place):
    held_and_resumed(place, "SEP000000001002", "12SP", "hardkey hold")


@pytest.mark.feature("hold", model="VG224")
def test_an_analog_port_holds_with_a_hook_flash_that_says_nothing(place):
    held_and_resumed(place, "AN0A0B0C0D0E001", "VG224", "hook flash", "call_transfer")


@pytest.mark.feature("hold", model="SPA504G")
def test_a_small_business_phone_holds_on_its_second_line_with_a_key_that_says_the_first(place):
    gw = place({DESK: {"lines": [line(1001)]}, "SEP000000001002": {"lines": [line(1002), line(1003)]}})
    desk, device = place.phone(DESK, "7960", hz=500), place.phone("SEP000000001002", "SPA504G", hz=700)
    gw.wait_log("asks to come home: granted")
    desk.dial("1003#")
    device.run("expect callstate ring_in within 5000").answer()
    talk(device, desk)
    device.run("hardkey hold 1", "expect callstate hold call 1 within 3000")
    device.run("hardkey hold 1", "expect callstate connected within 3000")
    talk(device, desk)
    desk.hang_up().is_idle()
    device.hang_up().is_idle()


@pytest.mark.parametrize("unknown_phones", ["reject", "auto"])
def test_a_conference_bridge_is_turned_away(place, unknown_phones):
    """Neither a place in the configuration nor numbers for everybody make it a phone."""
    gw = place({"NONSECURE_CONF": {"lines": [line(1001)]}}, sccp={"unknown_phones": unknown_phones})
    bridge = place.phone("NONSECURE_CONF", "bridge", registered=False)
    bridge.run("register", 'expect rejected "Not a phone: conference bridge" within 3000')
    gw.wait_log(r"NONSECURE_CONF: rejected: Not a phone: conference bridge \(conference bridge at .*\); audio is mixed")
    assert "to admit it" not in gw.log()


@pytest.mark.feature("key modules", model="7970")
def test_two_key_modules_make_fifty_six_keys(place):
    buttons = [{"line": line(1002)}, *({"speeddial": str(2000 + n), "label": f"No {n}"} for n in range(1, 54)), "empty",
               {"speeddial": "1001", "label": "Desk"}]
    gw = place({DESK: {"lines": [line(1001)]},
                "SEP000000001002": {"buttons": buttons, "addons": ["7916-24", "7916-24"], "charset": "koi8-r"}})
    desk = place.phone(DESK, "7960", hz=500)
    big = place.phone("SEP000000001002", "7970", hz=700, options=["--addons", "7916,7916"])
    big.run("expect template 56 1 54", "speeddial 54")
    desk.is_ringing().answer()
    talk(big, desk)
    big.hang_up().is_idle()
    desk.hang_up().is_idle()
    assert "left out" not in gw.log() and "add-on" not in gw.log()


def test_other_key_modules_than_configured_are_said(place):
    gw = place({"SEP000000001002": {"lines": [line(1002)], "addons": ["7914", "7914"]}})
    place.phone("SEP000000001002", "7970", options=["--addons", "7916,7916"])
    gw.wait_log(r"WARN .*add-on 1 is 7916, but configured is 7914 \(addons\)")
    assert gw.log().count("but configured is") == 1


NAMES = [
    ("Иван Петров", "Ivan Petrov", "Иван Петров"),
    ("Łukasz Żółw", "Lukasz Zólw", "Lukasz Zolw"),
    ("Ђорђе Müller", "Djordje Müller", "Djорђе Muller"),     # the byte of Ђ begins a label code: never sent
]


@pytest.mark.feature("names", model=("7960", "7965"))
@pytest.mark.parametrize("name, latin, cyrillic", NAMES)
def test_names_are_shown_in_the_characters_a_phone_has(place, name, latin, cyrillic):
    gw = place({DESK: {"lines": [line(1001, name=name)]},
                "SEP000000001002": {"lines": [line(1002)]},
                "SEP000000001003": {"lines": [line(1003)], "charset": "windows-1251"},
                "SEP000000001004": {"lines": [line(1004)], "charset": "windows-1251"}})
    caller = place.phone(DESK, "7965", hz=500)
    shown = {"1002": (place.phone("SEP000000001002", "7960"), latin),
             "1003": (place.phone("SEP000000001003", "7960", options=["--charset", "WINDOWS-1251"]), cyrillic),
             "1004": (place.phone("SEP000000001004", "7965"), name)}      # knows UTF-8
    for number, (callee, text) in shown.items():
        caller.dial(f"{number}#")
        callee.is_ringing().run(f'expect info calling "{text}" 1001')
        caller.hang_up().is_idle()
        callee.is_idle()
    assert gw.running()


def checked(folder, phone):
    (folder / "gw.yaml").write_text(f"version: 1\nphones:\n  SEP000000001001: {phone}\n")
    return sccpgw("check", "-c", str(folder / "gw.yaml"))


SEVEN = "lines: [" + ", ".join(f'{{number: "{number}"}}' for number in range(1001, 1008)) + "]"


@pytest.mark.parametrize("phone, status, said", [
    (f"{{model: '7960', {SEVEN}}}", OK, "warning: 1 of the keys of SEP000000001001 find no place on a 7960; has it key "
                                        "modules (addons)?"),
    (f"{{model: '7960', addons: 7914, {SEVEN}}}", OK, "0 errors, 0 warnings"),
    (f"{{addons: [7941], {SEVEN}}}", BAD_CONFIG, "error: 7941 is no key module this gateway knows; did you mean '7914'?"),
    (f"{{addons: [7914, 7914, 7914], {SEVEN}}}", BAD_CONFIG, "error: addons "),
    (f"{{charset: windows-1521, {SEVEN}}}", BAD_CONFIG,
     "error: charset is no character set known here; did you mean 'windows-1251'?"),
    ("{model: CIPC, buttons: [{line: {number: '1'}}, " + ", ".join(["empty"] * 56) + "]}", OK,
     "warning: SEP000000001001 has 57 keys, and phones are told of 56 at most"),
], ids=["no key", "a module helps", "no module", "three modules", "charset", "too many keys"])
def test_check_says_what_a_phone_cannot_have(folder, phone, status, said):
    done = checked(folder, phone)
    assert said in done.stdout
    assert done.returncode == status
