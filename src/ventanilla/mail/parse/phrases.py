"""What mail programs write around quoted mail, per language. Pure data: add, don't rearrange.

Sources are what the programs themselves put into replies: Gmail, Outlook (desktop, web, phone),
Apple Mail, Thunderbird, Yahoo, Lotus Notes, GroupWise, Proton, Zoho, Samsung and other phones.
Everything is lower case; it is compared after `str.casefold`.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quoting:
    """The words of one language by which quoted or forwarded mail announces itself."""

    wrote: tuple[str, ...]  # in "On ..., X wrote:"
    opens: tuple[str, ...]  # the word before the date in such a line
    sender: tuple[str, ...]  # labels of the header block: "From:"
    sent: tuple[str, ...]
    to: tuple[str, ...]
    copy: tuple[str, ...]
    subject: tuple[str, ...]
    original: tuple[str, ...]  # in "-----Original Message-----"
    forwarded: tuple[str, ...]  # in "---------- Forwarded message ----------"
    forwarding: tuple[str, ...] = ()  # "Begin forwarded message:"
    weekdays: tuple[str, ...] = ()  # as they open a line, abbreviated or not
    introduces: tuple[str, ...] = ()  # in words of one's own that point at forwarded mail below


def longest_first(words: Iterable[str]) -> list[str]:
    """In the order in which alternatives of an expression must stand, the same in each process."""
    return sorted(set(words), key=lambda word: (-len(word), word))


LANGUAGES: dict[str, Quoting] = {
    "en": Quoting(
        wrote=("wrote", "writes", "said", "says", "sent"),
        opens=("on", "at", "in message", "in article"),
        sender=("from", "sender", "reply-to", "reply to"),
        sent=("sent", "date", "sent at", "received"),
        to=("to",),
        copy=("cc", "bcc", "c.c."),
        subject=("subject",),
        original=("original message", "reply message", "original email", "original appointment"),
        forwarded=("forwarded message", "forwarded email", "forwarded by", "forward message"),
        forwarding=("begin forwarded message", "start of forwarded message"),
        weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        introduces=(
            *("fyi", "forward", "fwd", "see below", "mail below", "email below", "message below"),
            *("received this", "got this"),
        ),
    ),
    "es": Quoting(
        wrote=("escribió", "escribio", "ha escrito", "escribía", "escribiste", "envió"),
        opens=("el", "en", "en fecha"),
        sender=("de", "desde", "remitente", "responder a"),
        sent=("enviado", "enviado el", "fecha", "fecha de envío", "enviada", "enviado a"),
        to=("para", "a", "destinatario"),
        copy=("cc", "cco", "con copia"),
        subject=("asunto", "tema"),
        original=("mensaje original", "correo original", "mensaje de origen"),
        forwarded=("mensaje reenviado", "correo reenviado", "reenviado por"),
        forwarding=("inicio del mensaje reenviado", "inicio de mensaje reenviado"),
        weekdays=("lun", "mar", "mié", "mie", "jue", "vie", "sáb", "sab", "dom"),
        introduces=(
            *("reenví", "reenvi", "rebot", "adjunto correo", "adjunto el correo", "más abajo"),
            *("correo de abajo", "ver abajo", "mail de abajo", "me ha llegado", "he recibido este"),
            *("hemos recibido este", "me llegó esto", "mensaje de abajo"),
        ),
    ),
    "pt": Quoting(
        wrote=("escreveu", "escreveste", "enviou"),
        opens=("em", "no dia", "a", "no", "na"),
        sender=("de", "remetente", "responder para"),
        sent=("enviado", "enviada", "enviado em", "enviada em", "data", "enviado a"),
        to=("para",),
        copy=("cc", "cco"),
        subject=("assunto",),
        original=("mensagem original", "mensagem de origem"),
        forwarded=("mensagem encaminhada", "mensagem reencaminhada", "mensagem enviada"),
        forwarding=("início da mensagem encaminhada", "início da mensagem reencaminhada"),
        weekdays=("seg", "ter", "qua", "qui", "sex", "sáb", "sab", "dom"),
        introduces=("encaminh", "reencaminh", "segue abaixo", "ver abaixo", "recebi este"),
    ),
    "fr": Quoting(
        wrote=("a écrit", "a ecrit", "écrivait", "nous a dit", "écrit", "a envoyé"),
        opens=("le", "en date de", "en date du", "à", "en"),
        sender=("de", "expéditeur", "expediteur", "répondre à"),
        sent=("envoyé", "envoye", "date", "envoyé le", "date d'envoi", "message du"),
        to=("à", "a", "pour", "destinataire", "destinataires"),
        copy=("cc", "cci", "copie", "copie à"),
        subject=("objet", "sujet"),
        original=(
            *("message d'origine", "message original", "message initial", "message d’origine"),
            *("courriel original", "e-mail d'origine", "mail original"),
        ),
        forwarded=("message transféré", "message transmis", "message transfere", "mail transféré"),
        forwarding=("début du message transféré", "début du message réexpédié"),
        weekdays=("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
        introduces=("transf", "ci-dessous", "voir plus bas", "pour info", "j'ai reçu ce"),
    ),
    "de": Quoting(
        wrote=("schrieb", "geschrieben", "schrieben sie", "schreibt", "hat geschrieben", "sagte"),
        opens=("am", "um", "vom", "den"),
        sender=("von", "absender", "antwort an"),
        sent=("gesendet", "datum", "gesendet am", "verschickt", "sendezeit"),
        to=("an", "empfänger"),
        copy=("cc", "kopie", "bcc"),
        subject=("betreff", "betr", "thema"),
        original=(
            *("ursprüngliche nachricht", "originalnachricht", "original-nachricht"),
            *("original nachricht", "antwort nachricht", "originale nachricht"),
            *("ursprüngliche mail", "ursprungliche nachricht", "urspruengliche nachricht"),
        ),
        forwarded=("weitergeleitete nachricht", "weitergeleitete mail", "weitergeleitet von"),
        forwarding=("anfang der weitergeleiteten nachricht", "beginn der weitergeleiteten"),
        weekdays=(
            *("mo", "di", "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch"),
            *("donnerstag", "freitag", "samstag", "sonntag"),
        ),
        introduces=("weiterleit", "weitergeleitet", "siehe unten", "zur info", "zur kenntnis"),
    ),
    "it": Quoting(
        wrote=("ha scritto", "scrisse", "hai scritto", "ha inviato", "scrive"),
        opens=("il", "il giorno", "in data", "alle"),
        sender=("da", "mittente", "rispondi a"),
        sent=("inviato", "data", "data invio", "inviata"),
        to=("a", "per", "destinatario"),
        copy=("cc", "ccn", "copia"),
        subject=("oggetto",),
        original=("messaggio originale", "messaggio di origine", "messaggio originario"),
        forwarded=("messaggio inoltrato", "messaggio inoltrata", "inoltrato da"),
        forwarding=("inizio messaggio inoltrato", "inizio del messaggio inoltrato"),
        weekdays=("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
        introduces=("inoltr", "vedi sotto", "di seguito", "in calce", "ho ricevuto quest"),
    ),
    "nl": Quoting(
        wrote=("schreef", "geschreven", "het volgende geschreven", "schrijft", "schreven"),
        opens=("op", "om", "in bericht"),
        sender=("van", "afzender", "antwoord aan"),
        sent=("verzonden", "datum", "verstuurd", "verzonden op", "verzendt"),
        to=("aan",),
        copy=("cc", "kopie"),
        subject=("onderwerp", "betreft"),
        original=("oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht"),
        forwarded=("doorgestuurd bericht", "doorgestuurde bericht", "doorgezonden bericht"),
        forwarding=("begin doorgestuurd bericht", "begin van doorgestuurd bericht"),
        weekdays=("ma", "di", "wo", "do", "vr", "za", "zo"),
        introduces=("doorgestuurd", "doorsturen", "stuur ik door", "zie onder", "hieronder"),
    ),
    "pl": Quoting(
        wrote=(
            *("napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "napisal(a)", "napisal"),
            *("napisano", "nadesłał", "nadesłała", "wiadomość napisana przez"),
        ),
        opens=("w dniu", "dnia", "dn.", "dnia:", "wiadomość napisana"),
        sender=("od", "nadawca"),
        sent=("wysłano", "wysłane", "data", "wyslano", "data wysłania", "wysłany"),
        to=("do", "adresat"),
        copy=("dw", "cc", "udw", "kopia"),
        subject=("temat",),
        original=("oryginalna wiadomość", "wiadomość oryginalna", "treść oryginalnej wiadomości"),
        forwarded=("przekazana wiadomość", "wiadomość przekazana", "przesłana wiadomość"),
        forwarding=("początek przekazywanej wiadomości", "rozpoczęcie przekazywanej wiadomości"),
        weekdays=("pon", "wt", "śr", "czw", "pt", "sob", "niedz", "nd"),
        introduces=("przesyłam dalej", "przekazuj", "poniżej", "w załączeniu mail"),
    ),
    "ja": Quoting(
        wrote=(
            *("のメール", "のメッセージ", "書きました", "は書きました", "wrote", "からのメール"),
            *("さんからのメッセージ",),
        ),
        opens=(),
        sender=("差出人", "送信者", "送信元"),
        sent=("送信日時", "日付", "日時", "送信日"),
        to=("宛先", "受信者"),
        copy=("cc", "ｃｃ"),
        subject=("件名", "題名"),
        original=("元のメッセージ", "オリジナルメッセージ", "元のメール"),
        forwarded=("転送メッセージ", "転送されたメッセージ", "転送メール"),
        forwarding=("転送されたメッセージ", "以下転送", "転送開始"),
        introduces=("転送", "下記", "以下のメール"),
    ),
    "sv": Quoting(
        wrote=("skrev", "skrev följande", "skriver"),
        opens=("den", "på", "kl."),
        sender=("från", "avsändare"),
        sent=("skickat", "datum", "skickades", "sänt"),
        to=("till",),
        copy=("kopia", "cc"),
        subject=("ämne", "ärende"),
        original=("ursprungligt meddelande", "originalmeddelande", "ursprungligt mail"),
        forwarded=("vidarebefordrat meddelande", "vidarebefordrat mail"),
        forwarding=("vidarebefordrat brev", "vidarebefordrat mail", "börja vidarebefordrat"),
        weekdays=("mån", "tis", "ons", "tors", "tor", "fre", "lör", "sön"),
        introduces=("vidarebefordr", "se nedan", "nedanstående"),
    ),
    "da": Quoting(
        wrote=("skrev", "skrev følgende", "skriver"),
        opens=("den", "d.", "på"),
        sender=("fra", "afsender"),
        sent=("sendt", "dato"),
        to=("til",),
        copy=("cc", "kopi"),
        subject=("emne", "vedr", "vedrørende"),
        original=("oprindelig meddelelse", "original meddelelse", "oprindelig besked"),
        forwarded=("videresendt meddelelse", "videresendt besked", "videresendt mail"),
        forwarding=("start på videresendt besked", "videresendt besked"),
        weekdays=("man", "tir", "ons", "tor", "tors", "fre", "lør", "søn"),
        introduces=("videresend", "se nedenfor", "nedenstående"),
    ),
    "no": Quoting(
        wrote=("skrev", "skrev følgende", "skriver"),
        opens=("den", "på", "kl."),
        sender=("fra", "avsender"),
        sent=("sendt", "dato"),
        to=("til",),
        copy=("kopi", "cc"),
        subject=("emne",),
        original=("opprinnelig melding", "original melding", "opprinnelig e-post"),
        forwarded=("videresendt melding", "videresendt e-post"),
        forwarding=("videresendt melding", "starten på videresendt melding"),
        weekdays=("man", "tir", "tirs", "ons", "tor", "tors", "fre", "lør", "søn"),
        introduces=("videresend", "se nedenfor", "nedenfor"),
    ),
    "fi": Quoting(
        wrote=("kirjoitti", "kirjoittaa", "kirjoitti seuraavasti"),
        opens=("", "päivämäärä"),
        sender=("lähettäjä", "lähettänyt"),
        sent=("lähetetty", "päivämäärä", "päiväys", "pvm", "lähetysaika"),
        to=("vastaanottaja", "kenelle"),
        copy=("kopio", "cc"),
        subject=("aihe",),
        original=("alkuperäinen viesti",),
        forwarded=("välitetty viesti", "edelleenlähetetty viesti"),
        forwarding=("välitetty viesti alkaa", "viesti välitettiin"),
        weekdays=("ma", "ti", "ke", "to", "pe", "la", "su"),
        introduces=("välit", "alla oleva"),
    ),
    "ru": Quoting(
        wrote=(
            *("написал", "написала", "написал(а)", "пишет", "писал", "писала", "писал(а)"),
            *("написал (а)", "вы писали"),
        ),
        opens=("в",),
        sender=("от", "отправитель", "от кого"),
        sent=("отправлено", "дата", "послано"),
        to=("кому", "получатель"),
        copy=("копия", "cc"),
        subject=("тема",),
        original=("исходное сообщение", "оригинальное сообщение", "первоначальное сообщение"),
        forwarded=("пересылаемое сообщение", "пересланное сообщение", "переадресованное сообщение"),
        forwarding=("начало переадресованного сообщения", "начало пересылаемого сообщения"),
        weekdays=(
            *("пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда"),
            *("четверг", "пятница", "суббота", "воскресенье"),
        ),
        introduces=("пересыла", "перешл", "см. ниже", "ниже письмо"),
    ),
    "zh": Quoting(
        wrote=("写道", "寫道", "写到", "的来信", "來信"),
        opens=("在", "于", "於"),
        sender=("发件人", "寄件者", "寄件人", "發件人"),
        sent=("发送时间", "发送日期", "日期", "寄件日期", "傳送時間", "發送時間"),
        to=("收件人", "收件者"),
        copy=("抄送", "副本"),
        subject=("主题", "主旨", "主題"),
        original=("原始邮件", "原邮件", "原始郵件", "原始信件", "回复的原邮件", "回复的邮件"),
        forwarded=("转发邮件", "转发的邮件", "转发邮件信息", "轉寄郵件", "轉寄的郵件"),
        forwarding=("开始转发的邮件", "以下是转发的邮件", "開始轉寄郵件"),
        introduces=("转发", "轉寄", "见下", "請見下"),
    ),
    "ca": Quoting(
        wrote=("va escriure", "ha escrit", "escrigué"),
        opens=("el", "el dia"),
        sender=("de", "remitent"),
        sent=("enviat", "enviat el", "data"),
        to=("per a", "per", "a"),
        copy=("cc", "a/c"),
        subject=("assumpte", "tema"),
        original=("missatge original",),
        forwarded=("missatge reenviat",),
        forwarding=("inici del missatge reenviat",),
        weekdays=("dl", "dt", "dc", "dj", "dv", "ds", "dg"),
        introduces=("reenvi", "més avall"),
    ),
    "gl": Quoting(
        wrote=("escribiu",),
        opens=("o", "en data", "con data"),
        sender=("de", "remitente"),
        sent=("enviado", "data"),
        to=("para",),
        copy=("cc",),
        subject=("asunto",),
        original=("mensaxe orixinal",),
        forwarded=("mensaxe reenviada",),
        forwarding=("inicio da mensaxe reenviada",),
        introduces=("reenví",),
    ),
    "eu": Quoting(
        wrote=("idatzi du", "hau idatzi du"),
        opens=(),
        sender=("nork", "igorlea"),
        sent=("bidalita", "data"),
        to=("nori", "hartzailea"),
        copy=("cc",),
        subject=("gaia",),
        original=("jatorrizko mezua",),
        forwarded=("birbidalitako mezua",),
    ),
    "other": Quoting(
        wrote=(
            *("작성", "napsal(a)", "napsal", "napísal(a)", "napísal", "írta", "ezt írta", "yazdı"),
            *("şunu yazdı", "a scris", "пише", "написав", "έγραψε", "đã viết", "menulis", "написа"),
        ),
        opens=("dne", "dňa", "în", "στις", "vào", "pada"),
        sender=("od", "feladó", "kimden", "gönderen", "보낸 사람", "보낸사람", "από", "від"),
        sent=("odesláno", "odoslané", "küldve", "gönderildi", "보낸 날짜", "dátum", "날짜"),
        to=("komu", "címzett", "kime", "받는 사람", "받는사람", "προς", "кому", "către"),
        copy=("kopie", "másolatot kap", "참조", "bilgi"),
        subject=("předmět", "predmet", "tárgy", "konu", "제목", "θέμα", "subiect"),
        original=("původní zpráva", "eredeti üzenet", "orijinal mesaj", "원본 메시지", "원본 메일"),
        forwarded=("přeposlaná zpráva", "továbbított üzenet", "iletilen mesaj", "전달된 메시지"),
    ),
}  # fmt: skip

# How a letter begins; in some languages such a line ends in a colon.
GREETINGS = (
    *("hola", "buen", "estimad", "querid", "apreciad", "muy señ", "dear", "hi", "hello", "good "),
    *("bonjour", "bonsoir", "cher", "madame", "monsieur", "guten", "hallo", "sehr geehrt", "liebe"),
    *("buongiorno", "gentil", "egregi", "spett", "olá", "bom dia", "boa ", "car", "prezad", "exm"),
    *("dag", "beste", "geachte", "dzień dobry", "witam", "szanown", "cześć", "hej", "hei", "god "),
    *(
        "уважаем",
        "здравствуйте",
        "добрый",
        "您好",
        "你好",
        "尊敬",
        "bon dia",
        "benvolgu",
        "egun on",
    ),
)

# How the subject of a forward begins, without its colon.
FORWARD_PREFIXES = {
    *("fw", "fwd", "rv", "wg", "tr", "enc", "i", "ds", "pd", "vb", "vs", "vl", "reenviado", "rm"),
    *("doorst", "转发", "轉寄", "転送", "továbbítás", "ilt", "переслано"),
}

# What help desks put at the top of their mails: all below is theirs.
REPLY_ABOVE = (
    *("reply above this line", "your reply above this line", "respond above this line"),
    *("reply above the line", "escribe tu respuesta encima de esta línea", "encima de esta línea"),
    *("por encima de esta línea", "acima desta linha", "au-dessus de cette ligne"),
    *("über dieser linie", "oberhalb dieser linie", "über dieser zeile", "oberhalb dieser zeile"),
    *("sopra questa riga", "sopra questa linea", "boven deze regel", "boven deze lijn"),
    *("powyżej tej linii", "ovanför den här linjen", "ovanför denna rad", "over denne linje"),
    *(
        "per sobre d'aquesta línia",
        "выше этой линии",
        "выше этой строки",
        "この行より上",
        "在此行上方",
    ),
)
