"""The ears of the other tests: a detector that could not say no would prove nothing."""

import random

from peers import tone


def test_a_tone_is_heard_through_mu_law_and_a_law():
    for hz in (440, 600, 1004, 2000):
        samples = tone.make(hz, 1)
        coded = tone.decode(tone.encode(samples))
        assert tone.seconds_of(coded, hz) == 1.0
        alaw = [min(range(256), key=lambda code: abs(tone.A_LAW[code] - sample)) for sample in samples[:800]]
        assert tone.seconds_of(tone.decode(bytes(alaw), tone.A_LAW), hz) == 0.1


def test_another_tone_silence_and_noise_are_not_taken_for_it():
    noise = random.Random(1)
    assert tone.seconds_of(tone.make(700, 1), 600) == 0
    assert tone.seconds_of([0] * tone.RATE_HZ, 600) == 0
    assert tone.seconds_of([noise.randint(-8000, 8000) for _ in range(tone.RATE_HZ)], 600) == 0
    assert tone.seconds_of([3] * tone.RATE_HZ, 600) == 0


def test_two_tones_at_once_are_neither():
    both = [a + b for a, b in zip(tone.make(350, 1), tone.make(440, 1))]
    assert tone.seconds_of(both, 350) == 0 and tone.seconds_of(both, 440) == 0
    assert tone.seconds_of_sound(both) == 1.0


def test_g711_tables_have_the_values_of_the_standard():
    assert (tone.MU_LAW[0x00], tone.MU_LAW[0x80], tone.MU_LAW[0xFF], tone.MU_LAW[0x7F]) == (-32124, 32124, 0, 0)
    assert (tone.A_LAW[0x2A], tone.A_LAW[0xAA], tone.A_LAW[0xD5], tone.A_LAW[0x55]) == (-32256, 32256, 8, -8)


def test_a_recording_still_being_written_is_read(tmp_path):
    tone.write_wav(tmp_path / "a.wav", tone.make(500, 0.5))
    cut = (tmp_path / "a.wav").read_bytes()[:44 + 4001]
    (tmp_path / "b.wav").write_bytes(cut)
    assert len(tone.read_wav(tmp_path / "b.wav")) == 2000
