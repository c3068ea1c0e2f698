"""What no phone should do. Each has its line in the log, and every other phone keeps working."""

import contextlib
import struct

import pytest

from peers import skinny as raw
from peers.process import until
from phone import phone_name


@pytest.fixture
def gw(gateway, phone):
    """A gateway with an untroubled phone, which has to be untroubled afterwards too."""
    gateway_under_test = gateway(["1001", "1003", "1005"])
    bystander = phone(gateway_under_test, "1005")
    fds = gateway_under_test.fds()
    yield gateway_under_test
    bystander.run("offhook", "expect tone inside_dial", "onhook").is_idle()
    for other in phone.made:
        if other is not bystander:
            other.leave()
    until(lambda: gateway_under_test.fds() <= fds, 5, f"{fds} descriptors again ({gateway_under_test.fds()})")


def registered(gw, skinny, name="SEP000000001001"):
    """As far as the gateway asks for it: from the Register to the time of day."""
    one = skinny(gw)
    one.send(raw.register(name))
    one.expect(raw.REGISTER_ACK)
    one.send(raw.frame(raw.CAPABILITIES, struct.pack("<IIIII", 1, 4, 20, 0, 0)) + raw.frame(raw.TIME_DATE))
    one.expect(raw.DEFINE_TIME)
    return one


def test_a_frame_torn_into_single_bytes_is_understood(gw, skinny):
    one = skinny(gw)
    for byte in raw.register("SEP000000001001"):
        one.send(bytes([byte]))
    one.expect(raw.REGISTER_ACK)
    one.close()


def test_many_frames_in_one_segment_are_all_answered(gw, skinny):
    one = registered(gw, skinny)
    one.send(raw.frame(raw.KEEPALIVE) * 20)
    for _ in range(20):
        one.expect(raw.KEEPALIVE_ACK)
    one.close()


def test_a_frame_cut_off_by_the_end_of_the_connection(gw, skinny):
    one = skinny(gw)
    one.send(raw.register("SEP000000001001")[:30])
    one.close()


