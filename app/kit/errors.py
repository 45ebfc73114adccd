"""What an action may say instead of doing its work. Codes and facts; the edge finds the words."""

from __future__ import annotations


class NotFound(Exception):
    """The thing does not exist, or is not this viewer's to see: the two must look the same."""


class Forbidden(Exception):
    """The viewer may see the place but not do this here."""


class FreshFactorNeeded(Exception):
    """The action asks for a recent proof that the person at the screen is the person signed in."""


class Refused(Exception):
    """A rule says no.

    `code` names the rule, `field` the input it is about (None: the whole form) and `facts` what the
    sentence needs to explain itself. Words stand in `app.web.kit.words`.
    """

    def __init__(self, code: str, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts
