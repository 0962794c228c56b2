"""Print what each attack gains from the naive grader and from ours, as a table in Markdown."""

import tempfile
from pathlib import Path

from arena import Arena


def main() -> None:
    """Run them all."""
    with tempfile.TemporaryDirectory() as folder:
        arena = Arena(Path(folder))
        attacks = arena.attacks()
        ours = arena.ours(attacks)
        print("| attack | naive grader | ours |\n|---|---|---|")
        rows = []
        for attack in attacks:
            gained = ours[attack.name]
            rows.append((arena.naive(attack), gained))
            print(f"| {attack.name} | {' and '.join(sorted(rows[-1][0]))} | {' and '.join(sorted(gained)) or '-'} |")
        naive, held = sum(bool(row[0]) for row in rows), sum(bool(row[1]) for row in rows)
        print(f"\n{len(attacks)} attacks: {naive} succeed on the naive grader, {held} on ours.")
        arena.close()


main()
