"""Habits of pages that bureaus really print: nothing of them is wrong, and what they say is read."""

from __future__ import annotations

import pytest

from taizhang.reading import read_text
from tests.reading.judging import alarms


def told(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.kind, one.check, [item.text for item in one.operands]) for one in read_text(text).relations]


@pytest.mark.parametrize(
    "text",
    [
        # The whole is not printed; the shares that follow are of the same whole.
        "今年全市考生中,应届生31280人,占考生总数的81.6%,往届生7053人,占18.4%;文科类15218人,占39.7%。",
        "本科18人,占4.5%;专科222人,占55.5%。",
        # Pupils of the primary schools are not all pupils; teachers are none of them.
        "全区共有中小学生52400人,留守儿童9120人;小学留守儿童6840人,占小学生总数的19.3%。",
        "参加活动的学生6120名,参加率87%;参加的教师412名,占86.2%。",
        # The level of one list is not what the next came from.
        "文科平均分为412.6分,比省均高8.4分;理科平均分为431.2分,比省均高11.7分。",
        # A further member of the list is told without its share.
        "从学历看,研究生22人,占4.6%;本科265人,占55.3%;专科178人,占37.2%;中专14人。",
        # The years are masked: each line is of another one.
        "xx年十五周岁人口420人,初等教育完成率达99.8%。\nxx年十五周岁人口433人,初等教育完成率达99.3%。",
        "xx年十五周岁人口176人,达初等毕业176人,完成率100%;十七周岁321人,达初中毕业321人,初中完成率达100%。"
        "xx年十五周岁人口250人,达初等毕业250人,完成率100%;十七周岁274人,达初中毕业272人,初中完成率达99.3%。",
        # What fits in the sentence is the whole, not the total that was announced.
        "全县共有中小学生52400人,其中留守儿童9120人,占17.4%;父母一方外出的5290人,占58%,双方外出的3830人,占42%。",
        # Of more than so many; one number for two; ahead of what is not printed; said once of all that follow.
        "全市中心城区学校投诉总量突破84万件,其中校服投诉47.84万件,占56.55%。",
        "总投资4819.8万元,其中中央投入3212.5万元,省级配套803.24万元,市、县分别配套资金402.03万元。",
        "两个项目分别完成投资36.2万元、94.3万元,完成率分别为43.2%、37.8%,分别超时序进度9.9个、4.5个百分点。",
        "全年发生意外伤害42起、死亡4人,受伤15人,与去年同期相比起数减少3起,死亡人数减少6人。",
        # What was planned is not what last year was.
        "4月,专项资金支出累计完成2236万元,完成年初预算数25200万元的8.9%,比上年增收367万元,增长19.6%。",
        # Several parts have one share; a whole stands further in front.
        "全区52所学校接受了评估,其中12所初中、2所九年一贯制学校、29所小学全部达标,占学校总数的82.69%。",
        "全县中职毕业生3562人,其中就业学生3284人。从去向看,升学1871人,占就业学生的56.97%,进企业1413人,占43.03%。",
        # What stands in brackets has its parts there.
        "考入重点大学3人(其中1人进入985高校),本科上线34人,比去年的16人增长112.5%。",
        "辖区内有学校xx所(含直属学校5所),其中小学xx所,初中7所。",
        # The last of a row is no total; a year is not the next.
        "城关中学生活用房366平方米;大寺中学生活用房409平方米;习文中学生活用房556平方米;第四中学生活用房830平方米。",
        "2022年,全县在园幼儿4627人。\n2021年,全县在园幼儿4805人,为近年最多。",
        # A list that only tells the first.
        "共收治职业病病人426例,尘肺病居首(366例),噪声聋次之(54例)。",
        # A rank counts nobody.
        "特长生再创新高,4人进入全市前50名,7人进入全市前100名。",
        # Counted anew behind the semicolon.
        "全县中小学教职工4618人,其中民办教师702人;专任教师4120人。",
        # A limit is no part of an average.
        "小学班数1132个,平均班额42.3人;其中56人及以上大班46个。",
        # The same people, counted by something else; tenths are rounded off.
        "按性别分,女生占47.6%;按户口分,农村考生占61.3%。",
        "占37.1%的是上级专项,占28.7%的是债券,县本级占三成多。",
        # Names with their numbers behind a colon: none is the others' total.
        "资金来源:上级专项12640万元,一般债券9800万元,县本级11660万元。",
        # The change that is printed gives the percentage; the persons are the reason.
        "公用经费218.34万元,同比增加6.12万元,增2.88%,系人员由58人增至61人所致。",
        # What is compared with another year is not held against the norm.
        "优良率32.5%,较2016年上升2.7个百分点,但与省定40%的要求还有差距。",
        # Lines of admission are no marks to be added.
        "省控线:文史一本548分,理工一本539分,二本分别为503分、489分。",
        # Pupils share no houses, and what each is to get is no average.
        "新建校舍2.4万㎡,维修校舍113栋,购置课桌凳5600套,全县中小学生均校舍面积达7.8平方米。",
        "发放生活补助12430人次、685.4万元,其中小学每生每学期500元,初中每生每学期625元。",
        # Half a year's spending is not that of all the days that are printed.
        "受益学生每人每天4元,全年按200天计,惠及6120人,上半年支出244.8万元。",
        # The same two numbers give one share: the next is of something else.
        "抽查60所学校,11所未按要求召开例会,占18.3%;农村学校报警装置联网率为88%。",
        # All shares miss one whole by the same: they are those of the cases in front, which are counted by times.
        "共受理来信来访1326件次。其中来访208批、来信96件,网上信访1022件,占总量的77.1%。\n招生类386件,占29.1%;师德类214件,占16.1%;退费类203件,占15.3%。",
        # Who was called is not who answered, and a rule is no ratio of what there is.
        "以电话方式访问常住居民1200人,拨打电话7913个,成功率约15%。",
        "专任教师402人、保育员198人,合计600人,国家规定的配备比例为1:7至1:9。",
        "小学在校生25104人,生师比18.1:1;初中在校生11857人,生师比12.3:1。",
        # The rest has no number; what lies below 30 lies below 60 too.
        "同意的占71.4%,不同意的占19.2%,其余未作答。",
        "90分以上的考生占23%,60分以下的占36%,30分以下的占11%。",
        "毕业生1103人,获得证书的915人,占毕业生的八成多。",
        # The percentage is told of what stands before it, or of somebody else.
        "全县教育投入达到6.82亿元,增长11.3%,高考600分以上人数由去年的46人增加到63人。",
        "在校生比上年增长3.2%,寄宿生由2360人增加到2711人。",
        # What people say is no share of cases; whose number changed is named.
        "全年受理群众来信来访216件次,办结211件次,满意率96.8%。",
        "中考报名8632人,实考8590人,优秀率21.4%,及格率68.9%,平均分较上年提高6.7分,全科及格人数增加213人。",
        "创建省级文明校园5所、市级文明校园12所,绿色学校比例达到80%,劳动实践基地24个。",
        # The number right before 占 is the part; whoever writes 100% means all.
        "开展心理测评5.6万人次,建立心理档案5.4万份,筛查出需重点关注学生1286人,占2.3%,转介就医36人。",
        "全县共有留守儿童8620人、孤儿86人,建立关爱台账,结对帮扶教师2140人,结对率100%。",
        "小升初对口直升5216人,摇号录取862人,随迁子女入学1246人,入学率100%。",
        # What is remitted is no decrease; each of several averages has its own total.
        "春季学期资助6820人、资金612万元,秋季学期资助6944人、资金638万元,全年减免学费96万元。",
        "安排奖教金300万元,表彰优秀教师120名、优秀班主任80名,人均奖励分别为1.5万元和1万元。",
        "接待来访96批243人次,比上年减少21批、57人次,集体访6批82人次,化解积案7件,化解率87.5%。",
        # How many there are in all the city is not printed, nor whose machines these are.
        "本科上线总数604人,本专科上线总数1323人。中考700分以上84人,占全市的20%。",
        "购置多媒体教学一体机420台、学生用计算机1100台,生机比由12:1提高到8.5:1。",
        # In a row of a table the second number is the change.
        "小学 在校86420 比上年-1905 下降2.2%",
    ],
)
def test_what_real_pages_print_raises_no_alarm(text):
    assert alarms(text) == []


