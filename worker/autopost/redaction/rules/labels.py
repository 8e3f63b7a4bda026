"""Words for passwords, keys and codes, in about thirty languages, as patterns without groups.

A word boundary of RE2 is one of ASCII letters, so words of other scripts have none.
"""

# ruff: noqa: E501, S105  # a pattern is easier to read on one line, and is not a password

from __future__ import annotations

PASSWORD = (
    r"(?:pass[_ -]?(?:word|phrase)s?|passwd|pswd|psk\b"
    r"|(?:\b|_)(?:pwd|pw|mdp|clave|senha|sandi|losung)"
    r"|#pass(?:word)?|(?-i:[A-Z]PASS)\b|_pass(?:word|phrase|wd)?s?|(?-i:[a-z]Pass)|\b(?:user|db|wi-?fi|admin|root|login|smtp|ftp|ssh|ops)[ /:_-]{1,2}pass(?:word|phrase|code)?s?|(?:^|[\n{,;|?&])\s{0,3}[\"']?pass[:=]"
    r"|(?:passw[oöø]rt|kennwort|lösenord|passord|adgangskode|kodeord|salasana|lykilorð|jelsz|salasõna|parool)[a-zåäöøéűóáðí]{0,5}|passwörter|kennwörter|zugangsdaten|zugangskennung|(?:code|clé|clave|contraseña|codice|chiave|kod|klucz|código|senha|ключ|код)(?: du| del| de la| do| от)? wi-?fi\b|wi-?fi[- ]?(?:codes?|keys?|sleutel|schlüssel|kod)\b|wlan-?(?:code|schlüssel)|mots? de passe|contrase[nñ]a|contrasenya|contrasinal|palavra[- ]?passe|palabra de paso"
    r"|identifiants|credencia(?:les|is)|credenziali|inloggegevens|inloggningsuppgifter|dane (?:logowania|dostępowe|do logowania)|přihlašovací údaje|уч[её]тные данные|账号密码|帳號密碼|parola d'ordine|chiave d'accesso|wachtwoord(?:en)?|hasł[oaeu]m?|hasel\b|hesl[aou]\b|parolă|parolei"
    r"|парол[а-яіїєґ]*|лозинк[аеуо](?:та|то)?|құпия сөз|нууц үг|fjalëkalim[a-z]*|cyfrinair|focal faire|የይለፍ ቃል|លេខសម្ងាត់|ລະຫັດຜ່ານ|గుర్తుపదం|ಗುಪ್ತಪದ|κωδικ[όο][ςσ]?|συνθηματικ|şifre[a-zıiğü]{0,6}|\bsifre[a-z]{0,6}|(?:\b|_)(?:lozink[aeiou]m?|zapork[aeiou]|geslo|gesl[au]|hesl[aeou]m?|parol[a-zăıişț]{0,6})|\bparol(?:nya|ası|anız)|slaptažod[a-zž]*|pasahitza|nenosiri|wagwoord"
    r"|كلمة المرور|كلمة السر|كلمه المرور|الرقم السري|رمز عبور|گذرواژه|پاس ورڈ|סיסמ[הא]|पासवर्ड|पासवर्ड|পাসওয়ার্ড|কৃতশব্দ|கடவுச்சொல்|รหัสผ่าน|mật khẩu|mat khau|kata ?sandi(?:nya|mu|ku|anda)?|kata laluan"
    r"|パスワード|暗証|合言葉|密码|密碼|口令|비밀번호|비번|암호|პაროლ|գաղտնաբառ)"
)

# Words for a secret that is issued, and before them whose it is.
SECRET = (
    r"(?:api[_ -]?(?:key|token|secret|schlüssel)|schlüssel|(?:\b|_)secrets?|(?:\b|_)tokens?|(?:bearer|refresh|access|auth|client|app|id|bot|session|csrf|xsrf)(?i:token|secret|key)s?"
    r"|(?:\b|_)keys?|[a-z]Key|(?:\b|_)(?:jwt|dsn|salt|hmac|otpauth)|credentials?|(?:\b|_)creds?|(?:\b|_)auth|authkey|passkeys?"
    r"|recovery[_ -](?:phrase|code)|seed[_ -](?:phrase|words)|totp[_ -]?(?:seed|secret|key)|\bpepper\b|(?:login|session|auth|access) ticket|\bseed\b|conn(?:ection)?[_ -]?str(?:ing)?|cookies?\b"
    r"|(?:\b|_)clés?(?: (?:d[’']?|de )?(?:l')?api)?|(?:\b|_)(?:cle|clave|chave|chiave|jeton|sleutel|nyckel|nøgle|nøkkel|avain|klucz|kulcs|anahtar|kunci)s?(?: (?:d[’']?|de |do |di |del )?(?:l')?api)?\b|klíč|\bkľúč"
    r"|(?:^|[^\p{Cyrillic}])ключ(?:а|и|у|ом|е|ей|ами|і)?|токен[а-я]*|κλειδί|مفتاح|מפתח|कुंजी|คีย์|khóa|キー|トークン|シークレット|密钥|密鑰|令牌|金鑰|토큰|(?:api|비밀|암호화|액세스|인증|개인|접근) ?키)"
)

