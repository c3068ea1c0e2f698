#!/usr/bin/python3
"""The pure objects do no I/O and read no clock, and the core allocates nothing: lists the undefined symbols of each and
prints every one that is not in the short list of what pure code may call. Status 1 when there is any.

    symbols.py BUILD_FOLDER      (a build without sanitizers: theirs would be listed too)
"""

import fnmatch
import re
import subprocess
import sys
from pathlib import Path

# The pure objects: folder of the build, which of its sources (without .c), and which of those not: the ones with
# sockets, files or threads in them.
PURE = {
    "gateway/core": (["*"], []),
    "gateway/media": (["conceal", "digits", "dtmf", "g711", "jitter", "latch", "member", "mix", "packet", "resample", "room", "rtp", "voice"],
                      []),
    "gateway/status": (["route", "response", "stream"], []),
    "sccp": (["*"], ["door", "link", "registry", "session*", "server*", "zone", "zones", "charsets", "tls*"]),
    "sip": (["sdp*", "identity*", "alerting", "registration", "health", "session_timer", "digest", "sha256",
             "subscription", "mail_summary", "plain_text", "dialog_info", "pidf", "xml"], []),
}

LIBC = re.compile(r"""
    (mem|str)[a-z]+ | bcmp                          # memory and text
    | v?snprintf | (is|to)[a-z]+ | __ctype_\w+_loc  # formatting into a buffer, characters
    | l?l?abs | bsearch | qsort                     # values
    | __assert_fail | __stack_chk_fail | __(mem|str|v?snprintf)\w*_chk
    | _GLOBAL_OFFSET_TABLE_
""", re.X)
# Looks pure by name and is not: these allocate or ask the environment.
NOT_PURE = re.compile(r"strdup|strndup|strerror|strsignal|strftime|memfd_create|iswctype_l|isatty")

# The printers write to the stream their caller hands them; they open none.
EXTRA = {
    "sccp/schema*": r"fprintf|vfprintf|fputs|fputc|putc|fwrite|__v?fprintf_chk",
    "sccp/codec*": r"fprintf|vfprintf|fputs|fputc|putc|fwrite|__v?fprintf_chk",
    # a frame cut by TCP waits in memory of its own, and what a phone is told is one block for as long as it is there
    "sccp/frame": r"malloc|realloc|free",
    "sccp/setup": r"malloc|free",
    # a stream is one block of bytes
    "gateway/status/stream": r"malloc|calloc|free",
    # and what is known of an address lasts as long as its connections, or until others push it out
    "sccp/hosts": r"calloc|free",
    # arithmetic, whoever wrote it
    "gateway/media/voice": r"g722_\w+",
    # a digest is computed, wherever the function is from
    "sip/digest": r"su_md5_\w+",
    # XML is read from a buffer; the memory for it is expat's, and gone when the function returns
    "sip/xml": r"XML_\w+",
}

# The room everybody stands on is not all pure: of it, only these.
BASE = re.compile(r"text_\w+|ip_\w+|endpoint_\w+|network_\w+|codec_\w+|audio_\w+|crypto_\w+|timer_\w+|ids?_\w+")
BASE_NOT_PURE = re.compile(r"ip_towards")


def nm(path, *options):
    done = subprocess.run(["nm", *options, str(path)], capture_output=True, text=True, check=True)
    return {line.split()[-1] for line in done.stdout.splitlines() if line.split()}


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def pure_objects(build):
    """{"gateway/core/call": path} of every object that has to be pure."""
    found = {}
    for folder, (those, but_not) in PURE.items():
        for path in sorted((build / folder).glob("CMakeFiles/*.dir/*.c.o")):
            name = path.name.removesuffix(".c.o")
            if matches(name, those) and not matches(name, but_not):
                found[f"{folder}/{name}"] = path
    return found


def may_call(name, symbol, ours):
    if NOT_PURE.fullmatch(symbol) or BASE_NOT_PURE.fullmatch(symbol):
        return False
    if symbol in ours or LIBC.fullmatch(symbol) or BASE.fullmatch(symbol):
        return True
    return any(fnmatch.fnmatch(name, pattern) and re.fullmatch(extra, symbol) for pattern, extra in EXTRA.items())


def problems(objects):
    """`objects`: name to path. A pure object may call what another pure object defines."""
    ours = set().union(*(nm(path, "--defined-only", "--extern-only") for path in objects.values()))
    return [f"{name}: calls {symbol}" for name, path in objects.items()
            for symbol in sorted(nm(path, "--undefined-only")) if not may_call(name, symbol, ours)]


def main(arguments):
    objects = pure_objects(Path(arguments[0]))
    if not objects:
        print(f"symbols: no objects under {arguments[0]}")
        return 1
    found = problems(objects)
    print("\n".join(found))
    print(f"symbols: {len(objects)} pure objects, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
