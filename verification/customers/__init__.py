"""The controller's own record of its customers, as far as the vault needs it: to find whom a request is about.

    directory.py   what a source of customers looks like, and which one is in use
    matching.py    whether what somebody gave is what stands on record
    table.py       the source that is built in: the sealed table of models.py
    importing.py   how a file of the controller fills that table (`manage.py import_customers`)

Another source (a billing system, a directory service) is one more file here with a class that has the two methods of
`CustomerDirectory`; the setting CUSTOMER_DIRECTORY names it by its dotted path. Copy `table.py` to begin. A source that
does not answer raises `Unreachable`; nothing it says may end in a log, an address or the text of an exception.
"""
