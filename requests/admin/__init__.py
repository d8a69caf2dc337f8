"""The staff desk: look by default, act by verb. Fields are read-only; each step is a small form that calls a verb."""

from django.contrib import admin

from requests.admin.appeals import AppealAdmin
from requests.admin.collecting import TaskAdmin
from requests.admin.inventory import InventoryAdmin
from requests.admin.levels import LevelsAdmin
from requests.admin.queue import QueueAdmin
from requests.inventory.models import Edition, Task
from requests.models import Appeal, LevelRule, RightsRequest

admin.site.register(RightsRequest, QueueAdmin)
admin.site.register(Appeal, AppealAdmin)
admin.site.register(LevelRule, LevelsAdmin)
admin.site.register(Edition, InventoryAdmin)
admin.site.register(Task, TaskAdmin)
admin.site.site_title = admin.site.site_header = "Primevox privacy requests"
admin.site.index_title = "Privacy requests"
admin.site.enable_nav_sidebar = False
