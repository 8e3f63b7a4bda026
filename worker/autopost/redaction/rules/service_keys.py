"""Tokens of messaging, mail, payment and shop services."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_random
from autopost.redaction.rules.token import DOTTED, token

_WORD = "[A-Za-z0-9_-]"
_ALNUM = "[A-Za-z0-9]"

RULES = (
    token("SLACK_TOKEN", r"xox[a-z](?:\.xox[a-z])?-", "[A-Za-z0-9%-]", 10, "Slack: token types", name="slack"),
    token("SLACK_TOKEN", r"xapp-", "[A-Za-z0-9-]", 10, "Slack: app-level tokens", name="slack-app"),
    token(
        "SLACK_WEBHOOK",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/",
        "[A-Za-z0-9_+/-]",
        10,
        "Slack: incoming webhooks",
    ),
    token(
        "DISCORD_WEBHOOK", r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/", "[A-Za-z0-9_/-]", 20, "Discord: webhooks"
    ),
    token(
        "TEAMS_WEBHOOK", r"webhook\.office\.com/webhookb2/", "[A-Za-z0-9@/_-]", 20, "Microsoft Teams: incoming webhooks"
    ),
    Rule(
        "DISCORD_TOKEN",
        r"\b[A-Za-z0-9_-]{23,30}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{25,}",
        "Discord: bot tokens",
        anchor=r"\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{6}",
        score=0.9,
        refine=single(is_random),
        name="discord-bot",
    ),
    token("DISCORD_TOKEN", r"\bmfa\.", _WORD, 40, "Discord: user tokens", name="discord-user"),
    Rule(
        "TELEGRAM_TOKEN",
        r"\b[0-9]{6,12}:[A-Za-z0-9_-]{30,}",
        "Telegram: Bot API, authorizing your bot",
        anchor=r"[0-9]{6}:[A-Za-z0-9_-]{8}",
        score=0.99,
        name="telegram",
    ),
    Rule(
        "TELEGRAM_TOKEN",
        r"\bbot[0-9]{6,12}:[A-Za-z0-9_-]{30,}",
        "Telegram: Bot API, making requests",
        anchor=r"[0-9]{6}:[A-Za-z0-9_-]{8}",
        score=0.99,
        name="telegram-url",
    ),
    token("STRIPE_KEY", r"[srp]k_(?:live|test|prod)_", _ALNUM, 10, "Stripe: API keys", name="stripe"),
    token("STRIPE_KEY", r"whsec_", "[A-Za-z0-9+/=]", 16, "Stripe: webhook signing secrets", name="stripe-webhook"),
    Rule(
        "TWILIO_KEY", r"\b(?:SK|AC)[0-9a-f]{32}\b", "Twilio: API keys, account SIDs", anchor=r"\b(?:SK|AC)[0-9a-f]{8}"
    ),
    token("SENDGRID_KEY", r"\bSG\.[A-Za-z0-9_-]{10,}\.", _WORD, 10, "SendGrid: API keys"),
    Rule(
        "MAILCHIMP_KEY",
        r"\b[0-9a-f]{32}-us[0-9]{1,2}\b",
        "Mailchimp: API keys",
        anchor=r"[0-9a-f]-us[0-9]",
        score=0.99,
        name="mailchimp",
    ),
    token("MAILCHIMP_KEY", r"\bmd-", _WORD, 22, "Mailchimp Transactional (Mandrill): API keys", name="mandrill"),
    token("MAILGUN_KEY", r"\b(?:key|pubkey)-", "[0-9a-f]", 32, "Mailgun: API keys", name="mailgun"),
    Rule(
        "MAILGUN_KEY",
        r"\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b",
        "Mailgun: API keys",
        anchor=r"[0-9a-f]{8}-[0-9a-f]{8}-",
        name="mailgun-signing",
    ),
    token("BREVO_KEY", r"\bx(?:keysib|smtpsib)-", "[A-Za-z0-9-]", 32, "Brevo: API keys"),
    token("RESEND_KEY", r"\bre_[A-Za-z0-9]{6,}_", _ALNUM, 16, "Resend: API keys"),
    token("SHOPIFY_TOKEN", r"\bshp(?:at|ca|pa|ss|ua|tka)_", "[a-fA-F0-9]", 24, "Shopify: access token formats"),
    token("SQUARE_TOKEN", r"\bsq0(?:atp|csp|idp|acp)-", _WORD, 20, "Square: access tokens", name="square"),
    token("SQUARE_TOKEN", r"\bEAAA", _WORD, 56, "Square: access tokens, new form", name="square-new"),
    token("FACEBOOK_TOKEN", r"\bEAA[A-Z]", _ALNUM, 40, "Meta: access tokens"),
    token("PAYPAL_TOKEN", r"access_token\$(?:production|sandbox)\$", "[a-z0-9$]", 20, "Braintree: access tokens"),
    token("DROPBOX_TOKEN", r"\bsl\.(?:u\.)?", _WORD, 40, "Dropbox: access tokens"),
    token("HUBSPOT_TOKEN", r"\bpat-(?:na|eu|ap)\d-", "[a-f0-9-]", 32, "HubSpot: private app tokens"),
    token("INTERCOM_TOKEN", r"\bdG9rO", "[A-Za-z0-9+/=_-]", 40, "Intercom: access tokens"),
    token("ADYEN_KEY", r"\bAQE[A-Za-z0-9]", "[A-Za-z0-9+/=-]", 60, "Adyen: API keys"),
    token("RAZORPAY_KEY", r"\brzp_(?:live|test)_", _ALNUM, 10, "Razorpay: API keys"),
    token("SALESFORCE_TOKEN", r"\b00D[A-Za-z0-9]{12,15}!", "[A-Za-z0-9_]", 16, "Salesforce: session ids", DOTTED),
    token("TYPEFORM_TOKEN", r"\btfp_", "[A-Za-z0-9_=-]", 32, "Typeform: personal access tokens", DOTTED),
    token("PLAID_TOKEN", r"access-(?:production|development|sandbox)-", "[a-f0-9-]", 32, "Plaid: access tokens"),
    token("PADDLE_KEY", r"pdl_(?:live|sdbx)_", "[A-Za-z0-9_]", 20, "Paddle: API keys"),
    token("MOLLIE_KEY", r"(?:live|test)_", _ALNUM, 30, "Mollie: API keys"),
    token("CONTENTFUL_TOKEN", r"CFPAT-", _WORD, 32, "Contentful: personal access tokens"),
    token("POSTHOG_KEY", r"ph[xc]_", _ALNUM, 30, "PostHog: API keys"),
    token("INSTAGRAM_TOKEN", r"IGQV", _WORD, 40, "Meta: Instagram access tokens"),
    token("LINKEDIN_TOKEN", r"AQ[XVUWTE]", _WORD, 60, "LinkedIn: access tokens"),
    token("TWITTER_TOKEN", r"AAAAAAAAAAAAAAAAAAAAA", "[A-Za-z0-9%]", 30, "X: app-only bearer tokens"),
    token("MAPBOX_TOKEN", r"\b[spt]k\.eyJ", _WORD, 16, "Mapbox: access tokens", DOTTED),
)
