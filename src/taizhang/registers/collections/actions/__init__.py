"""Every write of rounds and returns."""

from taizhang.registers.collections.actions.approvals import approve_returns, send_back
from taizhang.registers.collections.actions.returns import (
    add_row,
    remove_row,
    save_draft,
    submit_return,
    withdraw_return,
)
from taizhang.registers.collections.actions.rounds import (
    DEFAULT_SWING,
    cancel_round,
    close_round,
    edit_round,
    extend_units,
    open_round,
    urge_missing,
)
from taizhang.registers.collections.actions.sheets import Received, receive_table

__all__ = [
    "DEFAULT_SWING",
    "Received",
    "add_row",
    "approve_returns",
    "cancel_round",
    "close_round",
    "edit_round",
    "extend_units",
    "open_round",
    "receive_table",
    "remove_row",
    "save_draft",
    "send_back",
    "submit_return",
    "urge_missing",
    "withdraw_return",
]