# Of a word for a key, what makes it something else: of a table, a cache, a keyboard.
OTHER_KEYS = frozenset(
    [
        "primary",
        "foreign",
        "cache",
        "partition",
        "sort",
        "registry",
        "lookup",
        "dedup",
        "dedupe",
        "deduplication",
        "idempotency",
        "object",
        "routing",
        "row",
        "composite",
        "index",
        "json",
        "dict",
        "dictionary",
        "translation",
        "map",
        "hash",
        "config",
        "setting",
        "settings",
        "group",
        "join",
        "unique",
        "natural",
        "surrogate",
        "shard",
        "sharding",
        "public",
        "metadata",
        "localization",
        "i18n",
        "yaml",
        "toml",
        "top",
        "low",
        "home",
        "end",
        "enter",
        "arrow",
        "function",
        "shortcut",
        "hot",
        "escape",
        "delete",
        "tab",
        "piano",
        "issue",
        "jira",
        "project",
        "max",
        "min",
        "total",
        "prompt",
        "completion",
        "input",
        "output",
        "num",
        "n",
        "stop",
        "pad",
        "eos",
        "special",
        "per",
        "of",
        "context",
        "cached",
        "reasoning",
        "billed",
        "used",
        "uses",
        "use",
        "thousand",
        "million",
        "k",
    ]
)

# Words that follow in the name of something that holds no secret.
OTHER_NAMES = frozenset(
    [
        "count",
        "counts",
        "type",
        "types",
        "name",
        "names",
        "id",
        "ids",
        "ttl",
        "file",
        "files",
        "path",
        "paths",
        "length",
        "limit",
        "limits",
        "usage",
        "url",
        "urls",
        "uri",
        "endpoint",
        "version",
        "policy",
        "policies",
        "bucket",
        "size",
        "sizes",
        "model",
        "models",
        "budget",
        "budgets",
        "format",
        "rotation",
        "column",
        "columns",
        "field",
        "fields",
        "value",
        "point",
        "points",
        "result",
        "results",
        "metric",
        "metrics",
        "finding",
        "findings",
        "takeaway",
        "takeaways",
        "board",
        "word",
        "ring",
        "frame",
        "frames",
        "less",
        "stone",
        "note",
        "event",
        "events",
        "stage",
        "minlength",
        "strength",
        "manager",
        "vault",
        "store",
        "reset",
        "change",
        "error",
        "errors",
        "issuer",
        "audience",
        "scope",
        "scopes",
        "age",
        "at",
        "in",
        "sum",
        "rate",
        "per",
        "throughput",
        "window",
        "spent",
        "cost",
        "price",
        "pricing",
        "used",
        "left",
        "remaining",
        "expiry",
        "expires",
        "expiration",
        "ize",
        "izer",
        "izers",
        "ized",
        "ization",
        "izing",
        "hash",
    ]
)

