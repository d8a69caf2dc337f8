"""Draws the pages of one paper, in a process of its own that can do nothing else. Run by `redraw.py`, never imported
by what runs it: it needs nothing of ours.

    argv    its kind: jpg, png, heic or pdf; and how many seconds of processor time it may take
    stdin   the paper
    stdout  for each page `P`, width, height and its bare pixels (three bytes each), then `E`; or `R` and why not

Whoever sends a paper chooses every byte that the libraries below read, so we assume that one of them gives in. All
of them are loaded first; then, before the first byte of the paper is read, the process shuts itself in:

- no file, socket or pipe can be opened any more (no descriptor is left to open it with), nothing can be written to
  disk, memory and processor time are bounded, and no core is dumped;
- a network of its own with nothing in it, where the system lets us have one;
- another user (nobody), where we began as root; else a user namespace, where the system lets us have one;
- of system calls only those that computing needs, on x86-64 and 64-bit ARM: no new program, no other process.

The pixels that leave are just numbers. No name, place, script, attachment or hidden text of the paper is among them.
"""

import ctypes
import importlib
import io
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

MOST_PAGES = 10
MOST_PIXELS = 64_000_000  # of a photo, as its head says it
LONGEST_SIDE = 2000  # pixels; small print on a page can be read
MEMORY = 512 * 1024 * 1024  # bytes of address space

FRAME = struct.Struct(">cII")
PAGE, END, REFUSED = b"P", b"E", b"R"
LOCKED, NOT_READABLE, TOO_MANY_PAGES, TOO_LARGE, TOO_HEAVY = range(1, 6)

NOBODY = 65_534
CLONE_NEWUSER, CLONE_NEWNET, CLONE_THREAD = 0x1000_0000, 0x4000_0000, 0x0001_0000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SIGKILL = 9


class Refused(Exception):
    """Why a paper cannot be drawn: one of the numbers above."""


