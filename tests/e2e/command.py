"""The program as an admin calls it: words in, exit status and two texts out."""

import os
import subprocess

from gateway import SANITIZER, build_folder

OK, FAILED, BAD_CONFIG, NOT_RUNNING, BAD_USAGE = 0, 1, 2, 3, 64


def sccpgw(*words, env=None, **keywords):
    """Runs it to its end; what it wrote as texts. None in `env` takes a variable away."""
    given = {**os.environ, "SCCPGW_CONFIG": None, **(env or {})}
    keywords = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords}
    done = subprocess.run([build_folder() / "gateway/sccpgw", *words], text=True, timeout=20, check=False,
                          env={name: value for name, value in given.items() if value is not None}, **keywords)
    assert not SANITIZER.search(done.stderr or ""), done.stderr
    return done
