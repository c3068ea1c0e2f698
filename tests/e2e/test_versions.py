"""tshark agrees: at every protocol version a phone lives a whole life, and every message it was sent is dissected by
tshark too. Each is known to it, none is malformed, and what tshark reads in a field is what the phone read there."""

import json
import re
import struct

import pytest

import trace
from agreement import Comparison
from gateway import ROOT
from peers import sip
from peers import skinny as raw
from peers.agent import ok
from peers.capture import KNOWN_FAULTS, Capture
from phone import phone_name

FRAMES = ROOT.parent / "shared/protocol/frames"

# One or two models of each version: with keys of their own where there are two kinds.
LIVES = [(3, "ATA186"), (3, "7960"), (6, "7912"), (8, "7940"), (8, "SPA504G"), (11, "7960"), (15, "7941"), (17, "7970"),
         (20, "6921"), (20, "7965"), (22, "7965"), (22, "8945")]
KEYLESS = {"ATA186"}
NAME = "Zoë Ünal"
EVERY_LIFE = set("""
    RegisterAck CapabilitiesReq ButtonTemplate SoftKeyTemplateRes SoftKeySetRes ConfigStat ForwardStat
    SpeedDialStat FeatureStat ServiceUrlStat ServerRes Version DefineTimeDate RegisterReject KeepAliveAck
    UnregisterAck Reset CallState StartTone StopTone SetRinger SetLamp OpenReceiveChannel
    CloseReceiveChannel StartMediaTransmission StopMediaTransmission DialedNumber""".split())
KEYED_LIFE = {"SelectSoftKeys", "ActivateCallPlane", "SetSpeakerMode", "ClearPromptStatus", "BackSpaceRes"}

CONFIG_STAT_REQ, FORWARD_STAT_REQ, SPEED_DIAL_STAT_REQ, FEATURE_STAT_REQ = 0x000C, 0x0009, 0x000A, 0x0034
SERVICE_URL_STAT_REQ, SERVER_REQ, VERSION_REQ, LINE_STAT_REQ = 0x0033, 0x0012, 0x000F, 0x000B
CAPABILITIES_RES, TIME_DATE_REQ, BUTTON_TEMPLATE_REQ = 0x0010, 0x000D, 0x000E
SOFT_KEY_TEMPLATE_REQ, SOFT_KEY_SET_REQ = 0x0028, 0x0025
EVERY_QUESTION = [(CONFIG_STAT_REQ, None), (FORWARD_STAT_REQ, 1), (SPEED_DIAL_STAT_REQ, 1), (SPEED_DIAL_STAT_REQ, 9),
                  (LINE_STAT_REQ, 1), (LINE_STAT_REQ, 9), (FEATURE_STAT_REQ, 1), (SERVICE_URL_STAT_REQ, 1),
                  (SERVER_REQ, None), (VERSION_REQ, None), (TIME_DATE_REQ, None), (BUTTON_TEMPLATE_REQ, None),
                  (SOFT_KEY_TEMPLATE_REQ, None), (SOFT_KEY_SET_REQ, None)]


class Pbx:
    """The other side of the calls of this file."""

    def __init__(self, agent, rtp):
        self.agent = agent("pbx", automatic={"REGISTER": ok, "BYE": ok, "CANCEL": ok})
        self.sound = rtp(self.agent.address, hz=900)

    def body(self):
        return sip.sdp(self.agent.address, self.sound.port)

    def take(self, status=200, reason="OK", body=True):
        invite = self.agent.expect("INVITE")
        self.agent.reply(invite, status, reason, body=self.body() if body else "")
        return invite

    def call(self, name):
        register = next(message for message in self.agent.seen if message.method == "REGISTER")
        return self.agent.request("INVITE", register.contact_uri, "<sip:1001@pbx>", body=self.body(),
                                  from_field=f'"{name}" <sip:1002@pbx>;tag={sip.token()}')

    def answered(self, call):
        answer = self.agent.expect(200, call_id=call.call_id)
        self.agent.acknowledge(call, answer)
        self.sound.peer = answer.rtp()


def asks_everything(desk, version):
    for question, index in EVERY_QUESTION:
        payload = b"" if index is None else struct.pack("<I", index)
        desk.run("raw " + raw.frame(question, payload, version if version >= 17 else 0).hex())


def calls_with_early_media(desk, pbx):
    desk.dial("1002#")
    invite = pbx.take(183, "Session Progress")
    desk.run("expect rx open within 3000")
    pbx.sound.peer = invite.rtp()
    desk.hears(900, 300)
    pbx.agent.reply(invite, 200, "OK", body=pbx.body())
    pbx.agent.expect("ACK")
    desk.is_talking()
    pbx.agent.in_call("BYE", invite)
    pbx.agent.expect(200)
    desk.run("expect rx closed").hang_up().is_idle()


