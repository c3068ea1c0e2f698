"""Phones of one gateway that call each other without a PBX: every call passes the phone side, the core and the SIP side
twice. After each test all phones are idle, were told nothing wrong, and no port is held."""

import pytest

from gateway import Gateway
from phone import Phone, phone_name

VERSIONS = {"6921": 20}                 # those the other scenarios do not play
OLD_AND_NEW = ["7960", "7965"]
EVERY = ["ATA186", "7912", "7960", "7970", "7965", "6921"]
WITH_SOFT_KEYS = EVERY[1:]


@pytest.fixture(params=OLD_AND_NEW)
def model(request):
    """Of the phone whose user does something, where both families have to do it."""
    return request.param


@pytest.fixture
def house(started, net):
    """house("7960", "7965", ...) gives phones 1001, 1003, 1005, ... with tones of 500, 700, 900, ... Hz. Keywords are
    sections of the configuration; lines=2 gives each phone a second line: 1002, 1004, 1006, ...; names: by number."""
    yield from inhabited(started, net, lambda **config: started(Gateway, "gateway", net.host(), config))


@pytest.fixture
def captured_house(started, net, gateway):
    """The same, and tshark has to be able to read all that was sent. It takes its time."""
    yield from inhabited(started, net, gateway)


def inhabited(started, net, gateway):
    built = []

    def build(*models, lines=1, names=None, **config):
        numbers = [1001 + 2 * place for place in range(len(models))]
        gw = gateway(phones={phone_name(number): {"lines": [line(number + n, names) for n in range(lines)]}
                             for number in numbers}, **config)
        phones = [started(Phone, phone_name(number), net.host(), gw.address, phone_name(number), kind,
                          version=VERSIONS.get(kind), hz=400 + 100 * (number - 1000))
                  for number, kind in zip(numbers, models)]
        for one in phones:
            one.run("register", "expect registered within 10000")
        built.append((gw, phones))
        return phones

    yield build
    for gw, phones in built:
        for one in phones:
            one.hang_up()
        for one in phones:
            one.is_idle().leave()
        gw.wait_ports_closed()


def line(number, names):
    return {"number": str(number), "name": (names or {}).get(number, "")}


def connect(caller, callee, number="1003#"):
    caller.dial(number)
    callee.is_ringing().answer()
    talk(caller, callee)


def talk(one, other):
    """Both have each other in their ears."""
    for phone in (one, other):
        phone.run("expect callstate connected within 5000", "expect rx open within 2000", "expect tx on within 2000")
    one.hears(other.hz, 400)
    other.hears(one.hz, 400)


def at_once(line, *phones):
    """All get the line before any has carried it out."""
    for phone in phones:
        phone.say(line)
    for phone in phones:
        phone.wait_done(line)
