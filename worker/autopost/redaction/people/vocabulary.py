"""Words that look like names and are none: products, places, words of the calendar, and words of several languages."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never part of a name, whatever the lists say.
NEVER = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march june july august september october
    november december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar maerz mai juni juli
    oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin juillet aout
    septembre octobre novembre decembre lunes martes miercoles jueves viernes sabado domingo enero febrero abril mayo
    junio julio agosto setiembre octubre noviembre diciembre
    english german french spanish italian dutch portuguese polish swedish danish norwegian finnish greek turkish russian
    chinese japanese korean arabic hindi hebrew ukrainian czech hungarian romanian american british european asian
    african canadian australian indian brazilian mexican swiss austrian belgian irish scottish welsh
    api url uri http https json xml yaml csv pdf html css sql ssh ssl tls tcp udp dns vpn cpu gpu ram ssd aws gcp ci cd
    pr qa ui ux id faq sla slo kpi roi crm erp cms sdk cli ide orm jwt oauth saml sso mfa otp pin sms rest grpc graphql
    numbers server valves ties lies early
    passphrase passphrases passcode passcodes keystore keyring keypad keycode hostname filesystem subnet dropdown wifi
    inc llc ltd gmbh ag sa sarl bv nv plc corp co company group holding bank university college school institute
    hospital clinic foundation association department ministry
    agent agents bot bots operator worker workflow pipeline sprint backlog kanban scrum
    todo wip lgtm asap eta eod fyi tbd
    north south east west northern southern eastern western
    street avenue road boulevard lane drive court square place park tower building airport station stadium bridge river
    lake mountain island beach county city town valley
    sir madam lord lady king queen prince princess saint san santa santo st ste fort mount
    alpha beta gamma delta epsilon zeta theta kappa lambda sigma omega
    sandbox webhook webhooks backend frontend login logout signup signin inbox outbox dataset repo firmware middleware
    timeline plugin chatbot podcast blog newsletter onboarding offboarding changelog roadmap hotfix rollback rollout
    checkout wishlist sitemap homepage localhost namespace timestamp checkbox dropdown tooltip emoji hashtag paywall
    upsell lookup popup setup backup startup spreadsheet smartphone website webpage online offline email emails sync
    async config configs admin admins username usernames metadata payload endpoint endpoints callback schema schemas
    json regex cron cronjob parser linter tokenizer embeddings vector vectors prompt prompts guardrail guardrails
    """
)

# Products, companies and tools. Such a word is a given name only before a frequent surname.
PRODUCTS = _words(
    """
    acme initech globex contoso fabrikam claude gemini mistral llama alexa siri cortana watson bard grok copilot cursor sonnet opus haiku gpt openai chatgpt
    codex devin anthropic deepseek qwen cohere perplexity langchain langgraph llamaindex crewai autogen hermes
    grafana prometheus loki tempo mimir victoria datadog splunk kibana elastic elasticsearch logstash sentry honeycomb
    jaeger zipkin kafka redis postgres postgresql mysql mariadb mongo mongodb cassandra neo clickhouse snowflake
    databricks duckdb sqlite oracle rabbitmq celery airflow dagster prefect temporal spark flink hadoop hive presto trino
    docker kubernetes podman helm istio envoy nginx apache caddy traefik consul vault nomad terraform pulumi ansible
    chef puppet salt jenkins travis circle drone argo tekton github gitlab bitbucket gitea jira confluence trello asana
    notion linear slack teams discord zoom telegram whatsapp signal figma sketch miro canva adobe photoshop
    stripe paypal square shopify magento salesforce hubspot zendesk intercom mailchimp sendgrid twilio okta auth0
    azure amazon google microsoft apple meta facebook instagram twitter linkedin tiktok youtube netflix spotify uber
    lyft airbnb booking tesla nvidia intel amd ibm dell lenovo samsung sony nokia ericsson siemens bosch cisco juniper
    python java javascript typescript ruby rust golang kotlin swift scala julia haskell perl elixir clojure django flask
    fastapi rails laravel spring react angular vue svelte next nuxt node deno bun jest jasmine mocha karma cypress
    playwright selenium puppeteer cucumber gherkin robot maven gradle ant pip poetry conda jupyter pandas numpy scipy
    pytorch tensorflow keras sklearn spacy presidio gliner faker hopper turing pascal volta ampere kepler
    maxwell fermi ubuntu debian fedora centos redhat suse arch alpine mint android windows macos ios chrome firefox
    safari edge brave opera vivaldi outlook gmail excel word powerpoint sharepoint onedrive dropbox box drive dynamics
    sap workday netsuite quickbooks xero sage zapier make n8n tableau looker metabase superset powerbi segment amplitude
    mixpanel braze marketo pardot eloqua atlas compass orion nova phoenix titan apollo athena zeus hera ares artemis
    odin thor freya lambda fargate aurora cloudfront cloudflare fastly akamai vercel netlify heroku render supabase neon
    planetscale retool wix squarespace wordpress drupal joomla ghost substack medium reddit pinterest snapchat twitch
    github actions autopost alembic asyncpg debezium solarwinds pagerduty opsgenie statuspage launchdarkly optimizely
    morgan stanley goldman sachs wells fargo chase barclays citi santander visa mastercard amex klarna adyen mollie
    wayland xorg gnome firestore bigquery redshift dynamo kinesis glue sagemaker bedrock vertex lucidchart harvest
    greenhouse lever ashby gusto rippling deel brex ramp mercury wise revolut plaid jordan nike adidas puma
    lola hazel babel webpack rollup vite eslint prettier husky sherlock marvin jarvis
    """
)

