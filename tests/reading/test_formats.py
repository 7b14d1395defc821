"""Other formats, wrong suffixes and files that cannot be read."""

import io
import struct
import zipfile
from datetime import date

import docx
import openpyxl
import pytest

from taizhang.kernel.errors import Problem
from taizhang.reading import load, load_bytes, read_bytes, read_text
from taizhang.reading.formats import build, office, sniff
from tests.reading.pdf_file import pdf_file

TEXT = (
    "某县教育局2026年工作要点\n"
    "2026年全县教育工作的总体要求是:坚持立德树人根本任务,深化教育综合改革,办好人民满意的教育。\n"
    "一、推进教育公平\n"
    "1.扩大资源。年底前新建学校5所,新增学位3600个,切实保障适龄儿童入学。(牵头单位:计财科;配合单位:基教科)\n"
    "2.加强资助。要全面落实资助政策,资助率达到100%。\n"
    "二、提高教育质量\n"
    "(一)深化改革。每学期开展教研活动不少于4次。\n"
    "(二)加强师训。由人事科牵头,教研室配合,6月30日前培训教师1200人次。\n"
)


def layers(reading):
    return (
        [(item.level, item.marker, item.text) for item in reading.headings],
        [(item.text, item.value, item.kind) for item in reading.quantities],
        [item.text for item in reading.targets],
        [(item.title, item.lead_units, item.assisting_units, item.deadline) for item in reading.tasks],
    )


def as_docx():
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_html():
    lines = TEXT.splitlines()
    body = f"<h1>{lines[0]}</h1>" + "".join(f"<p>{line}</p>" for line in lines[1:])
    return (
        "<html><head><meta charset='gb2312'><title>某网</title><style>p{}</style></head><body>"
        "<div class='nav'><ul><li><a href='#'>首页</a></li><li><a href='#'>新闻</a></li></ul></div>"
        f"<div id='main'>{body}</div><div class='foot'><a href='#'>联系我们</a></div><script>var a='一、';</script></body></html>"
    ).encode("gb18030")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", TEXT.encode("gb18030")),
        ("a.txt", TEXT.encode("utf-16")),
        ("a.md", TEXT.encode()),
        ("a.docx", as_docx()),
        ("a.html", as_html()),
        ("a.pdf", pdf_file(TEXT.splitlines(), width=40)),
    ],
    ids=["gbk", "utf16", "md", "docx", "html", "pdf"],
)
def test_one_text_reads_alike_in_every_format(name, data):
    assert layers(read_bytes(data, name)) == layers(read_text(TEXT))


def test_the_suffix_does_not_matter():
    assert load_bytes(as_docx(), "a.txt").format == "docx"
    assert load_bytes(as_html(), "a.doc").format == "html"
    assert load_bytes(TEXT.encode(), "a.docx").format == "txt"


def test_page_numbers_and_running_heads_leave_the_text_of_a_pdf():
    pages = [[f"第{number}条内容各不相同,{'要抓好落实。' * number}"] for number in range(1, 5)]
    source = load_bytes(pdf_file(*pages, header="某县教育局文件", footer="— {page} —"), "a.pdf")
    assert "文件" not in source.text and "—" not in source.text
    assert source.text.count("条内容") == 4
    assert "某县教育局文件" in source.furniture


def test_a_pdf_without_text_is_called_a_scan():
    with pytest.raises(Problem) as caught:
        load_bytes(pdf_file([], []), "扫描.pdf")
    assert caught.value.code == "reading.scanned"
    assert "扫描件" in caught.value.message


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" + b"x" * 500, pdf_file(["文字"])[:300]])
def test_a_broken_pdf_says_so(data):
    with pytest.raises(Problem) as caught:
        load_bytes(data, "a.pdf")
    assert caught.value.code in ("reading.broken", "reading.scanned")


def test_a_workbook_is_read_row_by_row_and_its_task_table_becomes_tasks():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某局2026年任务分解表"])
    sheet.append(["序号", "工作任务", "责任单位", "完成时限"])
    sheet.append([1, "新建学校3所", "计财科", date(2026, 9, 30)])
    sheet.append([2.0, "培训教师", "人事科", "年底前"])
    file = io.BytesIO()
    book.save(file)
    reading = read_bytes(file.getvalue(), "a.xlsx")
    assert reading.source.text.splitlines()[2] == "1\t新建学校3所\t计财科\t2026-09-30"
    assert [(task.title, task.lead_units, task.deadline) for task in reading.tasks] == [
        ("新建学校3所", ("计财科",), date(2026, 9, 30)),
        ("培训教师", ("人事科",), date(2026, 12, 31)),
    ]


