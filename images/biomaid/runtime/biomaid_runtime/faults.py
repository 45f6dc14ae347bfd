"""Errors that the site's IT staff can act upon, told without a traceback."""


class Fault(Exception):
    """What is wrong and what to do, in the two languages of its readers."""

    def __init__(self, english: str, french: str, exit_status: int = 1) -> None:
        super().__init__(f"biomaid: {english}\nbiomaid: {french}")
        self.exit_status = exit_status
