"""Letters waiting to leave. A letter is a row, written in the transaction that owes it.

models.py   the letter and its lease          letters.py   writing one: render, seal, key
sending.py  claim, send, mark                 tasks.py     the sweep
"""