def test_tables_of_a_page_are_rows():
    page = "<html><body><p>甲乙丙丁,戊己庚辛。</p><table><tr><th>任务</th><th>单位</th></tr><tr><td>建 校</td><td>计财科</td></tr></table></body></html>"
    source = load_bytes(page.encode(), "a.html")
    assert source.text == "甲乙丙丁,戊己庚辛。\n任务\t单位\n建 校\t计财科\n"
    assert [block.kind for block in source.blocks] == ["paragraph", "table_row", "table_row"]


def test_line_breaks_inside_a_page_part_lines():
    assert (
        load_bytes("<html><body><div>一、甲<br>内容,<b>很多</b>。</div></body></html>".encode(), "a.html").text
        == "一、甲\n内容,很多。\n"
    )


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "reading.empty"),
        ("a.docx", b"", "reading.empty"),
        ("a.txt", b" \n\t \r\n", "reading.empty"),
        ("a.txt", b"\xef\xbb\xbf", "reading.empty"),
        ("a.html", b"<html><body></body></html>", "reading.empty"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "reading.picture"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "reading.unknown"),
        ("a.xlsx", b"PK\x03\x04xl/workbook.xml", "reading.broken"),
        ("a.doc", sniff.OLE + b"\0" * 600 + sniff.ENCRYPTED, "reading.encrypted"),
    ],
)
def test_files_that_cannot_be_read_say_why_and_what_to_do(name, data, code):
    with pytest.raises(Problem) as caught:
        load_bytes(data, name)
    assert caught.value.code == code
    assert caught.value.where == name
    assert caught.value.remedy and all("一" <= sign <= "鿿" for sign in caught.value.message[:2])


def test_a_missing_file_and_a_folder_are_problems(tmp_path):
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(Problem) as caught:
            load(path)
        assert caught.value.code == "reading.no_file"


