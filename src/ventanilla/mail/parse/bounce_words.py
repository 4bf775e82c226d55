"""How mail servers announce that a mail was not delivered. Facts only: add, don't rearrange.

All in lower case, compared with text in lower case and blanks folded.
"""

import re

DAEMONS = {  # local parts of senders that are machines of the mail system
    *("mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mdaemon", "mailer_daemon"),
    *("postmaster", "post.master", "postoffice", "mail-delivery-subsystem", "mailerd", "mmdf"),
    *("delivery-status", "bounce-notification", "mail.delivery.subsystem", "microsoftexchange"),
    *("mailer", "mailer-deamon", "maildelivery", "mta", "smtp", "smtpd", "mail_delivery"),
}
DAEMON_NAME = re.compile(
    r"mail delivery (?:sub)?system|mail(?:er)?[ -]da?ea?mon|mail delivery service"
    r"|mta e-?mail server|mail administrator|internet mail (?:delivery|service)|postmaster"
    r"|delivery subsystem|interscan|virus ?wall|mail ?marshal|mail2000|mail ?system|mail ?server"
    r"|smtp gateway|anti-?virus|symantec|listserv|majordomo|^administrator$"
    r"|system administrator|microsoft (?:outlook|exchange)|administrador d(?:el|o) sistema"
    r"|systemadministrator|administrateur syst|amministratore di sistema|systeembeheerder"
    r"|administrator systemu|correo del sistema|mail router|email delivery system"
)

NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no|not|never|dont|do[._-]?not|don[._-]?t)[._-]?(?:reply|respond|responder|answer)"
    r"|(?:^|[._-])(?:noreply|nicht[._-]?antworten|n[ao]o?[._-]?respond[ae]r?|ne[._-]?pas[._-]?repondre"
    r"|non[._-]?rispondere|nepasrepondre|noresponder|nao[._-]?respond[ae]r?)",
    re.I,
)

