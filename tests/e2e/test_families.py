"""A day with a phone of every family: what it can do, one after the other, through Asterisk, with the keys it has. Bob
(1002, 900 Hz) and Carol (1004, 1300 Hz) are softphones."""

import pytest

from peers.process import until
from phone import Phone, phone_name

DESK, NAME = "1011", phone_name("1011")         # the account with a mailbox
BOB, CAROL = 900, 1300
CODES = {"pickup": "*8", "park": "700"}
SOFT = {word: f"key {word}" for word in ("hold", "resume", "transfer", "conference", "forward_all", "dnd", "pickup",
                                         "park")}
BUTTONS = {"hold": "hardkey hold", "resume": "hardkey hold", "transfer": "hardkey transfer",
           "conference": "hardkey conference", "forward_all": "hardkey forward_all", "park": "hardkey call_park"}
FLASH = {"hold": "hook flash", "resume": "hook flash"}


def has_no_call(softphone):
    softphone.mark()                                    # reads what has come
    closed = {event["id"] for event in softphone.events if event["type"] == "CALL_CLOSED"}
    return {event["id"] for event in softphone.events if "id" in event} == closed


class Day:
    """One phone, and what its user does with it."""

    def __init__(self, desk, keys, gateway, asterisk, bob, carol):
        self.desk, self.keys, self.gateway, self.asterisk = desk, keys, gateway, asterisk
        self.bob, self.carol = bob, carol

    def press(self, word, *then):
        self.desk.run(self.keys[word], *then)

    def hear(self, one, hz):
        """One of the softphones and the phone have each other in their ears."""
        self.desk.run("expect callstate connected within 5000", "expect rx open within 3000", "expect tx on within 3000")
        self.desk.hears(hz, 300)
        one.wait_heard_all(self.desk.hz, seconds=0.3)

    def joined(self):
        self.bob.wait_heard_all(CAROL, seconds=0.3)
        self.carol.wait_heard_all(BOB, seconds=0.3)

    def dial(self, one, *keys):
        mark = one.mark()
        self.desk.run(*(keys or ["offhook"]), "expect tone inside_dial within 3000", f"digits {one.user}#")
        one.wait_event("CALL_INCOMING", after=mark)
        one.accept()
        self.hear(one, one.hz)

    def rings(self):
        self.bob.call(DESK)
        self.desk.run("expect callstate ring_in within 5000")

    def over(self):
        """All hang up, and nobody is in a call any more."""
        for one in (self.bob, self.carol):
            one.hang_up()
        self.desk.hang_up().is_idle()
        for one in (self.bob, self.carol):
            until(lambda: has_no_call(one), 10, f"{one.name} to be free")

    def call(self):
        self.dial(self.bob)
        self.over()
        self.rings()
        self.desk.answer()
        self.hear(self.bob, BOB)
        self.over()

    def hold(self):
        self.dial(self.bob)
        self.press("hold", "expect rx closed within 3000")
        self.press("resume")
        self.hear(self.bob, BOB)
        self.over()

    def transfer(self):
        self.dial(self.bob)
        self.dial(self.carol, self.keys.get("transfer", "hook flash"))
        self.desk.run(self.keys.get("transfer", "onhook"), "expect calls 0 within 5000")
        self.joined()
        self.over()

    def conference(self):
        self.dial(self.bob)
        self.dial(self.carol, self.keys["conference"])
        self.press("conference", "expect calls 1 within 5000")
        self.desk.hears_all(BOB, CAROL, ms=300)
        self.bob.wait_heard_all(self.desk.hz, CAROL, seconds=0.3)
        self.carol.wait_heard_all(self.desk.hz, BOB, seconds=0.3)
        self.over()

    def forward(self):
        self.press("forward_all", f"digits {self.carol.user}#", "expect calls 0 within 5000")
        self.desk.is_idle()
        mark = self.carol.mark()
        self.bob.call(DESK)
        self.carol.wait_event("CALL_INCOMING", after=mark)
        self.carol.accept()
        self.joined()
        self.over()
        self.press("forward_all")
        self.rings()
        self.over()

    def dnd(self):
        self.press("dnd")
        mark = self.bob.mark()
        self.bob.call(DESK)
        assert "486" in self.bob.wait_event("CALL_CLOSED", after=mark)["param"]
        self.press("dnd")
        self.rings()
        self.over()

    def mwi(self):
        on, off = ("offhook", "expect tone message_waiting_indicator"), ("offhook", "expect tone inside_dial")
        if self.keys is not FLASH and self.desk.model != "12SP":
            on, off = ("expect mail on within 8000",), ("expect mail off within 8000",)
        self.asterisk.leave_message(DESK)
        self.gateway.wait_log("1011: voicemail: 1 new")
        self.desk.run(*on).hang_up()
        self.asterisk.delete_messages(DESK)
        self.gateway.wait_log("(?s)voicemail: 1 new.*1011: voicemail: 0 new")
        self.desk.run(*off).hang_up().is_idle()

    def blf(self):
        new = "busylamp 1 %s" if "FeatureStatDynamic" in self.desk.log() else None      # older ones: on a line key
        for state, lamp, icon in (("INUSE", "in_use", "lamp 2 on"), ("RINGING", "alerting", "lamp 2 blink"),
                                  ("NOT_INUSE", "not_in_use", "lamp 2 off")):
            self.asterisk.state(2001, state)
            self.desk.run(f"expect {new % lamp if new else icon} within 5000")
        self.desk.is_idle()

    def pickup(self):
        mark = self.carol.mark()
        self.bob.call(self.carol.user)
        self.carol.wait_event("CALL_INCOMING", after=mark)
        self.press("pickup")
        self.hear(self.bob, BOB)
        self.over()

    def park(self):
        self.dial(self.bob)
        self.press("park", "expect calls 0 within 5000")
        self.desk.is_idle()
        self.desk.run("offhook", "expect tone inside_dial", "digits 701#")
        self.hear(self.bob, BOB)
        self.over()

    def intercom(self):
        self.bob.call(f"70{DESK}")
        self.hear(self.bob, BOB)
        self.over()


