"""Every requester page in every state that can be told apart: `STATES[name](situation)` gives the portal's answer.

    @pytest.mark.parametrize("name", STATES)
    def test_each_state(name, situation):
        html = STATES[name](situation).content.decode()

The answer is the page at the end of all redirects; `request["PATH_INFO"]` says where that is. A browser can be shown
the html as it is, with the style sheet and script from `static/`: so errors and limits look as they do to a person who
came there by sending a form. `situation.language = "es"` before the call gives the page in Spanish.
"""

import os

from tests import states_of_asking, states_of_coming_back, states_of_endings, states_of_requests, states_of_showing
from tests.situation import STATES, TYPED, Situation

__all__ = ["STATES", "TYPED", "Situation", "third"]
LISTED_IN = (states_of_asking, states_of_coming_back, states_of_showing, states_of_requests, states_of_endings)


def third(of: int) -> list[str]:
    """The names of a third of all states, or of all with PROVE=1. Tests begin at different ones, 0 to 2, so that
    together they see every state at any time."""
    return list(STATES) if os.environ.get("PROVE") else list(STATES)[of::3]
