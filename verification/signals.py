"""The one fact that leaves the vault."""

from django.dispatch import Signal

# Sent inside the deciding transaction with `check` and `by`. Receivers enqueue or create, nothing more.
check_decided = Signal()
