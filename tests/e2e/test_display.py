"""The order in which a phone is told things, message by message, against flows.md (sections in brackets) and
field-guide 4.2. The older family is a 7960 (protocol 11), the newer a 7965 (protocol 22); a 7912 (6) stands for static
messages, an ATA (3) for phones without a display, a 6921 (20) for phones that show their own texts only.

Where we differ from the real call managers of flows.md, on purpose:
* Only differences are sent. What the phone shows already (ringer off, no tone, the same keys) is not said again: the
  silencing SetRinger and StopTone around an answer or an ending, and keys between two states that share a set.
* Media go first at an ending from either side, not only at the far one (9.2): older phones play no tone beside an open
  channel and have one channel for all calls (field-guide M4, M8).
* Connected is shown when the channel is open (answer) or asked for (answered call), then StartMediaTransmission: audio
  is sent after the phone's ack (field-guide M1).
* A number that is dialled in one go goes from off hook straight to proceed: the keys and the prompt for typing would be
  replaced in the same segment."""

import re

import pytest

from house import captured_house  # noqa: F401 (a fixture)

FAMILIES = ["7960", "7965"]

# How messages are written here: the word that matters, then what it says. Dynamic and static forms are the same.
SHORT = {
    "SetRinger": "ringer {mode}", "SetSpeakerMode": "speaker {mode}", "SetLamp": "lamp {mode}",
    "CallState": "state {state}", "SelectSoftKeys": "keys {set}", "DisplayPromptStatus": "prompt {text}",
    "ClearPromptStatus": "no prompt", "ActivateCallPlane": "plane", "StartTone": "tone {tone}", "StopTone": "no tone",
    "DialedNumber": "dialled {called_number}", "CallInfo": "info", "OpenReceiveChannel": "open", "BackSpaceRes": "back",
    "CloseReceiveChannel": "close", "StartMediaTransmission": "send", "StopMediaTransmission": "send nothing",
    "ConnectionStatisticsReq": "statistics", "DefineTimeDate": "time", "DisplayPriNotify": "banner {text}",
    "ClearPriNotify": "no banner",
}
LINE = re.compile(rb"^ *\d+ < (\w+)(.*)\n", re.M)


class Told:
    """What a phone has been told since the last look, as words of SHORT."""

    def __init__(self, phone):
        self.phone, self.at = phone, phone.log_path.stat().st_size

    def next(self):
        with open(self.phone.log_path, "rb") as log:
            log.seek(self.at)
            text = log.read()
        self.at += len(text)
        return [self.word(name.decode(), rest.decode("utf-8", "replace")) for name, rest in LINE.findall(text)]

    @staticmethod
    def word(name, rest):
        fields = {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|\S+)', rest)}
        return SHORT[name.removesuffix("Dynamic")].format(**fields)


def listed(text):
    return [word.strip() for word in text.split(">")]


def check(told, text):
    assert told.next() == listed(text)


DIAL_TONE = "speaker on > lamp on > state off_hook > keys off_hook > prompt {enter_number} > plane > tone inside_dial"
PROCEED = "dialled 1003 > state proceed > info > keys ring_out > prompt {call_proceed}"
RING_OUT = "tone alerting > state ring_out > prompt {ring_out} > info"
RING_IN = "state ring_in > keys ring_in > prompt {from}1003 > banner {from}1003 > info > lamp blink > ringer inside"
CONNECTED = "state connected > keys connected > prompt {connected} > info"
END = "statistics > lamp off > no prompt > state on_hook > keys on_hook > time > speaker off"


@pytest.fixture(params=FAMILIES)
def pair(captured_house, request):
    """The phone that is looked at, what it is told, and one it talks to."""
    desk, other = captured_house(request.param, "7960")
    return desk, Told(desk), other


def ring(desk, other):
    other.dial("1001#")
    desk.is_ringing()


def talking(desk, other):
    ring(desk, other)
    desk.answer()
    for one in (desk, other):
        one.run("expect tx on within 3000")


