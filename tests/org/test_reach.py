"""Who reaches what: the rule on which every page rests."""

import pytest
from django.contrib.auth.models import AnonymousUser

from taizhang.org.models import Unit
from taizhang.org.policy import can, reach, visible_units
from tests.support import make_county

pytestmark = pytest.mark.django_db
GRANTS = {"学校": "own", "学区": "below", "科室": "all"}


def codes(found) -> set[str]:
    return set(Unit.objects.filter(found.q("")).values_list("code", flat=True))


def test_a_school_reaches_itself_a_district_its_schools_a_section_everything():
    county = make_county()
    assert codes(reach(county.own, GRANTS)) == {"S1"}
    assert codes(reach(county.district, GRANTS)) == {"D1", "S1", "S2"}
    assert codes(reach(county.safety, GRANTS)) >= {"B1", "S1", "S3"}


def test_a_person_without_a_post_reaches_nothing_and_neither_does_a_passer_by():
    county = make_county()
    assert not reach(county.stranger, GRANTS) and codes(reach(county.stranger, GRANTS)) == set()
    assert not reach(AnonymousUser(), GRANTS)


def test_a_register_of_one_section_is_no_business_of_another_section():
    county = make_county()
    assert reach(county.safety, GRANTS, owner="安全管理科")
    assert not reach(county.finance, GRANTS, owner="安全管理科")


def test_where_the_bureau_lacks_the_owning_section_every_section_keeps_the_register():
    county = make_county()
    assert reach(county.finance, GRANTS, owner="没有这个科")


def test_a_post_that_ended_gives_nothing():
    county = make_county()
    county.own.posts.update(until="2021-01-01")
    assert not reach(county.own, GRANTS)


def test_capabilities_follow_the_post():
    county = make_county()
    assert can(county.office, "accept_plan") and not can(county.own, "accept_plan")
    assert visible_units(county.chief)


def test_a_row_that_knows_only_its_units_key_and_path_is_judged_like_the_unit():
    county = make_county()
    for who in (county.own, county.district, county.safety, county.stranger, county.root):
        found = reach(who, GRANTS)
        for unit in Unit.objects.all():
            assert found.holds_row(unit.pk, unit.path) == found.holds(unit) == (unit.code in codes(found))
