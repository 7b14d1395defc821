"""Pairs of sentences: one that may be true, and one that differs in a number and cannot be."""

import pytest

from tests.reading.judging import alarms

IN_ONE_NUMBER = [
    # an increase larger than what there is now
    ("一本上线87人,比去年增加33人;二本上线299人,比去年增加106人。", "299人", "29人"),
    # three tiers are all there is, whether they hold one another or not
    ("一本上线87人,二本上线299人,三本上线202人,本科上线588人。", "202人", "902人"),
    ("一本上线87人,二本上线299人,三本上线202人,本科上线588人。", "299人", "29人"),
    # a rate that is named after two of them
    ("参加考试894人,二本上线299人,本科上线588人,本科总上线率66%,专科上线276人,专科总上线率31%,全县本、专科总上线率97%。", "97%", "93%"),
    # a whole digit is not cut off
    ("在校生46872人,专任教师3906人,生师比为12:1。", "12:1", "11:1"),
    # what 其中 follows at once, beside a larger number
    ("适龄儿童28640人,已入学28612人,入学率99.9%,因病因残未入学28人,其中送教上门22人。", "22人", "32人"),
    # grades in per cent, 及格 as one of them and as all who passed
    ("优秀率12.5%,良好率33.2%,及格率46.1%,不及格率8.2%。", "8.2%", "9.2%"),
    ("优秀率12.5%,良好率33.2%,及格率91.8%,不及格率8.2%。", "8.2%", "9.2%"),
    # grades whose total is printed, the lowest of which waits
    ("抽取240名学生,优秀等级72名、良好等级96名、合格等级60名、待合格等级12名,优良率为70%。", "70%", "60%"),
    # so much for each, and how many
    ("学校74所,受益学生25600人,每生每天5元,全年按200天计算,补助资金2560万元。", "25600人", "26500人"),
    ("寄宿制学校26所,每校配备宿管员4人,共配备宿管员104人。", "104人", "140人"),
    # which of two levels was first: 25 % of the later one is no answer
    ("留守儿童由2022年的6420人下降至2024年的5136人,减少1284人,降幅20%。", "20%", "25%"),
    ("实践基地由年初的18个增至年末的27个,增长50%,覆盖乡镇21个。", "50%", "33%"),
    # what comes in a later part of the sentence explains nothing
    ("小学平均班额由47.8人降到44.6人,每班减少3.2人;初中平均班额由49.5人降到46.9人,每班减少2.6人。", "3.2人", "2.3人"),
    # growth told after a change of a level in the sentence before
    ("组织宣传368场,发放资料5.2万份。与去年同期相比,宣传场次增加92场,增长33.3%。", "33.3%", "23.3%"),
    # the two years that a change names
    ("上线人数2022年1560人、2023年1680人、2024年1890人,2024年比2023年增长12.5%。", "12.5%", "9.4%"),
    ("2019年设备值为1.82亿元,2023年达5.46亿元,是2019年的3倍。", "3倍", "5倍"),
    # a list within a total, and its head beside another
    ("招聘研究生32人,其中博士2人、硕士30人;招聘毕业生68人,两项合计引进100人。", "68人", "86人"),
    # averages of two areas by one number behind both
    ("占地面积46800平方米,生均占地面积26平方米;建筑面积18000平方米,生均建筑面积10平方米;现有学生1800人。", "1800人", "1880人"),
    # a share called by the name of a member of the list before
    ("脱贫户学生1260人,低保户学生840人,残疾学生168人,其他学生252人,总计2520人。其中脱贫户学生占比50%。", "50%", "60%"),
    # a mean, a rate of all lies between those of the parts
    ("全县平均分438.6分,其中城区学校平均分462.1分,农村学校平均分415.1分。", "438.6", "483.6"),
    ("学生近视率为48.6%,其中小学42.1%、初中58.4%、高中75.3%。", "48.6%", "38.6%"),
    ("6所小学参与统测,平均分最高为86.4分,最低为71.2分,全镇平均78.6分。", "71.2分", "87.2分"),
    # ratios of two numbers neither of which is one
    ("市级资金460万元、县级资金690万元,两级资金比例为2:3。", "2:3", "2:5"),
    ("普通高中招生2360人,中职招生1940人,普职比为55:45。", "55:45", "65:35"),
    # no slip explains these: names that leave no third, words that leave no doubt
    ("高一共有学生1040人,其中男生536人,女生504人;住校生728人,占70%。", "504人", "643人"),
    ("发现问题358个,整改到位340个,整改完成率95%。", "340个", "215个"),
    ("年初结转资金120万元,本年收入860万元,本年支出792万元,年末结余188万元。", "792", "1001"),
    ("春季学期减免12460人,金额186.9万元,人均150元;秋季学期减免12840人,金额192.6万元,人均150元。", "192.6", "127.6"),
    # a share of those that bear one name, what is expected but counted out, names that leave no third
    ("省级示范性高中12所、市级示范性高中18所、一般高中10所,普通高中总数40所,示范性高中占75%。", "75%", "57%"),
    ("新生入园摸底4320人,预计秋季入园3888人,入园比例90%。", "90%", "80%"),
    ("接待来访268批次,其中初访201批次、重复访67批次。", "201", "210"),
    # more than all
    ("参加测试1178人,参测率95%。", "95%", "113%"),
    # digits swapped across the point
    ("投入48.6万元,其中市级36.2万元、县级12.4万元。", "12.4", "14.2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), IN_ONE_NUMBER)
def test_of_two_sentences_only_the_one_that_cannot_be_raises_an_alarm(text, right, wrong):
    assert alarms(text) == []
    assert text.count(right) == 1
    assert alarms(text.replace(right, wrong)) != []


@pytest.mark.parametrize(
    "text",
    [
        "家访1248次,其中七年级412次,八年级396次,九年级440次,家访率达100%。",
        "慰问困难教师120人,发放慰问金24万元,人均2000元;慰问离退休教师45人,发放慰问金4.5万元。",
        "参加志愿服务的1240人,占62%;参加研学旅行的860人,占43%;全校学生2000人。",
        "投入120万元新建教室8间,平均每间投入15万元;投入96万元更新课桌4800套,平均每套200元。",
        "最低工资标准1850元,最高补贴2000元;班额最少18人,最多54人。",
        "2019年有专业群2个、设备值1.82亿元,2023年设备值达5.46亿元,是2019年的3倍。",
        "2019年教师3000人、学生17000人,2023年学生达51000人,是2019年的3倍。",
        "小学毛入学率112%,年度任务完成率120%,巩固率101.3%。",
        "语文合格率92.5%,不合格率7.5%,数学优秀率20.1%。",
        "共有小学28所、初中5所,其中寄宿制学校12所。",
        "全校平均分81分,其中七年级78分;八年级平均分84分。",
        "普通高中录取2360人,中职录取1570人,普职比约为6:4。",
        "语文、数学、英语三科及格率分别为96.4%、91.8%、89.3%,平均及格率92.5%。",
        "2024年招生5600人,2025年预计招生6000人,增长7%。",
        "2023年毕业1560人,2024年毕业1680人,2024年比2023年增长7.7%。",
    ],
)
def test_what_may_be_raises_none(text):
    assert alarms(text) == []