SUBJECT = re.compile(
    "|".join(
        (
            # English
            r"\bundeliver(?:ed|able)\b",
            r"\bundelivery\b",
            r"non[ -]?delivery (?:notice|notification|report)",
            r"delivery (?:status notification|status report|notification|failure|problem|failed)",
            r"delivery (?:report|error|has failed|unsuccessful|delay|incomplete|not possible)",
            r"mail delivery (?:failed|failure|system|problem|status|error|report|warning)",
            (
                r"(?:mail|message|e-?mail)(?: you sent)? (?:delivery )?(?:delayed|not delivered"
                r"|bounced)"
            ),
            r"(?:mail|message|e-?mail) (?:delivery )?(?:could not|cannot|can't) be delivered",
            r"(?:message|mail|e-?mail) (?:status - )?undeliver",
            r"return(?:ed|ing)(?: e-?)?(?: ?mail| ?message| to sender)",
            r"mail (?:failure|error|returned|system error|could not be delivered|not delivered)",
            r"fail(?:ed|ure) (?:mail|notice|delivery|notification|to deliver|message)",
            r"could not (?:be delivered|send (?:message|your message)|deliver)",
            r"unable to (?:deliver|send)",
            r"can(?:'t|not) (?:deliver|be delivered)",
            r"(?:bounced?|rejected) (?:mail|e-?mail|message)|^bounced?:|^rejected:",
            r"message rejected",
            r"\bdelivery (?:status|warning)\b",
            r"warning: (?:could not send|message .* delayed|e-?mail|mail|original message)",
            r"message (?:delivery )?(?:failure|delayed|error|status report|could not)",
            r"nondeliverable mail|unzustellbar|user unknown|user not found",
            r"unknown (?:user|recipient)",
            r"mail(?:box)? (?:is )?(?:full|unavailable|quota)|over quota|quota exceeded",
            r"^(?:mail system )?error(?: mail| sending| condition|: )|^failure: |^ndn: |^ndr: ",
            r"^nonremise",
            r"problem delivering (?:mail|your)|problems? (?:with )?delivering",
            r"your message couldn't",
            r"message you sent (?:was )?blocked|not (?:yet )?(?:been )?deliver(?:ed|able)",
            r"^non-?delivery\b",
            r"e-?mail delivery|considered unsolicited bulk",
            r"recipient (?:not found|unknown|rejected)",
            r"^waiting mail|r[uü]ck(?:gabe|l[aä]ufer)",
            r"error sending your (?:mail|message)|\[bounce\]",
            r"(?:配信|送信|配送)に失敗|配達できません|お届けできません",
            # Spanish, Portuguese
            (
                r"no (?:se )?(?:pudo|ha podido|puede|entregado|se pudo)(?: ser)? ?(?:entrega|envia"
                r"|remit)?"
            ),
            r"mensaje (?:no entregado|devuelto|rechazado|retrasado|no se pudo)",
            r"correo (?:devuelto|no entregado)",
            r"no se (?:ha )?(?:puede|pudo|podido) entregar|no entregad[oa]|error de entrega",
            r"entrega fallida",
            r"fallo (?:de|en la) entrega|devoluci[oó]n de correo|retraso en la entrega",
            r"(?:notificaci[oó]n|informe|estado) (?:del? )?(?:estado de )?(?:la )?(?:no )?entrega",
            r"n[aã]o (?:foi )?(?:entregue|p[oô]de ser|poss[ií]vel entregar|pode ser entregue)",
            r"falha (?:na|de) entrega|mensagem (?:devolvida|n[aã]o)|n[aã]o entregue|devolvid[ao]",
            r"notifica[cç][aã]o (?:de|do) (?:status|estado)|entrega (?:atrasada|n[aã]o)",
            # French, Italian
            r"non (?:remis|d[eé]livr[eé]|distribu|livr[eé])",
            r"[eé]chec (?:de |du )?(?:la )?(?:remise|distribution|envoi|livraison|delivrance)",
            r"message (?:non|retourn[eé]|en retard)|retour de courrier",
            r"(?:notification|avis) (?:d'[eé]tat|de non|d'[eé]chec)",
            r"courrier non|n'a pas pu [eê]tre (?:remis|distribu|d[eé]livr)|impossible de remettre",
            r"mancat[oa] (?:recapito|consegna)|non recapitabile",
            r"messaggio non (?:consegnat|recapitat)",
            r"consegna (?:non riuscita|fallita)|recapito non riuscito",
            r"impossibile (?:recapitare|consegnare)",
            r"notifica (?:di |sullo )?(?:stato|mancat)|errore di consegna|posta non recapitata",
            # German, Dutch, Polish
            r"unzustellbar|nicht zugestellt|zustellung (?:fehl|verz|nicht)|unzustellbarkeit",
            r"(?:benachrichtigung|bericht).{0,20}(?:zustell|[uü]bermittlung)",
            r"zustell(?:ungs)?fehler",
            r"r[uü]cksendung|konnte nicht (?:zugestellt|ausgeliefert)|mail (?:fehler|verz[oö]gert)",
            r"onbestelbaar|niet (?:bezorgd|afgeleverd|besteld)|bezorging (?:mislukt|vertraagd)",
            r"aflevering",
            r"niedostarczon|nie (?:mo[zż]na|uda[lł]o si[eę]) dostarczy|zwrot (?:poczty|wiadomo)",
            r"nie dostarczono",
            r"(?:raport|powiadomienie|status) .{0,20}dor[eę]cz|niedor[eę]cz",
            # Japanese, Chinese, Russian, Nordic
            r"配信不能|配信できません|配送できません|未配達|不達|エラー通知|送信できません|送達不能|届けられません",
            r"メール(?:が|を)?(?:配信|配送|送信)(?:エラー|失敗|不能)|配信(?:エラー|失敗|遅延|状況)|返送",
            r"(?:邮件|郵件)?(?:发送|傳送|传送|传输)失败|退信|投递失败|无法投递|未送达|无法送达|無法傳遞|傳送失敗|系统退信|退件",
            r"недоставлен|не доставлен|невозможно доставить|ошибка доставки|сообщение не",
            r"ej levererad|kan inte leverera|oleverer|kunne ikke leveres|ikke leveret",
            r"ei voitu toimittaa",
        )
    )
)

