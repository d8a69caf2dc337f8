"""The record: what happened to each case, when and by whom, so that nobody can silently alter it.

models.py    the events and the seals over them     seals.py     sealing, and checking that all is whole
triggers.py  the database refuses changes           head file    the latest seal, outside the database
checking.py  the same for somebody who waits: of the latest seals, and of one case
purges.py    which keys were destroyed, in a table and in a file that no restore turns back
"""