def test_size_limits_hold_for_files_archives_and_texts(monkeypatch, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(sniff, "MAX_CHARS", 50)
    with pytest.raises(Problem) as caught:
        load(file)
    assert caught.value.code == "reading.too_long"
    monkeypatch.setattr(sniff, "MAX_UNPACKED", 10)
    with pytest.raises(Problem) as caught:
        load_bytes(as_docx(), "a.docx")
    assert caught.value.code == "reading.too_big"
    monkeypatch.setattr(sniff, "MAX_BYTES", 10)
    with pytest.raises(Problem) as caught:
        load(file)
    assert caught.value.code == "reading.too_big"


def test_a_word_file_with_too_much_text_stops_early(monkeypatch):
    monkeypatch.setattr(build, "MAX_CHARS", 60)
    with pytest.raises(Problem) as caught:
        load_bytes(as_docx(), "a.docx")
    assert caught.value.code == "reading.too_long"


def test_old_formats_without_libreoffice_get_a_way_out(monkeypatch):
    monkeypatch.setattr(office.shutil, "which", lambda program: None)
    with pytest.raises(Problem) as caught:
        load_bytes(sniff.OLE + b"\0" * 600, "旧.wps")
    assert caught.value.code == "reading.needs_office"
    assert "docx" in caught.value.remedy


@pytest.mark.office
def test_old_word_files_are_read_through_libreoffice():
    if office.shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    rtf = "{\\rtf1\\ansi\\uc0 " + "".join(f"\\u{ord(sign)} " for sign in "一、抓落实。") + "\\par}"
    assert "抓落实" in load_bytes(rtf.encode("ascii"), "a.rtf").text


def packed(name, inner, *, declared=None):
    """A zip with one deflated entry; ``declared`` replaces the size that it claims to have."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, inner)
    data = file.getvalue()
    return data if declared is None else data.replace(struct.pack("<I", len(inner)), struct.pack("<I", declared))


@pytest.mark.parametrize("name", ["word/document.xml", "xl/workbook.xml"])
def test_a_bomb_is_known_by_what_it_unpacks_to_and_not_by_what_it_declares(name, monkeypatch):
    monkeypatch.setattr(sniff, "MAX_UNPACKED", 1_000_000)
    for declared in (None, 5):
        with pytest.raises(Problem) as caught:
            load_bytes(packed(name, b"<a/>" * 700_001, declared=declared), "a.docx")
        assert caught.value.code == "reading.too_big"


def test_a_torn_archive_is_broken():
    whole = as_docx()
    data = bytearray(whole)
    data[60:90] = b"\xff" * 30
    with pytest.raises(Problem) as caught:
        load_bytes(bytes(data), "a.docx")
    assert caught.value.code == "reading.broken"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_table_of_records_is_no_document(form, monkeypatch):
    monkeypatch.setattr(build, "MAX_ROWS", 20)
    rows = [["姓名", "学校"], *(["张三", "一中"] for _ in range(20))]
    if form == "csv":
        data = "\n".join(",".join(row) for row in rows).encode()
    else:
        book, file = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(file)
        data = file.getvalue()
    with pytest.raises(Problem) as caught:
        load_bytes(data, "学生." + form)
    assert caught.value.code == "reading.records"
    assert "taizhang load" in caught.value.remedy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_task_table_saved_as_text_becomes_tasks(sign, encoding):
    rows = [
        ["序号", "工作任务", "责任单位", "完成时限"],
        ["1", '"新建学校3所,改建2所;总投资600万元"', "计财科", "10月底"],
        ["2", "培训教师", "人事科", "年底前"],
    ]
    text = "某局2026年任务分解表\n" + "\n".join(sign.join(row) for row in rows)
    reading = read_bytes(text.encode(encoding), "任务.csv")
    assert reading.source.format == "csv"
    assert [(task.number, task.lead_units) for task in reading.tasks] == [("1", ("计财科",)), ("2", ("人事科",))]
    assert reading.tasks[0].text == "新建学校3所,改建2所;总投资600万元"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Rar!\x1a\x07\x00" + b"x" * 50, "压缩包"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "压缩包"),
        (packed("a.txt", b"x"), "压缩包"),
        (packed("OFD.xml", b"<x/>"), "OFD"),
        (packed("ppt/presentation.xml", b"<x/>"), "演示文稿"),
        (
            b"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=b\r\n\r\n--b\r\n<html>",
            "mht",
        ),
        (b"Received: from a\r\n by b\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nhello", "邮件"),
    ],
    ids=["rar", "7z", "zip", "ofd", "pptx", "mht", "eml"],
)
def test_containers_that_are_no_documents_are_refused_with_a_way_out(data, words):
    with pytest.raises(Problem) as caught:
        load_bytes(data, "a.bin")
    assert caught.value.code == "reading.unknown" and words in caught.value.message
    assert caught.value.remedy


def page(body, head="<meta charset='utf-8'>"):
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def test_cells_over_several_rows_and_columns_count_for_each_of_them():
    table = (
        "<table><tr><td colspan='4'>某局2026年任务分解表</td></tr>"
        "<tr><th rowspan='2'>工作任务</th><th colspan='2'>责任分工</th><th rowspan='2'>完成时限</th></tr>"
        "<tr><th>牵头单位</th><th>配合单位</th></tr>"
        "<tr><td>新建学校<b>3</b>所</td><td rowspan='2'>计财科</td><td>基教科<br>人事科</td><td>10月底</td></tr>"
        "<tr><td>改建学校4所</td><td>&nbsp;</td><td>11月底</td></tr></table>"
    )
    reading = read_bytes(page(table), "a.html")
    assert [(task.title, task.lead_units, task.assisting_units, task.deadline) for task in reading.tasks] == [
        ("新建学校3所", ("计财科",), ("基教科", "人事科"), date(2026, 10, 31)),
        ("改建学校4所", ("计财科",), (), date(2026, 11, 30)),
    ]


def test_a_page_laid_out_with_nested_tables_gives_its_paragraphs_and_its_inner_table():
    menu = "<td><a href='/'>首页</a><br><a href='/n'>新闻</a></td>"
    inner = "<table><tr><td>任务</td><td>单位</td></tr><tr><td>建校</td><td>计财科</td></tr></table>"
    body = f"<table><tr>{menu}<td><table><tr><td><p>{TEXT.splitlines()[1]}</p><p>一、推进公平。</p>{inner}</td></tr></table></td></tr></table>"
    source = load_bytes(page(body), "a.html")
    assert source.text.endswith(TEXT.splitlines()[1] + "\n一、推进公平。\n任务\t单位\n建校\t计财科\n")
    assert [block.kind for block in source.blocks][-2:] == ["table_row", "table_row"]


def test_numbers_that_only_the_browser_prints_are_read():
    body = "<ol><li>抓教研。</li><li>抓培训。<ul><li>骨干</li></ul></li></ol><ol start='5'><li>抓安全。</li></ol><ol><li>1.抓基建。</li></ol>"
    assert load_bytes(page(body), "a.html").text.split() == [
        "1.抓教研。",
        "2.抓培训。",
        "骨干",
        "5.抓安全。",
        "1.抓基建。",
    ]


def test_the_declared_encoding_and_entities_are_understood():
    head = "<meta http-equiv='Content-Type' content='text/html; charset=big5'>"
    body = f"<html><head>{head}</head><body><p>推進義務教育&middot;優質均衡&#x3002;新建學校&gt;5所。</p></body></html>"
    source = load_bytes(body.encode("big5"), "a.html")
    assert source.text == "推進義務教育·優質均衡。新建學校>5所。\n" and source.encoding == "big5"
