"""Print what each attack gains from the naive grader and from ours, of either kind, as a table in Markdown."""

import contextlib
import tempfile
from pathlib import Path

from arena import Arena

PATHS = ["warm", "bubblewrap"]


def main() -> None:
    """Run them all."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        arenas = [Arena(Path(folder, path), path) for path in PATHS]
        for arena in arenas:
            stack.callback(arena.close)
        ours = {arena.tier: arena.ours(arena.attacks()) for arena in arenas}
        print("| attack | naive grader | warm | bubblewrap |\n|---|---|---|---|")
        attacks, fallen = arenas[0].attacks(), 0
        for attack in attacks:
            naive = arenas[0].naive(attack)
            fallen += bool(naive)
            gained = [
                " and ".join(sorted(what)) or "-" for what in (naive, *(ours[path][attack.name] for path in PATHS))
            ]
            print(f"| {attack.name} | {' | '.join(gained)} |")
        held = ", ".join(f"{sum(map(bool, ours[path].values()))} on the {path} path" for path in PATHS)
        print(f"\n{len(attacks)} attacks: {fallen} succeed on the naive grader, {held}.")


main()
