"""The portal asks itself, once a day, as anybody would: form, mail, code, queue, reminder, destruction. Somebody hears
of it where a step does not come through, before a person meets it.

    steps.py     the steps in order: what each does, how long it may take, where to look when it breaks
    visitor.py   a browser within the portal, which comes in by the same doors as everybody
    walking.py   one walk at a time: begin, go on, end; killed anywhere, the next sweep goes on
    standing.py  what health says of it

What it sends is marked as synthetic before it is sent, by the one column that `RightsRequest.objects.of_people()` asks.
"""
