#!/usr/bin/python3
"""Who may know whom (docs/architecture.md, layers): reads every #include and every room's CMakeLists.txt and prints
each one that breaks the table below. Status 1 when there is any.

    layers.py [ROOT]
"""

import re
import sys
from pathlib import Path

# A room may include itself and these. Siblings never include each other; gateway/ itself composes them all.
ROOMS = {
    "gateway/base": set(),
    "gateway/core": {"gateway/base"},
    "gateway/media": {"gateway/base"},
    "gateway/decode": {"gateway/base", "sccp"},
    "gateway/state": {"gateway/base"},
    "gateway/status": {"gateway/base"},
    "sccp": {"gateway/base"},
    "sip": {"gateway/base"},
    "config": {"gateway/base"},
    "gateway": {"gateway/base", "gateway/core", "gateway/media", "gateway/decode", "gateway/state", "gateway/status",
                "sccp", "sip",
                "config"},
    "tests/sccpphone": {"gateway/base", "sccp", "gateway/media"},
    "tests/bench": {"gateway/base", "gateway/media", "sccp"},
}

# The simulated phones share only the codec with the gateway: a mistake on one side cannot hide on the other.
CODEC = re.compile(r"sccp/(codec|schema|frame|values|text)\w*\.h|sccp/(messages|values)\.def")

# A foreign library's headers and the only files that may include them.
FOREIGN = {
    r"sofia-sip/": r"sip/|tests/(unit/(test_)?|fuzz/fuzz_)sip_",
    r"(lib)?fyaml": r"config/",
    r"ev(\+\+)?\.h": r"gateway/base/loop",
    r"expat": r"sip/xml",
    r"srtp2?/": r"gateway/media/secure\.c|tests/sccpphone/secret\.c",
    r"openssl/": r"sccp/tls\.c|tests/unit/(test_sccp_tls\.c|sccp_certificates\.h)|tests/sccpphone/armour\.c",
    r"spandsp/": r"gateway/media/voice|tests/unit/test_media_voice",
    r"pcap(/|\.h)": r"gateway/decode/capture",
    r"microhttpd": r"gateway/status/http\.c",
    r"jansson": r"(gateway/(state/\w+|status/page\w*|status_\w+|show(_\w+)?)\.[ch]|tests/(unit/test_status_page|fuzz/fuzz_status_page)\.c)",
    r"cmocka\.h": r"tests/unit/",
}
SYSTEM = re.compile(r"((sys|netinet|arpa|net|linux)/)?[a-z0-9_]+\.h")

# What a room's library may be linked with, as sccpgw_room() says it: KNOWS for rooms, USES for foreign libraries.
LINKS = {
    "gateway/base": {"libev", "Threads::Threads"},
    "gateway/core": {"base"},
    "gateway/media": {"base", "libspandsp", "PkgConfig::SRTP", "Threads::Threads", "m"},
    "gateway/decode": {"base", "sccp", "PkgConfig::PCAP"},
    "gateway/state": {"base", "PkgConfig::JANSSON", "Threads::Threads"},
    "gateway/status": {"base", "PkgConfig::MICROHTTPD", "PkgConfig::JANSSON"},
    "sccp": {"base", "PkgConfig::OPENSSL"},
    "sip": {"base", "PkgConfig::SOFIA", "PkgConfig::EXPAT", "Threads::Threads"},
    "config": {"base", "PkgConfig::FYAML"},
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)', re.M)
SOURCES = ("*.c", "*.h", "*.def")


def room_of(path):
    """The room a source file belongs to; None for a test or fuzz target (see rooms_of_test)."""
    folder = path.rpartition("/")[0]
    return folder if folder in ROOMS else None


def rooms_of_test(path):
    """tests/unit/test_ROOM_WHAT.c, tests/fuzz/fuzz_ROOM_WHAT.c and what they share, tests/unit/ROOM_WHAT.h, see that
    room and what it may see."""
    named = re.match(r"tests/(?:unit/(?:test_)?|fuzz/(?:fuzz_)?)([a-z]+)_", path)
    home = next((room for room in ROOMS if named and room.split("/")[-1] == named[1]), None)
    return {home} | ROOMS[home] if home else set()


def includes(root):
    """(path, line, header, own) of every include under the rooms and the tests written in C."""
    for folder in (*ROOMS, "tests/unit", "tests/fuzz"):
        for pattern in SOURCES:
            for source in sorted((root / folder).glob(pattern)):
                text = source.read_text(errors="replace")
                for found in INCLUDE.finditer(text):
                    line = text.count("\n", 0, found.start()) + 1
                    yield source.relative_to(root).as_posix(), line, found[1] or found[2], found[1] is not None


def fault_of_own(root, path, header):
    if path.startswith("tests/") and "/" not in header and (root / path).with_name(header).is_file():
        return None             # a test program's own files need no folder
    if not (root / header).is_file() or "/" not in header or ".." in header:
        return "is not spelled with its folder, or does not exist"
    home, target = room_of(path), room_of(header)
    allowed = {home} | ROOMS[home] if home else rooms_of_test(path)
    if header.startswith("tests/unit/") and path.startswith("tests/unit/"):
        return None
    if target not in allowed:
        return "points to a room this one must not know"
    if home and home.startswith("tests/") and target == "sccp" and not CODEC.fullmatch(header):
        return "is not part of the codec, all a simulated phone may share"
    return None


def fault_of_foreign(path, header):
    for pattern, places in FOREIGN.items():
        if re.match(pattern, header):
            return None if re.match(places, path) else f"belongs to {places} only"
    return None if SYSTEM.fullmatch(header) else "is of a library no room is known to use"


def include_problems(root):
    for path, line, header, own in includes(root):
        fault = fault_of_own(root, path, header) if own else fault_of_foreign(path, header)
        if fault:
            yield f"{path}:{line}: {header} {fault}"


def link_problems(root):
    for room, allowed in LINKS.items():
        lists = root / room / "CMakeLists.txt"
        text = re.sub(r"#.*", "", lists.read_text()) if lists.exists() else ""
        made = re.search(r"sccpgw_room\s*\(\s*(\w+)([^)]*)\)", text)
        if not made or made[1] != room.split("/")[-1]:
            yield f"{room}/CMakeLists.txt: does not make the room's library with sccpgw_room()"
            continue
        for name in set(made[2].split()) - {"KNOWS", "USES"} - allowed:
            yield f"{room}/CMakeLists.txt: links {name}, which this room must not know"
        if re.search(r"\blink_libraries\b|target_link_libraries", text):
            yield f"{room}/CMakeLists.txt: links outside sccpgw_room()"


def problems(root):
    return [*include_problems(root), *link_problems(root)]


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).parents[2]).resolve()
    seen, found = len(list(includes(root))), problems(root)
    print("\n".join(found))
    print(f"layers: {seen} includes, {len(found)} problems")
    return 1 if found or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
