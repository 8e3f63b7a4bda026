"""Passwords on command lines and in SQL statements, by the tool and its option."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_prose
from autopost.redaction.rules.talk import SECOND_HALVES

_QUOTE = r"[\"'`]"
_VALUE = r"[^\s\"'`<>|;]"

# Tools, and the options after which they take a password. A space at the end: the value can follow without one, as well.
_OPTIONS = (
    (
        r"mysql|mysqldump|mysqladmin|mysqlimport|mysqlsh|mariadb|mariadb-dump|7z|7za|7zz|rar|unrar",
        r"-p|-P|-hp|--password[= ]",
    ),
    (r"sshpass", r"-p ?"),
    (r"usermod|useradd|doveadm|samba-tool|kadmin|security", r"-p |-w |--(?:new)?password[= ]"),
    (r"plink|pscp|psftp|putty|kitty", r"-pw "),
    (r"ipmitool|x11vnc|vncviewer|vncserver", r"-P |-passwd "),
    (r"slappasswd|swaks", r"-s |-ap |--auth-password "),
    (r"snmp(?:walk|get|set|bulkwalk|table|trap)", r"-c |-A |-X "),
    (r"lftp|ncftp\w*", r"-u \w+,|-p "),
    (r"redis-cli", r"-a |--pass "),
    (
        r"mongosh|mongo|mongodump|mongorestore|mongoexport|docker login|podman login|helm registry login|oras login|crane auth login|az login|az acr login|snowsql|snow|influx|oc login|argocd login|skopeo login|nerdctl login|vault login|clickhouse-client|cqlsh|ldappasswd|rabbitmqadmin|mc alias|smbmap|crackmapexec|evil-winrm|freerdp|wfreerdp|rdesktop|xfreerdp",
        r"-p |/p:",
    ),
    (r"(?:sudo |\$ |^)?zip|unzip|sqlcmd|bcp|mosquitto_pub|mosquitto_sub|isql|tsql|osql|impala-shell", r"-P "),
    (r"ldapsearch|ldapadd|ldapmodify|ldapdelete|ldapwhoami|ldapcompare|psexec", r"-w |-p "),
    (
        r"keytool|jarsigner|apksigner",
        r"-(?:storepass|keypass|srcstorepass|deststorepass|srckeypass|destkeypass|ks-pass|key-pass)(?: |:| pass:)",
    ),
    (r"openssl", r"-(?:pass|passin|passout|k|password) ?(?:pass:)?"),
    (r"gpg|gpg2", r"--passphrase[ =]"),
    (
        r"curl|wget|http|https|xh|httpie|ansible|rclone|restic|borg|psql|kinit|cryptsetup|nmcli|iwconfig|wpa_passphrase",
        r"--(?:pass|password|http-password|ftp-password|proxy-password|become-password)[ =]|password ",
    ),
)
_TABLE = "|".join(rf"\b(?:{tools})(?:\s[^\n|;&<>]{{0,160}}?)?\s(?:{options})" for tools, options in _OPTIONS)
_NAMES = "|".join(tools for tools, _ in _OPTIONS)


def _is_value(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    if value[0] in "$-<%{*" or text[end : end + 1] == "=" or not any(map(str.isalnum, value)):
        return False
    if value.lower() in SECOND_HALVES:
        return False
    return not is_prose(value) or any(map(str.isdigit, value))


RULES = (
    Rule(
        "PASSWORD",
        rf"(?:{_TABLE}){_QUOTE}?({_VALUE}{{3,}})",
        "manual pages of the tools",
        anchor=rf"\b(?:{_NAMES})\s[^|;&]*?(?:-|/p:|password )",
        refine=single(_is_value),
        name="option-of-tool",
    ),
    Rule(
        "PASSWORD",
        rf"\s-(?:(?:src|dest)?(?:storepass|keypass)|Pwd|Password|Passphrase)(?: |:)(?:pass:)?{_QUOTE}?({_VALUE}{{4,}})",
        "manual pages of keytool and PowerShell",
        anchor=r"(?:storepass|keypass|\s-Pwd|\s-Password|\s-Passphrase)[ :]",
        refine=single(_is_value),
        name="keystore-option",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\bidentified(?: with '?\w+'?)? (?:by|as)(?: password)? {_QUOTE}([^\"'`\n<>]{{3,}}){_QUOTE}|\b(?:user|role|to|login)\s\S+\sidentified by ({_VALUE}{{4,}})"
        rf"|\b(?:password|pass_?(?:word|plain|wd|text)?|pwd)\s{{0,2}}(?:=\s?(?:md5|sha\d*|password|crypt)?\(?|\(|\s|:=)?\s{{0,2}}N?'([^'\n<>]{{3,}})'|\b(?:sp_addlogin|sp_password|sp_addlinkedsrvlogin)\b[^\n;]{{0,60}}?,\s?N?'([^'\n<>]{{3,}})'",
        "CREATE USER and ALTER USER of MySQL, Oracle, PostgreSQL and SQL Server",
        anchor=r"(?i)\bidentified (?:by|with|as)|\b(?:password|pass_?(?:word|plain|wd|text)?|pwd)\s{0,2}(?:=\s?(?:md5|sha\d*|password|crypt)?\(?|\(|\s|:=)?\s{0,2}N?'|\bsp_(?:add|pass)",
        refine=single(_is_value),
        name="sql-user",
    ),
    Rule(
        "PASSWORD",
        rf"\bConvertTo-SecureString\s(?:-String\s)?{_QUOTE}?({_VALUE}{{4,}})|\bhtpasswd\s(?:-\w*b\w*\s)(?:\S+\s){{1,3}}{_QUOTE}?({_VALUE}{{4,}}){_QUOTE}?(?:\s|$)|\bnet use\b[^\n|;]{{0,60}}?/user:\S+\s{_QUOTE}?({_VALUE}{{4,}})|\bnet user \S+ ({_VALUE}{{4,}})|\bnet use \S+ \S+ {_QUOTE}?({_VALUE}{{4,}}){_QUOTE}? /user:|\bvault login\s(?:-\S+\s)*({_VALUE}{{8,}})"
        rf"|\b(?:cryptsetup|gpg2?|openssl|sudo|passwd|su|kinit)\b[^\n|;<]{{0,80}}<<<\s?{_QUOTE}({_VALUE}{{4,}}){_QUOTE}|--(?:password|passphrase|pass)-?(?:file|command)[= ](?:<\(|{_QUOTE})?\s?echo\s{_QUOTE}?({_VALUE}{{4,}}?)[)\"'`]"
        rf"|\becho\s(?:-n\s)?{_QUOTE}?({_VALUE}{{4,}}){_QUOTE}?\s?\|\s?(?:sudo -S|su\b|passwd\b|docker login|kinit|openssl|gpg|cryptsetup|base64)"
        rf"|(?i:basic_?auth)[\"']?\s?[:=]\s?{_QUOTE}?[\w.@-]+:({_VALUE}{{4,}})",
        "manual pages of htpasswd(1), sudo(8), net(8)",
        anchor=r"(?i)\bConvertTo-SecureString|\bhtpasswd\s|\bnet use|\becho\s|basic_?auth|<<<|vault login",
        refine=single(_is_value),
        name="argument-of-tool",
    ),
    Rule(
        "CREDENTIALS",
        rf"\becho\s(?:-n\s)?{_QUOTE}?([\w.@-]+:{_VALUE}{{4,}}){_QUOTE}?\s?\|\s?(?:sudo )?chpasswd|\bsmbclient\b[^\n|;]{{0,80}}?-U\s?{_QUOTE}?([^\s%\"'`]+%{_VALUE}{{3,}})"
        rf"|\b(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman)\b[^\n|;@]{{0,40}}?\s{_QUOTE}?([\w.$#-]+/{_VALUE}{{3,}}?){_QUOTE}?(?:@|\s|$)|\b(?:http|https|xh)\b[^\n|;]{{0,60}}?\s(?:-a|--auth)[ =]{_QUOTE}?([^\s:\"'`]+:{_VALUE}{{3,}})",
        "manual pages of chpasswd(8), smbclient(1), sqlplus, HTTPie",
        anchor=r"chpasswd|\bsmbclient\b|\b(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman)\b|\s(?:-a|--auth)[ =]",
        name="pair-of-tool",
    ),
    Rule(
        "CREDENTIALS",
        r"(?i)\bjdbc:oracle:\w+:([\w.$#-]+/[^\s@\"'<>]{3,})@|\b([a-z][\w-]{1,24}:[^\s:/@\"'<>]{4,})@(?:tcp|unix)\(|\b([a-z][\w-]{1,24}/[^\s/@\"'<>]{4,})@//[\w.-]|(?:^|[\s\"'=(`])([a-z][\w-]{1,24}:[^\s:/@\"'<>]{4,})@(?:[a-z][\w-]*)(?:\.[\w-]+)*:\d{2,5}\b",
        "data source names of Oracle, Go's MySQL driver and shells: user, password, host",
        anchor=r"(?i)@(?:tcp|unix)\(|@//|@[a-zA-Z][\w.-]*:\d|jdbc:oracle",
        name="data-source",
    ),
)
