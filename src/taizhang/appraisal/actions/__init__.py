"""Every write of the appraisal. Each adds an entry and the same fact to the event log, in one transaction."""

from taizhang.appraisal.actions.objections import answer, object_to
from taizhang.appraisal.actions.rounds import freeze_round, measure_round, open_round, publish_round
from taizhang.appraisal.actions.scores import adjust, judge, lift_veto, score_self, set_veto, strike, waive

__all__ = [
    "adjust",
    "answer",
    "freeze_round",
    "judge",
    "lift_veto",
    "measure_round",
    "object_to",
    "open_round",
    "publish_round",
    "score_self",
    "set_veto",
    "strike",
    "waive",
]
