"""One rich text in every format a bureau uses: the same headings, numbers, relations and tasks."""

import html
import io
import re
import shutil
import subprocess

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from opencc import OpenCC

from taizhang.reading import read_bytes, read_text
from tests.reading.docx_parts import W, numbering
from tests.reading.pdf_file import pdf_file

HEAD = ["序号", "工作任务", "责任科室", "配合科室", "完成时限"]
PLAN = [
    ("title", "青河县教育局2026年工作要点"),
    (
        "text",
        "2026年，全县教育工作的总体要求是：坚持立德树人根本任务，深化教育领域综合改革，加快建设高质量教育体系，办好人民满意的教育。",
    ),
    ("1", "扩大优质教育资源"),
    (
        "2",
        "建设一批学校。年底前新建学校5所、改扩建学校12所，新增学位3600个，总投资1.25亿元。（责任科室：计财科；配合科室：基教科）",
    ),
    ("2", "消除大班额。9月1日前全部消除超大班额，大班额比例控制在3%以内。（责任科室：基教科）"),
    ("1", "加强教师队伍建设"),
    ("2", "补充教师。全年公开招聘教师260人，其中小学教师150人、初中教师110人。（责任科室：人事科）"),
    ("2", "抓好培训。培训教师1200人次，参训率达到100%，6月30日前完成校长轮训。（责任科室：教研室；配合科室：人事科）"),
    ("1", "任务分工"),
    ("text", "各科室要对照下表抓好落实，按月报告进展情况，确保各项任务按期完成。"),
    ("row", *HEAD),
    ("row", "1", "新建公办幼儿园3所", "计财科", "学前科", "2026年10月底"),
    ("row", "2", "为20所学校更新课桌凳4000套", "装备中心", "各学校", "2026年8月31日"),
]
REPORT = [
    ("title", "青河县教育局2025年工作总结"),
    (
        "text",
        "2025年，在县委、县政府的领导下，全县教育系统攻坚克难，圆满完成了全年各项目标任务，现将有关情况总结如下。",
    ),
    ("1", "主要成绩"),
    ("2", "资源不断扩大。全年新建学校4所，新增学位2400个，其中小学学位1500个、初中学位900个，完成投资8650万元。"),
    ("2", "质量稳步提高。中考总分600分以上的学生有320人，占参考人数3200人的10%，比上年增加40人。"),
    ("3", "教研扎实。开展教研活动46场次，参加教师2860人次。"),
    ("3", "竞赛出彩。获省级奖项28项，其中一等奖6项、二等奖9项、三等奖13项。"),
    ("1", "存在的问题"),
    ("text", "一是城区学位仍然紧张，缺口约800个；二是教师结构不够合理，音体美教师缺编65人。"),
    ("1", "下一步打算"),
    ("2", "抓项目。2026年6月底前开工建设学校2所，总投资5600万元。"),
    ("2", "抓队伍。招聘音体美教师不少于60人。"),
]
TRADITIONAL = [(kind, *(OpenCC("s2t").convert(word) for word in words)) for kind, *words in PLAN]
TEXTS = {"plan": PLAN, "report": REPORT, "traditional": TRADITIONAL}
FORMS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
CHINESE = "零一二三四五六七八九"


def lines_of(text):
    """The text as it is printed: numbers before the headings, cells parted by tabs."""
    counts = [0, 0, 0]
    for kind, *words in text:
        if kind.isdigit():
            depth = int(kind) - 1
            counts[depth] += 1
            counts[depth + 1 :] = [0] * (2 - depth)
            number = counts[depth]
            yield kind, ((f"{CHINESE[number]}、", f"（{CHINESE[number]}）", f"{number}.")[depth] + words[0],)
        else:
            yield kind, tuple(words)


def as_txt(text):
    return "".join("\t".join(words) + "\n" for _, words in lines_of(text))


def as_docx(text):
    """With the numbering that Word makes itself: the numbers are not in the text."""
    document = docx.Document()
    part = document.part.numbering_part.element
    for child in list(part):
        part.remove(child)
    for child in parse_xml(f"<w:numbering {W}>{numbering(*FORMS)}</w:numbering>"):
        part.append(child)
    rows = [words for kind, *words in text if kind == "row"]
    table = None
    for kind, *words in text:
        if kind == "row":
            if table is None:
                table = document.add_table(rows=0, cols=len(rows[0]))
            for cell, word in zip(table.add_row().cells, words, strict=True):
                cell.text = word
            continue
        paragraph = document.add_paragraph(words[0])
        if kind.isdigit():
            level = f'<w:ilvl w:val="{int(kind) - 1}"/><w:numId w:val="1"/>'
            paragraph._p.get_or_add_pPr().append(parse_xml(f"<w:numPr {W}>{level}</w:numPr>"))
    document.add_paragraph()  # Word never ends a document with a table; without this LibreOffice's .doc loses it
    east = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    east.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_html(text):
    parts = []
    for kind, words in lines_of(text):
        words = [html.escape(word) for word in words]
        if kind == "row":
            parts.append("<tr>" + "".join(f"<td>{word}&nbsp;</td>" for word in words) + "</tr>")
        else:
            parts.append(f"<h1>{words[0]}</h1>" if kind == "title" else f"<p>&emsp;&emsp;{words[0]}</p>")
    body = re.sub(r"(<tr>.*</tr>)", r"<table><tbody>\1</tbody></table>", "".join(parts))
    menu = "".join(f"<li><a href='/{number}'>栏目{number}</a></li>" for number in range(8))
    return (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gbk'><title>县教育局</title></head><body>"
        f"<div class='menu'><ul>{menu}</ul></div><div class='article'>{body}</div>"
        "<div class='footer'><a href='/'>联系我们</a> 版权所有</div></body></html>"
    ).encode("gb18030")


