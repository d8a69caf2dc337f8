"""Systems for trying the portal out. Made up, like their owners: production starts with none."""

from primevox_privacy.staff.models import User
from requests.inventory import changing
from requests.inventory.models import System

BILLS = ("Tax law makes us keep bills for seven years.", "La ley fiscal nos obliga a guardar facturas siete años.")
CALLS = (
    "The law makes us keep records of calls for 18 months.",
    "La ley nos obliga a guardar los registros de llamadas 18 meses.",
)
# name, what it holds, how long (English, Spanish), why something may be kept, which owner
SYSTEMS: tuple[tuple[str, list[str], str, str, tuple[tuple[str, str], ...], int], ...] = (
    (
        "Billing",
        ["identifiers", "payment", "commercial"],
        "Seven years after the bill",
        "Siete años después de la factura",
        (BILLS,),
        0,
    ),
    ("Customer accounts", ["identifiers", "commercial"], "While the account is open, and a year", "Un año", (), 0),
    ("Call records", ["identifiers", "metadata", "location"], "18 months", "18 meses", (CALLS,), 1),
    ("Call recordings", ["sensory"], "90 days", "90 días", (), 1),
    ("Website and newsletter", ["identifiers", "internet_activity", "cookies"], "13 months", "13 meses", (), 1),
)


def load(owners: list[User], *, by: User) -> None:
    """Enter the systems, unless there are any."""
    if System.objects.exists():
        return
    for name, categories, english, spanish, exceptions, owner in SYSTEMS:
        given = {
            "name": name,
            "owner": owners[owner],
            "categories": categories,
            "retention_en": english,
            "retention_es": spanish,
            "exceptions": changing.exceptions_of(None, [en for en, _es in exceptions], [es for _en, es in exceptions]),
            "active": True,
        }
        changing.change_system(None, given, "A system of the demo", by=by)
