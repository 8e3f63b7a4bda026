"""Things that are called like a person: works, ships, schools, prizes, breeds, and people of history and of stories.

A name is none of a person if a word beside it says that it belongs to a thing, or if everybody knows it.
"""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import re
from collections.abc import Sequence

from autopost.redaction.people.lists import folded
from autopost.redaction.people.vocabulary import BRANDS
from autopost.redaction.people.words import Word

# Directly before a name: what is called like somebody, in the languages in which the name comes last.
_BEFORE = re.compile(
    r"(?i)(?:^|[^\w])(?:"
    r"(?-i:M/?[VST]|MY|SS|HMS|USS)|tug(?:boat)?|barge|vessel|ferry|yacht|trawler|dredger|tanker|freighter|lifeboat|schooner|schiff|fähre|frachter|schlepper|kutter|navire|bateau|remorqueur|ferry|buque|barco|remolcador|nave|traghetto|schip|veerboot|sleepboot|fartyg|bogserbåt|färjan?|statek|holownik|prom"
    r"|col[lè]+ge|lyc[ée]+e?|école|universit[éày]|instituto|colegio|escuela|universidad|liceo|scuola|istituto|escola|colégio|universidade|gymnasium|grundschule|gesamtschule|realschule|szkoł[ay]|liceum|uniwersytet"
    r"|hôpital|clinique|hospital|clínica|ospedale|clinica|klinik|krankenhaus|station|szpital|residencia|résidence|residenza|caserne|cuartel"
    r"|sala|salle|saal|aula|auditorium|amphithéâtre|auditorio|stade|estadio|stadio|estádio|stadion|arena|théâtre|teatro|theater|cinéma|cine|cinema|kino|musée|museo|museu|muzeum|biblioth[eè]que|biblioteca|mediateca|médiathèque|galerie|galería|galleria"
    r"|gare|aéroport|aeropuerto|aeroporto|lotnisko|flughafen|pont|puente|ponte|parc|parque|parco|park|jardin|quai|muelle|molo|boulevard|bâtiment|edificio|gebäude"
    r"|fondation|fundación|fundação|fondazione|stiftung|fundacja|prix|premio|prêmio|prijs|preis|nagroda|bourse|beca|borsa|coupe|copa|coppa|pokal|tournoi|torneo|turnier"
    r"|exposition|exposición|exposição|mostra|ausstellung|wystawa|film|filme|película|movie|musical|op[eé]ra|oper|roman|romanzo|romance|novela|novel|audiobook|hörbuch|ballet|ballett|série|serie|series|spiel|game|playlist|album|song"
    r"|restaurants?|gasthof|gasthaus|ulica|ul\.|улица|площадь|фильм|роман|опера|typeface|font|chess opening|pizza|lieferant|firma|vari(?:ety|été|edad|età)|sorte|kartoffelsorte|apfelsorte|cultivar|roses?|rosen|apples?|äpfel|pears?|birnen|potato(?:es)?|hops?|hopfen|breed|cow|kuh|horse|stallion|mare|pferd|bull"
    r"|(?:bust|statue|portrait|painting|monument|biography|works?|plays|poems|symphony|sonata|life|legend|tale|story|adventures|tomb|büste|statue|porträt|werke) (?:of|by|von)"
    r"|(?:novels?|paintings?|symphon(?:y|ies)|sonatas?|music|poems?|plays?|operas?|concertos?|prints|drawings|sculptures?) (?:of|by|von|de)"
    r"|level|quest|npc|character|mission|hurricane|storm|typhoon|sturm|orkan|tempête|typhoon|cocktail|salad|cake|torte"
    r"|\d+ ?(?:kg|t|g|l|hl|ml|ha|x|pcs?|stück|boxes of|crates of|bottles of|packs of|pairs of|units of)(?: of)?"
    r"|\d+ ?(?:boxes|crates|bottles|packs|pairs|units|cases|kegs|bags|tins) of"
    r")[\s:]{1,2}[\"'„“«»]?$"
)
# Directly after a name: what belongs to no person alone. With a number after it, it is where somebody is: `room 4`.
_AFTER = re.compile(
    r"(?i)\s(?:(?:schools?|rooms?|halls?|wing|ward|exhibitions?|exhibits?|retrospective|replicas?|troph(?:y|ies)|costumes?|figures?|figurines?|dolls?|toys?|stadium|stadion|arena|prizes?|award|medals?|fellowships?|scholarships?"
    r"|flights?|institut[eo]?|campus|society|museum|theatre|theater|cinema|statues?|busts?|monument|memorial|squares?|bridge|airport|albums?|playlists?|film|movies?|novels?|sequel|trilogy|saga|musical|posters?|paintings?|sculptures?|sonatas?|symphon(?:y|ies)|concertos?|operas?|poems|festival|tournament"
    r"|stout|beers?|ales?|lagers?|wines?|gin|whisk(?:e?y|ies)|vodka|rum|perfumes?|jeans|handbags?|sunglasses|cosplay|soundtrack|ringtone|cocktails?|salads?|roses|apples|pears|potatoes|sauce|pralines|freezer|theme park|doctrine)(?![\w-])(?!\s?#?\d)"
    r"|-(?:schule|gymnasium|straße|strasse|platz|halle|saal|stiftung|haus|realschule|gesamtschule|kolleg|museum|festival|fest|stadion|weg|allee|ring|ausstellung|jahr|preis|park)\b)"
)
# After an article and a name, these make it a ship or a thing: nobody says `the Anna Berg waits`. What belongs to somebody
# may follow, as in `the Anna Berg invoice`.
_GOES_ON = re.compile(
    r"\s(?:is|was|waits?|waited|lea(?:ves|ving)|left|arriv\w+|dock\w*|moor\w*|sail\w*|berth\w*|opens?|opened|closes?|closed|has|had|will|needs?|needed|got|goes|went|and|for|in|at|on)\b|[.,;:!?)]|$"
)
# Words of the sentence that make a quoted name the title of a work or the name of a thing.
_WORKS = re.compile(
    r"(?i)\b(?:films?|movies?|novels?|books?|plays?|operas?|musicals?|songs?|albums?|paintings?|exhibitions?|vitrines?|screenings?|theat(?:re|er)|audiobooks?|covers|playlists?|vessel|ship|quest|level|chapter|stück|roman|oper|lied|gemälde|pièce|livre|chanson|película|novela|obra|libros?|romanzo|libro|vitrina|vitrine|ausverkauft|sold out|tickets|фильм|роман|опера|спектакль|книга|балет|пьеса)\b"
)
_QUOTES = {'"': '"', "„": "“", "“": "”", "«": "»", "'": "'", "‘": "’"}
_SENTENCE = re.compile(r"[.!?]\s")

