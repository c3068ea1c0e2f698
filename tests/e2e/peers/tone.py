"""Sounds without libraries: make a tone, decode G.711, and say which tone is in a recording.

Samples are signed 16-bit numbers in a list. The detector (Goertzel) answers the share of a block's energy that lies
at one frequency: 1.0 for a pure tone, near 0 for silence, noise or another tone."""

import array
import math
import wave
from pathlib import Path

RATE_HZ = 8000
BLOCK_MS = 50
SILENCE_RMS = 100
PURE = 0.7


def _mu_law(code):
    code = ~code & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _a_law(code):
    code ^= 0x55
    segment, magnitude = (code >> 4) & 7, (code & 0x0F) << 4
    magnitude += 8 if segment == 0 else 0x108
    magnitude <<= max(segment - 1, 0)
    return magnitude if code & 0x80 else -magnitude


MU_LAW = [_mu_law(code) for code in range(256)]
A_LAW = [_a_law(code) for code in range(256)]
_CODES = {}


def decode(payload, table=MU_LAW):
    return [table[code] for code in payload]


def encode(samples, table=MU_LAW):
    """By the nearest value of the decoder's own table."""
    known = _CODES.setdefault(id(table), {})

    def nearest(sample):
        if sample not in known:
            known[sample] = min(range(256), key=lambda code: abs(table[code] - sample))
        return known[sample]
    return bytes(nearest(sample) for sample in samples)


def make(hz, seconds, rate_hz=RATE_HZ, amplitude=8000):
    return [round(amplitude * math.sin(2 * math.pi * hz * i / rate_hz)) for i in range(int(seconds * rate_hz))]


def write_wav(path, samples, rate_hz=RATE_HZ):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(array.array("h", samples).tobytes())


def read_wav(path):
    """The samples so far, also of a file that is still being written (its header then says too little)."""
    data = Path(path).read_bytes()[44:] if Path(path).exists() else b""
    return array.array("h", data[:len(data) // 2 * 2]).tolist()


def rms(samples):
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def share(samples, hz, rate_hz=RATE_HZ):
    """The share of the block's energy at `hz`, 0..1."""
    energy = sum(s * s for s in samples)
    if not energy:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hz / rate_hz)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return min(1.0, 2 * power / (len(samples) * energy))


def blocks(samples, rate_hz=RATE_HZ):
    step = rate_hz * BLOCK_MS // 1000
    return [samples[at:at + step] for at in range(0, len(samples) - step + 1, step)]


def seconds_of(samples, hz, rate_hz=RATE_HZ):
    """How many seconds of the recording are this tone and hardly anything else."""
    good = sum(1 for block in blocks(samples, rate_hz)
               if rms(block) > SILENCE_RMS and share(block, hz, rate_hz) > PURE)
    return good * BLOCK_MS / 1000


def seconds_of_mix(samples, tones, rate_hz=RATE_HZ):
    """How many seconds of the recording are all these tones, each a fair part of it, and hardly anything else."""
    def is_mix(block):
        shares = [share(block, hz, rate_hz) for hz in tones]
        return rms(block) > SILENCE_RMS and sum(shares) > PURE and min(shares) > 0.4 / len(tones)
    return sum(1 for block in blocks(samples, rate_hz) if is_mix(block)) * BLOCK_MS / 1000


def seconds_of_sound(samples, rate_hz=RATE_HZ):
    return sum(1 for block in blocks(samples, rate_hz) if rms(block) > SILENCE_RMS) * BLOCK_MS / 1000
