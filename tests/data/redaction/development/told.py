"""Sentences that tell a secret, by the way in which they do. `{p}` is the place of a value (see `VALUES`)."""

# ruff: noqa: E501

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from tests.data.redaction.dice import ALNUM, BASE32, URL_SAFE, Dice

_WORDS = ("Maple", "Tundra", "Harbor", "Walnut", "Copper", "Falcon", "Meadow", "Pepper", "Ginger", "Velvet", "Larch")


def _password(d: Dice) -> str:
    return d.made(
        [
            lambda: d.pick(_WORDS) + str(d.number(10, 99)) + d.pick("xyzkq"),
            lambda: d.pick(_WORDS) + d.pick("!#$%&*") + str(d.number(10, 99)),
            lambda: d.some(d.number(9, 14)) + d.pick("!#%") + str(d.number(1, 9)),
            lambda: d.some(3, "bcdfghjk") + str(d.number(10, 99)) + d.some(3, "BCDFGHJK") + str(d.number(1, 9)),
        ]
    )


def _key(d: Dice) -> str:
    return d.some(d.number(20, 40)) + str(d.number(10, 99))


VALUES: dict[str, Callable[[Dice], str]] = {
    "p": _password,
    "w": lambda d: "-".join(d.sample(["correct", "horse", "battery", "staple", "open", "river", "cloud", "anchor"], 4)),
    "t": _key,
    "s": lambda d: d.some(d.number(12, 16)) + str(d.number(10, 99)),
    "h": lambda d: d.hex(32),
    "H": lambda d: d.hex(40),
    "u": lambda d: f"{d.hex(8)}-{d.hex(4)}-4{d.hex(3)}-a{d.hex(3)}-{d.hex(12)}",
    "U": lambda d: d.some(d.number(24, 44), URL_SAFE),
    "6": lambda d: d.digits(6),
    "4": lambda d: "4" + d.digits(3),
    "3": lambda d: d.digits(3),
    "x": lambda d: f"{d.number(1, 12):02d}/{d.number(26, 34)}",
    "b": lambda d: f"{d.digits(4)}-{d.digits(4)}",
    "B": lambda d: d.some(32, BASE32),
    "z": lambda d: base64.b64encode(f"app:{d.some(12)}7".encode()).decode(),
    "k": lambda d: "LS0tLS1CRUdJTi" + d.some(120),
    "a": lambda d: d.some(12, ALNUM),
}

_PLACE = re.compile(r"\{([A-Za-z0-9])\}")


def told(template: str, dice: Dice) -> tuple[str, list[tuple[int, int]]]:
    """Return a sentence with values, and the places of these."""
    text, position = "", 0
    spans: list[tuple[int, int]] = []
    for match in _PLACE.finditer(template):
        text += template[position : match.start()]
        value = VALUES[match.group(1)](dice)
        spans.append((len(text), len(text) + len(value)))
        text, position = text + value, match.end()
    return text + template[position:], spans


