"""A paper drawn anew: its pages as bare pixels from a child process that is shut in (`redraw_child.py` says how), and
encoded here. What the child says is believed no further than a row of numbers can harm."""

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, NamedTuple

from PIL import Image

from verification.models import WhyRefused
from verification.redraw_child import (
    END,
    FRAME,
    LOCKED,
    LONGEST_SIDE,
    MOST_PAGES,
    NOT_READABLE,
    PAGE,
    REFUSED,
    TOO_HEAVY,
    TOO_LARGE,
    TOO_MANY_PAGES,
)

CHILD = Path(__file__).with_name("redraw_child.py")
CPU_SECONDS = 10  # of processor time
WALL_SECONDS = 30  # by our clock
QUALITY = 85  # of a JPEG: small print stays readable
SMALL_SIDE = 500  # pixels; nothing can be read on a smaller picture
EMPTY_CONTRAST = 24  # of 255: the darkest and the lightest place of a page differ by less

CAUSES = {
    LOCKED: WhyRefused.LOCKED,
    NOT_READABLE: WhyRefused.NOT_READABLE,
    TOO_MANY_PAGES: WhyRefused.TOO_MANY_PAGES,
    TOO_LARGE: WhyRefused.TOO_LARGE,
    TOO_HEAVY: WhyRefused.TOO_HEAVY,
}


class NotDrawn(Exception):
    """The paper is not opened; `why` says why."""

    def __init__(self, why: WhyRefused) -> None:
        super().__init__(why.value)
        self.why = why


class Drawn(NamedTuple):
    """One clean page."""

    jpeg: bytes
    is_blank: bool
    is_small: bool


def draw(kind: str, paper: bytes) -> list[Drawn]:
    """The pages of a paper of this kind (`papers.kind_of`). Raises NotDrawn."""
    child = subprocess.Popen(  # noqa: S603  (our own file, one of four words, a number)
        [sys.executable, "-I", str(CHILD), kind, str(CPU_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},  # no secret of ours is among what it inherits
        cwd="/",
        start_new_session=True,
    )
    assert child.stdin
    assert child.stdout
    late = threading.Event()
    bell = threading.Timer(WALL_SECONDS, _stop, (child, late))
    feeder = threading.Thread(target=_feed, args=(child.stdin, paper), daemon=True)
    bell.start()
    feeder.start()
    try:
        return _pages(child.stdout)
    except EOFError:
        too_much = late.is_set() or _was_stopped(child)
        raise NotDrawn(WhyRefused.TOO_HEAVY if too_much else WhyRefused.NOT_READABLE) from None
    finally:
        bell.cancel()
        child.kill()
        child.wait()
        feeder.join()
        child.stdout.close()


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _was_stopped(child: subprocess.Popen[bytes]) -> bool:
    """Whether it fell silent because the system ended it: out of time or memory, or a library gave in."""
    try:
        return child.wait(timeout=5) < 0
    except subprocess.TimeoutExpired:
        return False


def _feed(into: IO[bytes], paper: bytes) -> None:
    try:
        with into:
            into.write(paper)
    except OSError:
        pass  # it died before it had read all; what it said, or did not say, tells the rest


def _pages(out: IO[bytes]) -> list[Drawn]:
    """What the child says, as far as it keeps to the form. Raises EOFError where it stops in the middle."""
    pages: list[Drawn] = []
    while True:
        word, first, second = FRAME.unpack(_exactly(out, FRAME.size))
        if word == PAGE and len(pages) < MOST_PAGES and 0 < first <= LONGEST_SIDE and 0 < second <= LONGEST_SIDE:
            pages.append(_encoded(first, second, _exactly(out, first * second * 3)))
        elif word == END and pages:
            return pages
        else:
            raise NotDrawn(CAUSES.get(first, WhyRefused.NOT_READABLE) if word == REFUSED else WhyRefused.NOT_READABLE)


def _exactly(out: IO[bytes], number: int) -> bytes:
    found = out.read(number)
    if len(found) < number:
        raise EOFError
    return found


def _encoded(width: int, height: int, pixels: bytes) -> Drawn:
    image = Image.frombytes("RGB", (width, height), pixels)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=QUALITY)
    shades = image.convert("L").reduce(4).tobytes()
    return Drawn(encoded.getvalue(), max(shades) - min(shades) < EMPTY_CONTRAST, max(width, height) < SMALL_SIDE)
