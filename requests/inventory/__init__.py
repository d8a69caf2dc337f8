"""What the controller holds, and where: the facts of its policy (sections 2 to 5) as versioned data, and the systems
that hold it. From it, for each request, the list of systems to search.

    facts.yaml      the facts as we ship them; loaded once, at the first start
    in_force.py     what holds now, or held in an earlier version
    changing.py     an administrator makes a new version, with a reason
    passes.py       which right is searched for where, and until when
    beginning.py    when the search for a request begins
    checklist.py    the verbs: answer, add, leave out, open again, carry out
    progress.py     how far it is; what an answer may say before it is done
    reminding.py    who is reminded of which task
"""
