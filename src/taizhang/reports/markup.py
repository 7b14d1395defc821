"""The line markup of a template's text → blocks.

@红头 清河县教育局文件      @文号 …      @主送 各学校：      @表 caption of the next table
# 标题      ## 一级      ### 二级      #### 三级      ##### 四级 (ordinals are generated)
| 学区 | 学校数 |          consecutive rows are one table, the first is its head
@附件 name (one a line)    @署名 unit     @日期 date     @附注 remark
@附页 title                a new page: 附件, its title     @抄送 …      @印发 office | date      the last page's foot
any other line is a paragraph
"""

from __future__ import annotations

from collections.abc import Callable

from taizhang.kernel.errors import Problem
from taizhang.reports.blocks import (
    Addressee,
    Annex,
    Attachment,
    Block,
    Caption,
    DocNumber,
    Heading,
    Imprint,
    IssuerMark,
    Note,
    Paragraph,
    Runs,
    Signature,
    Table,
    Title,
    numbered,
)

DIRECTIVES = ("红头", "文号", "主送", "表", "附件", "署名", "日期", "附注", "附页", "抄送", "印发")
SINGLE: dict[str, Callable[[Runs], Block]] = {
    "红头": IssuerMark,
    "文号": DocNumber,
    "主送": Addressee,
    "表": Caption,
    "附注": Note,
    "附页": Annex,
}
ReadRuns = Callable[[str], Runs]


def blocks_of(text: str, runs: ReadRuns, where: str) -> tuple[Block, ...]:
    """Read rendered text; ``runs`` turns a line's text into its pieces. Raises Problem for what is not markup."""
    reader = _Reader(runs, where)
    for line in text.splitlines():
        reader.read(line.strip())
    return numbered(reader.finish())


def directive_of(line: str) -> tuple[str, str] | None:
    """(word, rest) of a line that begins with @."""
    if not line.startswith("@"):
        return None
    word, _, rest = line[1:].partition(" ")
    return word, rest.strip()


class _Reader:
    """Gathers lines that belong together: a title's, a table's, the attachments, the signature."""

    def __init__(self, runs: ReadRuns, where: str) -> None:
        self.runs, self.where = runs, where
        self.blocks: list[Block] = []
        self.title: list[Runs] = []
        self.rows: list[tuple[Runs, ...]] = []
        self.attached: list[Runs] = []
        self.signed: Runs | None = None
        self.copies: Runs = ()

    def read(self, line: str) -> None:
        if not line.startswith("|"):
            self._close_table()
        if not (line.startswith("# ")):
            self._close_title()
        found = directive_of(line)
        if not (found and found[0] == "附件"):
            self._close_attachments()
        if line == "":
            return
        if found:
            self._directive(*found)
        elif line.startswith("|"):
            self.rows.append(tuple(self.runs(cell.strip()) for cell in line.strip("|").split("|")))
        elif line.startswith("#"):
            marks, _, rest = line.partition(" ")
            self._heading(len(marks), rest.strip())
        else:
            self.blocks.append(Paragraph(self.runs(line)))

    def finish(self) -> list[Block]:
        self.read("")
        if self.signed is not None:
            self._dated(())
        if self.copies:
            told = "有 @抄送 没有 @印发"
            raise Problem("RPT-007", told, where=self.where, remedy="在 @抄送 下一行写：@印发 印发机关 | 印发日期")
        return self.blocks

    def _heading(self, marks: int, rest: str) -> None:
        if marks == 1:
            self.title.append(self.runs(rest))
        elif marks <= 5:
            self.blocks.append(Heading(marks - 1, self.runs(rest)))
        else:
            raise Problem("RPT-003", "标题最多四级（##### 为第四级）", where=self.where, remedy="减少 # 号")

    def _directive(self, word: str, rest: str) -> None:
        if word == "印发":
            office, _, day = rest.partition("|")
            self.blocks.append(Imprint(self.copies, self.runs(office.strip()), self.runs(day.strip())))
            self.copies = ()
            return
        runs = self.runs(rest)
        if word == "附件":
            self.attached.append(runs)
        elif word == "署名":
            self.signed = runs
        elif word == "抄送":
            self.copies = runs
        elif word == "日期":
            self._dated(runs)
        elif word in SINGLE:
            self.blocks.append(SINGLE[word](runs))
        else:
            raise Problem(
                "RPT-004", f"没有版式标记“@{word}”", where=self.where, remedy="可用：@" + "、@".join(DIRECTIVES)
            )

    def _dated(self, date: Runs) -> None:
        self.blocks.append(Signature(self.signed or (), date))
        self.signed = None

    def _close_table(self) -> None:
        if not self.rows:
            return
        header, *rows = self.rows
        if any(len(row) != len(header) for row in rows):
            raise Problem(
                "RPT-005", "表格各行的列数不同", where=self.where, remedy=f"每行写 {len(header)} 格，用 | 分隔"
            )
        self.blocks.append(Table(header, tuple(rows)))
        self.rows = []

    def _close_title(self) -> None:
        if self.title:
            self.blocks.append(Title(tuple(self.title)))
            self.title = []

    def _close_attachments(self) -> None:
        if self.attached:
            self.blocks.append(Attachment(tuple(self.attached)))
            self.attached = []
