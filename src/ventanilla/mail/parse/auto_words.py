"""How absence notes and acknowledgements announce themselves. Facts only: add, don't rearrange.

All in lower case, compared with text in lower case and blanks folded.
"""

import re

# At the beginning of a subject, enough by themselves.
SUBJECT = re.compile(
    r"^(?:\[[^\]]{1,30}\]\s*)?(?:"
    + "|".join(
        (
            # English
            r"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|answer|acknowledge?ment)\b",
            r"auto[ -]?respon(?:se|der)\b|autoreply\b|auto-?reply\b|auto-?antwort\b|auto:",
            (
                r"out[ -]of[ -](?:the[ -])?office(?:[ -](?:auto-?reply|reply|notification|message"
                r"|response))?\s*[:(]"
            ),
            (
                r"out[ -]of[ -](?:the[ -])?office(?:[ -](?:auto-?reply|reply|notification|message"
                r"|response))?\s*$"
            ),
            r"\[auto[ -]?(?:reply|response|respuesta|resposta)\]|this is an auto",
            r"(?:on )?vacation (?:reply|message|notice|response|auto)|vacation:",
            r"away from (?:my )?(?:mail|office|e-?mail|desk)",
            r"ooo:|o\.o\.o\.|oof:|(?:on )?annual leave|on holiday(?:s)?\s*[:-]|away message",
            r"absence notification",
            # Spanish, Portuguese, Catalan
            r"respuesta (?:autom[aá]tica|de ausencia|autom\.)|auto[ -]?respuesta",
            r"ausente de la oficina",
            r"contestaci[oó]n autom[aá]tica",
            r"(?:estoy |me encuentro )?fuera de (?:la |mi )?oficina|mensaje autom[aá]tico",
            r"aviso de ausencia",
            r"(?:estoy )?ausente(?: de la oficina)?\s*[:-]|ausencia\s*[:-]",
            r"ausencia (?:temporal|de (?:la )?oficina|por vacaciones)",
            r"(?:estoy )?de vacaciones\s*(?:[:.!-]|$)",
            r"resposta autom[aá]tica|auto-?resposta|(?:estou )?fora d[oe] escrit[oó]rio",
            r"ausência (?:tempor|do)|aus[eê]ncia\s*:",
            r"mensagem autom[aá]tica|estou de f[eé]rias|f[eé]rias:|resposta autom[aà]tica",
            r"fora de l'oficina",
            # French, Italian
            r"r[eé]ponse automatique|r[eé]pondeur|message (?:automatique|d'absence)",
            r"notification d'absence",
            r"absen(?:ce|te?|t\(e\))(?: du bureau|\s*:)|en cong[eé]s?\s*(?:[:-]|$)",
            r"absente? du bureau|hors du bureau|avis d'absence",
            r"risposta automatica|auto-?risposta|messaggio automatico|fuori (?:sede|ufficio)",
            r"assente(?: dall'ufficio)?|assenza(?: dall'ufficio)?\s*(?::|$)",
            r"(?:sono )?in ferie\s*(?:[:-]|$)|avviso di assenza|notifica (?:di )?assenza",
            # German, Dutch
            r"automati(?:sche|c) (?:antwort|antwoord|beantwortung)|automatische r[uü]ckantwort",
            r"automatisch antwoord",
            (
                r"abwesenheit(?:s(?:notiz|benachrichtigung|assistent|meldung|nachricht|hinweis"
                r"|agent))?\b"
            ),
            r"abwesend\s*[:-]|urlaubs?(?:notiz|benachrichtigung|vertretung)",
            r"nicht im (?:b[uü]ro|haus)|au(?:ss|ß)er haus|auto-?antwort|au(?:ß|ss)er b[uü]ro",
            r"afwezig(?:heid(?:s(?:bericht|melding|assistent))?)?(?:\s*[:-]|\b)",
            r"buiten (?:het )?kantoor|niet aanwezig\s*(?:[:-]|$)|met vakantie\s*(?:[:-]|$)",
            r"automatisch (?:bericht|antwoord)|automatische (?:melding|reactie)",
            # Polish, Czech, Slovak, Hungarian, Russian, Nordic, Turkish, Greek
            r"automatyczna odpowied[zź]|autoodpowied[zź]|odpowied[zź] automatyczna",
            r"(?:jestem )?poza biurem|nieobecno[sś][cć]|nieobecn[ya]\b",
            r"automatick[aá] odpov[eě][dď]|mimo kancel|automatikus v[aá]lasz|h[aá]zon k[ií]v[uü]l",
            r"автоматический ответ|автоответ|вне офиса|нет на месте",
            r"autosvar|automatiskt? svar|frånvaro|fraværende?|ikke p[aå] kontoret",
            r"automaattinen vastaus|poissa toimistosta|otomatik yan[iı]t|αυτόματη απάντηση",
            r"r[aă]spuns automat|автоматична відповідь|automatski odgovor|автоматичен отговор",
            # Japanese, Chinese, Korean
            r"自動(?:応答|返信|送信|配信)|【自動(?:応答|返信|送信|配信)】?|\[自動(?:応答|返信)\]",
            r"不在(?:通知|の(?:お知らせ|連絡|ため)|連絡|です|時|応答)|【不在",
            r"休暇(?:中|の|のお知らせ)|夏季休業|年末年始休業|外出中",
            r"自动(?:回复|答复|回覆)|自動(?:回覆|答覆|回復)|外出(?:答复|回复)",
            r"부재중|자동 ?(?:응답|회신)",
        )
    )
    + ")"
)

