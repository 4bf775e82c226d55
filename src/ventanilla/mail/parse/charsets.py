"""Bytes to text when the label is missing, unknown or lying (R10).

Declared, then UTF-8, then cp1252, then replacement characters; what was chosen is returned.
"""

import codecs
import re
from functools import lru_cache

# Labels in the wild that Python lacks, and labels whose users mean the larger set.
ALIASES = {
    **dict.fromkeys(("latin1", "iso8859-1", "iso88591", "8859-1", "ansi", "western"), "cp1252"),
    **dict.fromkeys(("iso-8859-1", "iso-8859-1-i", "iso8859", "iso-latin-1"), "cp1252"),
    **dict.fromkeys(("ascii", "us-ascii", "ansi-x3.4-1968", "7bit", "8bit", "binary"), "ascii"),
    **dict.fromkeys(("iso646-us", "us", "x-us-ascii", "usascii", "us-acsii"), "ascii"),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "utf-8n", "x-utf8", "utf8mb4"), "utf-8"),
    **dict.fromkeys(("utf-8-sig", "unicode", "x-unicode", "u8", "cp65001"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb-2312", "cn-gb", "euc-cn", "hz-gb"), "gb18030"),
    **dict.fromkeys(("gb2312-80", "gb-2312-80", "gb-18030", "cp936", "ms936"), "gb18030"),
    **dict.fromkeys(("chinese", "chinesebig5", "chinese-gb2312", "gb"), "gb18030"),
    **dict.fromkeys(("big5", "big-5", "x-x-big5", "cn-big5", "big5-eten"), "cp950"),
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987", "ks-c-5601-1989", "ksc5601"), "cp949"),
    **dict.fromkeys(("ks-c-5601", "korean", "ksc-5601", "windows-949", "ks"), "cp949"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis", "shift-jisx0213", "ms932"), "cp932"),
    **dict.fromkeys(("windows-31j", "cswindows31j", "ms-kanji", "sjis-win"), "cp932"),
    **dict.fromkeys(
        ("iso-2022-jp", "jis", "iso-2022-jp-ms", "cp50220", "cp50221"), "iso2022_jp_ext"
    ),
    **dict.fromkeys(("csiso2022jp", "iso-2022-jp-1", "x-iso-2022-jp", "jis7"), "iso2022_jp_ext"),
    **dict.fromkeys(("x-euc-jp", "x-eucjp", "eucjp-ms", "cp51932", "eucjp-win"), "euc_jp"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "logical", "visual"), "iso8859-8"),
    **dict.fromkeys(("iso-8859-9", "latin5", "x-mac-turkish-win"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "tis620", "windows-874", "x-windows-874"), "cp874"),
    **dict.fromkeys(("koi8", "x-koi8-r", "cskoi8r", "koi8r", "koi"), "koi8-r"),
    **dict.fromkeys(("koi8u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys(("macintosh", "x-mac-roman", "mac", "x-macintosh", "macroman"), "mac-roman"),
    **dict.fromkeys(("x-mac-cyrillic", "mac-cyrillic"), "mac-cyrillic"),
    **dict.fromkeys(("x-mac-ce", "x-mac-centraleurroman"), "mac-latin2"),
    **dict.fromkeys(("ibm850", "850", "pc-multilingual-850+euro"), "cp850"),
    **dict.fromkeys(("dos-720", "ibm437", "437", "pc8"), "cp437"),
    **dict.fromkeys(("iso-8859-6-i", "iso-8859-6-e", "asmo-708"), "iso8859-6"),
    "hz-gb-2312": "hz",
    "big5-hkscs": "big5hkscs",
    "x-johab": "johab",
    "unicode-1-1-utf-7": "utf-7",
    "utf7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
}
UNKNOWN = {"", "x-unknown", "unknown", "unknown-8bit", "x-user-defined", "none", "default", "null"}
UNKNOWN |= {"iso-8859-1-unknown", "charset", "user-defined", "_autodetect", "unspecified"}
NOT_FOR_TEXT = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs"}
NOT_FOR_TEXT |= {"oem", "palmos"}
LATIN = {"cp1252", "ascii", "iso8859-15", "cp1254", "cp850"}
EIGHT_BIT = re.compile(rb"[\x80-\xff]")
UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3}"
)
WINDOWS = re.compile(
    r"(?:x-)?(?:windows|win|cp|ms|cswindows)-?(125[0-8]|874|932|936|949|950)(?!\d)"
)
ISO = re.compile(r"(?:iso-?)?8859-?(\d\d?)(?!\d)")
META = re.compile(rb"<meta\s[^>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")
JAPANESE_SHIFT = re.compile(rb"(\x1b\$\(?[@BD]|\x1b\([BJIH])")
UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec_for(label: str) -> str | None:
    """Python's name for a charset label, None if nobody knows it."""
    name = label.strip().strip("\"'").lower().partition("*")[0].replace("_", "-").strip()
    if name in UNKNOWN or len(name) > 60:
        return None
    if name in ALIASES:
        return ALIASES[name]
    if found := WINDOWS.match(name):
        return {"936": "gb18030"}.get(found[1], "cp" + found[1])
    if found := ISO.match(name):
        return ALIASES.get(f"iso-8859-{found[1]}") or _known(f"iso-8859-{found[1]}")
    return _known(name)


def _known(name: str) -> str | None:
    if name in NOT_FOR_TEXT or not name.isascii() or "\0" in name:
        return None
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return codec.name if codec._is_text_encoding else None


def decode(data: bytes, label: str = "", *, hint: str = "") -> tuple[str, str, str | None]:
    """Text, the encoding chosen and a defect code (None: the label was right).

    label  as declared, "" for none
    hint   an encoding seen elsewhere in the mail, tried before cp1252 for undeclared bytes
    """
    declared = codec_for(label)
    defect = None
    if declared is None and label.strip().lower() not in UNKNOWN:
        defect = "charset_unknown"
    if declared == "utf-8" and data[:3] == codecs.BOM_UTF8:
        data = data[3:]
    if declared not in (None, "ascii"):
        text = _strictly(data, declared)
        if text is not None and not _is_mislabelled_utf8(data, declared):
            return clean(text), declared, defect
    elif not EIGHT_BIT.search(data):
        if JAPANESE_ESCAPE.search(data) and (text := _strictly(data, "iso2022_jp_ext")):
            return clean(text), "iso2022_jp_ext", defect or "charset_missing"
        return clean(data.decode("ascii")), declared or "ascii", defect
    defect = defect or ("charset_wrong" if declared else "charset_missing")
    text, chosen = _guess(data, declared, codec_for(hint))
    return clean(text), chosen, defect


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which neither JSON nor the database can hold."""
    if "\0" in text or not _is_encodable(text):
        return UNPRINTABLE.sub("", text)
    return text


def _is_encodable(text: str) -> bool:
    """Whether it is free of lone surrogates, in a fraction of the time of a search for them."""
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError:
        return False
    return True


def charset_of_html(data: bytes) -> str:
    """What an HTML document says of itself in its first 4 KB, "" if nothing."""
    found = META.search(data[:4096])
    return found[1].decode("ascii") if found else ""


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _is_mislabelled_utf8(data: bytes, declared: str) -> bool:
    """Labelled Latin, yet all its accents are whole UTF-8 sequences: no Latin text is by chance."""
    if declared not in LATIN or not EIGHT_BIT.search(data):
        return False
    return _strictly(data, "utf-8") is not None


def _guess(data: bytes, declared: str | None, hint: str | None) -> tuple[str, str]:
    if declared == "iso2022_jp_ext" and JAPANESE_ESCAPE.search(data):
        return _iso2022(data), declared
    if (text := _strictly(data, "utf-8")) is not None:
        return text, "utf-8"
    if _mostly_utf8(data, declared):
        return _by_line(data), "utf-8"
    if declared and declared not in LATIN and declared != "utf-8":
        text = data.decode(declared, "replace")
        if text.count("\ufffd") * 20 <= len(text) + 20:
            return text, declared
    if hint and hint not in LATIN and (text := _strictly(data, hint)) is not None:
        return text, hint
    if (text := _strictly(data, "cp1252")) is not None:
        return text, "cp1252"
    return data.decode("cp1252", "replace"), "cp1252"


def _mostly_utf8(data: bytes, declared: str | None) -> bool:
    """More whole UTF-8 sequences than stray bytes: a cut or mixed UTF-8 text."""
    if declared not in (None, "ascii", "utf-8"):
        return False
    good = UTF8_SEQUENCE.findall(data)
    stray = len(EIGHT_BIT.findall(data)) - sum(map(len, good))
    return len(good) > stray


def _by_line(data: bytes) -> str:
    """UTF-8 where a line is UTF-8, cp1252 where it holds no sequence at all (a foreign footer)."""
    lines = []
    for line in data.split(b"\n"):
        text = _strictly(line, "utf-8")
        if text is None:
            foreign = not UTF8_SEQUENCE.search(line)
            text = line.decode("cp1252" if foreign else "utf-8", "replace")
        lines.append(text)
    return "\n".join(lines)


def _iso2022(data: bytes) -> str:
    """ISO-2022-JP with the vendors' extra characters (circled digits and such), by way of cp932."""
    text, wide = [], False
    for piece in JAPANESE_SHIFT.split(data):
        if piece.startswith(b"\x1b"):
            wide = piece.startswith(b"\x1b$")
        elif wide:
            pairs = zip(piece[::2], piece[1::2], strict=False)
            text.append(b"".join(map(_shift_jis, pairs)).decode("cp932", "replace"))
        else:
            text.append(piece.decode("cp932", "replace"))
    return "".join(text)


def _shift_jis(pair: tuple[int, int]) -> bytes:
    """One JIS X 0208 pair, 0x21 to 0x7e each, as Shift JIS."""
    row, cell = pair
    lead = ((row - 0x21) >> 1) + 0x81
    if row % 2:
        trail = cell + (0x1F if cell < 0x60 else 0x20)
    else:
        trail = cell + 0x7E
    return bytes(((lead if lead < 0xA0 else lead + 0x40) & 0xFF, trail & 0xFF))
