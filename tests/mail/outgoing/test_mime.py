"""What people type can't leave its place in a mail, and comes out as it went in."""

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.lib.problems import Invalid
from ventanilla.mail import mime, recipients
from ventanilla.mail.compose import File, Letter, Quote, answer_to, compose
from ventanilla.mail.flowed import flow, quoted
from ventanilla.mail.recipients import Recipients

TEXTS = st.text(max_size=300)
HEADERS = [
    "Date", "From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References",
    "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip


def letter(**fields) -> Letter:
    defaults = {
        "message_id": "abc@casaolmo.example",
        "date": datetime(2026, 11, 12, 9, 2, tzinfo=UTC),
        "sender": ("Marta Ruiz", "hola@casaolmo.example"),
        "recipients": Recipients((("Elena", "elena@correo.example"),), (), ()),
        "subject": "Re: Cobro duplicado",
        "language": "es",
        "text": "Hola",
    }
    return Letter(**defaults | fields)


def read(one: Letter):
    content = compose(one).replace(b"\r\n", b"\n")
    return email.message_from_bytes(content, policy=email.policy.default)


def single(text: str) -> str:
    return mime.single_line(text)


@given(subject=TEXTS, name=TEXTS, author=TEXTS)
def test_no_text_adds_a_header_or_a_recipient(subject, name, author):  # R24
    to = Recipients(((name, "elena@correo.example"),), (("x", "cc@correo.example"),), ())
    content = compose(
        letter(
            subject=subject,
            sender=(author, "hola@casaolmo.example"),
            recipients=to,
            reply_to=(author, "hola+t@casaolmo.example"),
            in_reply_to="a@b",
            references=["a@b"],
        )
    )

    head, _, _ = content.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    names = [line.split(b":")[0].decode() for line in lines if not line.startswith(b" ")]
    assert set(names) <= {*HEADERS, "Content-Transfer-Encoding"}
    assert len(names) == len(set(names))
    assert head.isascii()
    assert max(map(len, lines)) < 998
    assert b"\r" not in head.replace(b"\r\n", b"") and b"\n" not in head.replace(b"\r\n", b"")
    mail = email.message_from_bytes(content)
    assert [a for _n, a in email.utils.getaddresses([mail["To"], mail["Cc"]])] == [
        "elena@correo.example",
        "cc@correo.example",
    ]
    assert [a for _n, a in email.utils.getaddresses([mail["From"]])] == ["hola@casaolmo.example"]


@given(TEXTS)
def test_a_subject_comes_back_as_it_was(subject):  # R24
    words = email.header.decode_header(" ".join(mime.words(subject)))
    back = "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii")
        for part, charset in words
    )

    assert back.strip() == single(subject)


@given(TEXTS)
def test_a_files_name_comes_back_and_stays_one(name):  # R24
    content = compose(letter(files=[File(name, "application/pdf", b"%PDF-1")]))

    attached = [
        part
        for part in email.message_from_bytes(content).walk()
        if part.get_content_type() == "application/pdf"
    ]
    [part] = attached
    named = part.get_param("filename", header="content-disposition")
    found = email.utils.collapse_rfc2231_value(named)
    assert not set("\r\n\0/\\\u202e") & set(found)
    assert part.get_payload(decode=True) == b"%PDF-1"


@given(st.text(max_size=100))
def test_only_one_plain_address_is_taken(text):  # R24
    try:
        found = mime.checked(text)
    except mime.BadAddress:
        return
    assert not set(' \r\n\0<>,;:"') & set(found)
    assert found.count("@") == 1


