"""Labels that are right, unknown, lying or missing."""

from tests.mail.make_fixtures import Fixture

HEAD = (
    b"From: Ana <ana@correo.example>\r\nTo: soporte@tienda.example\r\n"
    b"Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <cs@correo.example>\r\n"
    b"MIME-Version: 1.0\r\n"
)


def text(content: bytes, content_type: str, subject: bytes = b"Hola", encoding: str = "8bit"):
    """A mail of one part with these very bytes."""
    return (
        HEAD
        + b"Subject: "
        + subject
        + f"\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}".encode()
        + b"\r\n\r\n"
        + content
    )


RUSSIAN = "Здравствуйте, когда придёт мой заказ? Жду уже две недели."
JAPANESE = "お世話になっております。注文①の件です。"
CHINESE = "您好，我的订单还没有到。镕基"
KOREAN = "안녕하세요, 주문한 상품이 아직 도착하지 않았습니다. 똠방각하"
GREEK = "Καλημέρα, η παραγγελία μου δεν έφτασε."
HEBREW = "שלום, ההזמנה שלי עדיין לא הגיעה."
SPANISH = "¿Cuándo llegará el año que viene la señora Núñez?"
QUOTES = "“Precio”: 10 € – último aviso…"
HALF_MOJIBAKE = SPANISH.encode() + b"\r\n" + "-- \r\nPie de página español".encode("cp1252")