def is_called(desk, pbx, keys):
    call = pbx.call(NAME)
    desk.is_ringing().answer()
    pbx.answered(call)
    desk.is_talking().hears(900, 300)
    if keys:
        desk.run("key hold", "expect callstate hold")
        pbx.take()
        pbx.agent.expect("ACK")
        waiting = pbx.call("Second")
        desk.run("expect callstate ring_in call 2")
        pbx.agent.cancel(waiting)
        pbx.agent.acknowledge(waiting, pbx.agent.expect(487))
        desk.run("expect calls 1", "key resume")
        pbx.take()
        pbx.agent.expect("ACK")
        desk.is_talking()
    waiting = pbx.call("Third")
    desk.run("expect callstate ring_in call 2", "expect waitingtones 1")
    busy = pbx.call("Fourth")
    pbx.agent.acknowledge(busy, pbx.agent.expect(486, call_id=busy.call_id))
    pbx.agent.cancel(waiting)
    pbx.agent.acknowledge(waiting, pbx.agent.expect(487, call_id=waiting.call_id))
    desk.run("expect calls 1", "unregister")    # it is refused: a call is up
    desk.run("token", "expect token granted").hang_up()
    desk.is_idle()


def gives_up_on(desk, pbx, status, reason, state, tone):
    desk.dial("1003#")
    invite = pbx.take(status, reason, body=False)
    pbx.agent.expect("ACK", call_id=invite.call_id)
    desk.run(f"expect callstate {state} within 3000", f"expect tone {tone}").hang_up().is_idle()


def rings_in_vain(desk, pbx):
    desk.dial("1004#")
    invite = pbx.take(180, "Ringing", body=False)
    desk.run("expect callstate ring_out within 3000", "expect tone alerting").hang_up().is_idle()
    pbx.agent.reply(invite, 487, "Request Terminated")
    pbx.agent.expect("ACK", call_id=invite.call_id)


def plays_with_keys(desk, pbx):
    desk.run("key newcall", "expect tone inside_dial", "digits 12", "key backspace", "key endcall").is_idle()
    for what in ("key redial", "speeddial 1", "enbloc 1003"):
        desk.run(what)
        invite = pbx.take(404, "Not Found", body=False)
        pbx.agent.expect("ACK", call_id=invite.call_id)
        desk.run("expect callstate invalid_number within 3000").hang_up().is_idle()
    desk.run("key park")        # means nothing here: a notice


@pytest.mark.parametrize("version, model", LIVES, ids=[f"{version}-{model}" for version, model in LIVES])
def test_tshark_reads_what_the_phone_reads(agent, gateway, phone, rtp, capture, record_property, version, model):
    pbx = Pbx(agent, rtp)
    gw = gateway([], pbx.agent, phones={phone_name("1001"): {"description": "The desk", "buttons": [
        {"line": {"number": "1001", "name": "Jörg", "label": "Büro", "password": "pw1001"}},
        {"speeddial": "1005", "label": "Café"}]}})
    stranger = phone(gw, "1009", model, version=version, registered=False)
    stranger.run(f"standby {gw.address}", "expect standby", "token", "expect token refused 60")
    if not model.startswith("SPA"):         # those do not even come when their token is refused
        stranger.run("register", 'expect rejected ""')
    desk = phone(gw, "1001", model, version=version)
    gw.wait_log(rf"{phone_name('1001')}: registered, protocol {version},")
    asks_everything(desk, version)
    calls_with_early_media(desk, pbx)
    is_called(desk, pbx, model not in KEYLESS)
    gives_up_on(desk, pbx, 486, "Busy Here", "busy", "line_busy")
    gives_up_on(desk, pbx, 404, "Not Found", "invalid_number", "reorder")
    gives_up_on(desk, pbx, 503, "Service Unavailable", "congestion", "reorder")
    rings_in_vain(desk, pbx)
    if model not in KEYLESS:
        plays_with_keys(desk, pbx)
    desk.run("unregister", "expect unregistered", "register", "expect registered within 5000")
    gw.stop()
    assert re.search(r"^reset: restart", desk.log(), re.M)
    capture.stop()
    catalogue, told = trace.Catalogue(), capture.messages(gw.address)
    tshark_reads(told, version)
    comparison = Comparison(version)
    compared = sum(compare(comparison, catalogue, told, one) for one in (stranger, desk))
    assert not comparison.differences
    assert compared == comparison.messages == len(told)
    needed = EVERY_LIFE | (set() if model in KEYLESS else KEYED_LIFE)
    spcp = model.startswith("SPA")
    needed = (needed | {"SpcpRegisterTokenAck"}) - {"RegisterReject"} if spcp else needed | {"RegisterTokenAck"}
    assert needed <= {catalogue.names[one.id] for one in told}
    record_property("compared", f"version {version}, {model}: {compared} messages, {comparison.fields} values")
    print(f"version {version}, {model}: {compared} messages, {comparison.fields} values compared")


