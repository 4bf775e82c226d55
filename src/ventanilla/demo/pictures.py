"""Photos that customers add, drawn here: nobody's rights, a few kilobytes."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

NAMES = {
    "leg": ("pata-trasera.jpg", "image/jpeg"),
    "box": ("caja-abierta.jpg", "image/jpeg"),
    "receipt": ("extracto.png", "image/png"),
}
WOOD, SHADE, PAPER, INK = "#b07d4f", "#7c5533", "#fbf8f1", "#3a3f3d"


def picture(kind: str) -> bytes:
    """A small picture of a kind in NAMES."""
    image = Image.new("RGB", (960, 640), "#d9cbb8" if kind != "receipt" else PAPER)
    draw = ImageDraw.Draw(image)
    {"leg": _leg, "box": _box, "receipt": _receipt}[kind](draw)
    out = BytesIO()
    image.save(out, "PNG" if kind == "receipt" else "JPEG", quality=80)
    return out.getvalue()


def _leg(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 470, 960, 640), fill="#c2ad92")
    draw.rounded_rectangle((120, 130, 840, 330), 46, fill="#8f9c94")
    draw.polygon([(190, 330), (250, 330), (232, 500), (204, 500)], fill=WOOD)
    draw.polygon([(700, 330), (760, 330), (752, 400), (735, 385), (712, 410)], fill=WOOD)
    draw.polygon([(770, 455), (800, 470), (850, 560), (815, 566)], fill=SHADE)


def _box(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 480, 960, 640), fill="#a9a396")
    draw.polygon([(230, 260), (690, 230), (740, 520), (250, 540)], fill="#c89b62")
    draw.polygon([(230, 260), (690, 230), (610, 150), (300, 175)], fill="#a87c48")
    draw.line([(470, 160), (482, 530)], fill="#e7d3b3", width=26)
    draw.ellipse((560, 400, 720, 510), fill="#9d7440")


def _receipt(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((60, 60, 900, 130), fill="#e7efe9")
    for row, y in enumerate(range(170, 560, 56)):
        wide = 380 + (row * 67) % 160
        draw.rounded_rectangle((80, y, 80 + wide, y + 18), 6, fill="#c9d2cc")
        tone = "#b5432a" if row in (2, 3) else INK
        draw.rounded_rectangle((760, y, 880, y + 18), 6, fill=tone)