FIXTURES = [
    Fixture(
        "charset_koi8_r",
        text(RUSSIAN.encode("koi8-r"), "text/plain; charset=KOI8-R"),
        {"text": RUSSIAN, "language": "ru", "no_defects": True},
    ),
    Fixture(
        "charset_windows_1251_alias",
        text(RUSSIAN.encode("cp1251"), 'text/plain; charset="win-1251"'),
        {"text": RUSSIAN},
    ),
    Fixture(
        "charset_iso_2022_jp",
        text(
            "お世話になっております。".encode("iso-2022-jp"),
            "text/plain; charset=iso-2022-jp",
            subject=b"=?ISO-2022-JP?B?GyRCTGQkJDlnJG8kOxsoQg==?=",
            encoding="7bit",
        ),
        {"text": "お世話になっております。", "subject": "問い合わせ", "language": "ja"},
    ),
    Fixture(
        "charset_iso_2022_jp_vendor_signs",
        text(
            b"\x1b$B$*@$OC$K$J$C$F$*$j$^$9!#CmJ8\x2d\x21$N7o$G$9!#\x1b(B",
            "text/plain; charset=ISO-2022-JP",
            encoding="7bit",
        ),
        {"text": JAPANESE},
    ),
    Fixture(
        "charset_iso_2022_jp_unlabelled",
        text("注文の件".encode("iso-2022-jp"), "text/plain", encoding="7bit"),
        {"text": "注文の件"},
    ),
    Fixture(
        "charset_shift_jis_means_cp932",
        text(JAPANESE.encode("cp932"), "text/plain; charset=Shift_JIS"),
        {"text": JAPANESE, "no_defects": True},
    ),
    Fixture(
        "charset_euc_jp",
        text("注文の件です。".encode("euc_jp"), "text/plain; charset=EUC-JP"),
        {"text": "注文の件です。", "language": "ja"},
    ),
    Fixture(
        "charset_gb2312_means_gb18030",
        text(CHINESE.encode("gb18030"), "text/plain; charset=gb2312"),
        {"text": CHINESE, "language": "zh", "no_defects": True},
    ),
    Fixture(
        "charset_gb18030_base64",
        text(
            __import__("base64").encodebytes(CHINESE.encode("gb18030")),
            "text/plain; charset=GB18030",
            encoding="base64",
        ),
        {"text": CHINESE},
    ),
    Fixture(
        "charset_big5",
        text("您好，我的訂單還沒有到。".encode("big5"), "text/plain; charset=Big5"),
        {"text": "您好，我的訂單還沒有到。"},
    ),
    Fixture(
        "charset_ks_c_5601",
        text(KOREAN.encode("cp949"), 'text/plain; charset="ks_c_5601-1987"'),
        {"text": KOREAN, "language": "ko", "no_defects": True},
    ),
    Fixture(
        "charset_iso_8859_7",
        text(GREEK.encode("iso-8859-7"), "text/plain; charset=ISO-8859-7"),
        {"text": GREEK, "language": "el"},
    ),
    Fixture(
        "charset_iso_8859_8_i",
        text(HEBREW.encode("iso-8859-8"), "text/plain; charset=iso-8859-8-i"),
        {"text": HEBREW, "language": "he"},
    ),
    Fixture(
        "charset_latin1_means_cp1252",
        text(QUOTES.encode("cp1252"), "text/plain; charset=ISO-8859-1"),
        {"text": QUOTES, "no_defects": True},
    ),
    Fixture(
        "charset_iso_8859_15_euro",
        text("10 €".encode("iso-8859-15"), "text/plain; charset=iso-8859-15"),
        {"text": "10 €"},
    ),
    Fixture(
        "charset_us_ascii_with_utf8",
        text(SPANISH.encode(), "text/plain; charset=us-ascii"),
        {"text": SPANISH, "defects": ["charset_wrong"]},
    ),
    Fixture(
        "charset_us_ascii_with_latin1",
        text(SPANISH.encode("latin-1"), "text/plain; charset=us-ascii"),
        {"text": SPANISH, "defects": ["charset_wrong"]},
    ),
    Fixture(
        "charset_utf8_labelled_latin1",
        text(SPANISH.encode(), "text/plain; charset=iso-8859-1"),
        {"text": SPANISH, "defects": ["charset_wrong"]},
    ),
    Fixture(
        "charset_latin1_labelled_utf8",
        text(SPANISH.encode("latin-1"), "text/plain; charset=utf-8"),
        {"text": SPANISH, "defects": ["charset_wrong"]},
    ),
    Fixture(
        "charset_utf8_with_foreign_footer",
        text(HALF_MOJIBAKE, "text/plain; charset=utf-8"),
        {"text": SPANISH + "\n-- \nPie de página español", "defects": ["charset_wrong"]},
    ),
    Fixture(
        "charset_utf8_cut_in_the_middle",
        text("El niño llegó ayer a la estación de tren más pequeña é".encode()[:-1], "text/plain"),
        {"text_has": ["El niño llegó ayer a la estación de tren más pequeña"]},
    ),
    Fixture(
        "charset_missing_with_utf8",
        text(SPANISH.encode(), "text/plain"),
        {"text": SPANISH, "defects": ["charset_missing"]},
    ),
    Fixture(
        "charset_unknown_name",
        text(SPANISH.encode(), "text/plain; charset=x-marciano-7"),
        {"text": SPANISH, "defects": ["charset_unknown"]},
    ),
    Fixture(
        "charset_x_unknown",
        text(SPANISH.encode("cp1252"), "text/plain; charset=x-unknown"),
        {"text": SPANISH, "defects": ["charset_missing"]},
    ),
    Fixture(
        "charset_codec_that_is_no_charset",
        text(b"hello", "text/plain; charset=rot13"),
        {"text": "hello", "defects": ["charset_unknown"]},
    ),
    Fixture(
        "charset_utf7",
        text(b"A+AOk-o +- m+AOE-s", "text/plain; charset=utf-7", encoding="7bit"),
        {"text": "Aéo + más"},
    ),
    Fixture(
        "charset_utf16_base64",
        text(
            __import__("base64").encodebytes(SPANISH.encode("utf-16")),
            "text/plain; charset=utf-16",
            encoding="base64",
        ),
        {"text": SPANISH},
    ),
    Fixture(
        "charset_macintosh",
        text(SPANISH.encode("mac-roman"), "text/plain; charset=macintosh"),
        {"text": SPANISH},
    ),
    Fixture(
        "charset_windows_1250",
        text("Příští týden přijedu.".encode("cp1250"), "text/plain; charset=Windows-1250"),
        {"text": "Příští týden přijedu.", "language": "cs"},
    ),
    Fixture(
        "charset_from_html_meta",
        text(
            b'<html><head><meta http-equiv="Content-Type" content="text/html; '
            b'charset=windows-1251"></head><body>' + RUSSIAN.encode("cp1251"),
            "text/html",
        ),
        {"text": RUSSIAN},
    ),
    Fixture(
        "charset_subject_raw_like_body",
        text(CHINESE.encode("gbk"), "text/plain; charset=gbk", subject="订单问题".encode("gbk")),
        {"subject": "订单问题", "text": CHINESE},
    ),
    Fixture(
        "charset_subject_raw_utf8",
        text(b"x", "text/plain", subject="Devolución del artículo".encode()),
        {"subject": "Devolución del artículo"},
    ),
    Fixture(
        "charset_subject_raw_latin1",
        text(b"x", "text/plain", subject="Devolución del artículo".encode("latin-1")),
        {"subject": "Devolución del artículo"},
    ),
    Fixture(
        "charset_subject_character_split",
        text(
            b"x",
            "text/plain",
            subject=b"=?UTF-8?B?RGV2b2x1Y2nDs24gZGUgbGEgc2XDsW9yYSBOw7o=?=\r\n"
            b" =?UTF-8?B?w7FlesM?=\r\n =?utf-8?B?p8Ok?=",
        ),
        {"subject": "Devolución de la señora Núñezçä"},
    ),
    Fixture(
        "charset_subject_q_split_character",
        text(b"x", "text/plain", subject=b"=?utf-8?Q?ma=C3?= =?utf-8?Q?=B1ana_no?="),
        {"subject": "mañana no"},
    ),
    Fixture(
        "charset_subject_space_in_q",
        text(b"x", "text/plain", subject=b"=?iso-8859-1?Q?Pregunta sobre el env=EDo?="),
        {"subject": "Pregunta sobre el envío"},
    ),
    Fixture(
        "charset_subject_unknown_encoding",
        text(b"x", "text/plain", subject=b"=?utf-8?X?abc?= y =?marciano?Q?ma=F1ana?="),
        {"subject": "=?utf-8?X?abc?= y mañana"},
    ),
    Fixture(
        "charset_subject_words_glued",
        text(b"x", "text/plain", subject=b"Re:=?utf-8?Q?_=C3=A1rbol?=/=?utf-8?Q?ni=C3=B1o?="),
        {"subject": "Re: árbol/niño"},
    ),
    Fixture(
        "charset_subject_no_padding",
        text(b"x", "text/plain", subject=b"=?utf-8?B?w6FyYm9s?= =?UTF-8?B?IHZpZWpv?= fin"),
        {"subject": "árbol viejo fin"},
    ),
    Fixture(
        "charset_subject_language_tag",
        text(b"x", "text/plain", subject=b"=?ISO-8859-1*es?Q?a=F1o?="),
        {"subject": "año"},
    ),
    Fixture(
        "charset_rfc6532_headers",
        "From: Søren Ågård <søren@dømi.example>\r\nTo: ユーザー@例え.example\r\n"
        "Subject: Blåbærgrød\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n"
        "Message-ID: <utf8@x.example>\r\n\r\nHej\r\n".encode(),
        {
            "from": [["Søren Ågård", "søren@dømi.example"]],
            "to": [["", "ユーザー@例え.example"]],
            "subject": "Blåbærgrød",
            "no_defects": True,
        },
    ),
]
