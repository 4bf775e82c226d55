"""Text formats other than plain and HTML, made readable when a mail holds nothing else."""

import html
import re

RICH_TAG = re.compile(r"<(/?)([A-Za-z0-9.-]{1,60})>")
RICH_PARAM = re.compile(r"<param>[^<]{0,500}</param>", re.IGNORECASE)
RTF_WORD = re.compile(
    r"\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|\?)?|\\'([0-9a-fA-F]{2})"
    r"|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"
    r"|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
RTF_HIDDEN = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator"}
RTF_HIDDEN |= {"listtable", "themedata", "datastore", "header", "footer", "filetbl", "htmltag"}
RTF_SPECIAL = {"par": "\n", "line": "\n", "tab": "\t", "emdash": "—", "endash": "–"}
RTF_SPECIAL |= {"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•"}
ICAL_FOLD = re.compile(r"\r?\n[ \t]")
ICAL_ESCAPE = re.compile(r"\\([\\;,nN])")
ICAL_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION")
ICAL_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?\Z")


def rich_text(text: str) -> str:
    """text/enriched and the older text/richtext without their commands."""
    text = RICH_PARAM.sub("", text.replace("<nl>", "\n"))
    text = re.sub(r"\n(\n*+)", r"\1", text) if "\n\n" in text else text
    return html.unescape(RICH_TAG.sub("", text.replace("<<", "&lt;")))


def rtf(text: str) -> str:
    """The words of an RTF document, near enough to read it."""
    words: list[str] = []
    hidden = depth = 0  # hidden: the group depth at which unseen content began
    for found in RTF_WORD.finditer(text):
        unicode, byte, command, _, symbol, brace, plain = found.groups()
        if brace:
            depth += 1 if brace == "{" else -1
            if depth < hidden:
                hidden = 0
        elif command in RTF_HIDDEN or symbol == "*":
            hidden = hidden or depth
        elif hidden:
            continue
        elif unicode:
            words.append(chr(int(unicode) % 65536))
        elif byte:
            words.append(bytes((int(byte, 16),)).decode("cp1252", "replace"))
        elif command:
            words.append(RTF_SPECIAL.get(command, ""))
        elif symbol:
            words.append({"~": " ", "_": "-", "-": "", "\n": "\n"}.get(symbol, symbol))
        elif plain:
            words.append(plain)
    return "".join(words).strip()


def calendar(text: str) -> str:
    """What, when and where of the first event of an iCalendar object."""
    lines: list[str] = []
    inside = False
    for line in ICAL_FOLD.sub("", text).splitlines():
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper()
        if name == "BEGIN":
            inside = value.strip().upper() in ("VEVENT", "VTODO", "VFREEBUSY")
        elif name == "END" and inside:
            break
        elif inside and name in ICAL_SHOWN and value.strip():
            lines.append(_moment(ICAL_ESCAPE.sub(_unescaped, value.strip())))
    return "\n".join(lines)


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def _moment(value: str) -> str:
    found = ICAL_MOMENT.match(value)
    if not found:
        return value
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day} {found[4]}:{found[5]}{' UTC' if found[6] else ''}" if found[4] else day
