"""The vault: who somebody is, shown with no more than needed, and destroyed after (policy §8).

It knows no case. The floor above begins a check, hands in what was given, and hears two facts: `check_decided` and
`paper_refused`.

    levels.py    the assurance levels          checks.py       begin, give, decide
    methods/     one file a way to be sure     codes.py        one-time codes
    models.py    checks, evidence, contacts    destruction.py  destroying proof, certified
    customers/   the controller's own record of its customers

    papers.py       what kind of paper it is    clean_pages.py   from a paper as it came to clean pages
    scanning.py     the virus scanner           redraw.py        drawing anew, by redraw_child.py in a jail of its own
    watermark.py    who looks, across the page
"""
