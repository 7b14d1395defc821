"""A file as an answer."""

import io

from taizhang.ui.downloads import XLSX, download


def test_a_file_is_saved_under_its_chinese_name_whether_it_comes_as_bytes_or_as_a_stream():
    for data in (b"abc", io.BytesIO(b"abc")):
        answer = download(data, "年度 总结.xlsx", XLSX)
        assert (answer.content, answer["Content-Type"]) == (b"abc", XLSX)
        assert (
            answer["Content-Disposition"] == "attachment; filename*=utf-8''%E5%B9%B4%E5%BA%A6%20%E6%80%BB%E7%BB%93.xlsx"
        )


def test_a_name_cannot_end_the_header():
    assert "\n" not in download(b"", 'a"\nSet-Cookie: x=1', XLSX)["Content-Disposition"]
