"""Mails like those that a shop gets: 5 to 50 KB, one in five with a file, the same each time.

Two in three are written by a person with a mail program's HTML around their words; half of those
answer an earlier mail, quoted below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

SEED = 481
SMALLEST, LARGEST = 5_000, 50_000
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVER = "mx.bench.example"  # whose word about senders the bench's inbox trusts

GIVEN = ("Elena", "Pau", "Iván", "Lucía", "Marta", "Íñigo", "Sofía", "Tom", "Grace", "Nuria")
FAMILY = ("Vidal", "Roca", "Ferrer", "Muñoz", "Sanz", "Gil", "Baker", "Hughes", "Ibáñez", "Prat")
SENTENCES = (
    "Hice el pedido {order} hace una semana y todavía no me ha llegado.",
    "La mesa vino con una pata rota y el embalaje estaba abierto.",
    "¿Me podríais decir cuándo sale del almacén, por favor?",
    "Me habéis cobrado dos veces la misma compra, adjunto el extracto.",
    "Necesito la factura a nombre de la empresa, con el NIF de siempre.",
    "El color no se parece al de la página; quería un tono más claro.",
    "Si no puede ser, prefiero devolverlo y que me reembolséis el importe.",
    "Ayer llamé por teléfono y me dijeron que os escribiera aquí.",
    "Gracias por adelantado, quedo a la espera de noticias.",
    "El repartidor dice que pasó, pero en casa estuvimos todo el día.",
    "I ordered the lamp {order} two weeks ago and the tracking page shows nothing.",
    "Could you please let me know whether it can still be changed?",
    "Además, el cajón de abajo no cierra bien y roza por el lado izquierdo.",
    "He revisado las instrucciones varias veces y falta una bolsa de tornillos.",
)
SUBJECTS = ("Pedido {order}", "Problema con el pedido {order}", "Factura {order}", "Order {order}")
STYLE = "font-family:Calibri,sans-serif;font-size:11.0pt;color:#1f497d;margin:0cm 0cm 8.0pt"
FILES = (("factura.pdf", "application", "pdf"), ("foto.jpg", "image", "jpeg"))


@dataclass(frozen=True, slots=True)
class Sample:
    order: str  # stands in the subject; no other mail has it
    sender: str
    raw: bytes


def generate(count: int, *, to: str, seed: int = SEED) -> Iterator[Sample]:
    """The same `count` mails for the same seed, each from 5,000 to about 50,000 bytes."""
    random = Random(seed)
    for number in range(count):
        yield _sample(random, f"{seed}-{number:06}", to, START + timedelta(seconds=number))


def _sample(random: Random, order: str, to: str, at: datetime) -> Sample:
    given, family = random.choice(GIVEN), random.choice(FAMILY)
    sender = f"{given}.{family}.{random.randrange(100_000)}@correo.example".lower()
    sender = sender.translate(str.maketrans("áéíóúñ", "aeioun"))
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{given} {family} <{sender}>", to
    mail["Subject"] = random.choice(SUBJECTS).format(order=order)
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{order}.{random.random()}@correo>"
    mail["Authentication-Results"] = f"{SERVER}; dmarc=pass header.from=correo.example"
    size = int(math.exp(random.uniform(math.log(SMALLEST), math.log(LARGEST))))
    answers = random.random() < 1 / 3
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{random.random()}@elsewhere.example>"
    _fill(mail, random, order, size, answers)
    return Sample(order, sender, mail.as_bytes())


def _fill(mail: EmailMessage, random: Random, order: str, size: int, answers: bool) -> None:
    """Words up to a third of the mail (HTML says them again, with its markup), then a file."""
    with_file = random.random() < 1 / 5
    room = size // 3 if with_file else size
    html = random.random() < 2 / 3
    words = _words(random, order, room // 4 if html else room)
    quoted = _words(random, order, 800) if answers else []
    mail.set_content("\n\n".join([*words, *_quoted_plain(quoted)]), cte="quoted-printable")
    if html:
        mail.add_alternative(_html(words, quoted), subtype="html", cte="quoted-printable")
    if with_file:
        name, main, sub = random.choice(FILES)
        data = random.randbytes((size - room) * 3 // 4)
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)


def _words(random: Random, order: str, length: int) -> list[str]:
    """Paragraphs of about `length` characters, closed as letters are."""
    paragraphs, written = ["Buenos días:"], 0
    while written < length:
        sentences = random.choices(SENTENCES, k=random.randint(2, 5))
        paragraphs.append(" ".join(sentences).format(order=order))
        written += len(paragraphs[-1])
    return [*paragraphs, "Un saludo,"]


def _quoted_plain(words: list[str]) -> list[str]:
    if not words:
        return []
    quoted = "\n".join(f"> {line}" for line in words)
    return [f"El lun, 2 mar 2026 a las 8:12, Casa Olmo <hola@casaolmo.example> escribió:\n{quoted}"]


def _html(words: list[str], quoted: list[str]) -> str:
    body = "".join(f'<p class="MsoNormal" style="{STYLE}">{line}</p>' for line in words)
    if quoted:
        lines = "".join(f"<div>{line}</div>" for line in quoted)
        body += f'<div class="gmail_quote"><div>El lun, 2 mar 2026 escribió:</div>{lines}</div>'
    return f"<html><head><style>p {{ {STYLE} }}</style></head><body>{body}</body></html>"