def as_md(text):
    lines, rows = [], 0
    for kind, words in lines_of(text):
        if kind == "row":
            lines.append("| " + " | ".join(words) + " |")
            lines += ["|" + "---|" * len(words)] if rows == 0 else []
            rows += 1
        else:
            marks = "# " if kind == "title" else ""
            lines.append(marks + words[0] + "\n")
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def through_office(tmp_path_factory):
    """Gives a text as LibreOffice writes it in a format; one run of the program makes all the texts of a format."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    for name, text in TEXTS.items():
        (folder / f"{name}.docx").write_bytes(as_docx(text))

    def write(name, suffix):
        if not (folder / f"{name}.{suffix}").exists():
            profile = f"-env:UserInstallation=file://{folder}/profile"
            order = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(folder)]
            files = [str(folder / f"{item}.docx") for item in TEXTS]
            subprocess.run([*order, *files], check=True, capture_output=True, timeout=180)
        return (folder / f"{name}.{suffix}").read_bytes()

    return write


def squeezed(text):
    return "".join(text.split())


def understood(reading, *, tasks=True):
    """What every format must agree on; white space inside a text is the format's own affair."""
    layers = {
        "headings": [(item.level, squeezed(item.marker + item.text)) for item in reading.headings],
        "quantities": [(squeezed(item.text), item.value, item.unit, item.kind) for item in reading.quantities],
        "relations": [
            (item.kind, item.holds, sorted((part.role, squeezed(part.text)) for part in item.operands))
            for item in reading.relations
        ],
        "targets": [(item.status, item.comparator) for item in reading.targets],
    }
    if tasks:
        layers["tasks"] = [
            (squeezed(item.title), item.lead_units, item.assisting_units, item.deadline) for item in reading.tasks
        ]
    return layers


def expected(text):
    """What the Word file says: it alone knows for sure where paragraphs and cells end."""
    return understood(read_bytes(as_docx(text), "a.docx"))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("file", "write"),
    [
        ("a.html", as_html),
        ("a.md", as_md),
        ("gbk.txt", lambda text: as_txt(text).encode("gb18030")),
        ("utf16.txt", lambda text: as_txt(text).encode("utf-16")),
        ("utf8.txt", lambda text: as_txt(text).encode()),
    ],
    ids=["html", "md", "gbk", "utf-16", "utf-8"],
)
def test_the_same_text_says_the_same_in_every_format(name, file, write):
    assert understood(read_bytes(write(TEXTS[name]), file)) == expected(TEXTS[name])


@pytest.mark.parametrize("name", ["plan", "traditional"])
def test_a_small_pdf_says_the_same(name):
    lines = ["  ".join(words) for kind, words in lines_of(TEXTS[name]) if kind != "row"]
    plain = understood(read_text("\n".join(lines) + "\n"))
    assert understood(read_bytes(pdf_file(lines, footer="— {page} —"), "a.pdf")) == plain


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["doc", "odt", "rtf", "pdf"])
@pytest.mark.parametrize("name", TEXTS)
def test_the_same_text_says_the_same_through_libreoffice(name, suffix, through_office):
    data = through_office(name, suffix)
    assert understood(read_bytes(data, f"a.{suffix}")) == expected(TEXTS[name])


def test_the_texts_are_as_rich_as_they_should_be():
    plan, report = expected(PLAN), expected(REPORT)
    assert [level for level, _ in plan["headings"]] == [1, 2, 2, 1, 2, 2, 1]
    assert len(plan["quantities"]) >= 18 and len(plan["tasks"]) == 6
    assert plan["tasks"][0][1:3] == (("计财科",), ("基教科",)) and plan["tasks"][-1][1] == ("装备中心",)
    assert all(deadline for *_, deadline in plan["tasks"][-2:])
    assert {kind for kind, *_ in report["relations"]} >= {"sum", "share"}
    assert expected(TRADITIONAL)["quantities"][2][1] == plan["quantities"][2][1]
    assert [task[3] for task in expected(TRADITIONAL)["tasks"]] == [task[3] for task in plan["tasks"]]