def tshark_reads(told, version):
    """No message that tshark does not know, or calls wrong without being known to be wrong itself."""
    assert not [one for one in told if not one.known or one.errors]
    faults = {key for key, (versions, _) in KNOWN_FAULTS.items() if version in versions}
    assert {(one.id, one.version) for one in told if one.malformed} == faults


def compare(comparison, catalogue, told, one):
    """Message by message what that phone was told; how many there were."""
    theirs = [message for message in told if message.receiver[0] == one.address]
    ours = trace.read(one.log_path, catalogue)
    assert [catalogue.names[message.id] for message in theirs] == [message.name for message in ours]
    for pair in zip(theirs, ours):
        comparison.message(*pair)
    return len(ours)


def real_frames(message):
    """(version word, bytes) of that message from real call managers."""
    if not FRAMES.is_dir():
        pytest.skip("the protocol reference is not here")
    frames = [bytes.fromhex(frame["hex"]) for path in sorted(FRAMES.glob("*.json"))
              for frame in json.loads(path.read_text())["frames"] if frame.get("hex")]
    found = [(struct.unpack_from("<I", frame, 4)[0], frame) for frame in frames if len(frame) >= 12 and
             struct.unpack_from("<I", frame, 8)[0] == message]
    return found


def dissected(folder, frame):
    """How tshark reads one frame from a call manager."""
    wire = Capture(folder / "real", None)
    wire.write(frame)
    return wire.messages("127.0.0.1")[0]


# Real frames of the sizes we send: version word and payload length; 11 stands in the frame of a CUCM 7 whose word is 0.
@pytest.mark.parametrize("message, version, length", [
    (0x0105, 0, 68), (0x008A, 0, 84), (0x008A, 0, 36), (0x008B, 0, 4), (0x0105, 11, 92)])
def test_the_known_faults_are_tsharks_own(folder, message, version, length):
    assert (message, version) in KNOWN_FAULTS
    frames = [frame for word, frame in real_frames(message) if word == 0 and len(frame) == 12 + length]
    assert frames
    for frame in frames:
        assert dissected(folder, frame[:4] + struct.pack("<I", version) + frame[8:]).malformed


def test_the_differences_are_tsharks_own(folder):
    """CUCM packs the call reference behind the 25 bytes of the number; tshark looks for it three bytes later."""
    frames = [frame for word, frame in real_frames(0x0107) if word == 20]
    assert frames
    for frame in frames:
        packed, = struct.unpack_from("<I", frame, 12 + 25)
        theirs = dissected(folder, frame).values
        assert packed != 0 and int(theirs["callReference"][0][0], 0) != packed
        aligned, = struct.unpack_from("<I", frame, 12 + 28)
        assert int(theirs["callReference"][0][0], 0) == aligned


class Read:
    """A stand-in for a message of tshark's."""

    def __init__(self, **values):
        self.values = {name.replace("_", "."): [(str(value), b"")] for name, value in values.items()}

    def __repr__(self):
        return "a message"


@pytest.mark.parametrize("values, difference", [
    ({"lineInstance": 1, "callReference": 257}, None),
    ({"lineInstance": 2, "callReference": 257}, "the phone read [1], tshark [2]"),
    ({"lineInstance": 1, "callReference": 0}, "the phone read [257], tshark [0]"),
    ({"lineInstance": 1}, "tshark shows no callReference"),
])
def test_a_comparison_can_fail(values, difference):
    comparison = Comparison(22)
    comparison.message(Read(**values), trace.Message("ClearPromptStatus", {"line": [1], "call_ref": [257]}))
    assert len(comparison.differences) == (difference is not None)
    assert difference is None or difference in comparison.differences[0]


def test_a_field_or_message_without_a_row_is_a_difference():
    comparison = Comparison(22)
    comparison.message(Read(lineInstance=1, callReference=2),
                       trace.Message("ClearPromptStatus", {"line": [1], "call_ref": [2], "news": [5]}))
    comparison.message(Read(), trace.Message("NeverHeardOf", {}))
    assert len(comparison.differences) == 2
