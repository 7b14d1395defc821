"""Bytes of any Chinese encoding become the right characters, or a clear refusal."""

import pytest
from opencc import OpenCC

from taizhang.kernel.errors import Problem
from taizhang.reading.decode import decode

SENTENCE = "全县教育系统要坚持立德树人,年底前新建学校3所,培训教师120人次,确保各项任务落实到位。"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_simplified_prose_survives_every_common_encoding(encoding):
    text, _ = decode(SENTENCE.encode(encoding))
    assert text == SENTENCE


def test_traditional_big5_prose_is_not_taken_for_gbk():
    traditional = OpenCC("s2t").convert("推进义务教育优质均衡发展,提高教师队伍建设水平,落实学校安全工作责任。")
    text, encoding = decode(traditional.encode("big5", errors="ignore"))
    assert encoding == "big5"
    assert "推進義務教育" in text


def test_a_utf8_mark_stays_so_that_offsets_match_the_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + SENTENCE.encode())
    with file.open(encoding="utf-8", newline="") as stream:
        assert decode(file.read_bytes())[0] == stream.read()


def test_windows_line_ends_are_not_touched():
    assert decode("一\r\n二\r三\n".encode())[0] == "一\r\n二\r三\n"


def test_a_few_broken_bytes_do_not_lose_the_rest():
    data = SENTENCE.encode("utf-8") * 40 + b"\xff\xfe\xff" + SENTENCE.encode("utf-8") * 40
    text, _ = decode(data)
    assert text.count("立德树人") >= 79


@pytest.mark.parametrize("data", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 500, b"\x7fELF" + b"\0\3" * 900])
def test_binary_data_is_refused_in_chinese(data):
    with pytest.raises(Problem) as caught:
        decode(data, "a.bin")
    assert caught.value.code == "reading.binary"
    assert "文字" in caught.value.message
    assert caught.value.remedy
