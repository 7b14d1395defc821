"""A returned document: numbers kept, changed, deleted, typed in."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from taizhang.kernel.errors import Problem
from taizhang.reports.blocks import Control, Imprint, Paragraph
from taizhang.reports.gongwen import Meta, write
from taizhang.reports.paper import docx
from taizhang.reports.trace import trace, trace_bytes
from tests.reports.fakes import COUNTY, FakeSources, annual
from tests.reports.measuring import office
from tests.reports.test_gongwen import META


def written() -> bytes:
    sources = FakeSources()
    return docx(annual(sources), sources, COUNTY)


def edited(change: Callable[[Any], None], data: bytes | None = None) -> bytes:
    """The document after somebody worked on it."""
    document = Document(io.BytesIO(data or written()))
    change(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def controls(document: Any) -> list[Any]:
    return list(document.element.body.iter(qn("w:sdt")))


def set_text(control: Any, text: str) -> None:
    next(control.iter(qn("w:t"))).text = text


def statuses(data: bytes) -> Counter[str]:
    return Counter(item["verdict"] for item in trace_bytes(data, "a.docx"))


def test_ten_changed_two_deleted_and_three_typed_are_found_exactly() -> None:
    def change(document: Any) -> None:
        found = controls(document)
        for control in found[10:20]:
            set_text(control, "".join(control.itertext()) + "余")
        for control in found[30:32]:
            control.getparent().remove(control)
        paragraph = next(item for item in document.paragraphs if item.style.name == "Body Text")
        paragraph.add_run("另建7所,投入3.5亿元,惠及90%的学生。")

    total = len(annual().bindings.bounds)
    assert statuses(edited(change)) == {"kept": total - 12, "changed": 10, "deleted": 2, "typed": 3}


def test_an_untouched_report_keeps_every_number() -> None:
    assert statuses(written()) == {"kept": len(annual().bindings.bounds)}


def test_a_changed_number_says_by_how_much() -> None:
    def change(document: Any) -> None:
        control = next(item for item in controls(document) if "".join(item.itertext()).endswith("33.3%"))
        set_text(control, "98.5%")

    data = edited(change)
    (item,) = [item for item in trace_bytes(data, "a.docx") if item["verdict"] == "changed"]
    assert (item["bound"], item["found"], item["difference"]) == ("33.3%", "98.5%", "+65.2")
    assert (item["label"], item["unit"], item["period"]) == ("任务完成率", "B1", "2026")


def test_a_word_that_goes_with_a_number_counts_as_well() -> None:
    def change(document: Any) -> None:
        control = next(item for item in controls(document) if "".join(item.itertext()).startswith("增加"))
        set_text(control, "减少" + "".join(control.itertext())[2:])

    assert statuses(edited(change))["changed"] == 1


def test_deleted_and_emptied_numbers_are_told_apart_from_kept_ones() -> None:
    def change(document: Any) -> None:
        first, second, *_ = controls(document)
        first.getparent().remove(first)
        set_text(second, "")

    counts = statuses(edited(change))
    assert counts["deleted"] == 2
    assert counts["typed"] == 0


def test_a_number_typed_into_the_prose_is_found_with_its_words() -> None:
    def change(document: Any) -> None:
        paragraph = next(item for item in document.paragraphs if item.style.name == "Body Text")
        paragraph.add_run("新增学位1200个，占比达到３５．５％。")

    typed = [item for item in trace_bytes(edited(change), "a.docx") if item["verdict"] == "typed"]
    assert [item["found"] for item in typed] == ["1200", "３５．５％"]
    assert "新增学位" in typed[0]["label"]


def test_a_copied_control_is_checked_at_both_places() -> None:
    def change(document: Any) -> None:
        control = controls(document)[5]
        copy = deepcopy(control)
        control.addnext(copy)
        set_text(copy, "999")

    counts = statuses(edited(change))
    assert counts["changed"] == 1
    assert counts["kept"] == len(annual().bindings.bounds)


def test_without_its_tag_a_number_is_found_by_its_bookmark() -> None:
    def change(document: Any) -> None:
        for control in controls(document):
            properties = control.find(qn("w:sdtPr"))
            for child in list(properties):
                properties.remove(child)

    assert statuses(edited(change)) == {"kept": len(annual().bindings.bounds)}


def test_declared_words_with_digits_are_not_taken_for_typed_numbers() -> None:
    assert any("3" in item.text for item in annual().bindings.declared)
    assert statuses(written())["typed"] == 0


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        trace_bytes(data, "a.docx")
    assert refusal.value.code == "RPT-021"


def test_a_document_of_somebody_else_is_refused() -> None:
    target = io.BytesIO()
    Document().save(target)
    with pytest.raises(Problem) as refusal:
        trace_bytes(target.getvalue(), "a.docx")
    assert refusal.value.code == "RPT-022"


def test_external_entities_are_not_read() -> None:
    source = io.BytesIO(write([Paragraph(("正文",))], Meta("t", "a", META.at)))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "customXml/item1.xml":
                text = (
                    b'<!DOCTYPE b [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
                    b'<bindings xmlns="urn:taizhang:bindings:1">{"bindings":{},"declared":[]}&e;</bindings>'
                )
            new.writestr(name, text)
    assert trace_bytes(target.getvalue(), "a.docx") == []


def test_a_file_that_is_not_there_is_a_problem() -> None:
    with pytest.raises(Problem) as refusal:
        trace(Path("missing.docx"))
    assert refusal.value.code == "RPT-020"


@pytest.mark.office
def test_a_report_saved_by_libreoffice_keeps_its_bindings(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(written())
    results = trace(office(tmp_path, tmp_path / "a.docx", "docx:MS Word 2007 XML"))
    assert Counter(item["verdict"] for item in results) == {"kept": len(annual().bindings.bounds)}


@pytest.mark.office
def test_after_libreoffice_saved_it_exactly_the_touched_numbers_are_found(tmp_path: Path) -> None:
    report = annual()
    tags = list(report.bindings.bounds)
    changed, deleted = set(tags[20:30]), set(tags[40:42])

    def change(document: Any) -> None:
        for control in controls(document):
            tag = control.find(qn("w:sdtPr")).find(qn("w:tag")).get(qn("w:val"))
            if tag in changed:
                set_text(control, "约" + "".join(control.itertext()))
            elif tag in deleted:
                control.getparent().remove(control)
        paragraph = next(item for item in document.paragraphs if item.style.name == "Body Text")
        paragraph.add_run("另建7所，投入3.5亿元，惠及90%的学生。")

    (tmp_path / "a.docx").write_bytes(edited(change))
    results = trace(office(tmp_path, tmp_path / "a.docx", "docx:MS Word 2007 XML"))
    by_verdict = {
        word: [item for item in results if item["verdict"] == word] for word in ("changed", "deleted", "typed")
    }
    assert {item["tag"] for item in by_verdict["changed"]} == changed
    assert {item["tag"] for item in by_verdict["deleted"]} == deleted
    assert [item["found"] for item in by_verdict["typed"]] == ["7", "3.5", "90%"]
    assert sum(item["verdict"] == "kept" for item in results) == len(tags) - 12


def test_numbers_in_the_imprints_box_are_found_once() -> None:
    blocks = (Paragraph(("正文",)), Imprint((), ("办公室",), (Control("2026年3月5日", "b1", "日期"),)))
    inside = json.dumps({"report": {}, "declared": [], "bindings": {"b1": {"shown": "2026年3月5日", "label": "日期"}}})
    found = trace_bytes(write(blocks, Meta("t", "a", META.at, inside)), "a.docx")
    assert [(item["verdict"], item["tag"]) for item in found] == [("kept", "b1")]
