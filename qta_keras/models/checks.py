"""What the builders ask of their arguments."""


def check_range(name: str, value: object, in_range: bool, wanted: str) -> None:
    """Raise a `ValueError` that says which argument is out of its range, its value, and what was wanted."""
    if not in_range:
        raise ValueError(f"{name} is {value!r}, but it must be {wanted}.")
