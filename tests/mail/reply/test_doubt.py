"""What looks like a quote or a signature and is the customer's own word stays visible."""  # R9

import pytest

from ventanilla.mail.parse.reply import strip_reply
from ventanilla.mail.parse.signature_lines import is_device_line

OWN_WORDS = [
    # about signatures, lists, lawyers and printers
    "Por favor, dadme de baja de todo.\n\n¿Qué hay que hacer para darse de baja de esta lista?",
    "Hi,\n\nplease remove me from your mailing list. My address is sam@mail.test.",
    "Hola:\n\nAntes de imprimir este documento la impresora se apaga sola.",
    "Hola:\n\nUso Avast y me bloquea vuestra página, ¿es normal?",
    "Hola:\n\nSegún el aviso legal de su web y su política de privacidad, pido el acceso a mis"
    " datos personales conforme al RGPD y la supresión de los que no sean necesarios.",
    "Guten Tag,\n\nich werde beim Amtsgericht klagen und Ihren Geschäftsführer anzeigen.",
    "Hello,\n\nthe intended recipient of this order was my sister. Her address is confidential.",
    # short answers
    "Dzień dobry,\n\nTak\nJan",
    "La marca del televisor es:\nLG\nAna",
    "1. ¿Funciona?\n-Sí\n2. ¿Lo ha reiniciado?\n-No",
    "Which of them?\n\nThe red one, thanks for asking",
    # farewells with words below them
    "Gracias, Ana\n600 123 123",
    "Saludos, y recordad que el viernes cerramos.",
    "Regards\nPlease call me back before noon, the number is 600 123 123 and I am in all morning.",
    "Un saludo,\nAna\n\n¿Y la factura de marzo?",
    "Un saludo,\nAna\n\nPD: el código es 4471",
    "Thanks\n\nwhere is my refund?",
    "Best",
    "Gracias",
    "Thanks!",
    # quoted programs and quoted speech
    "Me sale este mensaje al enviar:\n\n> Error 4471\n> Acceso denegado",
    "Quiero pedir:\n> 2 camisetas\n> 1 pantalón",
    "El precio es\n> 30 € con descuento",
    "El técnico dijo: mañana vuelvo. Y no volvió.",
    "El 12/11/2026 recibí un paquete de ana@tienda.test con esto dentro:\n\nuna taza rota",
    "On Monday 12/11/2026 at 10:00 your technician Luis came and said:\n\nit cannot be repaired.",
    "Escribidme a ana@tienda.test o llamad a las 10:30:\n\nestoy en casa toda la mañana",
    "Este es el correo que recibí vuestro:\n\nDe: Tienda <hola@tienda.test>\n"
    "Fecha: 3 de marzo de 2026 10:12\nAsunto: Oferta\n\nTodo al 50 %",
    "Esto es lo que me llegó:\n\nEl 12/11/2026 a las 10:02, Timo <t@x.test> escribió:\n\nPague ya.",
    # what looks like headers
    "Quiero cambiar el billete\nDe: Madrid\nA: Barcelona\nFecha: 12/03/2026 10:30\nGracias",
    "Los datos del formulario\n----------\nDe: Juan\nFecha: 3/3/2026 10:30\n\n¿Falta algo?",
    "To: the manager\nDate: today\n\nI want to complain.",
    "Original message was deleted, sorry.",
    "-- Original message attached, please have a look at the second page and call me --",
    "Please respond above questions as soon as possible.",
    "---\nPrimera parte\n---\nSegunda parte, que es larga y tiene su importancia.",
    # pictures in their place
    "Mirad la captura:\n\n[image: error.png]",
    "Enviado por correo certificado ayer mismo",
    "Sent by mail yesterday, tracking number 55120",
    "Obtener el mail de confirmación",
    "Descargar la app no me deja",
    "From my phone bill I see two charges.",
]


