"""Build, release and grade the course's assignments; submissions are never trusted."""


class Refused(Exception):
    """What the instructor asked for cannot be done; its text is a sentence that says why and what to do."""


class NotStarted(Refused):
    """A sandbox could not be started. Among many submissions this fails one of them, and not the whole class."""
