"""The list of page states that other tests walk over: long enough, and none of them a broken page."""

import pytest

from tests.page_states import STATES, third

pytestmark = pytest.mark.django_db
MEANT = {
    **dict.fromkeys(("not_saved", "not_saved_with_files", "not_shown"), 500),
    "not_read": 400,
    **dict.fromkeys(("draft_gone", "session_over", "stood_too_long", "not_allowed"), 403),
    **dict.fromkeys(("no_such_page", "not_me_without_link", "somebody_elses_request"), 404),
    "too_many_from_one_network": 429,
    "too_many_sent_from_one_network": 429,
    "too_many_attempts_to_come_back": 429,
}


def test_there_are_many_more_than_sixty():
    assert len(STATES) >= 60


@pytest.mark.parametrize("name", third(0))
def test_a_state_is_a_page_that_the_portal_means_to_show(name, situation):
    answer = STATES[name](situation)
    assert answer.status_code == MEANT.get(name, 200)
    assert "<main" in answer.content.decode()