# Sentences of notices, enough by themselves when a machine sent them.
NOTICE = re.compile(
    "|".join(
        (
            r"could not be (?:fully )?delivered|not be reached|couldn't be delivered",
            r"cannot be delivered|can't be delivered",
            r"was not delivered|not been delivered|not yet been delivered|wasn't delivered",
            r"(?:were|is|are|was) undeliverable|undeliverable (?:address|message|mail)",
            r"unable to deliver|wasn't able to deliver|was unable to (?:deliver|send)",
            r"failed to deliver",
            r"could ?n[o']t deliver|did ?n[o']t (?:get )?deliver|not able to deliver",
            r"cannot deliver",
            (
                r"delivery (?:to the following|has failed|failed|attempt|of (?:this|your)|status"
                r"|is delayed)"
            ),
            r"deliver your message|delivery problem|delivering your m|problem delivering",
            r"following addresse?s? had|following address(?:es)?(?:\(es\))? (?:failed|could|had)",
            r"(?:following|these) (?:recipients?|addresse?s?|users?)(?:\(s\)|\(es\))?[^.]{0,40}"
            r"(?:fail|could not|couldn't|unknown|not reach|was not|were not|did not|had|cannot)",
            r"failed (?:recipients?|addresses)|fatal errors|session follows|session transcript",
            r"did not reach|did not receive|not deliver(?:ed|able) to",
            r"your m(?:essage|ail) (?:could|can|was|did)",
            r"message (?:could|can)(?: ?not|n't) be (?:delivered|sent|processed)|has been rejected",
            r"returned to (?:the )?sender|returned mail|is being returned|returning (?:your )?m",
            r"(?:mail|message) has been (?:returned|postponed)|has been postponed",
            r"permanent(?:ly)? (?:fatal )?(?:failure|error|undeliverable|rejected)",
            r"is an error message",
            r"user unknown|unknown user|no such (?:user|recipient|mailbox)",
            r"unknown (?:recipient|address)",
            r"user (?:not found|doesn't exist|does not exist|is over)",
            r"mailbox (?:is )?(?:full|unavailable|not found)",
            r"recipient (?:unknown|address rejected|rejected|not found|could not|is unknown)",
            r"is not a (?:valid|known)|address (?:does not|doesn't) exist",
            r"invalid (?:address|recipient|mailbox|user|final)",
            r"mailbox (?:size )?(?:limit|quota) exceeded|quota (?:exceeded|is full)",
            r"over (?:the )?quota|insufficient storage",
            r"has been delayed|still undelivered",
            r"will (?:continue|keep|be) (?:to )?(?:try|trying|retried)",
            r"no need to resend|do not need to (?:re)?send|delivery attempts will",
            r"not delivered yet",
            r"host (?:unknown|not found)|unrouteable address",
            r"relay(?:ing)? (?:denied|not permitted)",
            r"couldn't find any host|could not be found|no mx|mail loop|too many hops",
            # Spanish, Portuguese
            r"no (?:se )?(?:ha )?(?:pudo|podido|puede)(?: ser)? (?:entrega|envia|remit|llega)",
            r"no ha sido entregado",
            r"no fue entregado|no se entreg[oó]|destinatario (?:desconocido|no existe)",
            r"buz[oó]n (?:est[aá] )?lleno",
            r"no existe (?:el|la|en)|usuario desconocido|se seguir[aá] intentando",
            r"ha sido rechazado",
            r"n[aã]o (?:p[oô]de|foi|pode) (?:ser )?(?:entreg|enviad|poss)",
            r"caixa (?:postal )?(?:est[aá] )?cheia",
            r"n[aã]o foi entregue|destinat[aá]rio (?:n[aã]o|desconhecido|inexistente)",
            r"falha na entrega",
            # French, Italian
            r"n'a pas (?:pu [eê]tre|[eé]t[eé]) (?:remis|d[eé]livr|distribu|envoy|livr)",
            r"impossible de (?:remettre|d[eé]livrer|distribuer)",
            r"destinataire (?:inconnu|suivant|introuvable)",
            r"bo[iî]te (?:aux lettres|mail).{0,30}pleine|adresse inconnue",
            r"non (?:[eè] stato |[eè] )?(?:possibile )?(?:recapita|consegna)",
            r"impossibile (?:recapitare|consegnare|inviare)",
            r"casella (?:di posta )?(?:[eè] )?piena|destinatario (?:sconosciuto|inesistente|non)",
            r"utente sconosciuto",
            # German, Dutch, Polish
            r"nicht (?:zugestellt|ausgeliefert|[uü]bermittelt|erreicht)",
            r"zustellung.{0,40}(?:fehl|nicht|unm[oö]glich)",
            r"unbekannter? (?:empf[aä]nger|benutzer|adresse)",
            r"postfach.{0,20}(?:voll|[uü]berf[uü]llt)|konnte nicht",
            r"(?:bericht|e-?mail).{0,60}niet (?:worden )?(?:bezorgd|afgeleverd|verzonden)|kon niet",
            r"postvak.{0,15}vol",
            r"onbekende (?:ontvanger|gebruiker)|onbestelbaar",
            r"nie (?:mo[zż]e|mog[lł]a|zosta[lł]a).{0,20}dostarczon",
            r"nie uda[lł]o si[eę]|nieznany (?:u[zż]ytkownik|odbiorca)",
            r"skrzynka.{0,20}(?:pe[lł]na|przepe)",
            # Japanese, Chinese, Russian, Nordic
            r"配信(?:でき|され|不)|配送でき|送信でき|届けることができ|お届けでき|送れません|見つかりません",
            r"存在しません|宛先不明|メールボックス.{0,12}(?:一杯|いっぱい|容量)|エラーとなり|ユーザ.{0,6}不明",
            r"无法(?:投递|送达|发送|递送)|退回|用户不存在|未能(?:送达|投递)|無法(?:傳遞|投遞|送達)",
            r"не (?:может быть|было|был|удалось|доставлен)|невозможно доставить|не существует",
            r"kunne ikke (?:leveres|sendes)|kunde inte levereras|kan inte levereras",
            r"ei voitu toimittaa",
        )
    )
)