@pytest.mark.parametrize("gesture", ["offhook", "key newcall", "line 1"])
def test_going_off_hook(pair, gesture):
    """[6.1]"""
    desk, told, _ = pair
    desk.run(gesture, "expect tone inside_dial")
    check(told, DIAL_TONE)
    desk.hang_up().is_idle()
    check(told, "no tone > lamp off > no prompt > state on_hook > keys on_hook > time > speaker off")


def test_digits(pair):
    """[6.2] The first ends the tone and changes the keys, the others change nothing; taking the last back restores."""
    desk, told, _ = pair
    desk.dial("1").run("expect keys digits_following")
    check(told, f"{DIAL_TONE} > no tone > keys digits_following")
    desk.run("digits 0", "key backspace", "expect typed 1")
    check(told, "back")
    desk.run("key backspace", "expect tone inside_dial")
    check(told, "back > keys off_hook > tone inside_dial")


def test_a_call_that_is_answered_there(pair):
    """[6.3]"""
    desk, told, other = pair
    desk.dial("1003").run("expect tone none", "expect keys digits_following")
    told.next()
    desk.run("digits #", "expect tone alerting")
    check(told, f"{PROCEED} > {RING_OUT}")
    other.is_ringing().answer()
    desk.run("expect tx on")
    check(told, f"no tone > {CONNECTED} > open > send")


def test_a_number_in_one_go(pair):
    """[6.3], by redial or a call list"""
    desk, told, other = pair
    desk.run("enbloc 1003", "expect tone alerting")
    check(told, f"speaker on > lamp on > state off_hook > plane > {PROCEED} > {RING_OUT}")


def test_an_incoming_call(pair):
    """[7]"""
    desk, told, other = pair
    ring(desk, other)
    check(told, RING_IN)


def test_an_incoming_call_is_answered(pair):
    """[7.1]"""
    desk, told, other = pair
    ring(desk, other)
    told.next()
    desk.answer().run("expect tx on")
    check(told, "ringer off > speaker on > lamp on > state off_hook > keys connected > no banner > plane > open > "
                f"{CONNECTED} > send")


def test_a_caller_who_gives_up(pair):
    """[7.2]"""
    desk, told, other = pair
    ring(desk, other)
    told.next()
    other.hang_up()
    desk.is_idle()
    check(told, "lamp off > no prompt > no banner > state on_hook > keys on_hook > time > ringer off")


def test_this_phone_hangs_up(pair):
    """[9.1]"""
    desk, told, other = pair
    talking(desk, other)
    told.next()
    desk.hang_up().is_idle()
    check(told, f"close > send nothing > {END}")


def test_the_other_side_hangs_up(pair):
    """[9.2] The handset put down afterwards only silences the phone (field-guide C8)."""
    desk, told, other = pair
    talking(desk, other)
    told.next()
    other.hang_up()
    desk.is_idle()
    check(told, f"close > send nothing > {END}")
    desk.hang_up().is_idle().run("wait 100")
    check(told, "no tone > speaker off")


@pytest.mark.parametrize("model", FAMILIES)
def test_call_waiting(captured_house, model):
    """[10] The tone comes first, then what [7] says of any call: that order is a real one, chan-sccp's is not."""
    desk, other, third = captured_house(model, "7960", "7960")
    told = Told(desk)
    talking(desk, other)
    told.next()
    third.dial("1001#")
    desk.run("expect ringer flash_only")
    check(told, "tone call_waiting > state ring_in > keys ring_in > prompt {from}1005 > banner {from}1005 > info > "
                "lamp blink > ringer flash_only")
    desk.run("key answer call 2", "expect callstate connected call 2 within 3000", "expect tx on")
    check(told, "close > send nothing > time > lamp on > state hold > prompt {hold} > info > keys on_hold > "
                "ringer off > state off_hook > keys connected > no banner > open > "
                f"{CONNECTED} > send")
    desk.run("key endcall", "expect calls 1")
    third.is_idle()
    check(told, "close > send nothing > statistics > lamp wink > no prompt > state on_hook > keys on_hook > time > "
                "speaker off > keys on_hold")    # there is nobody left to be connected with directly