# Brands and works that are called like a person.
BRANDS = frozenset(
    {
        "charles schwab", "mercedes benz", "alfa romeo", "aston martin", "louis vuitton", "ralph lauren",
        "tommy hilfiger", "calvin klein", "hugo boss", "jack daniels", "johnnie walker", "harley davidson",
        "martin luther", "mona lisa", "peter pan", "harry potter", "santa claus", "john deere", "jp morgan",
        "estee lauder", "giorgio armani", "christian dior", "jimmy choo", "kate spade", "michael kors", "tim hortons",
        "monte carlo", "james bond", "thomas cook", "jack wolfskin", "marc jacobs", "levi strauss", "mary kay",
        "donna karan", "karl lagerfeld", "john lewis", "philip morris", "eli lilly", "warner bros",
        "johnson johnson", "dow jones", "standard poor", "ernst young", "fannie mae", "freddie mac", "sally mae",
        "john hancock", "edward jones", "raymond james", "franklin templeton", "jira jenkins", "don quixote",
        "earl grey", "lady grey", "wendy house", "tom thumb", "ginger root", "ascension day", "boxing day", "harvey nichols",
        "charles gaulle", "monty hall", "granny smith", "james grieve", "victoria plum", "victoria sponge", "charlotte russe",
        "peach melba", "rob roy", "molotov cocktail", "christopher robin", "tom collins", "arnold palmer", "shirley temple",
        "jack frost", "robin hood", "john doe", "jane doe", "joe bloggs", "max mustermann", "erika mustermann",
        "ben nevis", "jack daniel", "jim beam", "dom perignon", "johnny walker", "victor hugo", "karl marx", "william lawson",
        "jose cuervo", "captain morgan", "evan williams", "glen grant", "bruno banani", "paul smith", "sonia rykiel", "miu miu",
        "yves rocher", "helena rubinstein", "max factor", "elizabeth arden", "dale carnegie", "leroy merlin", "rosa luxemburg",
        "robert bosch", "otto versand", "ben jerry", "burger king", "wendy burger", "jimmy john", "papa john", "sara lee",
        "betty crocker", "dr oetker", "aunt jemima", "uncle ben", "mary poppins", "peter rabbit", "winnie pooh", "billy elliot",
        "anna karenina", "romeo juliet", "hansel gretel", "ken barbie", "tom jerry", "charlie brown", "frida kahlo", "don giovanni",
        "carmen sandiego", "dora explorer", "max moritz", "struwwel peter", "sinter klaas", "ned kelly", "johnny appleseed",
        "piz bernina", "ben lomond", "glen coe", "loch ness", "cape horn", "adam smith", "isaac newton", "albert einstein",
        "kolmogorov smirnov", "black scholes", "monte rosa", "sierra nevada", "charles bridge", "simon bolivar", "jeanne arc",
        "billy bookcase", "lazy susan", "holly berry", "rose hip", "rose water", "basil leaf", "jasmine rice", "bay leaf",
    }
)  # fmt: skip