@pytest.mark.parametrize("text", OWN_WORDS)
@pytest.mark.parametrize("sender", ["", "Ana Gil", "Luis Mora"])
def test_own_words_stay_visible(text, sender):  # R9
    shown = strip_reply(text, sender_name=sender).text
    hidden = [line for line in text.split("\n") if line.strip() and line.rstrip() not in shown]
    names = {"Ana", "Jan", "Un saludo,", "Thanks"}  # a name may go with the farewell above it
    assert set(hidden) <= names


@pytest.mark.parametrize(
    ("name", "shown"), [("Ana Gil", "Listo."), ("Luis Mora", "Listo.\n\nGracias, Ana")]
)
def test_a_name_after_thanks_is_a_signature_only_when_it_is_the_senders(name, shown):
    assert strip_reply("Listo.\n\nGracias, Ana", sender_name=name).text == shown


def test_a_number_that_was_asked_for_stays():
    answer = "Sí.\n\nUn saludo,\nAna\n600 123 123"
    asked = f"{answer}\n\nEl 12/11/26 a las 10:02, Taller escribió:\n> ¿Nos da su teléfono?"
    not_asked = f"{answer}\n\nEl 12/11/26 a las 10:02, Taller escribió:\n> ¿Le viene bien hoy?"
    assert strip_reply(asked, sender_name="Ana Gil").text == answer
    assert strip_reply(not_asked, sender_name="Ana Gil").text == "Sí."


def test_an_answer_without_new_words_shows_nothing():
    text = "Sent from my iPhone\n\nOn 12 Nov 2026, at 10:02, Bob <b@x.test> wrote:\n\n> Hello?"
    reply = strip_reply(text)
    assert (reply.text, reply.signature) == ("", "Sent from my iPhone")


def test_without_marks_and_words_the_mail_below_is_the_message():
    text = (
        "Get Outlook for iOS\n\nFrom: Bob <b@x.test>\nSent: 12/11/2026 10:02\nSubject: Bill\n\nHi"
    )
    assert strip_reply(text).text.startswith("From: Bob")
    assert strip_reply(text).text.endswith("Hi")


@pytest.mark.parametrize(("subject", "shown"), [("RV: Recibo", True), ("RE: RV: Recibo", False)])
def test_the_subject_tells_a_forward_from_an_answer(subject, shown):
    text = "¿Esto es correcto?\n\nDe: Banco <b@x.test>\nEnviado: 3/3/2026 10:12\nPara: Ana\n"
    reply = strip_reply(f"{text}Asunto: Recibo\n\nImporte: 40 €", subject=subject)
    assert ("Importe: 40 €" in reply.text) is shown


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Enviado desde mi iPhone", "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone", "Inviato da iPhone", "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone", "Wysłane z iPhone'a", "iPhoneから送信",
        "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta",
        "Отправлено с iPhone", "发自我的iPhone", "Get Outlook for Android<https://aka.ms/x>",
        "Obtener Outlook para iOS", "Télécharger Outlook pour iOS", "Outlook für iOS beziehen",
        "Scarica Outlook per iOS", "Obter o Outlook para Android", "Outlook voor iOS downloaden",
        "Pobierz program Outlook dla systemu iOS", "Sent from Mail for Windows",
        "Enviado desde Correo para Windows", "Gesendet von Mail für Windows",
        "Sent from Yahoo Mail on Android", "(Sent from mobile device)", "Enviado desde mi móvil",
    ],
)  # fmt: skip
def test_knows_programs_lines_in_many_languages(line):
    assert is_device_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, is much easier than my mobile phone.",
        "Enviado desde la oficina de Correos",
        "Sent from Madrid on Monday",
        "Get me a refund",
        "Gesendet von der Filiale in Köln",
        "Envoyé de Lyon hier soir",
        "Sent by mail on 3 March",
    ],
)
def test_knows_that_people_send_things_too(line):
    assert not is_device_line(line)
