"""Comments on a record and leaders' instructions (批示): said once, open to change for ten minutes, then only struck out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import can, posts_of
from taizhang.org.policy import require as require_capability
from taizhang.registers import policy
from taizhang.registers.blueprint import blueprint
from taizhang.registers.models import Comment, Record
from taizhang.registers.queries import get_record_for
from taizhang.registers.recipients import people_named

EDITABLE = timedelta(minutes=10)
LONGEST = 2000


@transaction.atomic
def add_comment(
    *, record: Record, text: str, by: User, instruction: bool = False, reply_to: Comment | None = None
) -> Comment:
    """Say something on a record. An instruction asks the capability ``comment`` and goes to the unit and the section; a
    comment goes to the section, a reply to whom it answers as well. Raises NotFound, Forbidden, Problem."""
    plan = blueprint(record.register_code)
    policy.require_seen(by, plan.register, record.unit)
    if instruction:
        require_capability(by, "comment", "作批示")
    if reply_to is not None and reply_to.record_id != record.pk:
        raise no_comment()
    post = next(iter(posts_of(by)), None)
    made = Comment.objects.create(
        record=record,
        reply_to=reply_to,
        text=checked(text),
        is_instruction=instruction,
        by=by,
        by_name=by.display_name,
        post=f"{post.unit.name} {post.role}" if post else "",
    )
    _log("registers.comment.added", made, by, text=made.text)
    people = people_named(plan.register, record, ["主管科室", "责任单位"] if instruction else ["主管科室"])
    if reply_to is not None and reply_to.by is not None:
        people.append(reply_to.by)
    what = "批示" if instruction else "回复" if reply_to else "留言"
    send_notice(
        to=people,
        text=f"{by.display_name}在{plan.register.name} {record.number or record.pk} 上{what}。",
        url=f"/registers/records/{record.pk}/#comments",
        subject=f"record:{record.pk}",
        level="批示" if instruction else "提醒",
        by=by,
    )
    return made


@transaction.atomic
def edit_comment(*, comment: Comment, text: str, by: User) -> Comment:
    """Change one's own words within ten minutes. Raises Forbidden, Problem."""
    held = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if held.by_id != by.pk:
        raise Forbidden("REG-181", "只能修改自己的话", remedy="可以回复")
    if not is_editable(held, by):
        raise Problem("REG-182", "已超过 10 分钟，不能再改", remedy="可以划去，再写一条")
    before, held.text, held.edited_at = held.text, checked(text), timezone.now()
    held.save(update_fields=["text", "edited_at"])
    _log("registers.comment.edited", held, by, before=before, text=held.text)
    return held


@transaction.atomic
def strike_comment(*, comment: Comment, by: User) -> Comment:
    """Strike words out: they stay readable, with who struck them. By their author, or who keeps the register.
    Raises Forbidden, Problem."""
    held = Comment.objects.select_for_update(of=("self",)).select_related("record__unit").get(pk=comment.pk)
    if not may_strike(by, held):
        raise Forbidden("REG-183", "您不能划去这条留言", remedy="由本人或主管科室划去；批示只由本人划去")
    if held.struck_at is not None:
        raise Problem("REG-184", "这条已经划去", remedy="刷新页面")
    held.struck_at, held.struck_by_name = timezone.now(), by.display_name
    held.save(update_fields=["struck_at", "struck_by_name"])
    _log("registers.comment.struck", held, by, text=held.text)
    return held


def is_editable(comment: Comment, user: User) -> bool:
    """Whether a person may still change these words."""
    fresh = timezone.now() - comment.at < EDITABLE
    return fresh and comment.by_id == user.pk and comment.struck_at is None


def may_strike(user: User, comment: Comment) -> bool:
    """Whether a person may strike these words out. An instruction is its author's alone."""
    if comment.by_id == user.pk:
        return True
    register = blueprint(comment.record.register_code).register
    return not comment.is_instruction and policy.keeps(user, register, comment.record.unit)


def may_instruct(user: User) -> bool:
    """Whether a person's words may be an instruction."""
    return can(user, "comment")


def get_comment_for(user: User | None, comment_id: int) -> Comment:
    """A comment on a record that the person may see. Raises NotFound."""
    found = Comment.objects.select_related("record__unit").filter(pk=comment_id).first()
    if found is None:
        raise no_comment()
    get_record_for(user, found.record_id)
    return found


def checked(text: str) -> str:
    """The words of a comment. Raises Problem when there are none, or too many."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Problem("REG-185", "内容为空" if not words else "内容太长", where="内容", remedy=f"写 1 至 {LONGEST} 字")
    return words


def no_comment() -> NotFound:
    return NotFound("REG-180", "没有这条留言，或您无权查看", remedy="请核对地址")


def _log(action: str, comment: Comment, by: User, **more: str) -> None:
    record_event(
        action,
        by=by,
        subject=f"record:{comment.record_id}",
        register_code=comment.record.register_code,
        label=str(comment),
        comment=comment.pk,
        **more,
    )
