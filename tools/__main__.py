"""The words of ``course.py``, as ``python -m tools WORD``."""

import argparse
import sys
from pathlib import Path

from tools import Stop
from tools.parse_words import build_parser

INTERRUPTED = 130  # what shells report for a program stopped by Ctrl-C


def main(arguments: list[str], root: Path) -> int:
    """Do what a word says; return the exit status, 0 if all went well."""
    parser, _ = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.word not in ("test", "lab"):
        parser.error(f"unrecognised arguments: {' '.join(rest)}")
    try:
        return _do(options, rest, root)
    except Stop as stop:
        print(stop, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. Finished notebooks are kept, and no file is half-written.", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"A file could not be read or written: {error.strerror}{place}.", file=sys.stderr)
    return 1


def _do(options: argparse.Namespace, rest: list[str], root: Path) -> int:
    # Imported here, as each word needs other packages, and some of them take a second.
    if options.word == "run":
        from tools.run import run

        return 0 if run(root, options.notebooks) else 1
    if options.word == "record":
        from tools.record import record

        return 0 if record(root, options.notebooks) else 1
    if options.word == "test":
        from tools.run_suite import run_suite

        return 0 if run_suite(root, options.threads, rest) else 1
    if options.word == "bench":
        from tools.bench import bench

        return 0 if bench(root, options.names, quick=options.quick) else 1
    if options.word == "colab":
        from tools.colab import colab

        return 0 if colab(root) else 1
    if options.word == "site":
        from tools.site import site

        site(root)
        return 0
    if options.word == "address":
        from tools.address import write

        write(root, options.address)
        return 0
    if options.word == "lab":
        from tools.lab import lab

        return lab(root, rest)
    raise NotImplementedError(f"{options.word} is a word of tools/parse_words.py, but nothing is done for it here.")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter shows a question mark
        stream.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:], Path.cwd()))
