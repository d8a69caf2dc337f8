"""`manage.py invite NAME --email ADDRESS --role administrator`: the first account, or a way back for the last one."""

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from primevox_privacy.staff import inviting
from primevox_privacy.staff.models import User


class Command(BaseCommand):
    help = (
        "Makes an account, or opens one anew, and prints the one-time link to set it up: good for 24 hours. Whoever"
        " reads the link can sign in as this person. Ways to sign in from before are closed."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", help="what they type to sign in")
        parser.add_argument("--email", default="", help="where to tell them of changes; they get the link as well")
        parser.add_argument("--role", action="append", default=[], help="add them to this role; may be repeated")

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        wanted = list(Group.objects.filter(name__in=options["role"]))
        if unknown := set(options["role"]) - {group.name for group in wanted}:
            raise CommandError(f"There is no role {', '.join(sorted(unknown))}.")
        user, _made = User.objects.get_or_create(username=options["name"])
        user.is_staff = user.is_active = True
        user.email = options["email"] or user.email
        user.save()
        user.groups.add(*wanted)
        self.stdout.write(inviting.invite(user, by="system"))