# First words that make what follows an organisation or a place, in languages in which they come first.
OF_ORGANISATIONS = frozenset(
    """
    banque caisse mairie ville societe credit groupe maison bank sparkasse stadtwerke volksbank banco caja ayuntamiento banca comune
    cassa prefeitura camara cooperativa cooperative mutuelle syndicat sindicato comite comision commission ministere ministerio
    ministero stade estadio stadio college lycee ecole escuela scuola colegio instituto universidad universite hopital hospital
    ospedale clinica clinique musee museo teatro theatre gare aeropuerto aeroport clube club football futbol real atletico athletic
    olympique racing sporting borussia kaiser queen king chateau domaine bodega cantina birra brasserie cerveceria
    marques vinho vino vin wein casal modelo modele modell suite sturm orkan sessel sofa tisch stuhl lampe regal saal hotel pension restaurant gasthof gasthaus backerei brauerei firma lieferant pizza pizzeria quattro mare typeface
    ford seat alfa audi opel fiat skoda renault peugeot citroen toyota honda mazda nissan hyundai volvo porsche lancia dacia suzuki subaru lexus
    праздник станция улица
    kilo kilos edition editions editorial verlag casa residencia residence finca
    """.split()  # noqa: SIM905
)

# People of history and of stories, and what is called like them.
_FAMOUS = """
ludwig beethoven,joseph haydn,franz schubert,robert schumann,clara schumann,felix mendelssohn,frederic chopin,franz liszt,richard wagner,johannes brahms,anton bruckner,gustav mahler,johann strauss,richard strauss,giuseppe verdi,giacomo puccini,antonio vivaldi,gioachino rossini,claude debussy,maurice ravel,georges bizet,hector berlioz,igor stravinsky,sergei prokofiev,sergei rachmaninoff,peter tchaikovsky,antonin dvorak,bedrich smetana,edvard grieg,jean sibelius,benjamin britten,edward elgar,george gershwin,leonard bernstein,philip glass,arvo part,
vincent gogh,claude monet,edouard manet,paul cezanne,paul gauguin,auguste renoir,pierre renoir,edgar degas,henri matisse,henri rousseau,toulouse lautrec,auguste rodin,camille claudel,pablo picasso,joan miro,salvador dali,francisco goya,diego velazquez,el greco,frida kahlo,diego rivera,paul klee,marc chagall,wassily kandinsky,franz marc,august macke,albrecht durer,hans holbein,lucas cranach,hieronymus bosch,pieter bruegel,jan vermeer,johannes vermeer,frans hals,jan steen,rembrandt rijn,leonardo vinci,michelangelo buonarroti,sandro botticelli,gustav klimt,egon schiele,edvard munch,joseph beuys,gerhard richter,andy warhol,jackson pollock,mark rothko,edward hopper,georgia o'keeffe,roy lichtenstein,keith haring,david hockney,damien hirst,lucian freud,francis bacon,henry moore,barbara hepworth,piet mondrian,rene magritte,max ernst,hilma klint,käthe kollwitz,william turner,john constable,william blake,peggy guggenheim,
william shakespeare,charles dickens,jane austen,charlotte bronte,emily bronte,anne bronte,oscar wilde,lewis carroll,bram stoker,mary shelley,virginia woolf,james joyce,samuel beckett,george orwell,agatha christie,ian fleming,roald dahl,beatrix potter,robert burns,walter scott,john keats,lord byron,george eliot,thomas hardy,rudyard kipling,mark twain,herman melville,emily dickinson,walt whitman,ernest hemingway,john steinbeck,william faulkner,toni morrison,sylvia plath,harper lee,stephen king,friedrich schiller,heinrich heine,thomas mann,heinrich mann,hermann hesse,bertolt brecht,franz kafka,theodor fontane,erich kastner,astrid lindgren,selma lagerlof,henrik ibsen,august strindberg,anne frank,victor hugo,emile zola,gustave flaubert,honore balzac,marcel proust,albert camus,jules verne,alexandre dumas,jean moulin,charles baudelaire,arthur rimbaud,simone beauvoir,george sand,marguerite duras,miguel cervantes,antonio machado,pablo neruda,isabel allende,octavio paz,dante alighieri,umberto eco,elena ferrante,italo calvino,primo levi,carlo goldoni,fernando pessoa,jose saramago,luis camoes,leo tolstoy,fyodor dostoevsky,anton chekhov,alexander pushkin,adam mickiewicz,henryk sienkiewicz,olga tokarczuk,stanislaw lem,karel capek,orhan pamuk,nazim hikmet,haruki murakami,annie ernaux,maria montessori,rudolf steiner,emmy noether,
marie curie,pierre curie,charles darwin,isaac newton,galileo galilei,nicolaus copernicus,johannes kepler,tycho brahe,max planck,niels bohr,werner heisenberg,erwin schrodinger,enrico fermi,richard feynman,stephen hawking,gregor mendel,louis pasteur,robert koch,alexander fleming,florence nightingale,nikola tesla,thomas edison,michael faraday,james watt,leonhard euler,blaise pascal,rene descartes,pierre fermat,emmanuel kant,immanuel kant,friedrich nietzsche,arthur schopenhauer,karl popper,sigmund freud,carl jung,hannah arendt,simone weil,john locke,david hume,adam smith,milton friedman,karl marx,friedrich engels,alexander humboldt,wilhelm humboldt,carl linnaeus,jane goodall,marie skłodowska,marco polo,vasco gama,ferdinand magellan,christopher columbus,cristobal colon,amerigo vespucci,james cook,francis drake,walter raleigh,roald amundsen,ernest shackleton,edmund hillary,neil armstrong,yuri gagarin,amelia earhart,charles lindbergh,jacques cousteau,
julius caesar,marcus aurelius,mark antony,alexander great,genghis khan,william conqueror,richard lionheart,mary stuart,queen victoria,marie antoinette,napoleon bonaparte,otto bismarck,george washington,thomas jefferson,benjamin franklin,abraham lincoln,theodore roosevelt,john kennedy,winston churchill,charles gaulle,nelson mandela,mahatma gandhi,rosa parks,martin luther,malcolm x,che guevara,simon bolivar,jose marti,emiliano zapata,giuseppe garibaldi,willem oranje,joan arc,guy fawkes,admiral nelson,horatio nelson,konrad adenauer,willy brandt,sophie scholl,hans scholl,claus stauffenberg,clara zetkin,rosa luxemburg,geschwister scholl,edith stein,dietrich bonhoeffer,maximilian kolbe,mother teresa,desmond tutu,harriet tubman,frederick douglass,emmeline pankhurst,
oliver twist,david copperfield,jane eyre,elizabeth bennet,sherlock holmes,james bond,harry potter,ron weasley,hermione granger,albus dumbledore,frodo baggins,bilbo baggins,luke skywalker,anakin skywalker,han solo,darth vader,lara croft,max payne,mario kart,mario party,luigi mansion,donkey kong,willy wonka,charlie bucket,forrest gump,jack sparrow,indiana jones,marty mcfly,clark kent,lois lane,peter parker,bruce wayne,tony stark,bruce banner,diana prince,steve rogers,homer simpson,bart simpson,lisa simpson,fred flintstone,mickey mouse,minnie mouse,donald duck,daisy duck,bugs bunny,peppa pig,bob builder,thomas tank,nathan weise,wilhelm tell,william tell,don quijote,don juan,sancho panza,emma bovary,madame bovary,anna karenina,jean valjean,effi briest,michael kohlhaas,romeo montague,julia capulet,king arthur,sir lancelot,robin hood,maid marian,peter pan,captain hook,alice wonderland,dorian gray,doctor watson,hercule poirot,miss marple,philip marlowe,jay gatsby,holden caulfield,atticus finch,huckleberry finn,tom sawyer,moby dick,ebenezer scrooge,tiny tim,pippi langstrumpf,pippi longstocking,emil detektive,ronja raubertochter,jim knopf,pumuckl meister,geralt rivia,marcus fenix,solid snake,gordon freeman,duke nukem,sonic hedgehog,crash bandicoot,cortana halo,master chief,
billie jean,ziggy stardust,eleanor rigby,bobby mcgee,peggy sue,pink floyd,jethro tull,lynyrd skynyrd,alice cooper,franz ferdinand,buena vista,elvis presley,bob marley,freddie mercury,david bowie,michael jackson,john lennon,jimi hendrix,janis joplin,aretha franklin,ella fitzgerald,louis armstrong,miles davis,john coltrane,edith piaf,jacques brel,johnny cash,dolly parton,taylor swift,marilyn monroe,charlie chaplin,audrey hepburn,alfred hitchcock,
roland garros,arthur ashe,rod laver,margaret court,philippe chatrier,suzanne lenglen,jules rimet,carl zeiss,merrill lynch,arthur andersen,samuel adams,jack wolfskin,hugo boss,tory burch,jil sander,vera wang,stella mccartney,alexander mcqueen,vivienne westwood,christian louboutin,pierre cardin,nina ricci,carolina herrera,paco rabanne,guy laroche,roberto cavalli,gianni versace,elie saab,manolo blahnik,jo malone,estee lauder,bobbi brown,fred perry,ben sherman,ted baker,laura ashley,cath kidston,marc o'polo,marco polo,tom tailor,gerry weber,bruno maglia,philipp plein,claas lexion,claas arion,massey ferguson,john deere,case ih,harley davidson,royal enfield,austin healey,henry ford,lincoln continental,aston martin,lewis hamilton,rosetta stone,peter pan,victoria beckham,williams christ,gloria dei,annabel lee,granny smith,bishop auckland,maris otter,maris piper,king edward,cara cara,nelson sauvin,hallertau mittelfruh,hallertau blanc,saaz saazer,ruby red,duke york,rocky mountain,anna amalia,elsa brandstrom,astrid lindgren,erich kastner,ricarda huch,lise meitner,hannah hoch,otto hahn,werner siemens,ferdinand porsche,karl benz,gottlieb daimler,rudolf diesel,albert schweitzer,janusz korczak,joseph pulitzer,alfred nobel,andrew carnegie,john rockefeller,nelson rockefeller,walt disney,steve jobs,levi strauss,ralph lauren,
carmina burana,ruy lopez,franklin gothic,glen moray,glen garioch,quattro stagioni,mare imbrium,mare tranquillitatis,paul ehrlich,george bush,ben gurion,muller milch,jana pawla,romeo giulia,romeo julia,romeo juliet,tom kha,tom yum,les paul,bill haley,norris green,reggio emilia,reggio calabria,maria theresia,julius meinl,max mara,helly hansen,jack jones,moss bros,james webb,ziehl neelsen,benjamini hochberg,levenberg marquardt,michaelis menten,kaplan meier,hans zimmer,john williams,michael schumacher,ivan kupala,ивана купалы,иван купала,helmut lang,karl may,karl mays,anna seghers,rosa luxemburg,clara schumann,peter fox,tokio hotel,amy winehouse,gloria gaynor,barry white,stan laurel,oliver hardy,buster keaton,greta garbo,grace kelly,james dean,marlon brando,steven spielberg,quentin tarantino,martin scorsese,joan collins,ludwig erhard,helmut kohl,angela merkel,barack obama,donald trump,joe biden,vladimir putin,emmanuel macron,margaret thatcher,tony blair,elon musk,bill gates,jeff bezos,mark zuckerberg,tim cook,sam altman,cristiano ronaldo,lionel messi,diego maradona,franz beckenbauer,serena williams,roger federer,rafael nadal,boris becker,steffi graf,usain bolt,tiger woods,vince lombardi,santiago bernabeu,monte cristo,santa maria,ave maria,villa maria,costa rica,terra nova,val gardena,sierra leone,chuck norris,jack black,jack o'lantern,murphy law,sebastian bach,amadeus mozart,friedrich handel,wolfgang goethe,christian andersen,vargas llosa,zeiss jena,makepeace thackeray,barrett browning,bernard shaw,maynard keynes,clerk maxwell,graham bell,da vinci,b braun,peter tosh,uncle sam,jane roe,joe public,lieschen muller,
johann sebastian bach,wolfgang amadeus mozart,georg friedrich handel,george frideric handel,carl friedrich gauss,johann wolfgang goethe,arthur conan doyle,edgar allan poe,jorge luis borges,gabriel garcia marquez,federico garcia lorca,mario vargas llosa,jean jacques rousseau,john maynard keynes,james clerk maxwell,alexander graham bell,caspar david friedrich,peter paul rubens,robert louis stevenson,robert falcon scott,yves saint laurent,jean paul gaultier,jean paul sartre,hans christian andersen,george bernard shaw,ralph waldo emerson,louisa may alcott,carl zeiss jena,henri toulouse lautrec,victoria albert,martin luther king,john quincy adams,franklin delano roosevelt,ludwig wittgenstein,
"""
FAMOUS = frozenset(folded(name) for name in _FAMOUS.replace("\n", "").split(",") if name)


def is_known(name: Sequence[Word]) -> bool:
    """Return whether everybody knows this name: a brand, a work, somebody of history or of a story."""
    parts = [folded(word.text) for word in name]
    return " ".join(parts[:2]) in BRANDS or " ".join(parts) in FAMOUS


def names_thing(text: str, words: list[Word], first: int, last: int) -> bool:
    """Return whether the words beside a full name, or quotes in a sentence about works, make it the name of a thing."""
    start, end = words[first].start, words[last].end
    before = text[max(0, start - 40) : start]
    if _BEFORE.search(before) is not None or _AFTER.match(text, end) is not None:
        return True
    if before.endswith(("the ", "The ")) and _GOES_ON.match(text, end) is not None:
        return True
    closing = _QUOTES.get(before[-1:])
    return (
        closing is not None
        and text[end : end + 1] == closing
        and _WORKS.search(_sentence(text, start, end)) is not None
    )


def _sentence(text: str, start: int, end: int) -> str:
    return _SENTENCE.split(text[max(0, start - 90) : start])[-1] + _SENTENCE.split(text[end : end + 90])[0]
