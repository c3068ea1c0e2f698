#!/usr/bin/python3
"""The checks can fail: every rule of layers.py, symbols.py and catalogue.py is broken once on purpose and has to be
noticed."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import catalogue
import layers
import symbols

GOOD = {
    "gateway/base/text.h": "#include <stdio.h>\n",
    "gateway/base/loop.c": "#include <ev.h>\n",
    "gateway/core/call.h": '#include "gateway/base/text.h"\n',
    "gateway/media/relay.h": "",
    "gateway/decode/capture.c": '#include <pcap/pcap.h>\n#include "sccp/codec.h"\n',
    "gateway/main.c": '#include "sip/sip.h"\n#include "sccp/codec.h"\n',
    "gateway/status/http.c": "#include <microhttpd.h>\n",
    "gateway/status_phones.c": '#include <jansson.h>\n#include "gateway/status/route.h"\n',
    "gateway/status/route.h": "",
    "sccp/codec.h": "",
    "sccp/server.h": "",
    "sip/sip.h": "",
    "sip/agent.c": "#include <sofia-sip/nta.h>\n",
    "config/config.h": "",
    "config/load.c": "#include <libfyaml.h>\n",
    "tests/sccpphone/phone.c": '#include "sccp/codec.h"\n',
    "tests/unit/test_core_call.c": '#include <cmocka.h>\n#include "gateway/core/call.h"\n#include "gateway/base/text.h"\n',
    "gateway/base/CMakeLists.txt": "sccpgw_room(base KNOWS libev Threads::Threads)\n",
    "gateway/core/CMakeLists.txt": "sccpgw_room(core KNOWS base)\n",
    "gateway/media/CMakeLists.txt": "sccpgw_room(media KNOWS base)\n",
    "gateway/state/state.c": '#include <jansson.h>\n',
    "gateway/state/CMakeLists.txt": "sccpgw_room(state KNOWS base USES PkgConfig::JANSSON Threads::Threads)\n",
    "gateway/status/CMakeLists.txt": "sccpgw_room(status KNOWS base USES PkgConfig::MICROHTTPD)\n",
    "gateway/decode/CMakeLists.txt": "sccpgw_room(decode KNOWS base sccp USES PkgConfig::PCAP)\n",
    "sccp/CMakeLists.txt": "sccpgw_room(sccp KNOWS base)\n",
    "sip/CMakeLists.txt": "sccpgw_room(sip KNOWS base USES PkgConfig::SOFIA)\n",
    "config/CMakeLists.txt": "sccpgw_room(config KNOWS base USES PkgConfig::FYAML)\n",
}

BAD = {
    "siblings meet": ("sccp/session.c", '#include "sip/sip.h"\n', "must not know"),
    "the core knows the relay": ("gateway/core/bad.c", '#include "gateway/media/relay.h"\n', "must not know"),
    "a room knows the top": ("sip/bad.c", '#include "gateway/app.h"\n', "must not know"),
    "the base knows a room": ("gateway/base/bad.c", '#include "config/config.h"\n', "must not know"),
    "no folder": ("sip/bad.c", '#include "sip.h"\n', "not spelled with its folder"),
    "around the corner": ("sip/bad.c", '#include "gateway/base/../../sccp/codec.h"\n', "not spelled with its folder"),
    "an odd spelling": ("sip/bad.c", '\t#  include\t"sccp/codec.h"\n', "must not know"),
    "sofia outside sip": ("gateway/bad.c", "#include <sofia-sip/sip.h>\n", "belongs to"),
    "libfyaml outside config": ("sccp/bad.c", "#include <libfyaml.h>\n", "belongs to"),
    "libev outside the loop": ("gateway/base/timer.c", "#include <ev.h>\n", "belongs to"),
    "expat outside its file": ("sip/notify.c", "#include <expat.h>\n", "belongs to"),
    "srtp outside media": ("sip/bad.c", "#include <srtp2/srtp.h>\n", "belongs to"),
    "spandsp outside media": ("sccp/bad.c", "#include <spandsp/g722.h>\n", "belongs to"),
    "microhttpd outside status": ("gateway/app.c", "#include <microhttpd.h>\n", "belongs to"),
    "jansson among the calls": ("gateway/bridge.c", "#include <jansson.h>\n", "belongs to"),
    "the status room knows the house": ("gateway/status/bad.c", '#include "config/config.h"\n', "must not know"),
    "an unknown library": ("sccp/bad.c", "#include <zlib/zlib.h>\n", "no room is known to use"),
    "the phone knows the server": ("tests/sccpphone/bad.c", '#include "sccp/server.h"\n', "not part of the codec"),
    "a test leans on another room": ("tests/unit/test_core_bad.c", '#include "sip/sip.h"\n', "must not know"),
    "a room links a sibling": ("sccp/CMakeLists.txt", "sccpgw_room(sccp KNOWS base sip)\n", "links sip"),
    "the core links sofia": ("gateway/core/CMakeLists.txt", "sccpgw_room(core KNOWS base USES PkgConfig::SOFIA)\n",
                             "links PkgConfig::SOFIA"),
    "a link behind the back": ("sip/CMakeLists.txt", "sccpgw_room(sip KNOWS base)\ntarget_link_libraries(sip sccp)\n",
                               "links outside"),
    "no room": ("sip/CMakeLists.txt", "add_library(sip a.c)\n", "does not make"),
}

PURE_CALL = {
    "printf": 'int printf(const char *, ...);\nvoid f(int n) { printf("%d", n); }\n',
    "malloc": "void *malloc(unsigned long);\nvoid *f(void) { return malloc(8); }\n",
    "time": "long time(long *);\nlong f(void) { return time(0); }\n",
    "strdup": "char *strdup(const char *);\nchar *f(const char *s) { return strdup(s); }\n",
    "log_write": "void log_write(int, const char *, const char *, ...);\nvoid f(void) { log_write(0, 0, 0); }\n",
    "ip_towards": "void ip_towards(void);\nvoid f(void) { ip_towards(); }\n",
    "loop_now_ms": "long loop_now_ms(void *);\nlong f(void) { return loop_now_ms(0); }\n",
}
ALLOWED_CALL = """
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
int text_copy(char *, unsigned long, const char *);
int other(char *);
int f(char *a, const char *b)
{
        assert(a);
        snprintf(a, 9, "%s", b);
        return (int)strlen(b) + memcmp(a, b, 2) + isdigit(*b) + text_copy(a, 9, b) + other(a);
}
"""


REFERENCE = {
    "structs": {},
    "messages": [
        {
            "id": 0x82, "name": "StartTone", "dir": "cm->phone", "role": "core",
            "variants": [{"since": 0, "until": 22, "min_len": 4, "max_len": 16, "fields": [
                {"name": "tone", "type": "u32", "enum": "tone"}]}],
        },
        {"id": 0x137, "name": "CreateConferenceReq", "dir": "cm->phone", "role": "conference", "variants": []},
    ],
}  # fmt: skip
ENUMS = {"tone": {"values": [{"value": 33, "name": "inside_dial"}]}}
TABLE = """
row 0x0082 StartTone cm->phone
length 0x0082 3 4 16
known 0x0137 CreateConferenceReq
value tone 33 inside_dial
""".strip()

DISAGREES = {
    "a row is missing": ("row 0x0082 StartTone cm->phone\n", "", "has no row"),
    "a name is missing": ("known 0x0137 CreateConferenceReq\n", "", "has no name"),
    "a row has another name": ("StartTone", "StartTune", "is called StartTune"),
    "a row goes the other way": ("cm->phone", "phone->cm", "goes phone->cm"),
    "it can be too short": ("3 4 16", "3 3 16", "its emptiest form has 3 bytes"),
    "it can be too long": ("3 4 16", "3 4 17", "its fullest form has 17 bytes"),
    "a row is made up": ("known", "known 0x0136 Nothing\nknown", "is not in the reference"),
    "a number has no name": ("33", "34", "has no name in the set tone"),
}


class Catalogue(unittest.TestCase):
    def test_a_table_that_agrees_has_no_problem(self):
        self.assertEqual(catalogue.problems(REFERENCE, ENUMS, catalogue.Table(TABLE)), [])

    def test_every_difference_is_one_problem(self):
        for title, (ours, broken, fault) in DISAGREES.items():
            with self.subTest(title):
                table = catalogue.Table(TABLE.replace(ours, broken, 1))
                found = catalogue.problems(REFERENCE, ENUMS, table)
                self.assertEqual(len(found), 1, found)
                self.assertIn(fault, found[0])


class Layers(unittest.TestCase):
    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in files.items():
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Path(folder.name)

    def test_a_tree_that_obeys_has_no_problem(self):
        self.assertEqual(layers.problems(self.tree(GOOD)), [])

    def test_every_broken_rule_is_one_problem(self):
        top = {"gateway/app.h": ""}
        for title, (path, text, fault) in BAD.items():
            with self.subTest(title):
                found = layers.problems(self.tree({**GOOD, **top, path: text}))
                self.assertEqual(len(found), 1, found)
                self.assertIn(fault, found[0])

    def test_an_empty_tree_is_not_a_success(self):
        self.assertEqual(layers.main([str(self.tree({}))]), 1)


class Symbols(unittest.TestCase):
    def objects(self, sources):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        made = {}
        for name, text in sources.items():
            path = Path(folder.name) / (name.replace("/", "_") + ".c")
            path.write_text(text)
            subprocess.run([os.environ.get("CC", "cc"), "-O1", "-c", path, "-o", path.with_suffix(".o")], check=True)
            made[name] = path.with_suffix(".o")
        return made

    def test_pure_calls_are_allowed(self):
        made = self.objects({"gateway/core/call": ALLOWED_CALL, "gateway/core/other": "int other(char *a)\n{ return *a; }"})
        self.assertEqual(symbols.problems(made), [])

    def test_every_impure_call_is_noticed(self):
        for symbol, text in PURE_CALL.items():
            with self.subTest(symbol):
                found = symbols.problems(self.objects({"gateway/core/call": text}))
                self.assertEqual(found, [f"gateway/core/call: calls {symbol}"])

    def test_what_one_object_may_another_may_not(self):
        text = "int fputs(const char *, void *);\nint f(void *to) { return fputs(\"x\", to); }\n"
        self.assertEqual(symbols.problems(self.objects({"sccp/codec": text})), [])
        self.assertEqual(len(symbols.problems(self.objects({"sccp/station": text}))), 1)

    def test_an_impure_object_of_the_same_room_is_not_ours(self):
        text = "void session_close(void);\nvoid f(void) { session_close(); }\n"
        self.assertEqual(len(symbols.problems(self.objects({"sccp/station": text}))), 1)

    def test_no_objects_is_not_a_success(self):
        self.assertEqual(symbols.main(["/nonexistent"]), 1)


if __name__ == "__main__":
    unittest.main()
