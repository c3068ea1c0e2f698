"""Three phones in the hands of children: every key in any order and at any time. Nobody may be told anything that such
a phone should not be told (the phones judge that themselves), and when the children are gone nothing is left."""

import random

import pytest

from house import house  # noqa: F401 (a fixture)

KEYS = ["newcall", "answer", "hold", "resume", "endcall", "redial", "dial", "backspace"]
NUMBERS = ["1001", "1002", "1003", "1004", "1005", "77"]
SENSIBLE = [*(f"onhook, enbloc {number}" for number in NUMBERS),
            *(f"key newcall, digits {number}#" for number in NUMBERS),
            "offhook", "key answer call 1", "key answer call 2", "key answer call 3", "offhook, key answer",
            "key hold", "key resume call 1", "key resume call 2", "line 1", "line 2", "hook flash", "wait 60"]
NONSENSE = ["onhook", "digits 1", "digits 1003", "digits #", "enbloc 1001", "wait 5", "wait 400", "ack ok", "ack ok",
            "ack delay 1", "ack delay 40", "ack delay 200", "ack fail 2, wait 50, ack ok",
            *(f"key {key}" for key in KEYS), *(f"key {key} call {nth}" for key in KEYS[1:5] for nth in (1, 2, 3))]
GESTURES = 3 * SENSIBLE + NONSENSE
ROUNDS = 300


@pytest.mark.parametrize("mode", ["relay", "direct"])
@pytest.mark.parametrize("seed", range(2))
def test_children_play(house, seed, mode):
    dice = random.Random(seed)
    phones = house("7960", "7965", "ATA186", lines=2,
                   media={"mode": mode, "ports": "16400-19999"},
                   calls={"interdigit_timeout": "500ms", "ring_timeout": "5s"})
    for _ in range(ROUNDS):
        dice.choice(phones).run(*dice.choice(GESTURES).split(", "))
    for one in phones:
        one.run("ack ok", "onhook")
    for one in phones:
        for _ in range(8):      # what is held ends by hand, what rings is rejected
            one.run("wait 50", "key endcall call 1")
    for one in phones:
        one.is_idle(within=20000).run("expect calls 0", "expect no violations")
