"""Whether names cut a whole into parts, asked of the names alone."""

from __future__ import annotations

import pytest

from taizhang.reading.numbers.partition import peers, rest_named, smallest_left_out


@pytest.mark.parametrize("last", ["其他", "其余学校", "余下的", "剩余资金", "剩下的幼儿园"])
def test_a_list_that_ends_with_all_the_others_lacks_none(last: str) -> None:
    assert rest_named(["小学", "初中", last])


@pytest.mark.parametrize("last", ["完全中学", "不合格", "30岁及以下"])
def test_a_list_that_ends_with_one_more_member_may_lack_some(last: str) -> None:
    assert not rest_named(["小学", "初中", last])


def test_one_more_member_of_a_class_is_no_total_of_the_others() -> None:
    assert peers("本科", ["专科", "中专", "剩下的"])
    assert not peers("教师", ["本科", "专科", "剩下的"])


def test_of_many_causes_the_smallest_are_left_out_unless_the_list_is_closed() -> None:
    causes = [31.5, 24.2, 18.0, 15.1, 9.0]
    assert smallest_left_out(causes, "家庭困难占31.5%,疾病占24.2%,务工占18%,厌学占15.1%,搬迁占9%")
    assert not smallest_left_out(causes, "家庭困难占31.5%,疾病占24.2%,务工占18%,厌学占15.1%,不合格占9%")
    assert not smallest_left_out(causes[:4], "家庭困难占31.5%,疾病占24.2%,务工占18%,厌学占15.1%")
