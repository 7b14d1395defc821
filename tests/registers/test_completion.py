"""While a formula is typed the desk offers what it may name: for the maker's people, nobody else."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from taizhang.registers.maker import actions, queries
from taizhang.registers.maker.completion import words_of
from tests.support import County

pytestmark = pytest.mark.django_db
FIELDS = [
    {"name": "报修日期", "type": "date", "required": True},
    {"name": "占地面积(m²)", "type": "decimal"},
    {"name": "手机", "type": "phone", "sensitive": True},
    {"name": "所属校车", "type": "link", "register": "school_bus"},
]


def draft_of(county: County):
    data = {"register": "repair", "name": "报修台账", "kind": "case", "fields": FIELDS}
    return actions.start_draft(data=data, by=county.office)


def test_own_fields_functions_linked_fields_and_other_registers_are_offered(county: County):
    words = {word["shown"]: word for word in words_of(queries.desk_of(draft_of(county)))}
    assert words["占地面积(m²)"]["text"] == '"占地面积(m²)"', "a name that cannot stand bare is put in quotes"
    assert "手机" not in words, "what is sealed is in no formula"
    assert words["求和"]["text"] == "求和(" and words["求和"]["aggregate"] and not words["days"].get("aggregate")
    assert words["所属校车.车牌号"].get("row"), "the linked record's fields are for row formulas"
    assert words["安全隐患台账.隐患等级"]["aggregate"] and "安全隐患台账.责任人电话" not in words


def test_the_words_stand_on_the_page_only_where_a_formula_is_written(county: County, client: Client):
    draft = draft_of(county)
    client.force_login(county.office)
    page = client.get(f"/settings/packs/drafts/{draft.pk}/?part=indicators&item=new").content.decode()
    block = re.search(r'<script id="formula-words" type="application/json">(.*?)</script>', page, re.S)
    assert block and any(word["shown"] == "报修日期" for word in json.loads(block[1]))
    assert "formula-words" not in client.get(f"/settings/packs/drafts/{draft.pk}/?part=access").content.decode()
    for user in (county.own, county.district, county.stranger):
        client.force_login(user)
        assert client.get(f"/settings/packs/drafts/{draft.pk}/?part=indicators&item=new").status_code in (403, 404), (
            user
        )


def test_a_formula_over_what_is_there_shows_its_value_and_its_statement_before_the_release(
    county: County, client: Client
):
    draft = draft_of(county)
    client.force_login(county.office)

    def said(formula: str) -> str:
        values = {"check": "formula", "formula": formula, "formula_kind": "aggregate", "formula_result": "number"}
        return client.post(f"/settings/packs/drafts/{draft.pk}/check/", values).content.decode()

    text = said("count(安全隐患台账.隐患类别)")
    assert "现在的值" in text and "SELECT" in text and "reg_safety_hazard" in text
    assert "发布并有记录后可以试算" in said("count()") and "SELECT" not in said("count()")