DELAYED = re.compile(
    "|".join(
        (
            r"this is a warning message only|you do not need to resend|no need to resend",
            r"(?:has|have) been delayed|delivery (?:is |has been )?delay(?:ed)?",
            r"not yet been delivered",
            r"will (?:continue|keep|be) (?:to )?(?:try|trying|retr)",
            r"still (?:being )?(?:undelivered|trying|retry)",
            r"delivery attempts will continue|just a warning|no action is required on your part",
            r"warning: (?:could not send message for|message still undelivered)|will be re-?tried",
            r"(?:delayed|delay) (?:mail|message|e-?mail|\()|advisory-only|temporarily deferred",
            r"has been postponed",
            r"se seguir[aá] intentando|(?:retrasad|demorad)[oa]|retraso en la entrega",
            r"a[uú]n no se ha",
            r"(?:foi|est[aá]) atrasad|atraso na entrega|continuar[aá] tentando",
            r"ainda n[aã]o foi entregue",
            r"retard[eé]e?|a [eé]t[eé] diff[eé]r|nouvelles? tentatives?|verz[oö]gert",
            r"weitere zustellversuche",
            r"ritardat[oa]|ritardo nella consegna|vertraagd|vertraging|op[oó][zź]nion",
            r"遅延|再送を試み|延迟",
        )
    )
)
REFUSED_FOR_NOW = re.compile(r"(?<![\d.])4(?:\.\d\.\d{1,3}|[0-5]\d[ -](?!\d))")
FINAL = re.compile(
    r"(?<![\d.])5(?:\.\d\.\d{1,3}|[0-5]\d[ -](?!\d))|giving up|i've given up|gave up"
    r"|permanent|user unknown|no such user|unknown user"
)

# Lines behind which the returned mail stands.
RETURNED = re.compile(
    r"(?im)^[ \t>*#|]{0,8}(?:"
    r"[-=_*+#~][-=_*+#~ ]{1,40}.{0,60}?(?:copy of (?:the|your)|original (?:message|mail|e-?mail)"
    r"|returned (?:mail|message)|message headers?|unsent message|message body|header (?:lines|of)"
    r"|original text|failed message|mensaje original|mensagem original|message d'origine"
    r"|ursprüngliche nachricht|messaggio originale|undelivered message|message text|your message"
    r"|message follows|start of returned|元のメッセージ|原文|オリジナル|copy of message"
    r"|message content|text of message)"
    r"|(?:the )?(?:original|returned|failed|unsent) (?:message|mail)(?: (?:headers?|text))?"
    r" (?:follows|was|is|attached|included|below|reads)"
    r"|(?:message text|your message|message headers?|original message|headers?) (?:follows|reads)\b"
    r"|(?:included|enclosed|below|here|attached) (?:is|are|follows) (?:a |the )?"
    r"(?:copy|first|your|original|message|header)"
    r"|(?:a |the )?copy of (?:the|your) (?:original )?(?:message|mail)"
    r"|(?:this|here) is (?:a copy of )?(?:the|your) (?:original |returned )?(?:message|mail)"
    r"|old message:|el mensaje original|mensaje original:|message original|texto original"
    r"|received: (?:from|by|\(qmail)|return-path: ?<|x-envelope-from:"
    r")"
)
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])")
