"""Print what each attack gains from the naive grader and from ours, of either kind, as a table in Markdown."""

import contextlib
import tempfile
from pathlib import Path

from arena import Arena

PATHS = {"warm": ("warm", False), "warm, with Keras": ("warm", True), "bubblewrap": ("bubblewrap", False)}


def main() -> None:
    """Run them all."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        arenas = {path: Arena(Path(folder, path), *kind) for path, kind in PATHS.items()}
        for arena in arenas.values():
            stack.callback(arena.close)
        ours = {path: arena.ours(arena.attacks()) for path, arena in arenas.items()}
        print(f"| attack | naive grader | {' | '.join(PATHS)} |\n|---|---|{'---|' * len(PATHS)}")
        first = arenas["warm"]
        attacks, fallen = first.attacks(), 0
        for attack in attacks:
            naive = first.naive(attack)
            fallen += bool(naive)
            gained = [
                " and ".join(sorted(what)) or "-" for what in (naive, *(ours[path][attack.name] for path in PATHS))
            ]
            print(f"| {attack.name} | {' | '.join(gained)} |")
        held = ", ".join(f'{sum(map(bool, ours[path].values()))} on the "{path}" path' for path in PATHS)
        print(f"\n{len(attacks)} attacks: {fallen} succeed on the naive grader, {held}.")


main()
