"""Everybody who recommends; one that learns is one more line."""

from hotdash.decisions.recommendations.contract import Recommender
from hotdash.decisions.recommendations.findings.clear_stock import ClearStock
from hotdash.decisions.recommendations.findings.look_into import LookInto
from hotdash.decisions.recommendations.findings.reorder_foretold import ReorderForetold
from hotdash.decisions.recommendations.rules.assign_page import AssignPage
from hotdash.decisions.recommendations.rules.campaign import Campaign
from hotdash.decisions.recommendations.rules.chase_carrier import ChaseCarrier
from hotdash.decisions.recommendations.rules.fix_source import FixSource
from hotdash.decisions.recommendations.rules.reorder import Reorder
from hotdash.decisions.recommendations.rules.reply import Reply

RECOMMENDERS: tuple[Recommender, ...] = (
    Reorder(),
    Reply(),
    ChaseCarrier(),
    AssignPage(),
    Campaign(),
    FixSource(),
    ReorderForetold(),
    ClearStock(),
    LookInto(),
)
