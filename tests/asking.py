"""How the pages with the questions of each right are answered, for tests that only pass through them."""

from typing import Any

from django.test import Client

# One answer for each field, whichever right asks it.
ANY_ANSWER: dict[str, Any] = {
    "said": "As I said.",
    "wrong_1": "The street is Elk Street.",
    "right_1": "It is Elm Street.",
    "scope": "some",
    "data_form": "json",
    "send_to": "self",
    "uses": ["improve"],
    "consents": ["recording"],
    "happened_when": "in March",
    "opt_out": "rosa@mail.example",
}


def answers_details(client: Client, **answers: Any) -> None:
    """Answer every such page. `answers`: what is typed elsewhere than in `ANY_ANSWER`."""
    number = 1
    while client.get(f"/ask/details/{number}/").status_code == 200:
        typed = client.post(f"/ask/details/{number}/", ANY_ANSWER | answers)
        assert typed.status_code == 302, typed.content.decode()
        number += 1