def test_holding_and_resuming(pair):
    """[11]"""
    desk, told, other = pair
    talking(desk, other)
    told.next()
    desk.run("key hold", "expect keys on_hold")
    check(told, "close > send nothing > time > lamp wink > state hold > prompt {hold} > info > speaker off > "
                "keys on_hold")
    desk.run("key resume", "expect tx on")
    check(told, "speaker on > lamp on > state off_hook > keys connected > prompt {connected} > plane > open > "
                "state connected > info > send")


def test_hold_by_the_other_side(pair):
    """[11] The phone stays connected and hears on; only sending ends (music may come)."""
    desk, told, other = pair
    talking(desk, other)
    told.next()
    other.run("key hold")
    desk.run("expect tx off", 'expect prompt "held"')
    check(told, "send nothing > prompt {connected} (held)")
    other.run("key resume")
    desk.run("expect tx on")
    check(told, "prompt {connected} > send")


@pytest.mark.parametrize("model", FAMILIES)
def test_a_busy_number(captured_house, model):
    """[6.3] and field-guide 1.N: tone, state and text; nothing else changes until the user hangs up."""
    desk, other = captured_house(model, "7960", calls={"busy_trigger": 1})
    told = Told(desk)
    other.run("offhook", "expect tone inside_dial")
    desk.run("enbloc 1003", "expect callstate busy", 'expect prompt "Busy"')
    check(told, f"speaker on > lamp on > state off_hook > plane > {PROCEED} > "
                "tone line_busy > state busy > keys off_hook > info > prompt {busy}")
    desk.hang_up().is_idle()
    check(told, "no tone > lamp off > no prompt > state on_hook > keys on_hook > time > speaker off")


def test_an_unknown_number(pair):
    """[6.3] Text before tone"""
    desk, told, _ = pair
    desk.dial("4711").run("expect tone none", "expect keys digits_following")
    told.next()
    desk.run("digits #", "expect callstate invalid_number", "expect tone reorder")
    check(told, f"{PROCEED.replace('1003', '4711')} > "
                "state invalid_number > keys off_hook > info > prompt {unknown_number} > tone reorder")


def test_a_phone_that_knows_static_messages_only(captured_house):
    """A 7912 takes and places calls by the same order, in the messages of protocol 6."""
    desk, other = captured_house("7912", "7960")
    told = Told(desk)
    ring(desk, other)
    check(told, RING_IN)
    assert "Dynamic" not in desk.log()
    desk.answer().run("expect tx on")
    check(told, "ringer off > speaker on > lamp on > state off_hook > keys connected > no banner > plane > open > "
                f"{CONNECTED} > send")
    desk.hang_up().is_idle()
    check(told, f"close > send nothing > {END}")


def test_a_phone_without_a_display(captured_house):
    """An ATA is spared prompts and keys."""
    desk, other = captured_house("ATA186", "7960")
    told = Told(desk)
    desk.dial("1003#").run("expect tone alerting")
    check(told, "speaker on > lamp on > state off_hook > plane > tone inside_dial > no tone > dialled 1003 > "
                "state proceed > info > tone alerting > state ring_out > info")
    other.is_ringing().answer()
    desk.run("expect tx on")
    check(told, "no tone > state connected > info > open > send")
    desk.hang_up().is_idle()
    check(told, "close > send nothing > statistics > lamp off > state on_hook > time > speaker off")


def test_a_phone_with_texts_of_its_own(captured_house):
    """A 6921 is told labels, nothing that is too long for its slot (field-guide 2.2)."""
    desk, other = captured_house("6921", "7960")
    told = Told(desk)
    ring(desk, other)
    check(told, "state ring_in > keys ring_in > prompt {from} > info > lamp blink > ringer inside")
    desk.answer().run("expect tx on")
    check(told, "ringer off > speaker on > lamp on > state off_hook > keys connected > plane > open > "
                f"{CONNECTED} > send")
