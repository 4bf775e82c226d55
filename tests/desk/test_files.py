"""Files of strangers: downloads that can't run, pictures made again, names that can't lie."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from PIL import Image

from tests.desk.world import picture
from ventanilla.desk import files
from ventanilla.lib import storage
from ventanilla.tickets.models import Attachment

POLYGLOT = b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//<script>alert(1)</script>"


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture
def attached(world):
    def attach(data, name, content_type):
        row = Attachment.objects.get(pk=world.attachment.pk)
        row.digest, row.size = storage.put(data), len(data)
        row.filename, row.content_type = name, content_type
        row.save()
        return row

    return attach


def download(world, row, who="own"):
    return world.client(who).get(reverse("desk:attachment", args=[row.pk, row.filename or "x"]))


@pytest.mark.parametrize(
    ("data", "name", "claimed", "told"),
    [
        (b"<script>alert(1)</script>", "foto.png", "image/png", "application/octet-stream"),
        (b"<svg onload='alert(1)'/>", "logo.svg", "image/svg+xml", "application/octet-stream"),
        (b"<?xml version='1.0'?><x/>", "a.xml", "text/xml", "application/octet-stream"),
        (b"%PDF-1.7", "a.pdf", "application/pdf", "application/pdf"),
        (POLYGLOT, "a.gif", "image/gif", "image/gif"),
        (b"", "empty.txt", "text/plain", "application/octet-stream"),
    ],
)
def test_a_download_never_runs(data, name, claimed, told, world, attached):  # R22
    answer = download(world, attached(data, name, claimed))

    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"] == told
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ('"; filename="evil.exe', "_; filename=_evil.exe"),
        ("a\0b.txt", "ab.txt"),
        ("   ", "file"),
        ("...", "file"),
        ("ñandú 日本.pdf", "ñandú 日本.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
    ],
)
def test_a_file_name_stays_a_name(name, safe):  # R22
    assert files.safe_name(name) == safe


def test_a_hostile_name_can_not_leave_its_header(world, attached):  # R24
    row = attached(b"x", "a\"\u202e; filename*=UTF-8''evil.html", "text/html")

    header = download(world, row)["Content-Disposition"]

    assert "\u202e" not in header
    assert header.startswith("attachment; filename=")


def test_dangerous_names_are_marked():
    for name in ("a.exe", "A.EXE", "foto.png.js", "x.html", "a.svg", "macro.docm", "a.exe. "):
        assert files.dangerous(name), name
    for name in ("a.pdf", "a.png", "a.docx", "exe", "carta.txt"):
        assert not files.dangerous(name), name


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_made_again_from_its_pixels(form):  # R22
    source = picture(form) + b"<script>alert(1)</script>"

    data, content_type = files.picture(io.BytesIO(source))

    assert b"<script>" not in data
    assert content_type == f"image/{form.lower()}"
    assert Image.open(io.BytesIO(data)).size == (40, 30)


def test_where_a_picture_was_taken_is_not_told():
    taken = Image.new("RGB", (40, 30))
    exif = taken.getexif()
    exif[0x010E], exif[0x0112] = "En casa de Elena", 6
    out = io.BytesIO()
    taken.save(out, "JPEG", exif=exif)

    data, _type = files.picture(io.BytesIO(out.getvalue()))

    assert b"Elena" not in data
    assert Image.open(io.BytesIO(data)).size == (30, 40)  # turned upright


def test_a_moving_picture_keeps_moving():
    frames = [Image.new("RGB", (20, 20), (n * 80, 0, 0)) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)

    data, _type = files.picture(io.BytesIO(out.getvalue()))

    assert Image.open(io.BytesIO(data)).n_frames == 3
    still, _type = files.picture(io.BytesIO(out.getvalue()), thumb=True)
    assert getattr(Image.open(io.BytesIO(still)), "n_frames", 1) == 1


def test_a_thumb_is_small():
    data, _type = files.picture(io.BytesIO(picture(size=(2000, 1000))), thumb=True)

    assert Image.open(io.BytesIO(data)).size == (240, 120)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        picture()[:60],
        b"GIF89a",
        pytest.param(picture("TIFF"), id="tiff"),
    ],
)
def test_what_is_no_picture_is_not_shown(data):
    with pytest.raises(files.NotAPicture):
        files.picture(io.BytesIO(data))


def test_a_bomb_of_pixels_is_not_unpacked():  # R22
    bomb = picture(size=(8000, 8000))
    assert len(bomb) < 300_000

    with pytest.raises(files.NotAPicture):
        files.picture(io.BytesIO(bomb))


@pytest.mark.django_db
def test_pictures_are_kept_by_the_browser_but_asked_for(world):
    url = reverse("desk:picture", args=[world.picture.pk])
    client = world.client("own")

    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    foreign = world.client("stranger").get(url, headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "image/png"
    assert first["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-cache" in first["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
    assert foreign.status_code == 404


def test_svg_is_never_a_picture(world, attached):
    row = attached(b"<svg onload='alert(1)'/>", "a.svg", "image/svg+xml")

    assert world.client("own").get(reverse("desk:picture", args=[row.pk])).status_code == 404


def test_html_called_png_is_no_picture(world, attached):
    row = attached(b"<script>alert(1)</script>", "a.png", "image/png")

    assert world.client("own").get(reverse("desk:picture", args=[row.pk])).status_code == 404


def test_a_file_that_is_gone_says_so(world):
    Attachment.objects.filter(pk=world.attachment.pk).update(digest="0" * 64)

    answer = download(world, world.attachment)

    assert answer.status_code == 404
    assert "ya no está" in answer.text


def test_links_die_with_the_right_to_see_the_ticket(world):  # R22
    assert download(world, world.attachment).status_code == 200

    world.team.members.remove(world.people["own"])

    assert download(world, world.attachment).status_code == 404


def test_the_original_mail_is_a_download(world):
    answer = world.client("own").get(reverse("desk:original", args=[world.message.pk]))

    assert b"".join(answer.streaming_content) == b"Subject: hola\r\n\r\nhola"
    assert answer["Content-Type"] == "application/octet-stream"
    assert f'filename="{world.number}-{world.message.pk}.eml"' in answer["Content-Disposition"]


def test_a_messages_html_stands_alone_under_its_own_policy(world):  # R19
    answer = world.client("own").get(reverse("desk:message_html", args=[world.message.pk]))

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert f'<img src="/pictures/{world.picture.pk}"' in answer.text


def test_remote_pictures_are_counted_and_not_loaded(world):  # R20
    world.message.html = (
        '<table><tr><td>Hola<img src="https://tracker.example/p.gif" width="1">'
        '<img src="//other.example/q.png"></td></tr></table>'
    )
    world.message.save()
    client = world.client("own")

    frame = client.get(reverse("desk:message_html", args=[world.message.pk])).text
    page = client.get(reverse("desk:ticket", args=[world.number])).text

    assert "No se han cargado 2 imágenes remotas." in frame
    assert 'src="https://' not in frame
    assert "tracker.example" not in page
    assert f'<iframe class="mail-frame" src="/messages/{world.message.pk}/html"' in page
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
