"""A fax passes as G.711: the far end changes to it when it hears one, wishes for T.38 are refused, and the call goes on.
And G.729, of whatever annex the phone knows it by."""

import pytest

from peers import sip
from peers.process import until
from test_negotiation import T38, answered, both_hear, changes, leave, pbx  # noqa: F401 (a fixture)

CALLED, CALLING = 2100, 1100            # Hz: the tones of the machines (ITU-T T.30)
G729 = [(18, "G729/8000"), (101, "telephone-event/8000")]


def at_g729(pbx, gateway, phone, rtp, codecs):  # noqa: F811
    gw = gateway(["1001"], pbx, media={"codecs": ["g729", "pcmu", "pcma"]})
    desk, sound = phone(gw, "1001", options=["--codecs", codecs]), rtp(pbx.address, hz=CALLED)
    desk.dial("1002#")
    invite = pbx.expect("INVITE")
    assert "a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n" in invite.body
    sound.speaks(18)
    answered(pbx, invite, sound, codecs=G729, extra="a=fmtp:18 annexb=yes\r\n")
    desk.run("expect codec g729", "expect audio packets > 25 within 5000")
    until(lambda: len([1 for _, data in list(sound.packets) if data[1] & 0x7F == 18]) > 25, 5, "G.729 from the phone")
    assert {len(data) - 12 for _, data in list(sound.packets)} == {20}
    return gw, desk, invite, sound


def test_a_fax_changes_the_call_to_g711_and_stays_there(pbx, gateway, phone, rtp):  # noqa: F811
    gw, desk, invite, sound = at_g729(pbx, gateway, phone, rtp, "g729,pcmu")
    reply = changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(0, "PCMU/8000")],
                                         extra="a=silenceSupp:off - - - -\r\na=ecan:fb off -\r\n"))
    assert reply.status == 200 and "a=rtpmap:0 PCMU/8000" in reply.body
    sound.speaks(0)
    desk.run("expect codec pcmu within 2000", f"send tone {CALLING}")
    desk.hz = CALLING
    both_hear(desk, sound)
    head = f"v=0\r\no=- 7 7 IN IP4 {pbx.address}\r\ns=-\r\nc=IN IP4 {pbx.address}\r\nt=0 0\r\n"
    for body in (head + T38, head + "m=audio 0 RTP/AVP 0\r\n" + T38):
        assert changes(pbx, invite, body).status == 488
        both_hear(desk, sound)
    both = changes(pbx, invite, sip.sdp(pbx.address, sound.port, codecs=[(0, "PCMU/8000")], extra=T38))
    assert both.status == 200 and "m=image 0 udptl t38\r\n" in both.body
    both_hear(desk, sound)
    leave(pbx, desk)
    gw.wait_ports_closed()


def test_a_phone_that_has_g729_with_annex_b_only(pbx, gateway, phone, rtp):  # noqa: F811
    """Without silence suppression it is the same."""
    _, desk, _, _ = at_g729(pbx, gateway, phone, rtp, "g729ab")
    assert "codec=g729_ab" in desk.log() and "silence_suppression=on" not in desk.log()
    leave(pbx, desk)
