"""An e-mail address with a slip of the fingers in it, and what was probably meant. A hint and never a block: an address
may be right, however strange it looks.
"""

from itertools import takewhile

# Where most people have their mail. Shorter names are left out: too many others are one letter away from them.
COMMON = (
    *("gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "protonmail.com"),
    *("comcast.net", "verizon.net", "sbcglobal.net", "bellsouth.net", "charter.net"),
)
NO_SLIPS = frozenset({"mail.com", "email.com", "ymail.com"})  # one letter away from a common one, and real
ENDINGS = {  # as they are mistyped; none of these exists
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cpm"), "com"),
    **dict.fromkeys(("nett", "nte", "met"), "net"),
    **dict.fromkeys(("ogr", "orgg"), "org"),
}


def probably_meant(address: str) -> str:
    """The address that somebody probably meant; empty where nothing looks like a slip."""
    name, at, typed = address.rpartition("@")
    host, dot, ending = typed.lower().rpartition(".")
    if not (name and host):
        return ""
    domain = f"{host}{dot}{ENDINGS.get(ending, ending)}"
    if domain not in (*COMMON, *NO_SLIPS):
        domain = next((common for common in COMMON if _one_slip_apart(domain, common)), domain)
    return f"{name}{at}{domain}" if domain != typed.lower() else ""


def _one_slip_apart(typed: str, meant: str) -> bool:
    """One character too many, too few or wrong, or two neighbours that changed places."""
    same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(typed, meant, strict=False)))
    rest, right = typed[same:], meant[same:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return right in (rest[1:], swapped) or right[1:] in (rest, rest[1:])
