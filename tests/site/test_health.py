"""The page of the doctor: for whoever keeps units and people, and nobody else."""

import pytest

from tests.support import make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path):
    settings.FILES = tmp_path
    return make_county()


@pytest.mark.parametrize(
    ("who", "status"), [("root", 200), ("office", 403), ("safety", 403), ("own", 403), ("stranger", 403)]
)
def test_the_page_is_for_who_keeps_the_installation(county, client, who, status):
    client.force_login(getattr(county, who))
    answer = client.get("/settings/health/")
    assert answer.status_code == status
    if status == 200:
        page = answer.content.decode()
        assert "从未备份" in page and "机关综合事务" in page and "122 类业务中" in page
