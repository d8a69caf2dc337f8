"""How sure an identity check makes us. Plain Python: no Django, no clock, no network."""

from enum import IntEnum


class AssuranceLevel(IntEnum):
    """Ordered: a higher level includes the lower ones (policy §8; 11 CCR 7062 as house standard)."""

    T0 = 0  # none
    T1 = 1  # a code to a contact already on file, a callback or a letter to the contact of record
    T2 = 2  # two matched facts
    T3 = 3  # three matched facts and a signed statement
    T4 = 4  # a document with photo