# Anywhere in a subject; only together with the words of the mail.
ABSENT_SUBJECT = re.compile(
    "|".join(
        (
            r"out of (?:the )?office",
            r"(?:^|\bis |\bi'm |\bi am )(?:away|on (?:vacation|holiday|leave))",
            r"^(?:on )?(?:vacation|holidays?|leave|absence|absent|away)\W*$",
            r"fuera de la oficina|^(?:vacaciones|ausente|ausencia|de baja)\W*$",
            r"estoy de (?:vacaciones|baja)",
            r"fora do escrit[oó]rio|^(?:f[eé]rias|ausente|aus[eê]ncia)\W*$|estou de f[eé]rias",
            r"je suis (?:absent|en cong)|^(?:cong[eé]s?|vacances)\W*$|absente? du bureau",
            r"fuori (?:ufficio|sede)|^(?:assente|assenza|ferie)\W*$|sono (?:assente|in ferie)",
            r"(?:ist|bin) (?:nicht im (?:b[uü]ro|haus)|au(?:ß|ss)er haus|im urlaub|abwesend)",
            r"^(?:abwesend|abwesenheit|urlaub|im urlaub)\W*$",
            r"^(?:afwezig(?:heid)?|vakantie|met vakantie|niet aanwezig)\W*$|niet op kantoor",
            r"jestem (?:na urlopie|poza biurem|nieobecn)|^(?:urlop|nieobecno[sś][cć])\W*$",
            r"不在|休暇|休業|休假|отпуск",
        )
    )
)

