"""Texts that staff start from: kept in versions, proposed by one person and confirmed by another.

texts.py      the fields a text may have, what is wrong with one, filling it, what differs from another
keeping.py    proposing, confirming and dropping a version
offering.py   which texts somebody who writes can start from, and the same filled for their case
loading.py    `shipped.yaml` at the first start
"""
