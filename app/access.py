"""The whole access policy on one page: what a permission asks of the viewer, and of the thing at hand.

A route names one permission; the edge checks it before any page code runs. Which *rows* somebody sees is
the matter of the `visible_to` queries: what is not visible does not exist (404).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from app.people.rules import Role, Viewer


class Permission(Enum):
    """What a route asks for."""

    PUBLIC = auto()
    COME_IN = auto()
    SIGNED_IN = auto()
    FOLLOW_TRAINING = auto()
    COACH = auto()
    SEE_COACHING = auto()
    SEE_OWN_ORGANISATION = auto()
    MANAGE = auto()
    DECIDE = auto()
    EDIT_CONTENT = auto()
    PREPARE_INSTALLATION = auto()


Predicate = Callable[[Viewer], bool]

POLICY: Final[dict[Permission, Predicate]] = {
    Permission.PUBLIC: lambda viewer: True,  # noqa: ARG005
    Permission.COME_IN: lambda viewer: viewer.signed_in or viewer.halfway is not None,
    Permission.SIGNED_IN: lambda viewer: viewer.signed_in,
    Permission.FOLLOW_TRAINING: lambda viewer: viewer.has(Role.PROFESSIONAL),
    Permission.COACH: lambda viewer: viewer.has(Role.COACH),
    Permission.SEE_COACHING: lambda viewer: viewer.has(Role.COACH) or viewer.is_admin,
    Permission.SEE_OWN_ORGANISATION: lambda viewer: bool(viewer.contact_of),
    Permission.MANAGE: lambda viewer: viewer.is_admin,
    Permission.DECIDE: lambda viewer: viewer.is_admin,
    Permission.EDIT_CONTENT: lambda viewer: viewer.is_admin or viewer.has(Role.AUTHOR),
    Permission.PREPARE_INSTALLATION: lambda viewer: viewer.is_admin,
}


def may(viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer has the permission."""
    return POLICY[permission](viewer)


def home_of(viewer: Viewer) -> str:
    """Where somebody starts: the page of the role with the most waiting work."""
    if viewer.is_admin:
        return "/beheer"
    if viewer.has(Role.COACH):
        return "/coach"
    if viewer.contact_of and not viewer.has(Role.PROFESSIONAL):
        return "/organisatie"
    if viewer.has(Role.AUTHOR) and not viewer.has(Role.PROFESSIONAL):
        return "/beheer/opleidingen"
    return "/traject"
