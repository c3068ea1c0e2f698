#!/usr/bin/python3
"""Compares what messages.def and values.def say with the protocol reference, which is not part of this project:

    catalogue.py SCCP_ROWS REFERENCE

SCCP_ROWS is the program tests/checks/sccp_rows.c, REFERENCE the folder with catalogue.yaml and enums.yaml. Status 0 if
they agree, 1 with a line for each difference, 77 (skipped) without the reference.

Rows: each message of a role below has one, every other message has at least a name; names and directions agree; in
every version the emptiest and the fullest sample have a length some variant of that version allows, padded to 4.
Values: each number of an enumeration has a name in the set that stands for it.
"""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROLES = {"core", "feature", "media", "video"}

# Rows that take whatever arrives, so that a shorter text than the fixed one of the reference is no loss.
OPEN = {0x0157}

# Our set for each enumeration of the reference, and numbers of it that we leave out.
SETS = {
    "device_type": "device", "codec": "codec", "keypad": "key", "stimulus": "button", "button_type": "button",
    "tone": "tone", "tone_direction": "tone_direction", "ring_mode": "ring", "ring_duration": "ring_duration",
    "lamp_mode": "lamp", "speaker_mode": "switch", "microphone_mode": "switch", "headset_mode": "switch",
    "call_state": "call_state", "call_privacy": "privacy", "call_priority": "priority", "call_type": "call_type",
    "call_security_status": "security", "call_history_disposition": "disposition", "softkey_set": "softkey_set",
    "alarm_severity": "alarm", "media_status": "media_status", "multicast_status": "multicast_status",
    "stats_processing": "statistics", "unregister_reason": "unregister_reason", "unregister_status": "unregister",
    "reset_type": "reset", "silence_suppression": "on_off", "echo_cancellation": "on_off",
    "g723_bitrate": "g723_rate", "encryption_algorithm": "cipher", "encryption_capability": "encryption",
    "port_handling": "port", "media_type": "media_type", "media_transport_type": "media_transport",
    "ip_addr_type": "address_type", "ip_addressing_mode": "addressing", "dtmf_type": "dtmf_type",
    "subscription_feature": "subscription", "subscribe_cause": "subscription_cause", "blf_status": "blf",
    "media_path_id": "media_path", "media_path_event": "switch", "media_path_capability": "media_path_use",
    "sequence_flag": "sequence", "display_priority": "notice", "app_id": "application", "addon_module": "addon",
    "redirect_reason": "redirect", "transmit_receive": "transmit_receive", "layout": "layout",
    "video_format": "video_format", "misc_command": "video_command", "end_of_ann_ack": "announcement_ack",
    "ann_play_mode": "announcement_mode", "play_ann_status": "announcement_status", "mwi_result": "mwi_result",
    "recording_status": "on_off",
}  # fmt: skip
OWN = {"softkey_event"}  # the phone echoes the number its template holds: above 18 they are ours to choose
UNUSED = {"call_history_disposition": {0xFFFFFFFE}}


class Table:
    """What sccp_rows prints."""

    def __init__(self, text):
        self.rows, self.known, self.lengths, self.values = {}, {}, defaultdict(dict), defaultdict(set)
        for line in text.splitlines():
            getattr(self, "take_" + line.split()[0])(*line.split()[1:])

    def take_row(self, message, name, direction):
        self.rows[int(message, 16)] = (name, direction)

    def take_known(self, message, name):
        self.known[int(message, 16)] = name

    def take_length(self, message, version, emptiest, fullest):
        self.lengths[int(message, 16)][int(version)] = (int(emptiest), int(fullest))

    def take_value(self, group, number, _name):
        self.values[group].add(int(number))


def fields_of(catalogue, fields):
    """All fields, those of structs, unions and lists included."""
    for field in fields:
        yield field
        inner = [catalogue["structs"].get(field.get("ref"))] if field["type"] == "struct" and "ref" in field else []
        inner += [catalogue["structs"].get(field["of"])] if isinstance(field.get("of"), str) else []
        inner += [{"fields": field["of"]}] if isinstance(field.get("of"), list) else []
        inner += field.get("cases", [])
        for group in filter(None, inner):
            yield from fields_of(catalogue, group["fields"])


def padded(length):
    return (length + 3) // 4 * 4


def row_problems(message, table):
    number, name = message["id"], message["name"]
    if number not in table.rows:
        if message["role"] in ROLES:
            yield f"0x{number:04X} {name} has no row"
        elif table.known.get(number) != name:
            yield f"0x{number:04X} {name} has no name"
        return
    ours, direction = table.rows[number]
    if ours != name:
        yield f"0x{number:04X} {name} is called {ours}"
    if message["dir"] not in (direction, "both"):
        yield f"0x{number:04X} {name} goes {direction}"
    for version, (emptiest, fullest) in table.lengths[number].items():
        variants = [v for v in message["variants"] if v["since"] <= version <= v["until"]]
        for what, length in ("emptiest", emptiest), ("fullest", fullest):
            least = 0 if number in OPEN else 1
            fits = [v for v in variants if v["min_len"] * least <= length <= padded(v["max_len"])]
            if variants and not fits:
                yield f"0x{number:04X} {name} in version {version}: its {what} form has {length} bytes"


def value_problems(catalogue, enums, table):
    used = set()
    for message in catalogue["messages"]:
        if message["id"] in table.rows:
            for variant in message["variants"]:
                used |= {f["enum"] for f in fields_of(catalogue, variant["fields"]) if "enum" in f}
    for enum in sorted(used - OWN):
        if enum not in SETS:
            yield f"enumeration {enum} has no set in values.def"
            continue
        for value in enums[enum]["values"]:
            if value["value"] not in table.values[SETS[enum]] | UNUSED.get(enum, set()):
                yield f"{enum} {value['value']} ({value['name']}) has no name in the set {SETS[enum]}"


def problems(catalogue, enums, table):
    found = [p for message in catalogue["messages"] for p in row_problems(message, table)]
    strangers = (set(table.rows) | set(table.known)) - {m["id"] for m in catalogue["messages"]}
    found += [f"0x{number:04X} is not in the reference" for number in sorted(strangers)]
    return found + list(value_problems(catalogue, enums, table))


def main(program, reference):
    try:
        import yaml

        catalogue = yaml.safe_load((Path(reference) / "catalogue.yaml").read_text())
        enums = yaml.safe_load((Path(reference) / "enums.yaml").read_text())["enums"]
    except (ImportError, FileNotFoundError) as missing:
        print(f"SKIPPED: {missing}")
        return 77
    table = Table(subprocess.run([program, "table"], check=True, capture_output=True, text=True).stdout)
    found = problems(catalogue, enums, table)
    print("\n".join(found) or f"{len(table.rows)} rows and {len(table.known)} names agree with the reference")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