@pytest.mark.parametrize("length", [0, 3, 4097, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wrong_length_ends_the_connection(gw, skinny, length):
    one = skinny(gw)
    one.send(struct.pack("<III", length, 0, raw.KEEPALIVE))
    one.wait_closed()
    gw.wait_log(r"WARN .*not SCCP: .*length")
    one.close()


def test_an_unknown_message_is_skipped(gw, skinny):
    one = registered(gw, skinny)
    one.send(raw.frame(0x7777, bytes(400)) + raw.frame(raw.KEEPALIVE))
    one.expect(raw.KEEPALIVE_ACK)
    gw.wait_log(r"0x7777|30583")
    one.close()


def test_a_keepalive_before_register_is_answered(gw, skinny):
    one = skinny(gw)
    one.send(raw.frame(raw.KEEPALIVE))
    one.expect(raw.KEEPALIVE_ACK)
    one.close()


def test_a_call_message_before_register_is_refused(gw, skinny):
    one = skinny(gw)
    one.send(raw.frame(raw.OFF_HOOK))
    gw.wait_log(r"WARN .*OffHook dropped: not permitted now")
    with pytest.raises((AssertionError, TimeoutError)):
        one.expect(raw.CALL_STATE, timeout=1)
    one.close()


def test_a_truncated_register_is_refused(gw, skinny):
    one = skinny(gw)
    one.send(raw.frame(raw.REGISTER, b"SEP0000"))
    gw.wait_log(r"WARN .*Register dropped: too short")
    one.close()


def test_a_name_that_is_none_is_refused(gw, skinny):
    one = skinny(gw)
    one.send(raw.register("SEP\n; rm -rf"))
    one.expect(raw.REGISTER_REJECT)
    assert "\nSEP\n" not in gw.log()
    one.close()


def test_a_call_reference_of_another_phone_is_ignored(gw, phone, skinny):
    caller = phone(gw, "1003")
    caller.run("offhook", "expect callstate off_hook")
    reference = caller.call_reference()
    thief = registered(gw, skinny)
    thief.send(raw.frame(raw.ON_HOOK, struct.pack("<II", 1, reference)))
    thief.send(raw.frame(raw.SOFT_KEY, struct.pack("<III", 9, 1, reference)))
    thief.send(raw.frame(raw.KEYPAD, struct.pack("<III", 5, 1, reference)))
    thief.send(raw.frame(raw.KEEPALIVE))
    thief.expect(raw.KEEPALIVE_ACK)
    caller.run("expect callstate off_hook", "expect tone inside_dial", "onhook").is_idle()
    thief.close()


def test_an_acknowledgement_nobody_waits_for_is_ignored(gw, skinny):
    one = registered(gw, skinny)
    one.send(raw.frame(raw.RECEIVE_ACK, struct.pack("<I4sIII", 0, bytes([127, 0, 0, 1]), 20000, 77, 88)))
    one.send(raw.frame(raw.KEEPALIVE))
    one.expect(raw.KEEPALIVE_ACK)
    one.close()


def test_a_line_that_does_not_exist_is_answered_empty_and_not_dialled(gw, skinny):
    one = registered(gw, skinny)
    one.send(raw.frame(0x000B, struct.pack("<I", 99)))          # LineStatReq
    assert struct.unpack_from("<I", one.expect(0x0092))[0] == 99
    one.send(raw.frame(raw.OFF_HOOK, struct.pack("<II", 99, 0)) + raw.frame(raw.KEEPALIVE))
    one.expect(raw.KEEPALIVE_ACK)
    one.close()


def test_a_second_register_of_the_same_name_closes_the_first(gw, skinny):
    first = registered(gw, skinny)
    second = registered(gw, skinny)
    first.wait_closed()
    second.send(raw.frame(raw.KEEPALIVE))
    second.expect(raw.KEEPALIVE_ACK)
    first.close()
    second.close()


def test_a_second_register_on_the_same_connection_is_survived(gw, skinny):
    one = registered(gw, skinny)
    one.send(raw.register("SEP000000001001"))
    one.send(raw.frame(raw.KEEPALIVE))
    try:
        one.expect(raw.KEEPALIVE_ACK)
    except AssertionError as closed:
        assert "closed" in str(closed)
    one.close()


def test_a_phone_that_vanishes_in_a_call_frees_the_far_side(gw, phone):
    gone, left = phone(gw, "1001"), phone(gw, "1003", hz=900)
    gone.dial("1003#")
    left.is_ringing().answer().is_talking()
    gone.kill()
    left.run("expect callstate on_hook within 5000").hang_up().is_idle()
    gw.wait_log(rf"{phone_name('1001')}: .*(closed|lost|gone)")
    gw.wait_ports_closed()


def test_a_phone_that_refuses_its_channel_frees_the_call(gw, phone):
    desk, other = phone(gw, "1001"), phone(gw, "1003", hz=900)
    desk.run("ack fail 2").dial("1003#")
    other.is_ringing().answer()
    desk.run("expect tone reorder within 5000").hang_up().is_idle()
    other.run("expect callstate on_hook within 5000").hang_up().is_idle()
    gw.wait_ports_closed()


def test_a_late_acknowledgement_after_hanging_up_is_ignored(gw, phone):
    desk, other = phone(gw, "1001"), phone(gw, "1003", hz=900)
    desk.run("ack delay 2000").dial("1003#")
    other.is_ringing().answer()
    desk.run("expect callstate connected within 3000").hang_up().is_idle()
    desk.run("wait 2500", "expect rx closed").is_idle()
    other.hang_up().is_idle()
    gw.wait_ports_closed()


def test_a_second_phone_of_that_name_does_not_take_a_call_away(gw, phone, skinny):
    desk, other = phone(gw, "1001"), phone(gw, "1003", hz=900)
    desk.dial("1003#")
    other.is_ringing().answer().is_talking()
    thief = skinny(gw)
    thief.send(raw.register(phone_name("1001")))
    assert b"In a call elsewhere" in thief.expect(raw.REGISTER_REJECT)
    thief.close()
    desk.hears(900)
    gw.wait_log(rf"{phone_name('1001')}: rejected: In a call elsewhere")
    desk.hang_up().is_idle()
    other.hang_up().is_idle()
    late = registered(gw, skinny, phone_name("1001"))     # now it may
    late.close()
    desk.wait(lambda: not desk.running() or "closed" in desk.log(), 5, "the old connection to be closed")


def test_guessed_names_are_answered_late_and_phones_at_once(gw, net, phone, closing):
    address = net.host()
    for guess in range(5):
        one = closing(raw.Skinny(address, gw.address))
        one.send(raw.register(f"SEP00000000990{guess}"))
        one.expect(raw.REGISTER_REJECT)
    late = closing(raw.Skinny(address, gw.address))
    late.send(raw.register("SEP000000009909"))
    one = registered(gw, lambda gateway: closing(raw.Skinny(address, gateway.address)), "SEP000000001003")
    late.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        late.socket.recv(1)
    late.expect(raw.REGISTER_REJECT)
    one.close()
    late.close()


@pytest.mark.parametrize("registers", [False, True])
def test_whoever_sends_without_end_is_thrown_out(gw, skinny, registers):
    one = registered(gw, skinny) if registers else skinny(gw)
    with contextlib.suppress(ConnectionError):      # it may be noticed before all has been sent
        one.send(raw.frame(raw.KEEPALIVE) * 2000)
    one.wait_closed()
    gw.wait_log(r"WARN .*closed: it sends too much \(sccp\.limits\.messages, sccp\.limits\.bytes\)")
    one.close()


def test_the_limits_are_those_of_the_configuration(gateway, net, closing):
    gw = gateway(["1001"], sccp={"limits": {"strangers_per_address": 2, "messages": 1, "connections": 3}})
    address, elsewhere = net.host(), net.host()
    first, second = (closing(raw.Skinny(address, gw.address)) for _ in range(2))
    second.send(raw.frame(raw.KEEPALIVE))
    second.expect(raw.KEEPALIVE_ACK)
    third = closing(raw.Skinny(address, gw.address))
    first.wait_closed()
    gw.wait_log("closed: too many connections from its address, and it does not register")
    for _ in range(2):
        closing(raw.Skinny(elsewhere, gw.address))
    third.wait_closed()     # second stands by
    gw.wait_log("closed: too many connections, and it does not register")
    second.send(raw.frame(raw.KEEPALIVE) * 11)
    second.wait_closed()
    gw.wait_log("closed: it sends too much")
