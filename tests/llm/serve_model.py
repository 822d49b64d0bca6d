"""Run as a program: llama.cpp's server for one model file, set up by hand; ends with its standard input.

Arguments: the model file, the key it asks for. Prints its address when it is ready.
"""

from __future__ import annotations

import sys

import xllamacpp


def main() -> None:
    """Serve until standard input ends."""
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.api_keys = [sys.argv[2]]
    params.n_ctx = 2048
    params.cpuparams.n_threads = 1
    params.sse_ping_interval = 1
    params.verbosity = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