def test_what_fell_is_the_amount_and_not_its_share_of_the_plan():
    text = "地方收入完成1720万元,为预算3800万元的45.3%,同比下降23.6%。"
    assert ("growth", "feasible", ["1720万元", "23.6%"]) in told(text)
    assert not any(kind == "difference" for kind, _, _ in told(text))


def test_a_growth_that_the_rounding_of_change_and_level_explains_speaks_of_the_level_and_says_so():
    [growth] = [
        one for one in read_text("全市有图书26.67万册,比上年增加1.17万册,增长4.60%。").relations if one.kind == "growth"
    ]
    assert (growth.check, growth.severity) == ("feasible", "note") and "取整误差" in growth.why


def test_a_total_of_the_opening_paragraph_has_its_parts_in_the_sections_behind():
    text = (
        "全市共有义务教育学校77所,在校生84036人。\n"
        "其中普通小学49所,在校生60766人,专任教师3150人。\n其中普通初中28所,在校生23270人,专任教师1729人。"
    )
    sums = {frozenset(operands) for kind, _, operands in told(text) if kind == "sum"}
    assert frozenset({"77所", "49所", "28所"}) in sums and frozenset({"84036人", "60766人", "23270人"}) in sums


def test_a_share_of_the_total_that_stands_pages_before_is_held_against_it():
    text = (
        "一、总体情况\n全年共受理群众诉求2887件,比上年减少377件。其中一季度602件、二季度787件、三季度1013件、四季度485件。\n"
        "二、来源\n热线1164件,网络902件,来信531件,来访218件,其他72件。\n三、办理\n限时办结2571件,转办143件,协办88件,退回85件。"
        "\n四、特点\n涉及招生入学的1013件,占诉求总量的{}%。"
    )
    shares = [set(operands) for kind, how, operands in told(text.format("35.1")) if (kind, how) == ("share", "exact")]
    assert {"1013件", "2887件", "35.1%"} in shares
    assert alarms(text.format("53.1"))