@pytest.mark.parametrize(
    "address",
    [
        "", "elena", "@b.example", "a@", "a b@c.example", "a@b.example, c@d.example",
        "a@b.example\r\nBcc: x@y.example", "a@[127.0.0.1]", "Elena <elena@correo.example> <x@y.z>",
        "a@b@c.example", "a@-", "a@" + "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):  # R24
    with pytest.raises(Invalid, match=r"."):
        recipients.chosen([{"name": "", "addr": address}], [], [], is_own=lambda _: False)


def test_a_domain_in_letters_of_the_world_becomes_ascii():
    assert mime.checked("info@españa.example") == "info@xn--espaa-rta.example"


def test_recipients_are_each_named_once_and_never_ourselves():
    def person(address):
        return {"name": "", "addr": address}

    found = recipients.chosen(
        [person("elena@correo.example"), person("hola@casaolmo.example")],
        [person("Elena@correo.example"), person("luis@correo.example")],
        [person("luis@correo.example")],
        is_own=lambda address: address.endswith("@casaolmo.example"),
    )

    assert found.addresses == ["elena@correo.example", "luis@correo.example"]
    with pytest.raises(Invalid):
        recipients.chosen([person("hola@casaolmo.example")], [], [], is_own=lambda _: True)
    with pytest.raises(Invalid, match="51"):
        many = [person(f"a{number}@b.example") for number in range(51)]
        recipients.chosen(many, [], [], is_own=lambda _: False)


def test_text_and_html_with_pictures_signature_and_quote():
    mail = read(
        letter(
            html='<p>Mira <b>esto</b>: <img src="/pictures/7" alt="plano"> '
            '<img src="https://casaolmo.example/logo.png"></p>',
            text="Mira esto: [plano]",
            signatures=["<p>Marta Ruiz<br>Casa Olmo</p>"],
            reference="Consulta 1042",
            quote=Quote("El 12 nov 2026, a las 10:02, Elena escribió:", "¿Cuánto mide?\n\n> 2 m"),
            files=[
                File("plano.png", "image/png", b"\x89PNG1", "p1@casaolmo.example", ("7", "9")),
                File("señal €.pdf", "application/pdf", b"%PDF"),
                File("sin usar.png", "image/png", b"\x89PNG2", "p2@casaolmo.example"),
            ],
        )
    )

    assert mail.get_content_type() == "multipart/mixed"
    alternative, pdf, unused = mail.iter_parts()
    plain, related = alternative.iter_parts()
    page, picture = related.iter_parts()
    assert plain.get_content() == (
        "Mira esto: [plano]\n\n-- \nMarta Ruiz\nCasa Olmo\n\nConsulta 1042\n\n"
        "El 12 nov 2026, a las 10:02, Elena escribió:\n\n> ¿Cuánto mide?\n>\n>> 2 m\n"
    )
    html = page.get_content()
    assert 'src="cid:p1@casaolmo.example"' in html
    assert 'src="https://casaolmo.example/logo.png"' in html
    assert "<p>Marta Ruiz<br>Casa Olmo</p>" in html
    assert "&gt; 2 m" in html
    assert 'lang="es"' in html
    assert "color:" not in html.replace("color-scheme", "")  # dark mode may choose its own
    assert picture["Content-ID"] == "<p1@casaolmo.example>"
    assert picture.get_content_disposition() == "inline"
    assert (pdf.get_filename(), pdf.get_content()) == ("señal €.pdf", b"%PDF")
    assert unused.get_content_disposition() == "attachment"
    assert [part.defects for part in mail.walk() if part.defects] == []


def test_an_image_pasted_into_the_html_travels_as_a_part():
    source = "data:image/png;base64,iVBORw0KGgo="

    mail = read(letter(html=f'<p><img src="{source}"></p>', text="x"))

    _plain, related = mail.iter_parts()
    page, picture = related.iter_parts()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page.get_content()
    assert picture.get_content() == b"\x89PNG\r\n\x1a\n"


def test_script_and_foreign_markup_do_not_leave():
    mail = read(letter(html="<p onclick=x>Hola<script>alert(1)</script></p>", text="Hola"))

    assert "script" not in mail.get_body(("html",)).get_content()
    assert "onclick" not in mail.get_body(("html",)).get_content()


def test_a_plain_text_becomes_a_page_with_links():
    mail = read(letter(text="Mira https://casaolmo.example/guia\n\nUn <saludo>"))

    html = mail.get_body(("html",)).get_content()
    assert 'href="https://casaolmo.example/guia"' in html
    assert "&lt;saludo&gt;" in html


def test_what_nobody_wrote_says_so():  # R11
    mail = read(letter(automatic="auto-replied", loop="mark"))

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Loop"] == "mark"
    assert not [name for name in mail if name.lower().startswith("list-")]
    assert "Auto-Submitted" not in read(letter())


def test_a_long_thread_keeps_its_root_and_its_latest():
    mail = read(letter(references=[f"{number}@b" for number in range(100)]))

    ids = mail["References"].split()
    assert (len(ids), ids[0], ids[1], ids[-1]) == (20, "<0@b>", "<81@b>", "<99@b>")


def test_message_ids_that_could_break_the_header_are_left_out():  # R24
    mail = read(letter(references=["ok@b", "bad\r\nBcc: x@y", "a b", "ñ@b", "<c@d>", ""]))

    assert mail["References"] == "<ok@b>"


def test_the_same_letter_gives_the_same_bytes():
    one = letter(html="<p>Hola</p>", files=[File("a.txt", "text/plain", b"a")])

    assert compose(one) == compose(one)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Cobro duplicado", "Re: Cobro duplicado"),
        ("Re: RE: Rv: Cobro", "Re: Cobro"),
        ("AW: Rechnung", "Re: Rechnung"),
        ("Receta: pan", "Re: Receta: pan"),
        ("", "Re:"),
    ],
)
def test_one_re_is_enough(subject, answer):
    assert answer_to(subject) == answer


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=">"), max_size=400)
)
def test_flowed_text_unfolds_to_the_same_words(text):
    lines = flow(text).split("\n")

    assert all(len(line) <= 79 or " " not in line.strip() for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())


def test_quotes_keep_their_marks_on_every_line():
    wrapped = flow(quoted("palabra " * 30 + "\n> otra"))

    assert all(line.startswith(">") for line in wrapped.split("\n"))
    assert wrapped.endswith("\n>> otra")
