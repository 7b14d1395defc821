"""Who may keep and judge documents."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden
from taizhang.org.models import Unit, User
from taizhang.org.policy import can, is_installation, posts_of, visible_units
from taizhang.org.queries import root_unit


def home_of_documents(user: User | None) -> Unit:
    """The unit under which a person's uploads are kept: the first of their posts' units whose affairs they may see.

    Raises Forbidden for a person without such a post (no post, or 管理员 alone).
    """
    if user is None or is_installation(user):
        return root_unit()
    seen = visible_units(user)
    for post in posts_of(user):
        if seen.holds(post.unit):
            return post.unit
    raise Forbidden("DOC-010", "您的岗位不能上传文稿", remedy="请联系管理员分配业务岗位")


def may_work_on(user: User | AnonymousUser, document: Document) -> bool:
    """Whether a person who sees a document may also judge its doubts and have it read again."""
    if is_installation(user) or can(user, "write_report"):
        return True
    return any(post.unit_id == document.unit_id for post in posts_of(user))


def require_work_on(user: User | None, document: Document) -> None:
    """Raise Forbidden unless the person may work on the document; None is the installation."""
    if user is not None and not may_work_on(user, document):
        raise Forbidden("DOC-011", "您只能查看这份文稿", remedy="请联系文稿所属单位或办公室办理")
