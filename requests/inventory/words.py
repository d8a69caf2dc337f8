"""How tasks and what came of them are said to staff."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests.inventory.models import TaskState
from requests.inventory.passes import Pass

KINDS = {
    Pass.FIND: _("search"),
    Pass.CARRY_OUT: pgettext_lazy("task for a system", "delete"),
}
OUTCOMES = {
    TaskState.OPEN: pgettext_lazy("task for a system", "open"),
    TaskState.FOUND: _("Something was found"),
    TaskState.NOTHING_FOUND: _("Nothing was found"),
    TaskState.CANNOT: _("It cannot be searched, because …"),
    TaskState.DONE: _("It is deleted"),
    TaskState.KEPT: _("It is kept, because …"),
    TaskState.LEFT_OUT: _("Left out"),
}