def day(model, keys, *features):
    """A test that shows these features; no word of it is a claim of its own."""
    return pytest.param(model, keys, features, id=model, marks=pytest.mark.feature(*features))


ALL = ("call", "hold", "transfer", "conference", "forward", "dnd", "mwi", "blf", "pickup", "park", "intercom")
HANDSET = ALL[:7] + ALL[8:10]               # no key with a lamp, no speaker to talk by


@pytest.mark.parametrize("model, keys, features", [
    day("12SP", BUTTONS, "call", "hold", "transfer", "forward", "mwi", "park"),
    day("7910", BUTTONS, "call", "hold", "transfer", "conference", "forward", "mwi", "intercom"),
    day("7912", SOFT, *HANDSET),
    day("7911", SOFT, *HANDSET),
    day("7921", SOFT, *ALL),
    day("7936", SOFT, *HANDSET, "intercom"),
    day("7960", SOFT, *ALL),
    day("7941", SOFT, *ALL),
    day("7965", SOFT, *ALL),
    day("7970", SOFT, *ALL),
    day("6921", SOFT, *ALL),
    day("8945", SOFT, *ALL),
    day("ATA186", FLASH, "call", "hold", "transfer", "mwi"),
    day("VG224", FLASH, "call", "hold", "transfer", "mwi"),
    day("SPA504G", SOFT, *ALL),
    day("CIPC", SOFT, *ALL),
])
def test_a_day_with(asterisk, gateway, started, net, baresip, model, keys, features):
    bob, carol = baresip("1002", asterisk, hz=BOB), baresip("1004", asterisk, hz=CAROL)
    buttons = [{"line": {"number": DESK, "password": f"pw{DESK}"}}, {"speeddial": "2001", "label": "Ann", "blf": True}]
    gw = gateway((), asterisk, phones={NAME: {"buttons": buttons[:1 + ("blf" in features)]}},
                 calls={"feature_codes": CODES})
    desk = started(Phone, NAME, net.host(), gw.address, NAME, model, version=0)
    desk.run("register", "expect registered within 10000")
    gw.wait_log(f"{DESK}: registered at")
    this = Day(desk, keys, gw, asterisk, bob, carol)
    for feature in features:
        getattr(this, feature)()
    desk.is_idle().leave()
    gw.wait_ports_closed()
