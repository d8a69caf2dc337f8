"""Whose eyes a page is for, written across it: who looks, and when. Somebody who photographs their screen gives out
their own name with it."""

import base64
import io
from datetime import datetime

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from primevox_privacy.staff.models import User

QUALITY = 85
DARK, STEPS, TURNED = 70, 5, 30  # of 255; lines on a page; degrees
GAP = "     "
MOSAIC = 12  # pixels; enough to see which side is up, too few to see anything else


def marked(page: bytes, said: str) -> bytes:
    """A clean page with the words across it, again and again."""
    image = Image.open(io.BytesIO(page), formats=["JPEG"]).convert("RGB")
    side = max(image.size)
    font = ImageFont.load_default(max(12, side // 40))
    whole = 2 * side + 1
    layer = Image.new("L", (whole, whole))
    brush = ImageDraw.Draw(layer)
    once = font.getlength(said + GAP)
    line = (said + GAP) * (int(whole / once) + 2)
    for number in range(STEPS * 2):
        brush.text((-once * (number % 3) / 3, number * side // STEPS), line, fill=DARK, font=font)
    left, top = (whole - image.width) // 2, (whole - image.height) // 2
    layer = layer.rotate(TURNED).crop((left, top, left + image.width, top + image.height))
    image.paste((128, 0, 0), (0, 0), layer)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def says(user: User, at: datetime) -> str:
    """Name, sign-in name where the letters of the name are none of ours, and the time at our office."""
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M %Z")
    who = next((name for name in (str(user), user.username) if name.isascii()), user.as_actor)
    return f"{who} · {when}"


def blurred(page: bytes) -> bytes:
    """The page as a handful of coloured squares."""
    image = Image.open(io.BytesIO(page), formats=["JPEG"]).convert("RGB")
    image.thumbnail((MOSAIC, MOSAIC), Image.Resampling.BOX)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def as_address(content: bytes, kind: str) -> str:
    """The picture as an address that holds it: there is no other at which it could be fetched."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
