"""tshark agrees: at every protocol version a phone lives a whole life, and every message it was sent is dissected by
tshark too. Each is known to it, none is malformed, and what tshark reads in a field is what the phone read there."""

import re
import struct

import pytest

import trace
from peers import sip
from peers import skinny as raw
from peers.agent import ok
from peers.capture import KNOWN_FAULTS
from phone import phone_name

# One or two models of each version: with keys of their own where there are two kinds.
LIVES = [(3, "ATA186"), (3, "7960"), (6, "7912"), (8, "7940"), (8, "SPA504G"), (11, "7960"), (15, "7941"), (17, "7970"),
         (20, "6921"), (20, "7965"), (22, "7965"), (22, "8945")]
KEYLESS = {"ATA186"}
NAME = "Zoë Ünal"

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
        self.agent, self.sound = agent("pbx", automatic={"REGISTER": ok, "BYE": ok, "CANCEL": self.cancelled}), None
        self.sound = rtp(self.agent.address, hz=900)

    def cancelled(self, agent, request):
        ok(agent, request)

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
        return answer


def asks_everything(desk, version):
    for question, index in EVERY_QUESTION:
        payload = b"" if index is None else struct.pack("<I", index)
        if question == SERVICE_URL_STAT_REQ:
            payload = struct.pack("<I", index)
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
    answer = pbx.answered(call)
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
    pbx.agent.expect(range(200, 201), call_id=None) if False else None
    desk.is_idle()
    return answer


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
def test_tshark_reads_what_the_phone_reads(agent, gateway, phone, rtp, capture, version, model):
    pbx = Pbx(agent, rtp)
    gw = gateway([], pbx.agent, phones={phone_name("1001"): {"description": "The desk", "buttons": [
        {"line": {"number": "1001", "name": "Jörg", "label": "Büro", "password": "pw1001"}},
        {"speeddial": "1005", "label": "Café"}]}})
    stranger = phone(gw, "1009", model, version=version, registered=False)
    stranger.run(f"standby {gw.address}", "expect standby", "token", "expect token refused 60")
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
    messages = capture.messages(gw.address)
    assert messages