# --- Shutting in -----------------------------------------------------------------------------------------------
def shut(cpu_seconds: int) -> None:
    """From here on this process can compute for so long, read stdin and write stdout."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        _leave_network_and_user(libc)
        for option, value in ((PR_SET_PDEATHSIG, SIGKILL), (PR_SET_DUMPABLE, 0), (PR_SET_NO_NEW_PRIVS, 1)):
            libc.prctl(option, value, 0, 0, 0)
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        _allow_computing_only(libc)


def _leave_network_and_user(libc: ctypes.CDLL) -> None:
    """Where the system forbids it, the other walls stand alone. Staying root is no choice: then nothing is drawn."""
    if os.geteuid() != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
        return
    libc.unshare(CLONE_NEWNET)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


# Numbers of system calls on x86-64 and on 64-bit ARM.
COMPUTING = {
    "read": (0, 63),
    "write": (1, 64),
    "writev": (20, 66),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "close": (3, 57),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "gettimeofday": (96, 169),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
CLONE, CLONE3 = (56, 220), (435, 435)
MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}  # place in the tables, and how the kernel names it
ALLOW, FORBID, NOT_THERE = 0x7FFF_0000, 0x0005_0000 | 1, 0x0005_0000 | 38  # go on; EPERM; ENOSYS
LOAD, EQUAL, ANY_OF, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16


def _allow_computing_only(libc: ctypes.CDLL) -> None:
    """A filter of system calls (seccomp). A new thread is computing, a new process is not; the newer call for both
    is said not to be there, so that the C library takes the older one, whose flags can be read."""
    if platform.machine() not in MACHINES:
        return
    place, machine = MACHINES[platform.machine()]
    lines = [(LOAD, 0, 0, MACHINE_AT), (EQUAL, 1, 0, machine), (RETURN, 0, 0, FORBID), (LOAD, 0, 0, NUMBER_AT)]
    for numbers in COMPUTING.values():
        lines += [(EQUAL, 0, 1, numbers[place]), (RETURN, 0, 0, ALLOW)]
    lines += [(EQUAL, 0, 1, CLONE3[place]), (RETURN, 0, 0, NOT_THERE)]
    lines += [(EQUAL, 0, 3, CLONE[place]), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    lines += [(ANY_OF, 0, 1, CLONE_THREAD), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, FORBID)]
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(lines), ctypes.addressof(held))
    libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(program), 0, 0)


# --- Drawing ---------------------------------------------------------------------------------------------------
def prepared() -> dict[str, Callable[[bytes], Iterator[Any]]]:
    """How each kind is drawn, with every library loaded that it needs: later no file can be opened."""
    import encodings.idna
    import encodings.latin_1
    import encodings.utf_16  # noqa: F401  (for names inside of papers)

    import pi_heif
    import pypdfium2
    from PIL import Image, ImageOps

    for name in ("Jpeg", "Mpo", "Png", "Tiff"):  # the last one reads Exif
        importlib.import_module(f"PIL.{name}ImagePlugin")
    Image.MAX_IMAGE_PIXELS = None  # we look ourselves, and refuse instead of warning
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)

    def photo(form: str) -> Callable[[bytes], Iterator[Any]]:
        def drawn(paper: bytes) -> Iterator[Any]:
            image = Image.open(io.BytesIO(paper), formats=[form])
            if image.width * image.height > MOST_PIXELS:
                raise Refused(TOO_LARGE)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a big JPEG is read at half or quarter size
            image.load()
            yield upright(flat(shrunk(image)), image)

        return drawn

    def shrunk(image: Any) -> Any:
        if image.mode.startswith("I"):  # 16 bits a pixel
            image = image.point(lambda value: value / 256).convert("L")
        elif image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        if max(image.size) > LONGEST_SIDE:
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2)
        return image

    def flat(image: Any) -> Any:
        """On white where one could look through it."""
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return image.convert("RGB")

    def upright(image: Any, as_taken: Any) -> Any:
        """Turned as the camera was held."""
        try:
            turned = ImageOps.exif_transpose(with_exif_of(image, as_taken))
        except Exception:  # broken Exif: as it lies
            return image
        return turned or image

    def with_exif_of(image: Any, as_taken: Any) -> Any:
        image.info = {"exif": as_taken.info["exif"]} if "exif" in as_taken.info else {}
        return image

    def pdf(paper: bytes) -> Iterator[Any]:
        try:
            document = pypdfium2.PdfDocument(paper)
        except pypdfium2.PdfiumError as error:
            is_locked = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
            raise Refused(LOCKED if is_locked else NOT_READABLE) from None
        if len(document) > MOST_PAGES:
            raise Refused(TOO_MANY_PAGES)
        if document.get_formtype():
            document.init_forms()  # what was filled in belongs to the page; this build knows no script
        for number in range(len(document)):
            page = document[number]
            longest = max(page.get_size())
            if not 0 < min(page.get_size()) <= longest < 1_000_000:
                raise Refused(NOT_READABLE)
            # Half a pixel less: sides are rounded up, and one of 2000.0000001 would be a pixel too long.
            scale = (LONGEST_SIDE - 0.5) / longest
            yield page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")

    return {"jpg": photo("JPEG"), "png": photo("PNG"), "heic": photo("HEIF"), "pdf": pdf}


def main() -> None:
    kind, cpu_seconds = sys.argv[1:]
    ways = prepared()
    shut(int(cpu_seconds))
    out = sys.stdout.buffer
    pages = 0
    try:
        for image in ways[kind](sys.stdin.buffer.read()):
            pages += 1
            out.write(FRAME.pack(PAGE, *image.size) + image.tobytes())
        if not pages:
            raise Refused(NOT_READABLE)
    except Refused as why:
        out.write(FRAME.pack(REFUSED, why.args[0], 0))
    except MemoryError:
        out.write(FRAME.pack(REFUSED, TOO_HEAVY, 0))
    except Exception:  # whatever a library says of a broken paper; its words could quote it
        out.write(FRAME.pack(REFUSED, NOT_READABLE, 0))
    else:
        out.write(FRAME.pack(END, 0, 0))
    out.flush()
    os._exit(0)  # nothing is left to tidy up that would need what we gave away


if __name__ == "__main__":
    main()