# In the words of the mail; they need another sign beside them.
ABSENT = re.compile(
    "|".join(
        (
            (
                r"(?:i am|i'm|i will be|i'll be|am) (?:currently |now "
                r"|presently )?(?:out of (?:the |my )?office|away from|on (?:annual |sick "
                r"|maternity |parental )?(?:vacation|holidays?|leave)|travel?ling)"
            ),
            (
                r"(?:out of (?:the |my )?office|limited access to (?:my )?e-?mail|upon my return"
                r"|when i return|return to the office)"
            ),
            (
                r"will (?:reply|respond|get back|answer).{0,40}(?:when i|on my|upon"
                r"|after) ?(?:return|my return|get back)?"
            ),
            r"no longer (?:works?|with|employed|at) (?:at|for|with|by|here|the)",
            (
                r"(?:estoy|estar[eé]|me encuentro|estamos) (?:fuera|ausente|de vacaciones|de baja"
                r"|de viaje)"
            ),
            r"a mi (?:vuelta|regreso)|durante mi ausencia|fuera de la oficina",
            r"(?:estou|estarei|encontro-me) (?:ausente|fora|de f[eé]rias)",
            r"(?:no|ao) meu re(?:gresso|torno)|durante a minha aus[eê]ncia",
            r"je (?:suis|serai) (?:actuellement |absente?|en cong|en d[eé]placement|hors)",
            r"(?:[aà]|d[eè]s) mon retour|pendant mon absence|absente? (?:du bureau|jusqu)",
            r"(?:sono|sar[oò]) (?:assente|fuori|in ferie)|al mio (?:rientro|ritorno)",
            r"durante la mia assenza|fuori (?:sede|ufficio)",
            (
                r"(?:ich )?(?:bin|befinde mich|werde).{0,40}(?:nicht im (?:b[uü]ro|haus)|im urlaub"
                r"|abwesend|au(?:ß|ss)er haus|nicht erreichbar)"
            ),
            r"nach meiner r[uü]ckkehr|w[aä]hrend meiner abwesenheit",
            r"(?:e-?mails?|nachricht).{0,40}nicht weitergeleitet",
            r"(?:ik ben|momenteel).{0,40}(?:afwezig|niet aanwezig|met vakantie|niet op kantoor)",
            r"bij (?:mijn )?terugkomst|tijdens mijn afwezigheid",
            r"(?:jestem|b[eę]d[eę]).{0,30}(?:nieobecn|poza biurem|na urlopie)|przebywam na urlopie",
            r"po (?:moim )?powrocie",
            r"不在にして|不在(?:です|となり|の間)|休暇(?:を|中|をいただ)|外出して|席を外して",
            r"出社(?:後|次第)|出張(?:中|のため)|休業(?:日|期間|させ)",
            r"休假|不在办公室|не буду в офисе|в отпуске|i(?:k)? ferie|på semester",
            r"er ikke på kontoret",
            r"utanför kontoret",
        )
    )
)
AUTOMATIC = re.compile(
    "|".join(
        (
            (
                r"(?:this is an?|an?) (?:automat(?:ed|ic(?:ally)?)|auto-?generated"
                r"|automatically generated|system generated|auto)(?:[- ]generated)? (?:reply"
                r"|response|message|e-?mail|acknowledge?ment|confirmation|notification)"
            ),
            r"automatically generated|auto-?respon(?:se|der)|auto-?reply|generated automatically",
            r"do not reply (?:to|directly)|please do not (?:reply|respond)",
            (
                r"(?:respuesta|mensaje|correo|e-?mail) (?:es |ha sido )?(?:autom[aá]tic[oa]"
                r"|generad[oa] autom[aá]ticamente)"
            ),
            r"generad[oa] autom[aá]ticamente|no respond(?:a|as|er) a este",
            r"(?:resposta|mensagem|e-?mail) autom[aá]tic[oa]|gerad[oa] automaticamente",
            r"n[aã]o responda",
            r"(?:r[eé]ponse|message|mail|courriel) automatique|g[eé]n[eé]r[eé]e? automatiquement",
            r"ne pas r[eé]pondre|envoy[eé] automatiquement",
            (
                r"(?:risposta|messaggio|e-?mail) (?:[eè] )?(?:automatic[oa]"
                r"|generat[oa] automaticamente)"
            ),
            r"generat[oa] automaticamente|non rispondere|inviat[oa] automaticamente",
            (
                r"automatisch (?:generiert|erstellt|erzeugt|versandt|versendet|gegenereerd"
                r"|verzonden|verstuurd)"
            ),
            r"automatische (?:antwort|nachricht|e-?mail|benachrichtigung|bericht)",
            r"antworten sie (?:bitte )?nicht|niet (?:te )?(?:beantwoorden|reageren)",
            r"automatisch (?:bericht|antwoord)",
            r"automatyczn(?:a|ie|ą) (?:wiadomo|odpowied|wygenerowan)",
            r"wygenerowan[aey] automatycznie|prosimy nie odpowiada",
            r"自動(?:返信|送信|配信|応答|的に)|本メールは自動|このメールは(?:システム|自動)|自动(?:发送|回复|生成)|автоматическ",
        )
    )
)
RECEIVED = re.compile(
    "|".join(
        (
            r"(?:we(?:'ve| have)?|has been|was|been) (?:successfully )?received (?:your|and|by)",
            (
                r"thank(?:s| you) for (?:contacting|your (?:e-?mail|message|enquiry|inquiry"
                r"|request|interest|mail)|writing|getting in touch|reaching out|submitting)"
            ),
            (
                r"your (?:request|ticket|case|inquiry|enquiry|message|e-?mail|report"
                r"|question)[^.]{0,60}(?:has been|was|is) (?:received|created|opened|logged"
                r"|registered|assigned|being|submitted|queued)"
            ),
            (
                r"(?:ticket|case|request|incident)(?: (?:number|id|no\.?|reference"
                r"|#))? ?[^.]{0,40}(?:has been|was) (?:created|opened|assigned|logged|registered)"
            ),
            r"we (?:will|'ll) (?:get back|reply|respond|be in touch|contact you|answer)",
            r"(?:hemos|se ha) recibido (?:su|tu|el|la|correctamente)",
            (
                r"gracias por (?:contactar|ponerse|ponerte|escribir|(?:su|tu) (?:mensaje|consulta"
                r"|correo|solicitud))"
            ),
            (
                r"(?:su|tu) (?:solicitud|consulta|mensaje|incidencia|petici[oó]n|ticket"
                r"|caso)[^.]{0,60}(?:recibid|registrad|cread|abiert)"
            ),
            r"recebemos (?:a )?(?:sua|seu|o|tua)",
            r"obrigad[oa] (?:por entrar|pel[oa] (?:seu |sua )?(?:contat|e-?mail|mensag))",
            (
                r"(?:sua|seu) (?:solicita[cç][aã]o|mensagem|pedido|chamado)[^.]{0,60}(?:recebid"
                r"|registrad|criad|abert)"
            ),
            r"(?:nous avons|a) (?:bien )?(?:re[cç]u|[eé]t[eé] re[cç]u)",
            r"merci (?:de nous|pour votre (?:message|mail|demande|courriel))",
            (
                r"(?:votre|ton) (?:demande|message|requ[eê]te|ticket|mail)[^.]{0,60}(?:enregistr"
                r"|re[cç]u|cr[eé][eé])"
            ),
            r"abbiamo ricevuto",
            r"grazie per (?:aver|il (?:suo|tuo) mess|la (?:sua|tua) (?:rich|mail|e-mail))",
            (
                r"(?:la )?(?:sua|tua|vostra) (?:richiesta|segnalazione"
                r"|e-?mail)[^.]{0,60}(?:ricevut|registrat|apert|pres)"
            ),
            r"(?:wir haben|haben wir|ist) .{0,60}(?:erhalten|eingegangen)",
            (
                r"dank f[uü]r (?:ihre|deine|die|ihr) (?:anfrage|nachricht|e-?mail|mitteilung"
                r"|interesse)"
            ),
            (
                r"(?:ihre|deine) (?:anfrage|nachricht|e-?mail|meldung|ticket)[^.]{0,60}(?:erhalten"
                r"|eingegangen|registriert|erstellt)"
            ),
            r"(?:we hebben|wij hebben|is) .{0,60}(?:ontvangen|in goede orde)",
            r"bedankt voor (?:uw|je) (?:bericht|mail|e-?mail|vraag|aanvraag)",
            (
                r"(?:uw|je) (?:bericht|aanvraag|e-?mail|vraag|ticket)[^.]{0,60}(?:ontvangen"
                r"|geregistreerd|aangemaakt)"
            ),
            r"otrzymali[sś]my|dzi[eę]kujemy za (?:wiadomo|kontakt|zg[lł]osz|przes)",
            (
                r"(?:twoje|pa[nń]stwa|twoja) (?:zg[lł]oszenie|wiadomo[sś][cć])[^.]{0,60}(?:przyj"
                r"|zarejestr|otrzyman|utworz)"
            ),
            r"お問い?合わ?せ(?:いただき|頂き|を(?:受け|承)|ありがとう|有難)|受け?付け(?:いた|ました|完了)|受領(?:いた|しました)|収到|已收到",
            r"мы получили|ваш[аеи]? (?:заявк|обращени|запрос|сообщени)",
        )
    )
)
RECEIVED_SUBJECT = re.compile(
    "|".join(
        (
            r"request received|ticket received|case received|we(?:'ve| have)? received your",
            r"received your (?:request|message|e-?mail|enquiry|inquiry)",
            (
                r"(?:ticket|case|request|issue|incident)\b.{0,40}(?:received|created|opened|logged"
                r"|registered|acknowledge?ment)"
            ),
            r"acknowledge?ment of",
            (
                r"thank(?:s| you) for (?:contacting|your (?:e-?mail|message|enquiry|inquiry"
                r"|request|mail))"
            ),
            (
                r"(?:solicitud|consulta|ticket|incidencia|petici[oó]n|mensaje) (?:recibid"
                r"|registrad|cread)"
            ),
            r"hemos recibido",
            r"gracias por (?:contactar|(?:su|tu) (?:mensaje|consulta|correo|solicitud))",
            r"acuse de recibo",
            r"recepci[oó]n de (?:su|tu)|ha sido recibid|confirmaci[oó]n de recepci[oó]n",
            r"[eé]t[eé] re[cç]ue?\b|[eè] stat[ao] ricevut|is ontvangen",
            r"wurde (?:empfangen|erhalten)",
            r"foi recebid|zosta[lł][ao] (?:przyj|otrzym)",
            r"recebemos|(?:solicita[cç][aã]o|pedido|chamado|mensagem) (?:recebid|registrad|abert)",
            r"accus[eé] de r[eé]ception|(?:demande|message) (?:re[cç]ue?|enregistr)",
            r"nous avons (?:bien )?re[cç]u",
            r"merci (?:de nous|pour votre (?:message|mail|demande|courriel))",
            r"abbiamo ricevuto|richiesta ricevuta|conferma (?:di )?ricezione",
            r"grazie per (?:averci|aver|il (?:suo|tuo) mess|la (?:sua|tua) (?:rich|mail|e-mail))",
            r"eingangsbest[aä]tigung|empfangsbest[aä]tigung",
            r"anfrage (?:erhalten|eingegangen)|ihre (?:anfrage|nachricht|e-?mail)",
            r"dank f[uü]r ihre (?:anfrage|nachricht|e-?mail|mitteilung)",
            r"ontvangstbevestiging|(?:bericht|aanvraag|vraag) ontvangen",
            r"bedankt voor (?:uw|je) (?:bericht|mail|e-?mail|vraag|aanvraag)",
            r"potwierdzenie (?:otrzymania|przyj|zg)|otrzymali[sś]my",
            r"(?:zg[lł]oszenie|wiadomo[sś][cć]) (?:przyj|otrzym)",
            r"受付(?:完了|の(?:お知らせ|ご案内)|確認|メール)|お問い?合わ?せ(?:受付|ありがとう|を受け|いただき)|受信確認|已收到|получен",
        )
    )
)
