"""The fact that leaves the outbox."""

from django.dispatch import Signal

letters_left = Signal()  # at least one letter was handed over to the mail server. Receivers ring, nothing more