CODE = (
    r"(?:(?:\bcodes?|\bc[oó]digos?|\bcodic[ei])\s(?:de\s|d[e']\s?|di\s|do\s)(?:un\s|una\s)?(?:secours|sauvegarde|récupération|urgence|respaldo|recuperación|recuperação|emergencia|emergência|emergenza|recupero|riserva|reserva|backup|vérification|verificación|verificação|verifica|acceso|acesso|accesso|accès|seguridad|segurança|sicurezza|sécurité|confirmation|confirmación|solo uso)|kód[a-zéáu]{0,6}|\b(?:otp|totp|hotp|m?tan|2fa|mfa|puk2?|passcode|kode[nr]?|kod(?:u|un|unuz|umuz|en|et|a|y|ie)?|koodi[a-z]*|kodas|código|codigo|codice|codul|kod[aeu]?|sifra)s?\b|(?:\b|_)(?:otp|code)s?"
    r"|\bcodes?\b|[a-zäöü]{3,}codes?\b|einmal(?:passwort|kennwort|pin)|(?:\bone[- ]time|single[- ]use)[- ](?:password|passcode|pass|pin)|verification number|vahvistuskood|engangs(?:kode|kod)|digicode|[a-zåäö]{3,}kod(?:en)?\b|[a-zåäöø]{3,}kode[nr]?\b|[a-zäö]{3,}koodi|\bhost key|authenticator|\bcombination\b|\bcombo\b"
    r"|(?:^|[^\p{Cyrillic}])код(?:а|ы|у|ом|е|ов|и|ів)?|κωδικ[όο]ς|رمز|الرمز|كود|קוד|कोड|ओटीपी|รหัส|mã|\b(?:2|two)[- ]step verification|(?:备用|備用|恢复|恢復|救援)[码碼]|(?:门禁|門禁|门锁|門鎖|取款|支付|银行卡|开锁)(?:密码|密碼)?|验证码|驗證碼|校验码|動態碼|动态码|確認コード|認証コード|認証番号|暗証番号|コード|인증\s?번호|인증\s?코드|인증번호|코드)"
)
PIN = r"(?:(?:\b|_)pin(?:[ _-]?(?:code|number|nummer))?2?s?|\bp\.i\.n\.?|clave (?:de(?:l)? (?:cajero|tarjeta|banco))|geheimzahl|code (?:secret|confidentiel)|n[úu]mero secreto|c[óo]digo secreto|codice segreto|geheime code|einmalpin|пин|пін|κωδικός pin|الرقم السري|暗証番号|핀)"

# Words that make a code one that opens something.
OF_CODES = (
    r"(?:\b(?:your|my)\s(?:\w+\s)?(?:code|c[oó]d)|verif|confirm|one[- ]time|einmal|2fa|mfa|otp|tan\b|\btwo[- ](?:factor|step)|\bmulti[- ]factor|secur|authenti|authori[sz]|\bauth\b|log[- ]?in|sign[- ]?(?:in|up|on)\b|read (?:me|out|back|aloud)|dictat|solo uso|usage unique|monouso|uso único|eenmalig|jednoraz|одноразов|tek kullanım|sekali pakai|kertakäyttö|(?:\b(?:dein|ihr|votre|ton|tu|su|seu|sua|tuo|suo|din|ditt|twój|je|uw)|ваш|твой)\s(?:\pL+\s)?(?:code|c[oó]d|kod|код)|\bsms\b|\bby text\b|\bvia text\b|text message|text(?:ed)? me|magic|instagram|facebook|steam|móvil|handy|e-?mail|\bmail\b"
    r"|\blodge|\bporch|\bhatch|staff room|changing room|disarm|access|backup|one[- ]use|gjenoppretting|varakood|záložn|palautus|nødkod|tartalék|yedek|resiliensi|back-up|recovery|rescue|emergency|scratch|door|gate\b|unlock|alarm|keypad|lock ?box|garage|entry|entrance|building|elevator|safe\b|vault\b|locker|bike lock|padlock|front desk|intercom|airbnb|apartment|office door"
    r"|zoom|meeting|webex|teams call|dial-in|conference|conf call|host key|pairing|bluetooth|parental|sim\b|phone lock|screen lock|card|debit|atm\b|bank|unlock|voicemail|device|tablet|wifi|wi-fi|wlan|mobile"
    r"|digit|single[- ]use|stellig|\bvalid\b|expires|gültig|whatsapp|telegram|signal|google|apple id|microsoft|paypal|duo\b|okta|github"
    r"|\b(?:das|dem|zum|am) tor\b|c[óo]digo del? (?:la )?(?:portal|garaje|edificio|cancela|verja|almacén|bodega)|porte\b|portail|grille|barrière|verja|cancela|puerta|\bporta\b|tür|eingang|\bdeur|\bhek\b|slagboom|sbarra|szlaban|gartentor|dörr|\bdør|drzwi|dveř|kapı|двер|смс|steam|guard|bestätigung|sicherheit|zugang|anmelde|freischalt|vérif|vérification|connexion|sécurité|confirmation|verificaci|segurid|acceso|verifica|sicurezza|accesso|verificaç|seguran|acesso|verificatie|bevestig|beveilig|toegang|inlog"
    r"|weryfik|potwierdz|dostęp|bezpiecz|verifier|bekräft|bekreft|bekræft|engångs|engangs|ověř|potvrz|ellenőrz|megerős|doğrula|onay|güvenlik|giriş|подтвержд|провер|доступ|вход|безопас|підтвердж|επαλήθ|επιβεβ|ασφαλ|تحقق|تأكيد|التحقق|אימות|सत्याप|ยืนยัน|xác (?:minh|nhận|thực)|verifikasi|pengesahan|otentikasi"
    r"|wiederherstell|rettung|notfall|ersatzcode|backupcode|secours|sauvegard|urgence|récup|respaldo|recuper|emergenc|emergenz|riserva|reserv|varmuus|nödkod|herstel|zapasow|awaryjn|odzysk|záloh|obnov|tartalék|helyreáll|yedek|kurtar|dự phòng|cadangan|pemulihan"
    r"|резервн|восстан|запасн|аварийн|відновл|احتياط|استرداد|גיבוי|שחזור|バックアップ|リカバリー|復旧|恢复|恢復|备用|備用|紧急|백업|복구"
    r"|shed|store ?room|closet|keycode|schlüssel(?:box|kasten|tresor)|clave de (?:la )?alarma|immeuble|entrée|digicode|interphone|bramy|brama|bramk|furtk|klatk|domofon|sejf|portkod|portico|portone|cancello|citofono|garaje|garagem|portão|portón|prédio|port[aã]ria|portería|portero|edificio|caja fuerte|\bpoort|kluis|\bslot\b|key ?box|lockbox|the box|spare key|låskod|garasje|portti|ovikoodi|brán[ayu]|vchod|trezor|kapu|széf|bejárat"
    r"|домофон|подъезд|ворот|сейф|замк|ドア|玄関|金庫|门|門|保险|현관|도어|대문|باب|بوابة|דלת|שער"
    r"|备用|備用|恢复|恢復|救援|门禁|門禁|门锁|取款|支付|银行|验证|驗證|校验|确认|登录|動態|确认|確認|認証|ログイン|인증|확인)"
)

