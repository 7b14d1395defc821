"""Does a summary answer the plan? Each promise: answered, partly, or passed over; each claim: backed by something or not.

A promise is found again by its words: the share of its character pairs that stand in one sentence. A claim is a sentence
with a figure; it is backed when its numbers are bound, when it speaks of a promise, or when it names an indicator or a
register of the catalogue.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import xlsxwriter

from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.plans.models import Task
from taizhang.reading.model import Reading

ANSWERED, PARTLY, SILENT = "已回答", "部分回答", "没有提到"
BOUND, BY_PLAN, BY_CATALOGUE, UNBACKED = "数字有出处", "对应要点", "对应指标或台账", "没有依据"
# How much of a promise's words a sentence must hold.
TITLE_SHARE, SUBJECT_SHARE = 0.5, 0.6
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
NUMBER = re.compile(r"\d")
# Words that every plan is full of tell nothing.
COMMON = re.compile(r"工作|推进|加强|开展|落实|进一步|全面|深入|做好|建设|提高|提升|完善|教育|学校|全县|全市")
ANSWER_HEAD, CLAIM_HEAD = ("章节", "要点", "承诺", "结论", "总结中的话"), ("总结中的话", "结论", "依据")


@dataclass(frozen=True, slots=True)
class Promise:
    """One item of the plan; ``targets`` are (subject, text) of the numbers that it promised."""

    title: str
    chapter: str
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the summary says to one promise, or to one of its targets (``asked``; '' for the item itself)."""

    chapter: str
    title: str
    asked: str
    verdict: str
    said: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence with figures, and what stands behind it."""

    text: str
    verdict: str
    basis: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Both directions."""

    answers: tuple[Answer, ...]
    claims: tuple[Claim, ...]

    def count(self, verdict: str) -> int:
        return sum(item.verdict == verdict for item in (*self.answers, *self.claims))

    def as_dict(self) -> dict[str, Any]:
        return {"answers": [asdict(one) for one in self.answers], "claims": [asdict(one) for one in self.claims]}


def promises_of_reading(plan: Reading) -> list[Promise]:
    """The items of a plan document."""
    targets = plan.targets
    return [
        Promise(
            task.title,
            task.path[0] if task.path else "",
            tuple((targets[index].subject, targets[index].text) for index in task.targets),
        )
        for task in plan.tasks
    ]


def promises_of_tasks(tasks: Iterable[Task]) -> list[Promise]:
    """The items of the plans in the ledger."""
    return [
        Promise(
            task.title,
            task.path[0] if task.path else "",
            tuple((target.stage + target.subject, target.text or str(target)) for target in task.targets.all()),
        )
        for task in tasks
    ]


def audit(text: str, promises: Sequence[Promise], *, bound: Iterable[str] = (), names: Iterable[str] = ()) -> Audit:
    """Hold a summary's ``text`` against a plan. ``bound`` are its sentences whose numbers are all bound, ``names`` the
    indicators and registers that there are."""
    sentences = [match[0].strip() for match in SENTENCE.finditer(text) if len(match[0].strip()) > 3]
    pairs = [(sentence, _pairs(sentence)) for sentence in sentences]
    answers = tuple(answer for promise in promises for answer in _answers(promise, pairs))
    return Audit(answers, tuple(_claims(sentences, promises, frozenset(bound), sorted(names, key=len, reverse=True))))


def bound_sentences(text: str, inside: Mapping[str, Any]) -> set[str]:
    """The sentences of one of our own documents whose every number is bound or declared; ``inside`` is what the file
    carries (``bindings``, ``declared``)."""
    words = {bound["shown"] for bound in inside["bindings"].values()} | {item["text"] for item in inside["declared"]}
    known = sorted((one for one in words if NUMBER.search(one)), key=len, reverse=True)
    found = set()
    for match in SENTENCE.finditer(text):
        rest = match[0]
        for one in known:
            rest = rest.replace(one, "")
        if not NUMBER.search(rest):
            found.add(match[0].strip())
    return found


def _answers(promise: Promise, sentences: Sequence[tuple[str, frozenset[str]]]) -> list[Answer]:
    title, share = _best(promise.title, sentences)
    mentioned = share >= TITLE_SHARE
    found = []
    for subject, asked in promise.targets:
        said, near = _best(subject, [one for one in sentences if NUMBER.search(one[0])])
        verdict = ANSWERED if near >= SUBJECT_SHARE else PARTLY if mentioned else SILENT
        found.append(
            Answer(
                promise.chapter,
                promise.title,
                asked,
                verdict,
                said if verdict == ANSWERED else title if mentioned else "",
            )
        )
    if not found:
        found.append(
            Answer(promise.chapter, promise.title, "", ANSWERED if mentioned else SILENT, title if mentioned else "")
        )
    return found


def _claims(
    sentences: Sequence[str], promises: Sequence[Promise], bound: frozenset[str], names: Sequence[str]
) -> Iterable[Claim]:
    wanted = [
        (promise.title, _pairs(words))
        for promise in promises
        for words in (promise.title, *(one for one, _ in promise.targets))
    ]
    for sentence in sentences:
        if not NUMBER.search(sentence):
            continue
        held = _pairs(sentence)
        plan = next((title for title, words in wanted if words and len(words & held) / len(words) >= SUBJECT_SHARE), "")
        name = next((one for one in names if one in sentence), "")
        if sentence in bound:
            yield Claim(sentence, BOUND, name or plan)
        elif plan:
            yield Claim(sentence, BY_PLAN, plan)
        elif name:
            yield Claim(sentence, BY_CATALOGUE, name)
        else:
            yield Claim(sentence, UNBACKED, "")


def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters, the words that are everywhere left out."""
    words = re.findall(r"[\u4e00-\u9fff]+", COMMON.sub("，", text)) or re.findall(r"[\u4e00-\u9fff]+", text)
    return frozenset(word[at : at + 2] for word in words for at in range(max(1, len(word) - 1)))


def _best(words: str, sentences: Sequence[tuple[str, frozenset[str]]]) -> tuple[str, float]:
    """The sentence that holds most of the words, and how much."""
    wanted = _pairs(words)
    if not wanted:
        return "", 0.0
    shares = [(len(wanted & held) / len(wanted), -at, sentence) for at, (sentence, held) in enumerate(sentences)]
    share, _, sentence = max(shares, default=(0.0, 0, ""))
    return sentence, share


def as_xlsx(found: Audit) -> bytes:
    """Two sheets: 要点与回答, 总结与依据."""
    target = io.BytesIO()
    answers = [(one.chapter, one.title, one.asked, one.verdict, one.said) for one in found.answers]
    claims = [(one.text, one.verdict, one.basis) for one in found.claims]
    with xlsxwriter.Workbook(target, {"in_memory": True, **AS_TEXT}) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for title, head, rows, widths in (
            ("要点与回答", ANSWER_HEAD, answers, (24, 36, 36, 12, 60)),
            ("总结与依据", CLAIM_HEAD, claims, (80, 16, 30)),
        ):
            sheet = book.add_worksheet(title)
            for place, width in enumerate(widths):
                sheet.set_column(place, place, width)
            sheet.write_row(0, 0, head, bold)
            for line, row in enumerate(rows, start=1):
                sheet.write_row(line, 0, row, wrapped)
            sheet.freeze_panes(1, 0)
    return target.getvalue()
