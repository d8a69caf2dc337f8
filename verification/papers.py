"""What kind of paper a file is, told by how its content begins; its name and what a browser says prove nothing.

Plain Python. A paper is looked at by people only: nothing here or elsewhere opens it.
"""

LONGEST_START = 16  # bytes that are enough to tell
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def kind_of(start: bytes) -> str:
    """The ending of a file name for its kind: jpg, png, pdf or heic; empty for anything else."""
    if start.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"%PDF-"):
        return "pdf"
    return "heic" if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS else ""
