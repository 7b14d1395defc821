"""Who edits registers' documents and who releases them."""

from __future__ import annotations

from taizhang.catalog.current import catalog
from taizhang.catalog.pack import Pack
from taizhang.org.models import User
from taizhang.org.policy import can as can
from taizhang.org.policy import require

MAKES, RELEASES, KEEPS_POSTS = "make_registers", "release_packs", "manage_units"


def may_look(user: User) -> bool:
    """Whether a person may open the desk at all."""
    return can(user, MAKES) or can(user, RELEASES)


def require_look(user: User) -> None:
    """Raise Forbidden unless the person may open the desk."""
    if not can(user, RELEASES):
        require(user, MAKES, "编制台账")


def require_making(user: User) -> None:
    """Raise Forbidden unless the person may write drafts."""
    require(user, MAKES, "编制台账")


def may_release(user: User) -> bool:
    """Whether a person may put a document into force."""
    return can(user, RELEASES)


def require_releasing(user: User) -> None:
    """Raise Forbidden unless the person may put a document into force."""
    require(user, RELEASES, "发布业务包")


def require_posts_untouched(user: User, old: Pack | None, new: Pack) -> None:
    """A pack that says anything new of posts or capabilities is for those who keep people and posts: else whoever may
    release a register could give their own post any right."""
    standing = catalog()
    fresh = any(standing.roles.get(name) != role for name, role in new.roles.items())
    fresh = fresh or any(standing.capabilities.get(key) != text for key, text in new.capabilities.items())
    gone = bool(old and (old.roles.keys() - new.roles.keys() or old.capabilities.keys() - new.capabilities.keys()))
    if fresh or gone:
        require(user, KEEPS_POSTS, "发布含岗位设置的业务包")
