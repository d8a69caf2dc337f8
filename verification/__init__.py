"""The vault: who somebody is, shown with no more than needed, and destroyed after (policy §8).

It knows no case. The floor above begins a check, hands in what was given, and hears one fact: `check_decided`.

    levels.py    the assurance levels          checks.py       begin, give, decide
    methods/     one file a way to be sure     codes.py        one-time codes
    models.py    checks, evidence, contacts    destruction.py  destroying proof, certified
"""