# Words that make a code something that everybody may read.
OF_OTHER_CODES = r"(?i)(?:iso|error|status|exit|return|response|result|http|country|area|zip|postal|post|promo\w*|discount|coupon|voucher|source|gift|product|item|order|sku|dial(?:l?ing)?|currency|language|locale|reason|termination|airport|bar|qr|colou?r|hex|stop|flight|iata|icao|tax|cost|charge|fault|dtc|diagnostic|event|signal|key|char(?:acter)?|unicode|ascii|op|byte|machine|dress|building|morse|penal|civil|dead|legacy|test|naics|sic|hs|icd(?:-10)?|cpt|mcc|class|course|room|vergleichs|fehler|länder|rabatt|quell|vor|bank|sort|swift|branch|routing|department|school|referral|invite|tracking|rückgabe|d'erreur|de retour|de erro|de error|błędu|chybový|ошибки|錯誤|错误|오류|エラー)[\s_-]{0,2}$"

# Words for a passphrase, for the words of a wallet, for a hint or an answer to a security question.
PHRASE = (
    r"(?:pass[ _-]?(?:phrase|fras)(?:e[nr]?|s)?\b|lösen(?:ords)?fras(?:en)?|salalause|fraza hasła|adgangsfrase|wachtwoord(?:zin|frase)|wachtzin|(?:passwort|kennwort|pass)(?:satz|phrase)|salasana?lause|tunnuslause|jelmondat|heslová fráze"
    r"|phrases? (?:de passe|secrète|d'accès|de déverrouillage|de sécurité|de secours)|frase (?:di (?:sblocco|sicurezza|recupero)|de (?:desbloqueo|recuperación|desbloqueio))|(?:tresor|merk|kenn|losungs|geheim|zugangs|master|krypto|notfall|entsperr|sicherheits|sicherungs|verschlüsselungs|entschlüsselungs|wiederherstellungs|schlüssel)(?:satz(?:es)?|spruch|phrase)\b|(?:herstel|ontgrendel|sleutel|toegangs|versleutelings)zin|geheime zin|(?:adgangs|kode)sætning(?:en)?|(?:pass|adgangs)setning(?:en)?|lösenmening(?:en)?|přístupov[áé] fráz[ei]|frase (?:de (?:paso|contraseña|acceso|seguridad|acesso|segurança)|secreta|clave|de passe|d'accesso|segreta|di accesso)|frase-(?:senha|passe|clave)|phrase (?:clé|maître(?:sse)?|de chiffrement)|frase (?:maestra|mestra|de cifrado|di cifratura)|fraza (?:hasłowa|dostępu|bezpieczeństwa|zaporka|lozinka)|hasło(?:[- ]| to )(?:fraza|zdanie)"
    r"|\bdiceware\b|(?:encryption|unlock|secret|disk|vault|decryption|gpg|key|keyring|luks|backup|master|memorable|archive|signing|escrow|access|login|boot|code|full|challenge)(?:'s)?[ _-](?:phrase|sentence)|\bphrase used|parola (?:cümlesi|ifadesi)|(?:passwort|password|mot de passe|contraseña|wachtwoord|senha) (?:ist|is|est|es|è|é) (?:ein satz|an? (?:sentence|phrase)|une phrase|una frase|een zin|uma frase)|contraseña de frase|hasło frazowe|(?:парольн|кодов|секретн)[а-я]+ фраз[а-я]+|φράση πρόσβασης|عبارة (?:المرور|السر)|ביטוי סיסמה|パスフレーズ|合言葉|密码短语|密碼短語|口令短语|암호문|암호 구문|frasa sandi)"
)
SEED_PHRASE = (
    r"(?:(?:seed|recovery|mnemonic|backup|secret recovery|wallet|restore)[ _-](?:phrases?|words|sentence)|\bmnemonics?|\bbip-?39\b|\b(?:12|15|18|21|24|twelve|twenty-four)[ -]words?"
    r"|phrase (?:de récupération|mnémonique|de restauration|graine)|frase (?:semilla|de recuperación|mnemónica|di recupero|seme|mnemonica|de recuperação|semente|mnemônica)|(?:wiederherstellungs|seed-?|sicherungs)(?:phrase|satz|wörter)"
    r"|herstel(?:zin|woorden)|återställningsfras|palautus(?:lause|sanat)|gjenopprettingsfrase|(?:fraza|frazy) (?:odzyskiwania|seed)|сид-?фраз[аыу]|мнемоническ[а-я]+ фраз[а-я]+|助记词|助記詞|シードフレーズ|リカバリーフレーズ|니모닉|복구 구문|kurtarma (?:ifadesi|kelimeleri))"
)
HINT = (
    r"(?:\b(?:pass(?:word|phrase|code)?|pw|login|pin|account|recovery|reminder|security)[ _-]?hint|\bhint for the [\w ]{2,24}|(?:passwort|kennwort)-?hinweis|merkhilfe|indice (?:de|du) mot de passe|pista de (?:la )?contraseña|suggerimento password|wachtwoord-?hint|dica d[ea] senha|podpowiedź hasła|lösenordstips|подсказка (?:к )?парол[юя]|パスワードのヒント|密码提示|비밀번호 힌트"
    r"|(?:security|secret|verification|challenge|backup|recovery|account|hint|question)[ _-](?:question[ _-])?(?:answers?|hints?|questions?)|answer to (?:[\w'’]+ ){1,3}(?:security|secret) question|(?:mother'?s )?maiden name|(?:security|challenge|delivery|pickup|collection|duress|callback|verification|safe) word|question about (?:the |her |his |my |their )(?:first|favou?rite|mother|pet|school|childhood|street|teacher)|memorable (?:word|name|place|date|information)|\bfirst (?:pet|school|car|teacher)(?:'s name)?|name of (?:my|the|his|her|your) first (?:pet|school|dog|cat|car)"
    r"|(?:favou?rite|childhood) (?:pet|teacher|nickname|friend)|(?:sicherheits|geheim|kontroll)(?:frage|antwort)|geheime (?:frage|antwort)|(?:geburts|mädchen)name der mutter|erstes haustier|nom de jeune fille(?: de (?:ma|la|sa) mère)?|(?:question|réponse) (?:secrète|de sécurité)|premier animal|(?:pregunta|respuesta) (?:secreta|de seguridad)|apellido de soltera(?: de (?:la|mi|su) madre)?|primera mascota"
    r"|(?:domanda|risposta) (?:segreta|di sicurezza)|cognome da nubile(?: della madre)?|(?:veiligheids|geheime )(?:vraag|antwoord)|meisjesnaam(?: van (?:de|mijn) moeder)?|(?:pergunta|resposta) (?:secreta|de segurança)|nome de solteira(?: da mãe)?|nazwisko panieńskie(?: matki)?|(?:pytanie|odpowiedź) (?:pomocnicz[ea]|zabezpieczające)|säkerhets(?:fråga|svar)|sikkerhetsspørsmål|turvakysymys"
    r"|(?:контрольн|секретн)[а-я]+ (?:вопрос|ответ|слово)|девичья фамилия(?: матери)?|кодовое слово|anne kızlık soyadı|güvenlik sorusu|母の旧姓|秘密の(?:質問|答え)|密保(?:问题|答案)|安全(?:问题|答案)|보안 (?:질문|답변))"
)