def test_one_number_that_is_part_of_another_statement_may_still_be_wrong_as_a_total():
    text = "全年共受理诉求{}件,较上年的3264件减少377件。其中一季度602件、二季度787件、三季度1013件、四季度485件。"
    assert alarms(text.format(2887)) == []
    assert alarms(text.format(2887).replace("602件", "62件"))


def test_a_ratio_that_ends_in_one_is_no_mark_of_an_item():
    reading = read_text("小学生师比15.8:1、初中12.1:1,幼儿园12.2:1。")
    assert [(one.text, one.kind) for one in reading.quantities] == [
        ("15.8:1", "ratio"),
        ("12.1:1", "ratio"),
        ("12.2:1", "ratio"),
    ]
    assert reading.points == []


SECTIONS = (
    "2024年,全县共有各级各类学校146所,在校生{total}人,专任教师7316人。\n一、学前教育\n全县有幼儿园72所,在园幼儿13480人,专任教师918人。\n"
    "二、义务教育\n全县有义务教育学校65所,在校生64125人,专任教师4873人。\n三、高中阶段\n全县有高中阶段学校9所,在校生20612人,专任教师1525人。\n"
)
LINES = "全年投入维修资金{total}万元。\n东片学校投入维修资金512万元,更换门窗340樘。\n西片学校投入维修资金438万元,翻修屋面6处。\n南片学校投入维修资金336万元。\n"


def test_what_every_section_tells_under_one_name_adds_up_to_the_total_in_front():
    found = told(SECTIONS.format(total=98217))
    assert ("sum", "exact", ["13480人", "64125人", "20612人", "98217人"]) in found
    assert ("sum", "exact", ["918人", "4873人", "1525人", "7316人"]) in found


def test_a_total_that_its_lines_do_not_give_is_found():
    assert alarms(LINES.format(total=1286)) == []
    (why,) = alarms(LINES.format(total=1268))
    assert "512 + 438 + 336 = 1286" in why


def test_the_name_of_a_unit_is_no_number():
    for text in ("采购执行情况(单位:万元)\n采购总额 1888.68\n", "预算(亿元)\n上年 12.6\n"):
        assert [one.text for one in read_text(text).quantities if one.unit == "元"] == []
    (found,) = [one for one in read_text("捐款超万元的企业另行表扬。").quantities if one.unit == "元"]
    assert found.value == 10_000


def test_a_whole_that_all_shares_miss_is_wrong_itself_when_one_slip_explains_it():
    right = "受理诉求1326件。招生类386件,占29.1%;师德类214件,占16.1%;退费类203件,占15.3%。"
    assert alarms(right) == []
    assert alarms(right.replace("1326", "1236"))


def test_teachers_of_two_stages_are_nobodys_side_of_a_ratio():
    assert not [
        one for one in told("义务教育专任教师4016人,小学、初中师生比分别为1:17.2和1:12.1。") if one[0] == "ratio"
    ]


def test_what_is_hoped_for_is_no_change_of_what_there_is():
    assert not [one for one in told("开通公交18辆,力争乘坐学生比现在翻一番。") if one[0] == "multiple"]
