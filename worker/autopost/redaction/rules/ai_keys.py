"""Keys of AI vendors."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_random
from autopost.redaction.rules.token import token

_WORD = "[A-Za-z0-9_-]"
_ALNUM = "[A-Za-z0-9]"


RULES = (
    token(
        "OPENAI_KEY",
        r"sk-(?:proj|svcacct|admin|None|service)-",
        _WORD,
        16,
        "OpenAI: API keys, project keys",
        name="openai-project",
    ),
    token("OPENAI_KEY", r"\bsk-", _ALNUM, 20, "OpenAI: API keys, user keys", name="openai-user"),
    token("OPENAI_KEY", r"\bsess-", _ALNUM, 32, "OpenAI: session keys", name="openai-session"),
    token(
        "ANTHROPIC_KEY", r"sk-ant-", _WORD, 16, "Anthropic: Admin API, sk-ant-api03-, sk-ant-admin01-, sk-ant-oat01-"
    ),
    token("API_KEY", r"sk-or-v1-", "[0-9A-Za-z]", 20, "OpenRouter: API keys", name="openrouter"),
    Rule(
        "API_KEY",
        rf"\bsk-{_WORD}{{20,}}",
        "LiteLLM, DeepSeek and others that took over the form of OpenAI's keys",
        anchor=rf"\bsk-{_WORD}{{6}}",
        score=0.9,
        refine=single(is_random),
        name="sk-prefix",
    ),
    token("HUGGING_FACE_TOKEN", r"hf_", _ALNUM, 20, "Hugging Face: user access tokens", name="hugging-face-user"),
    token(
        "HUGGING_FACE_TOKEN",
        r"api_org_",
        _ALNUM,
        20,
        "Hugging Face: organisation tokens",
        name="hugging-face-organisation",
    ),
    token("API_KEY", r"\bgsk_", _ALNUM, 20, "Groq: API keys", name="groq"),
    token("API_KEY", r"\bxai-", _ALNUM, 32, "xAI: API keys", name="xai"),
    token("API_KEY", r"\bpplx-", _ALNUM, 32, "Perplexity: API keys", name="perplexity"),
    token("API_KEY", r"\br8_", _ALNUM, 24, "Replicate: API tokens", name="replicate"),
    token("API_KEY", r"\bnvapi-", _WORD, 32, "NVIDIA NGC: API keys", name="nvidia"),
    token("API_KEY", r"\blsv2_(?:pt|sk)_", "[A-Za-z0-9_]", 24, "LangSmith: API keys", name="langsmith"),
    token("API_KEY", r"\b(?:sk|pk)-lf-", "[A-Za-z0-9-]", 24, "Langfuse: API keys", name="langfuse"),
    token("API_KEY", r"\bpcsk_", "[A-Za-z0-9_]", 24, "Pinecone: API keys", name="pinecone"),
    token("API_KEY", r"\btvly-(?:dev-|prod-)?", _ALNUM, 20, "Tavily: API keys", name="tavily"),
    token("API_KEY", r"\bkey-(?:live|test)-", _ALNUM, 20, "several: live and test keys", name="live-and-test"),
    token("API_KEY", r"\bfw_", _ALNUM, 22, "Fireworks: API keys", name="fireworks"),
    token("API_KEY", r"\bsk_(?:v\d_)?", "[0-9a-f]", 40, "ElevenLabs: API keys", name="elevenlabs"),
    token("API_KEY", r"\bwandb_v1_", _WORD, 24, "Weights & Biases: API keys", name="wandb"),
    token("API_KEY", r"tgp_v1_", _WORD, 24, "Together AI: API keys", name="together"),
    token("API_KEY", r"fc-", "[a-f0-9]", 32, "Firecrawl: API keys", name="firecrawl"),
    token("API_KEY", r"e2b_", "[a-f0-9]", 32, "E2B: API keys", name="e2b"),
    token("API_KEY", r"llx-", _ALNUM, 32, "LlamaCloud: API keys", name="llama-cloud"),
    token("API_KEY", r"jina_", _WORD, 32, "Jina AI: API keys", name="jina"),
    token("API_KEY", r"pa-", _WORD, 32, "Voyage AI: API keys", name="voyage"),
    token("API_KEY", r"csk-", _ALNUM, 32, "Cerebras: API keys", name="cerebras"),
    token("API_KEY", r"tpuf_", _ALNUM, 24, "turbopuffer: API keys", name="turbopuffer"),
    token("API_KEY", r"hcaik_", "[A-Za-z0-9_]", 24, "Honeycomb: ingest keys", name="honeycomb"),
    token(
        "API_KEY",
        r"(?:sk|pk)-(?:helicone|litellm|or)-",
        _WORD,
        16,
        "Helicone, LiteLLM, OpenRouter: API keys",
        name="gateway",
    ),
)