TOLD: dict[str, tuple[str, ...]] = {
    "label with a suffix or plural": (
        "API keys: {t}, {t}", "tokens: {t}", "secrets: {t}", "Passwords: {p}", "API key 1: {t}", "token (prod): {t}",
        "API_KEY_STRIPE={t}", "TOKEN_PROD={t}", "DB_PASSWORD_1={p}", "api_key_2={t}", "apiKeyProd: '{t}'",
        "STRIPE_KEY={t}", "CLAUDE_CODE_KEY={t}", "REDIS_AUTH={t}", "auth: {t}", "key={t}", "creds: {t}", "JWT={t}",
        "Mistral key {t}", "Datadog key {h}", "token #2: {t}", "access keys = {t}", "the password [staging]: {p}",
        "Secret (old one): {t}", "SALT={h}", "SENTRY_DSN_KEY={h}", "OPENAI_KEY_2: {t}", "serviceToken2 = {t}",
        "Cohere key is {t}", "keys: {t} and {t}", "my key {t} stopped working", "signing key no. 3: {t}",
        "WEBHOOK_SECRET_V2={t}", "export PINECONE_KEY={u}", "key for Weaviate: {t}", "HMAC key: {h}", "x-functions-key: {t}",
        "tokens used by CI: {t}", "bot_token_staging={t}", "authToken: {t}", "SMTP_PASS_2={p}", "PASSWORD_ADMIN: {p}",
    ),
    "no label": (
        "I found {t} in the log.", "Pasted {t} there", "The output was {t}", "Value {t} stored", "{t}", "see {U}",
        "curl returned {t} and stopped", "config has {t} in line 3",
    ),
    "password in prose": (
        "Password is: {p}", "The password will be {p}", "the password should be {p}.", "Password must be {p} now",
        "the password turned out to be {p}", "the password, {p}, was accepted", "{p} is the password.",
        "typed {p} into the password field", "entered {p} as the password", "filled {p} into the password box",
        "page.fill('#password', '{p}')", "password for the admin user of the shop is {p}", "password I used: {p}",
        "password hint: {p}", "Password?? {p}", "password ... {p}", "| password | {p} |",
        "<td>Password</td><td>{p}</td>", "password;{p}", "password, {p}", "- password - {p}", "Password: | {p}",
        '{\\"password\\":\\"{p}\\"}', '<input name="password" value="{p}">', "password: {p} or {p}",
        "logged in as ops with {p}", "creds ops {p}", "Logged in to the portal with {p}.", "used {p} for the password",
        "The vendor said the password for their portal is {p}", "Password → {p}", "The password reads {p}",
        "I set {p} as the new password for the account", "password='{p}'", "pwd {p}", "the admin password became {p}",
        "Password of the NAS: {p}", "It rejected {p} as password", "The password the client gave me is {p}",
        "passwd -> {p}", "**Password** `{p}`", "Password (case-sensitive) {p}", "username ops, password {p}",
        "user: ops pass: {p}", "login ops/{p}", "the old one was {p}, password changed since",
        "To log in, use {p} as your password", "their password ({p}) expired", "password now {p}",
        "I tried {p}; the password field turned red", "Password set: {p}", "wrong password: {p}",
    ),
    "token in prose": (
        "Token is: {t}", "the token will be {t}", "token should be {t}", "the API key turned out to be {t}",
        "the token, {t}, was revoked", "{t} is the token.", "entered {t} for token", "used {t} as the token",
        "token for prod: {t}", "API key I used: {t}", "token hint: {t}", "token?? {t}", "token ... {t}", "| token | {t} |",
        "<td>API key</td><td>{t}</td>", "token;{t}", "token, {t}", "- token - {t}", "typed {s} into the API key field",
        "The API key for their sandbox is {s}", "API key of the vendor was {s}", "token -> {s}", "bearer: {t}",
        "use the secret {s} to sign", "My access token ({s}) leaked", "The secret they mailed us is {s}",
        "put {h} in as the API key", "the API key is {u}", "the token we got from support yesterday was {h}",
        "headers: x-api-key {s}", "Authenticated with token {s}", "client secret was rotated to {s}",
    ),
    "passphrase": (
        "the password is now {w}", "The password is {w}", "password: {w}", "passphrase={w}", "Passphrase is {w}.",
        "changed the password to {w}", 'the password "{w}" works',
    ),
    "other languages": (
        "Das Passwort lautet {p}", "Das Passwort heißt {p}", "Passwort für den Server ist {p}", "Zugangsdaten: ops {p}",
        "Le mot de passe est {p}", "mdp : {p}", "La contraseña es {p}", "La clave es {p}", "La password è {p}",
        "A senha é {p}", "palavra-passe: {p}", "Lösenordet är {p}", "Adgangskoden er {p}", "kodeord: {p}",
        "Passordet er {p}", "Salasana on {p}", "Heslo je {p}", "A jelszó: {p}", "Parola este {p}", "Şifre: {p}",
        "Parola: {p}", "Lozinka je {p}", "Ο κωδικός είναι {p}", "Пароль: {p}", "Новый пароль — {p}", "Паролата е {p}",
        "パスワードは{p}です", "密码：{p}", "密碼是{p}", "비밀번호는 {p} 입니다", "كلمة المرور: {p}", "הסיסמה היא {p}",
        "पासवर्ड {p} है", "mật khẩu là {p}", "kata sandi: {p}", "รหัสผ่าน: {p}", "Het wachtwoord is {p}", "Hasło to {p}",
        "Der API-Schlüssel lautet {t}", "La clé API est {t}", "Ключ: {t}", "密钥：{t}", "APIキー: {t}", "токен {t}",
        "Contrase\u006e\u0303a: {p}", "lo\u0308senord: {p}", "das neue Kennwort ist jetzt {p}",
        "El código de verificación es {6}", "Votre code de vérification est {6}", "Ihr Bestätigungscode lautet {6}",
        "验证码：{6}", "認証コードは{6}です", "인증번호 {6}", "код подтверждения: {6}", "O código é {6}", "Twój kod: {6}",
        "Uw verificatiecode is {6}", "Il codice di verifica è {6}", "Doğrulama kodu: {6}", "Din engangskode er {6}",
        "Kode verifikasi Anda {6}", "รหัส OTP {6}", "Mã xác minh: {6}",
    ),
    "one-time code": (
        "{6} is your verification code", "G-{6} is your Google verification code", "Use {6} to sign in", "OTP {4}",
        "verification code ({6})", "login code from the mail: {6}", "the code {6} from the SMS",
        "one-time password {6}", "passcode {6}", "TAN {6}", "MFA token {6}", "6-digit code {6}", "Code: {6} (valid 10 min)",
        "Enter {6} to verify your account", "the 2FA code was {6}", "Got the SMS code, it is {6}", "otp={6}", "auth code {6}",
        "typed {6} into the OTP field", "The authenticator shows {6}", "confirmation code: {6}", "Your code is {6}.",
        "security code: {6}", "mTAN {6} for the transfer", "Your one time pin is {4}", "code from the authenticator app {6}",
        "Backup codes: {b}, {b}, {b}", "recovery codes: {b} {b}", "TOTP seed {B}", "2FA secret: {B}", "backup code {b}",
        "SMS said {6} is the login code", "2-step verification: {6}", "{6} was the code they texted me",
    ),
    "PIN and door": (
        "PIN: {4}", "pin: {4}", "Pin: {4}", "alarm code {4}", "keypad code {4}", "lockbox code {4}", "garage code is {4}",
        "entry code {4}#", "PUK {b}", "safe combination 12-34-56".replace("12-34-56", "{3}{3}"), "Zoom passcode {6}",
        "The pin is {4}", "card PIN {4}", "my PIN is {4}", "gate code: {4}", "door code {4}", "the code for the door is {4}",
        "SIM PIN {4}", "PIN={4}", "use pin {4} at the terminal", "{4} is the PIN", "access code {6}", "front door: code {4}",
    ),
    "Wi-Fi": (
        "guest wifi key is {p}", 'psk="{p}"', "WIFI:T:WPA;S:Office;P:{a};;", "Wi-Fi password: {p}", "wlan key {p}",
        "WPA2 passphrase {p}", "wifi pass {p}", "SSID Office, key {p}", "The Wi-Fi is Office / {p}",
        "wpa_passphrase Office {p}",
    ),
    "CVV and expiry": (
        "card 4111 1111 1111 1111 cvv {3}", "CVC: {3}", "security code {3}", "card_cvc={3}", '"cvv": "{3}"',
        "4111111111111111 exp {x}", "4111 1111 1111 1111, {x}, {3}", "cvv2 {3}", "CVV is {3}", "expiry {x} cvv {3}",
        "card verification number {3}", "Kartenprüfnummer {3}", "cid {4}", "Visa 4111111111111111 valid thru {x}",
        "cvc {3} entered", "card_cvv: {3}", "the CVV ({3}) was stored",
    ),
    "e-mail and password": (
        "mira@larch.example:{p}", "mira@larch.example / {p}", "mira@larch.example;{p}", "mira@larch.example\t{p}",
        "mira@larch.example {p}", "login mira@larch.example with {p}", "o.k@larch.example|{p}",
        "mira@larch.example,{p}", "basicAuth: 'ops:{p}'", "root:{p}@db:3306", "app:{p}@tcp(db:3306)/x", "app/{p}@//db/x",
        "jdbc:oracle:thin:app/{p}@db:1521", "mira@larch.example, password {p}", "user mira@larch.example pw {p}",
    ),
    "link": (
        "https://app.example/reset/{H}", "https://app.example/magic?t={U}", "https://app.example/invite/{t}",
        "https://app.example/verify-email/{H}", "https://app.example/set-password/{t}", "https://cas.example/x?ticket=ST-{t}",
        "https://app.example/x?otp={6}", "https://cdn.example/f.zip?signature={t}", "https://d1.example/f?Signature={U}&Expires=1",
        "https://s.example/o?X-Goog-Signature={H}", "https://a.example/cb?hmac={H}", "https://a.example/?auth={t}",
        "https://a.example/v1?key={t}", "https://a.example/cb?code=4/0A{U}", "https://api.example/w?appid={h}",
        "https://v.example/m.m3u8?hdnts=exp=1~hmac={H}", "https://hooks.zapier.com/hooks/catch/123456/a7{a}/",
        "https://hook.eu1.make.com/{t}", "https://chat.example/hooks/{t}", "https://maker.ifttt.com/trigger/x/with/key/{t}",
        "https://open.feishu.cn/open-apis/bot/v2/hook/{u}", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={u}",
        "https://fn.azurewebsites.net/api/x?code={t}==", "app.example/reset-password?token={t}", "https://a.example/activate/{u}",
        "https://a.example/login?magic={t}", "https://a.example/unsubscribe/{t}", "https://a.example/#access_token={t}",
    ),
    "command line": (
        "curl -uops:{p} https://a.example", "http -a ops:{p} a.example", "redis-cli -a {p}", "mongosh -u ops -p {p}",
        "docker login -u ops -p {p}", "az login -u ops -p {p}", "keytool -list -storepass {p}", "7z x a.7z -p{a}",
        "unzip -P {p} a.zip", "zip -P {p} a.zip x", "sqlcmd -S db -U sa -P {p}", "mosquitto_pub -u ops -P {p} -t x",
        "ldapsearch -D cn=x -w {p}", "net use z: /user:ops {p}", "smbclient //a/b -U 'ops%{a}'", "sqlplus app/{a}@db",
        "htpasswd -b f.txt ops {p}", "echo {p} | sudo -S reboot", "echo 'ops:{a}' | chpasswd", "snowsql -u ops -p {p}",
        "CREATE USER app IDENTIFIED BY '{p}'", "ALTER LOGIN sa WITH PASSWORD = N'{p}'", "SET PASSWORD = PASSWORD('{p}')",
        "EXEC sp_addlogin 'app', '{p}'", "mysql -u root -p{a} shop", "sshpass -p {p} ssh a", "curl --user ops:{p} a.example",
        "ALTER USER app WITH PASSWORD '{p}'", "psql 'host=db password={p}'", "mongodump --password {p}",
        "openssl enc -pass pass:{a}", "helm registry login -p {p} r.example", "gpg --passphrase {p} -d x",
        "wget --http-password={p} a.example", "mysqldump --password={p} shop", "export PGPASSWORD={p}",
        "ansible-playbook x.yml -e db_password={p}", "vault login {t}", "gh auth login --with-token {t}",
    ),
    "encoded": (
        "client-key-data: {k}", '"auth":"{z}"', "password%3D{a}7x", "postgres%3A%2F%2Fapp%3A{a}%40db%2Fx", "Bearer%20{t}",
        "postgres:\\/\\/app:{a}@db\\/x", "password\\u003d{a}7", "password&#61;{a}7", "token%3A%20{t}", "key: MIIEvgIBADAN{t}{t}",
        "b3BlbnNzaC1rZXktdjE{t}{t}", "pass%77ord={a}7",
    ),
}  # fmt: skip
