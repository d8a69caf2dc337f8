"""Facts that verbs of the case tell. Receivers only enqueue or create; no step calls the next one by them."""

from django.dispatch import Signal

request_taken = Signal()  # rights_request: somebody works on it from now on, and it is known which right it is
right_changed = Signal()  # rights_request: it is about another right than before; nobody has worked on it
# submission, digits: a code to come back was made for a test request of our own. Codes of people are told to nobody.
synthetic_code_made = Signal()
