"""Words that part a whole between them."""

from taizhang.reading.learned.contrasts import contrast, contrasted


def test_a_row_of_words_parts_a_whole_fully_in_part_or_not():
    names = [contrasted(word) for word in ("男生", "女生")]
    assert contrast(names) == "f"
    assert contrast([contrasted(word) for word in ("小学在校生", "初中在校生")]) == "e"
    assert contrast([contrasted(word) for word in ("小学在校生", "初中在校生", "教学楼面积")]) == "s"
    assert contrast([contrasted(word) for word in ("教学楼", "宿舍楼")]) == "-"
    assert contrast([]) == "-"


def test_the_longest_word_of_a_row_is_read():
    assert "不合格" in contrasted("抽检不合格").values()
    assert "合格" not in contrasted("抽检不合格").values()
