"""Nothing that a requester reads was left out when texts were made translatable."""

import pytest
import yaml
from django.conf import settings

from primevox_privacy.outbox.letters import CODE_GOES_HERE
from primevox_privacy.outbox.models import Letter
from requests import regimes
from requests.inventory import loading
from tests.page_states import STATES, TYPED, third
from tests.pseudo_language import bracketed, left_over  # noqa: F401  (fixture)

WRITTEN_BY_STAFF = ("Name: Rosa", "Name", "Not the rest.", "Asked in May.", "You asked about a job.", "Only hello.")
NAMES = (
    *(*TYPED, *WRITTEN_BY_STAFF, "Which account do you mean?"),
    *(name for _code, name in settings.LANGUAGES),
    *regimes.SUBDIVISION_NAMES.values(),
    *(row["cite"] for row in (*regimes.law()["policy_grounds"], *regimes.law()["refusal_grounds"])),
    *("Primevox Communications", "Primevox", settings.COMPLIANCE_PHONE, "SHA-256"),
)

# Facts have a column for each language, and a test in test_inventory.py that tries both.
FACTS = yaml.safe_load(loading.FILE.read_text()).values()
OF_ONE_PAGE = {"what_we_hold": tuple(said for each in FACTS for one in each for said in one["en"].values())}


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>⟦All ⟦of⟧ it⟧, Primevox</p>", []),
        ("<p>⟦Some⟧ of it</p>", ["of it"]),
        ("<p>⟦A <a href='/'>⟦link⟧</a> in it⟧</p>", []),
        ("<p>⟦Open⟧</p><img alt='A card'>", ["A card"]),
        ("<p>⟦3F7⟧ 3F7-K2M-9PA 12 Elm Street, Plano</p><span lang='es'>Aviso</span>", []),
    ],
)
def test_what_was_left_out_would_be_seen(html, left):
    assert left_over(html, NAMES) == left


@pytest.mark.django_db
def test_countries_are_named_in_the_language_of_the_page_whoever_came_before(situation, request):
    for language, germany, others in (("en", "Germany", "Alemania"), ("es", "Alemania", "Germany")) * 2:
        situation.language = language
        page = STATES["where"](situation).content.decode()
        assert germany in page
        assert others not in page
    situation.language = "en"
    request.getfixturevalue("bracketed")
    assert left_over(STATES["where"](situation).content.decode(), NAMES) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", third(2))
def test_no_english_is_left_on_a_page_nor_in_the_mails_before_it(name, situation, bracketed):  # noqa: F811
    names = NAMES + OF_ONE_PAGE.get(name, ())
    assert left_over(STATES[name](situation).content.decode(), names) == []
    for letter in Letter.objects.exclude(text=None).select_related("address_key"):
        assert left_over(f"{letter.subject} {letter.text}".replace(CODE_GOES_HERE, ""), NAMES) == []
