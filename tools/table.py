"""Plain tables for the terminal."""


def format_table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table with columns as wide as their longest entry.

    Examples
    --------
    >>> print(format_table(["step", "result"], [["ruff", "ok"]]))
    step  result
    ----  ------
    ruff  ok
    """
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(entry.ljust(width) for entry, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
