"""``bench``: measures accuracy and speed against other programs, and writes the tables into ``docs/benchmarks.md``."""

import subprocess
import sys
import time
from pathlib import Path

from tools import Stop
from tools.pin_environment import kernel_environment
from tools.write_files import between_marks, write_atomically

PAGE = Path("docs", "benchmarks.md")
# In the order of the page.
NAMES = ["accuracy", "settings", "learning_curve", "training", "memory", "vectorising", "descent", "startup"]


def bench(root: Path, names: list[str], *, quick: bool = False) -> bool:
    """Run benchmarks, each in a process of its own; write their sections into the page, and say whether all ended.

    Names are those of `NAMES`, none for all; the sections of the others stay as they are. Of a benchmark that knows
    parts, such as accuracy its corpora, ``accuracy:r8`` measures one and takes the others from earlier runs. `quick`
    tries them out on a few documents, and leaves the page alone.
    """
    unknown = [name for name in names if name.partition(":")[0] not in NAMES]
    if unknown:
        raise Stop(f"There is no benchmark {unknown[0]!r}: there are {', '.join(NAMES)}.")
    failed = []
    for wanted in names or NAMES:
        begin = time.monotonic()
        print(f"{wanted} ...", flush=True)
        name, *parts = wanted.split(":")
        command = [sys.executable, "-m", f"benchmarks.{name}", *parts, *(["--quick"] if quick else [])]
        done = subprocess.run(
            command, cwd=root, env=kernel_environment(root), stdout=subprocess.PIPE, encoding="utf-8", check=False
        )
        print(done.stdout, flush=True)
        print(f"{wanted}: {'failed' if done.returncode else 'done'} after {time.monotonic() - begin:.0f} s", flush=True)
        if done.returncode:
            failed.append(wanted)
        elif not quick:
            page = root / PAGE
            write_atomically(page, with_section(page.read_text(encoding="utf-8"), name, done.stdout).encode("utf-8"))
    return not failed


def with_section(page: str, name: str, section: str) -> str:
    r"""Return the page with a section in place of the one between the benchmark's marks.

    Examples
    --------
    >>> with_section("<!-- descent -->\nold\n<!-- end of descent -->\n", "descent", "## New\n")
    '<!-- descent -->\n## New\n<!-- end of descent -->\n'
    """
    if f"<!-- {name} -->" not in page or f"<!-- end of {name} -->" not in page:
        raise Stop(f"{PAGE.as_posix()} has no marks <!-- {name} --> and <!-- end of {name} -->: put them back.")
    return between_marks(page, name, [section.strip()])
