"""Health: is everything done by now that should be? Judged by whoever asks, from rows; never by the sweeps themselves.

checks.py  the one list of checks           sweeps.py  when each sweep last ended well
banner.py  what staff see of it             telling.py the mailbox is told, once a day at most
"""
