"""Accounts of those who work here, and how they sign in. What each role may do is said by the floors that have
something to do.

    models.py         a member of staff, an invitation
    site.py           the admin site: who is let in, and the addresses of signing in
    second_factor.py  who counts as signed in, and as having confirmed it just now
    proving.py        a password, a code or a passkey is shown; too many tries; the record of both
    enrolling.py      adding and removing ways to sign in
    inviting.py       the one-time link that opens an account, or opens it anew
    sessions.py       when a session ends: idle, over, or because somebody says so; what is kept of one ends with it
    confirming.py     "confirm that it is you" before what cannot be taken back
    sealing.py        secrets of second factors lie sealed
    pages/            doors: translate, never decide
"""
