"""sccpgw decode: what was captured, or written down in hexadecimal, as messages; tshark is the other opinion."""

import json
import random
import re
import subprocess

import pytest

import golden
from command import BAD_USAGE, FAILED, OK, sccpgw
from gateway import ROOT, build_folder
from house import connect, house  # noqa: F401 (a fixture)
from peers import pcap

REAL_FRAMES = ROOT.parent / "shared/protocol/frames"


def decode(*words, **keywords):
    done = sccpgw("decode", *words, **keywords)
    assert (done.returncode, done.stderr) == (OK, "")
    return done.stdout


def objects(*words, **keywords):
    return [json.loads(line) for line in decode("--json", *words, **keywords).splitlines()]


def by_sender(messages):
    """What each end of each connection said, in its order."""
    said = {}
    for one in messages:
        said.setdefault((one["address"], one["from"]), []).append((one["message"], one["fields"]))
    return said


@pytest.fixture
def call(capture, house):  # noqa: F811
    """The capture of a call between an old and a new phone, ended: the file as dumpcap wrote it."""
    old, new = house("7960", "7965")
    connect(old, new)
    old.hang_up().is_idle()
    new.hang_up().is_idle()
    capture.stop()
    return capture


def test_a_call_reads_like_tshark_reads_it(call):
    seen = [int(number, 0) for row in call.rows("skinny", "skinny.messageId") for number in row[0].split(",")]
    messages = objects(str(call.path))
    assert [one["id"] for one in messages] == seen
    names = {one["message"] for one in messages}
    assert {"Register", "RegisterAck", "OffHook", "StartTone", "KeypadButton", "CallState", "OpenReceiveChannel",
            "OpenReceiveChannelAck", "StartMediaTransmission", "OnHook"} <= names
    assert not [one for one in messages if "error" in one or "surplus" in one]
    assert {(one["phone"], one["version"]) for one in messages[len(messages) // 2:]} \
        == {("SEP000000001001", 11), ("SEP000000001003", 22)}

    ports = [row for packet in call.rows("skinny.messageId == 0x22", "skinny.portNumber") for row in packet]
    assert [str(one["fields"]["port"]) for one in messages if one["message"] == "OpenReceiveChannelAck"] == ports

    text = decode(str(call.path))
    assert re.search(r"^ +\d+\.\d{6}  SEP000000001001 --> Register device_name=\"SEP000000001001\" ", text, re.M)
    assert re.search(r"^ +\d+\.\d{6}  SEP000000001003 <-- CallState state=connected line=1 call_ref=\d+", text, re.M)
    assert len(text.splitlines()) == len(messages)
    assert re.search(r"<-- StartTone\n {14}tone: inside_dial\n", decode("-v", str(call.path)))


def untimed(text):
    return [line[12:] for line in text.splitlines()]


def test_every_way_to_the_same_packets_gives_the_same(call, folder):
    expected = decode(str(call.path))
    classic = folder / "classic.pcap"               # with microseconds
    subprocess.run(["tshark", "-r", call.path, "-w", classic, "-F", "pcap"], check=True, capture_output=True)
    assert untimed(decode(str(classic))) == untimed(expected)
    classic.write_bytes(pcap.classic(pcap.read(call.path)))
    assert decode(str(classic)) == expected
    for words in ((), ("-",)):
        with open(call.path, "rb") as file:
            assert decode(*words, stdin=file) == expected
        with subprocess.Popen(["cat", call.path], stdout=subprocess.PIPE) as cat:
            assert decode(*words, stdin=cat.stdout) == expected


def test_a_live_capture_is_shown_as_it_goes():
    frame = bytes.fromhex("0c000000110000000600000001000000" "11000000")
    content = pcap.classic([pcap.Packet(0, pcap.segment(("192.0.2.7", 40000), ("192.0.2.1", 2000), n * 20, 1, frame))
                            for n in range(2)], link=pcap.RAW)
    with subprocess.Popen([build_folder() / "gateway/sccpgw", "decode"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as live:
        half = (len(content) - 24) // 2 + 24
        for part in (content[:half], content[half:]):
            live.stdin.write(part)
            live.stdin.flush()
            assert b"OffHook" in live.stdout.readline()     # while more could come
        live.stdin.close()
        assert live.wait(10) == OK


def shuffled(packets, choice):
    """Segments with data by up to six packets later or earlier, some once more; connections still begin first."""
    placed = []
    for place, packet in enumerate(packets):
        tcp = packet.tcp()
        if tcp and tcp[4]:
            placed += [(place + choice.uniform(-6, 6), packet) for _ in range(choice.choice((1, 1, 2)))]
        else:
            placed.append((place - 20 if tcp and tcp[3] & pcap.SYN else place, packet))
    return [packet for _, packet in sorted(placed, key=lambda pair: pair[0])]


def test_segments_out_of_order_and_sent_again_are_read_once(call, folder):
    expected, packets = by_sender(objects(str(call.path))), pcap.read(call.path)
    for seed in range(8):
        path = folder / f"shuffled{seed}.pcap"
        mixed = shuffled(packets, random.Random(seed))
        assert mixed != packets
        path.write_bytes(pcap.classic(mixed))
        messages = objects(str(path))
        assert not [one for one in messages if "note" in one]
        assert by_sender(messages) == expected


def test_a_lost_segment_is_told_and_the_next_message_found(call, folder):
    packets = pcap.read(call.path)
    spoken = [packet for packet in packets if packet.tcp() and packet.tcp()[4]]
    whole = objects(str(call.path))
    for lost in spoken[3:-3:7]:
        path = folder / "lossy.pcap"
        path.write_bytes(pcap.classic([packet for packet in packets if packet is not lost]))
        messages = objects(str(path))
        size = len(lost.tcp()[4])
        assert any(one.get("note", "").startswith(f"{size} bytes are missing") for one in messages)
        left = [one for one in messages if "note" not in one]
        assert not [one for one in left if "error" in one]
        assert 0 < len(whole) - len(left) <= size / 12


def test_a_capture_may_begin_anywhere(call, folder):
    packets, whole = pcap.read(call.path), objects(str(call.path))
    for start in range(0, len(packets), max(1, len(packets) // 12)):
        path = folder / "late.pcap"
        path.write_bytes(pcap.classic(packets[start:]))
        messages = [one for one in objects(str(path)) if "note" not in one]
        names = [one["message"] for one in messages]
        assert names == [one["message"] for one in whole][len(whole) - len(names):]
        assert not [one for one in messages if "error" in one]


def test_a_short_snap_length_keeps_what_fits(call, folder):
    path = folder / "short.pcap"
    path.write_bytes(pcap.classic(pcap.read(call.path), snap=14 + 20 + 32 + 40))
    messages = objects(str(path))
    assert any("are missing" in one.get("note", "") for one in messages)
    assert {"OffHook", "KeypadButton"} <= {one.get("message") for one in messages}
    assert not [one for one in messages if "error" in one]


def test_hexadecimal_lines_of_other_programs_are_read(call):
    host, port = call.rows("skinny.messageId == 1", "ip.src", "tcp.srcport")[0]
    for end, sender in (("src", "phone"), ("dst", "call_manager")):
        expected = [one["message"] for one in objects(str(call.path))
                    if one["address"] == f"{host}:{port}" and one["from"] == sender]
        where = f"tcp.len > 0 && ip.{end} == {host} && tcp.{end}port == {port}"
        payloads = [row[0] for row in call.rows(where, "tcp.payload")]
        wrapped = subprocess.run(["xxd", "-p"], input=bytes.fromhex("".join(payloads)), capture_output=True, check=True)
        for text in ("\n".join(payloads), wrapped.stdout.decode()):
            assert [one.get("message") for one in objects(input=text, stdin=None)] == expected


@pytest.mark.parametrize("path", golden.FILES, ids=lambda path: path.stem)
def test_golden_frames_print_as_their_text(path):
    frames = golden.frames(path)
    lines = decode("--protocol", str(golden.version(path)), stdin=None,
                   input="".join(f"{frame.hex()}\n" for frame, _ in frames)).splitlines()
    assert [re.sub(r"^ *\d+:  \S+ (-->|<--) ", "", line) for line in lines] == [text for _, text in frames]


@pytest.mark.skipif(not REAL_FRAMES.is_dir(), reason="no real frames beside this tree")
@pytest.mark.parametrize("path", sorted(REAL_FRAMES.glob("*.json")) or [None], ids=lambda path: path and path.stem)
def test_real_frames_are_decoded(path):
    """Those cut short in their source are read as if zeros followed."""
    frames = json.loads(path.read_text())["frames"]
    for version in {frame["neg"] for frame in frames}:
        mine = [frame["hex"] for frame in frames if frame["neg"] == version]
        words = [] if version is None else ["--protocol", str(version)]
        seen = objects(*words, input="\n".join(mine), stdin=None)
        messages = [one for one in seen if "note" not in one]
        assert [one["line"] for one in messages] == list(range(1, len(mine) + 1))
        assert not [one for one in messages if "error" in one]
        cut = [line for line, frame in enumerate(mine, 1)
               if int.from_bytes(bytes.fromhex(frame[:8]), "little") + 8 != len(frame) // 2]
        assert [one["line"] for one in seen if "note" in one] == cut


# what cannot be read

@pytest.fixture
def broken(folder):
    def write(content):
        path = folder / "broken"
        path.write_bytes(content)
        return str(path)
    return write


@pytest.mark.parametrize("content, said", [
    (b"", "there is nothing in it"),
    (b"Dear diary,\nnothing happened.\n", "neither a capture"),
    (bytes(range(128, 256)) * 4, "neither a capture"),
    (b"\xd4\xc3\xb2\xa1", "truncated"),
    (b"\x0a\x0d\x0d\x0a\x1c\0\0\0MKAY", "unknown file format"),
    (pcap.classic([], link=105), "link type 105 .* cannot be read"),
], ids=["empty", "prose", "bytes", "short pcap", "bad pcapng", "wireless"])
def test_what_is_no_capture_is_refused(broken, content, said):
    path = broken(content)
    done = sccpgw("decode", path)
    assert done.returncode == FAILED
    assert re.search(rf"^sccpgw decode: {re.escape(path)}: .*({said})", done.stderr)


def test_a_file_that_is_not_there_is_told(folder):
    for path in (folder / "nowhere", folder):
        done = sccpgw("decode", str(path))
        assert (done.returncode, done.stdout) == (FAILED, "")
        assert f"sccpgw decode: {path}: " in done.stderr


def test_a_capture_that_breaks_off_is_shown_as_far_as_it_goes(broken):
    frame = bytes.fromhex("0c000000110000000600000001000000" "11000000")
    datagram = pcap.segment(("192.0.2.7", 40000), ("192.0.2.1", 2000), 1, 1, frame)
    content = pcap.classic([pcap.Packet(0, datagram)] * 2, link=pcap.RAW)
    for cut in range(1, len(datagram) + 16):
        done = sccpgw("decode", broken(content[:-cut]))
        assert done.returncode == FAILED and "truncated" in done.stderr
        assert done.stdout == "    0.000000  192.0.2.7:40000 --> OffHook line=1 call_ref=17\n"


def test_changed_bytes_never_do_harm(broken):
    frames = b"".join(frame for path in golden.FILES for frame, _ in golden.frames(path))
    datagrams = [pcap.segment(("192.0.2.7", 40000), ("192.0.2.1", 2000), at, 1, frames[at:at + 500])
                 for at in range(0, len(frames), 500)]
    content = pcap.classic([pcap.Packet(n, data) for n, data in enumerate(datagrams)], link=pcap.RAW)
    for seed in range(40):
        choice, changed = random.Random(seed), bytearray(content)
        for _ in range(choice.randrange(1, 60)):
            changed[choice.randrange(24, len(changed))] = choice.randrange(256)
        assert sccpgw("decode", broken(bytes(changed))).returncode in (OK, FAILED)


@pytest.mark.parametrize("words, said", [
    (["--port", "0"], "--port must be from 1 to 65535, not '0'"),
    (["--port", "x"], "--port must be from 1 to 65535, not 'x'"),
    (["--port"], "a value is missing behind '--port'"),
    (["--port=2001"] * 17, "there are too many options '--port'"),
    (["--protocol", "23"], "--protocol must be from 0 to 22, not '23'"),
    (["--prot", "-1"], "--protocol must be from 0 to 22, not '-1'"),
    (["one", "two"], "this is one word too many: 'two'"),
    (["--jason"], "there is no option '--jason'; did you mean '--json'?"),
], ids=lambda value: " ".join(value)[:20] if isinstance(value, list) else "")
def test_bad_usage_is_explained(words, said):
    done = sccpgw("decode", *words)
    assert (done.returncode, done.stdout) == (BAD_USAGE, "")
    assert said in done.stderr


def test_other_ports_are_read_when_named(broken):
    frame = bytes.fromhex("0c000000110000000600000001000000" "11000000")
    path = broken(pcap.classic([pcap.Packet(0, pcap.segment(("192.0.2.7", 40000), ("192.0.2.1", port), 1, 1, frame))
                                for port in (2000, 2443, 3000)], link=pcap.RAW))
    assert len(decode(path).splitlines()) == 1
    assert len(decode("--port", "3000", "--port=2443", path).splitlines()) == 3
