"""Facts that cross floors and growth, sent by verbs only, inside their transaction."""

from django.dispatch import Signal

request_received = Signal()  # with `submission`
request_answered = Signal()  # with `rights_request`