# Places. Such a word is a given name only before a frequent surname.
PLACES = _words(
    """
    africa america asia australia austria belgium brazil canada chile china colombia cuba denmark egypt england europe
    finland france georgia germany ghana greece holland hungary iceland india indonesia iran iraq ireland israel italy
    jamaica japan jordan kenya korea kuwait lebanon malta mexico morocco nepal netherlands nigeria norway pakistan
    panama peru poland portugal qatar romania russia scotland serbia singapore slovakia slovenia spain sudan sweden
    switzerland syria taiwan thailand tunisia turkey ukraine usa vietnam wales deutschland frankreich italien spanien
    alabama alaska arizona arkansas california carolina colorado connecticut dakota delaware florida hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
    montana nebraska nevada hampshire jersey ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia
    washington wisconsin wyoming
    amsterdam antwerp athens atlanta austin bangkok barcelona basel beijing belfast berlin bern birmingham bologna
    bonn bordeaux boston bremen brisbane bristol brooklyn brussels bucharest budapest buffalo cairo cambridge cardiff
    charlotte chelsea chester chicago cleveland cologne copenhagen dallas delhi denver detroit dresden dubai dublin
    durham dusseldorf edinburgh eindhoven essen florence frankfurt geneva genoa ghent glasgow hamburg hanover helsinki
    houston istanbul jakarta jerusalem johannesburg kiel krakow kyoto lagos lancaster leeds leicester leipzig lille
    lima lincoln lisbon liverpool london lyon madison madrid malmo manchester manila marseille melbourne memphis miami
    milan montreal moscow mumbai munich nairobi nantes naples nashville newcastle nice nottingham orlando osaka oslo
    ottawa oxford palermo paris perth philadelphia phoenix porto potsdam prague quebec rome rotterdam sacramento
    salzburg seattle seoul seville shanghai sheffield sofia stockholm strasbourg stuttgart sydney tokyo toledo toronto
    toulouse trenton trieste turin utrecht valencia vancouver venice verona vienna vilnius warsaw wellington york zurich
    kent essex sussex devon surrey yorkshire midlands bavaria saxony brittany normandy catalonia tuscany sicily
    hudson thames rhine danube amazon pacific atlantic
    """
)

# Given names that agents also use as words.
AMBIGUOUS = _words(
    """
    rama ramo versie versao easter
    max min will mark may grant drew art bill bob bud buddy chance chase cliff cole dale dean dell don dot drew earl
    faith fern flora forest frank gay gene ginger glen grace grant guy hope hunter ivy jack jasmine jet joy june kit
    lance lane lily mason miles norm olive page pat pearl penny pierce poppy ray reed rich rob robin rocky rod rose ruby
    rusty sage sandy sky skip sterling storm summer sunny trinity viola violet wade ward willow woody crystal amber
    dawn autumn april august carol angel star destiny harmony melody precious princess justice royal prince major
    general deacon bishop judge baron duke earl king noble porter sailor marine dexter rex victor hector iris
    van von de da di del la le el al an do so son my man in long un tan chin can sandi salah
    test demo user admin guest owner total sum data info mode none true false null
    jan feb apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun mac ean len doc iban sha bert bergen ember
    grove jade piper heron basil adam abel dora cora mako eve fortran linux luz sol mar paz cruz alba aura
    """
)

# Function words and verbs of several languages, which begin sentences or stand between names.
FUNCTION_WORDS = _words(
    """
    the a an and or but if in on at to for of from by with as is are was were be been has have had do does did not no
    yes this that these those it its we you he she they i me us them him her his our your their who what when where why
    how all any each every some most other such than then there here now new old our please hello hi hey dear thanks
    thank regards sincerely best kind via per re fwd fw cc bcc attn
    der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren hat haben mit von zu zum
    zur bei nach aus auf fur fuer im am an als auch wie wir ihr sie er es ich du uns ihnen ihre ihren ihrem sein seine
    bitte danke hallo liebe lieber sehr geehrte geehrter alle neue neuer neues keine kein wird werden wurde wurden heute
    gestern morgen
    le la les un une des du et ou mais pas est sont etait a ont avec de pour par sur dans chez nous vous ils elle elles
    il je tu mon ma mes son sa ses notre votre leur bonjour merci cher chere nouveau nouvelle aujourdhui hier demain
    el los las una unos unas y o pero es son era con para por en al nosotros ustedes ellos ella mi su sus nuestro hola
    gracias estimado estimada nuevo nueva hoy ayer manana
    il lo gli i uno e ma non sono con per di da su tra noi voi loro gia ancora mio suo nostro ciao grazie gentile caro cara nuovo
    nuova oggi ieri domani
    het een en of maar niet zijn heeft met van voor naar uit op bij wij jullie hun beste geachte nieuwe vandaag
    i och att det som pa ar av for den till med en
    o os as um uma nos ao nao com foi
    """
)
