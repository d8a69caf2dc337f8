"""Papers as somebody would send them who means us harm, and some as people really send them. All made here, byte by
byte where no tool would make them."""

import base64
import io
import random
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw, PngImagePlugin

CANARY = b"canary-51c8e0d2"  # what must not be found on or in a clean page
SCRIPT = b"<script>alert('canary-51c8e0d2')</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# --- Pictures ------------------------------------------------------------------------------------------------------
def drawn(mode: str = "RGB", size: tuple[int, int] = (900, 600)) -> Image.Image:
    """Something like a card on a table, with grain, so that it has the size of a photo."""
    grain = Image.frombytes("L", (225, 150), random.Random(7).randbytes(225 * 150))
    image = Image.merge("RGB", [grain] * 3).resize(size)
    brush = ImageDraw.Draw(image)
    brush.rectangle((100, 100, size[0] // 2, size[1] // 2), fill="navy")
    brush.rectangle((120, 120, 200, 200), fill="white")
    return image.convert(mode)


def jpeg(image: Image.Image | None = None, **more) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, "JPEG", **more)
    return out.getvalue()


def png(image: Image.Image | None = None, **more) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, "PNG", **more)
    return out.getvalue()


def other(form: str, **more) -> bytes:
    out = io.BytesIO()
    drawn().save(out, form, **more)
    return out.getvalue()


def place_and_camera(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()  # who made the camera
    exif[0x0112] = orientation
    where = exif.get_ifd(0x8825)
    where[1], where[2], where[3], where[4] = "N", (32.0, 46.0, 12.0), "W", (96.0, 47.0, 24.0)
    return exif


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg_with(*segments: bytes) -> bytes:
    whole = jpeg()
    return whole[:2] + b"".join(segments) + whole[2:]


def jpeg_says(width: int, height: int) -> bytes:
    """A whole JPEG whose head lies about its size."""
    whole = jpeg()
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def chunk(name: bytes, content: bytes, crc: int | None = None) -> bytes:
    crc = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)


def png_of(width: int, height: int, depth: int, colour: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def zeros(number: int) -> bytes:
    """So many zero bytes, deflated."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(1_000_000)) for _ in range(number // 1_000_000)]
    return b"".join(pieces) + packer.compress(bytes(number % 1_000_000)) + packer.flush()


def png_with(*chunks: bytes) -> bytes:
    whole = png()
    return whole[:33] + b"".join(chunks) + whole[33:]  # after the head


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY.decode())
    return png(pnginfo=info)


def see_through() -> bytes:
    """White words on nothing: on white they are not there, and on black they would be."""
    image = Image.new("RGBA", (900, 600), (255, 255, 255, 0))
    ImageDraw.Draw(image).rectangle((100, 100, 400, 400), fill=(0, 0, 128, 255))
    return png(image) + bytes(10_000)


def heic() -> bytes:
    """A small photo with a place and the name of a camera."""
    return base64.b64decode(HEIC)


# --- PDF -----------------------------------------------------------------------------------------------------------
def pdf(*objects: bytes, trailer: bytes = b"", start: bytes = b"%PDF-1.7\n") -> bytes:
    """The first object is the catalog."""
    whole, places = bytearray(start), []
    for number, content in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(whole) + b"startxref\n%d\n%%%%EOF\n" % table


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(content), more) + content + b"\nendstream"


SQUARE = b"0 0 0.5 rg 100 100 300 300 re f"


def page_pdf(
    catalog: bytes = b"", page: bytes = b"", content: bytes = SQUARE, *others: bytes, box: bytes = b"0 0 612 792"
) -> bytes:
    """One page. `others` are objects 5 and on."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>" % (box, page),
        stream(content),
        *others,
    )


def pages_pdf(number: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (4 + place) for place in range(number))
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, number),
        stream(SQUARE),
        *[one] * number,
    )


def drawings_in_drawings(depth: int, times: int = 10) -> bytes:
    """Each drawing holds the next one many times: a few lines of file, and no end of work."""
    calls = b"/X Do " * times
    forms = [
        stream(
            calls, b"/Type /XObject /Subtype /Form /BBox [0 0 600 600] /Resources << /XObject << /X %d 0 R >> >>" % n
        )
        for n in range(6, 5 + depth)
    ]
    last = stream(SQUARE, b"/Type /XObject /Subtype /Form /BBox [0 0 600 600]")
    return page_pdf(b"", b"/Resources << /XObject << /X 5 0 R >> >>", calls, *forms, last)


def locked_pdf() -> bytes:
    """Opens with a password that nobody gave us."""
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        stream(SQUARE),
        trailer=lock,
    )


def filled_in() -> bytes:
    """A form with a box that somebody filled in."""
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Rosa) /Rect [50 50 500 500] /P 3 0 R "
        b"/AP << /N 6 0 R >> >>"
    )
    look = stream(b"0 0 0.5 rg 0 0 450 450 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 450 450]")
    return page_pdf(b"/AcroForm << /Fields [5 0 R] >>", b"/Annots [5 0 R]", b"", field, look)


# --- Other things --------------------------------------------------------------------------------------------------
def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    return out.getvalue()


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"


def html() -> bytes:
    return b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"


def gif_and_script() -> bytes:
    return b"GIF89a/*\x01\x00\x00\x00*/=1;" + b"alert('canary-51c8e0d2')//"


def a_thousand_laughs() -> bytes:
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9)]
    return ('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">' + "".join(names) + "]><l>&l8;</l>").encode()


def nested(number: int) -> bytes:
    return b"[" * number + b"]" * number


def padded(content: bytes, size: int) -> bytes:
    return content + bytes(size - len(content))


HEIC = """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZhtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA
AAAERAAAIAAQAAAAABvAABAAAAAAAAAOMAAgAAAAACnwABAAAAAAAAAHQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp
bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA12lwcnAAAAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA/P34+AAADwNgAAEAGE
ABDAH//wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoAUCAeFlupJKa5uAhoMCAAADADIAAAMAAhBiAAEAB0QBwXKw
YkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAACgAAAAeAAAAAQcGl4aQAAAAADCAgIAAAAF2lwbWEAAAAAAAAAAQABBIECAwQAAA
AaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAV9tZGF0AAAA3ygBr1EHkmBjkWKFwBaASgq8AOYvdvz3f6Afq9sPAn/K2fogFoXwYxRzlsTeVI8j
thd+AHGXmB9Bn34XhQGxx+NY5rkaIdPO4d31Y0/C2+1F8GwAABbQmgzI4Te4r9NgBQAK8ARlkhH+J7JfR0WKtK5VyYKAUg2YqhAAAdFdcH9abc
0p1AvLTb09/AfeLywZ5EiYWkL5Ow7QAEJAA5wBDBCXsPKlUaz8dsbNLNd2Z4bhjg/YAAOqrAwmqQaM6AAAAwEzjhQAAAMAAAMAA04AAAMAAAMA
AAMAJqAAAAMAAgIAAAAGRXhpZgAATU0AKgAAAAgAAgEPAAIAAAAOAAAAJoglAAQAAAABAAAANAAAAABjYW5hcnktNTFjOGUwAAACAAEAAgAAAA
JOAAAAAAIABQAAAAMAAABSAAAAAAAAACAAAAABAAAALgAAAAEAAAAMAAAAAQ==
"""
