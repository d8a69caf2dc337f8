"""Every field that we may ask somebody to fill in: who uses it, for which decision, and what happens without it.

Nothing is asked that has no line here (policy §8); a test compares this with the forms. Shown to everybody at
`/what-we-ask/`, and written out in `docs/what-we-ask.md`.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Field:
    """One field. `name` is the name that it has in its form."""

    name: str
    what: Any
    who_uses: Any
    decision: Any
    without: Any


@dataclass(frozen=True)
class Part:
    """Fields that are asked together."""

    heading: Any
    when: Any
    fields: tuple[Field, ...]


TEAM = _("Our privacy team")
CHECKERS = _("Those in our privacy team who check it")
PORTAL = _("This site")
CANNOT_GO_ON = _("We cannot take the request here. You can still call or write to us.")
NOTHING_MISSING = _("Nothing is missing. We go on without it.")
NOT_KNOWN = _("We could not know what to do.")
NO_DAYS = _("We take it that you mean all days.")
ONLY_TO_COMPANY = _("We ask only if it should go to a company. Then we could not send it.")
OTHER_FACTS = _("You can give another fact from the list.")
FACT = _("Whether it is you, by comparing it with our records")
OTHER_WAY = _("Call us, or send the code on paper if you have one.")

PARTS = (
    Part(
        _("When you ask"),
        _("Before your request is sent."),
        (
            Field("rights", _("What you would like"), TEAM, _("What we do, and by which day"), CANNOT_GO_ON),
            Field(
                "said",
                _("What you mean, in your own words"),
                TEAM,
                _("What we do, and with which data"),
                _("Where it is needed, we could not know what to do. Else nothing is missing."),
            ),
            Field("wrong", _("What is wrong or missing"), TEAM, _("What we correct"), NOT_KNOWN),
            Field("right", _("What is right"), TEAM, _("What we write in its place"), NOT_KNOWN),
            Field("scope", _("Whether you mean all of it or only some"), TEAM, _("How much we take"), NOT_KNOWN),
            Field(
                "data_from",
                _("From which day on, if you mean certain days"),
                TEAM,
                _("Which data you mean"),
                NO_DAYS,
            ),
            Field("data_until", _("Until which day"), TEAM, _("Which data you mean"), NO_DAYS),
            Field("data_form", _("In which form you want your data"), TEAM, _("Which files we make"), NOT_KNOWN),
            Field("send_to", _("Whether the data goes to you or to a company"), TEAM, _("Who gets it"), NOT_KNOWN),
            Field("receiver", _("The name of that company"), TEAM, _("Who gets it"), ONLY_TO_COMPANY),
            Field("receiver_reach", _("How we can reach it"), TEAM, _("Where we send it"), ONLY_TO_COMPANY),
            Field(
                "uses",
                _("Which use of your data should stop"),
                TEAM,
                _("What we stop. For ads we do it with no proof"),
                _("You can say it in your own words."),
            ),
            Field(
                "consents",
                _("Which consent should end"),
                TEAM,
                _("What we stop"),
                _("You can say it in your own words."),
            ),
            Field("happened_when", _("When you were treated worse"), TEAM, _("Where we look"), NOT_KNOWN),
            Field(
                "opt_out",
                _("The address or number that we should stop using"),
                TEAM,
                _("What we no longer sell, share or use for ads"),
                NOT_KNOWN,
            ),
            Field("capacity", _("Who it is about"), TEAM, _("What else we need to ask, and what not"), CANNOT_GO_ON),
            Field(
                "encounter",
                _("How you were in touch, if you are no customer"),
                TEAM,
                _("Where we look for your data"),
                _("We would not know where to look."),
            ),
            Field(
                "residence",
                _("Where you live"),
                TEAM,
                _("Which law counts, and so which day"),
                _("You can say that you would rather not. Then our own rules count."),
            ),
            Field("name", _("Your name"), TEAM, _("Whose data we look for, and how we greet you"), CANNOT_GO_ON),
            Field(
                "email",
                _("Your e-mail address"),
                TEAM,
                _("How we tell you that something is new. It never shows that it is you"),
                _("You get a code on paper to come back with, and we call or write."),
            ),
            Field(
                "phone",
                _("Your telephone number"),
                TEAM,
                _("How we reach you. It never shows that it is you"),
                _("One other way to reach you is enough."),
            ),
            Field(
                "postal_address",
                _("Your postal address"),
                TEAM,
                _("How we reach you. It never shows that it is you"),
                _("One other way to reach you is enough."),
            ),
            Field(
                "also_known_by",
                _("Another address, or your customer number"),
                TEAM,
                _("Where we look for your data"),
                NOTHING_MISSING,
            ),
        ),
    ),
    Part(
        _("When you ask for somebody else"),
        _("Only if you say that it is about somebody else."),
        (
            Field("subject_name", _("Their name"), TEAM, _("Whose data we look for"), CANNOT_GO_ON),
            Field(
                "subject_email",
                _("Their e-mail address"),
                TEAM,
                _("How we tell them that you asked, so that they can stop it"),
                _("We tell them at an address that we already have."),
            ),
            Field(
                "authority",
                _("What lets you act for them"),
                CHECKERS,
                _("Which paper can show it"),
                CANNOT_GO_ON,
            ),
            Field("from_on", _("Since when you may act"), CHECKERS, _("Whether it holds today"), NOTHING_MISSING),
            Field("until_on", _("Until when you may act"), CHECKERS, _("Whether it holds today"), NOTHING_MISSING),
            Field(
                "papers",
                _("A photo or scan of the paper that lets you act, or of the one paper we asked for"),
                CHECKERS,
                _("Whether you may act for them, or, as a last step, whether it is you"),
                _("We cannot give you what is theirs. We say what else you can do."),
            ),
        ),
    ),
    Part(
        _("To show that it is you"),
        _("Only if your wish needs it. Stopping sales, sharing or ads never does."),
        (
            Field(
                "code",
                _("A code that we sent you"),
                PORTAL,
                _("Whether you can read mail at that address"),
                OTHER_WAY,
            ),
            Field("account_number", _("Account number"), CHECKERS, FACT, OTHER_FACTS),
            Field("service_address", _("Service address"), CHECKERS, FACT, OTHER_FACTS),
            Field("phone_on_account", _("A telephone number on the account"), CHECKERS, FACT, OTHER_FACTS),
            Field("service_began", _("Month and year when service began"), CHECKERS, FACT, OTHER_FACTS),
            Field(
                "own_number", _("Your number in a call with us, if you are no customer"), CHECKERS, FACT, OTHER_FACTS
            ),
            Field("other_number", _("The other number of that call"), CHECKERS, FACT, OTHER_FACTS),
            Field("call_day", _("The day of that call"), CHECKERS, FACT, OTHER_FACTS),
            Field("site_address", _("An address you typed into our website"), CHECKERS, FACT, OTHER_FACTS),
            Field(
                "signed_name",
                _("Your full name, as your signature"),
                CHECKERS,
                _("Whether you stand by what you wrote"),
                _("We cannot give a copy, move or delete data. We say what else you can do."),
            ),
            Field(
                "declared",
                _("Your tick under the statement"),
                CHECKERS,
                _("Whether you stand by what you wrote"),
                _("We cannot give a copy, move or delete data. We say what else you can do."),
            ),
        ),
    ),
    Part(
        _("When you come back"),
        _("On the pages of a request that you sent."),
        (
            Field("reference", _("Your reference"), PORTAL, _("Which request you mean"), OTHER_WAY),
            Field(
                "old_code",
                _("A code that we sent to the address until now"),
                PORTAL,
                _("Whether the new address may take its place"),
                _("Our team makes sure that it is you."),
            ),
            Field(
                "new_code",
                _("A code that we sent to the new address"),
                PORTAL,
                _("Whether you can read mail there"),
                _("Nothing changes. We reach you as before."),
            ),
            Field("message", _("Your message"), TEAM, _("What you want to tell us"), NOTHING_MISSING),
            Field("attached", _("Files with a message"), TEAM, _("What you want to show us"), NOTHING_MISSING),
            Field(
                "reason",
                _("Why we should look again"),
                TEAM,
                _("What the second person looks at"),
                _("We would not know what to look at."),
            ),
            Field("note", _("A note when it was not you"), TEAM, _("What we clear up"), NOTHING_MISSING),
            Field(
                "text",
                _("A receipt or certificate to check"),
                PORTAL,
                _("Whether it is from us and unchanged. We do not keep it"),
                _("You can choose the file."),
            ),
            Field(
                "file",
                _("The file of a receipt or certificate"),
                PORTAL,
                _("Whether it is from us and unchanged. We do not keep it"),
                _("You can paste the text."),
            ),
        ),
    ),
)
NAMES = frozenset(field.name for part in PARTS for field in part.fields)
NEVER_ASKED = _("A password or PIN, a Social Security number, a card or bank number, or a payment.")
