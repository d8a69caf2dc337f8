"""The square picture that a phone reads, drawn without any style or script."""

import base64
from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathFillImage


def as_picture(address: str) -> str:
    """An image address that holds the whole picture: black on white, whatever the theme."""
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage).save(drawn)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"
