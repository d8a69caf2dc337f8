"""The facts that leave the vault."""

from django.dispatch import Signal

# Sent inside the deciding transaction with `check` and `by`. Receivers enqueue or create, nothing more.
check_decided = Signal()
# Sent inside the refusing transaction with `paper` and `check`: who gave it can give another.
paper_refused = Signal()
