"""Names of people, places and brands: words that nobody has mistyped, though no phrasing has them.

Without them "Byrne" would be read as a typo of "burn".
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from bot.language.english import rare
from bot.language.words import words

PEOPLE = """
abces abdullah abebe abena abramson abscal abuela achesin achim adaeze adama adebayo aditi aditya
adnan agata agathe agnieszka aidan aiden aikins aiko aishwarya aiyana ajay akash akers akiko akira
akua alain alastair aldi aleksander aleksandra alena alessandra alessandro alessia alexa alexandre
alfie alia alicea alina alondra alonso amaka amal amar amara amaya amelie amina amira amit amita
anahita anand ananya anders andreas andrej andrzej anette angelika angila anja anjali anka anke
ankit annelies anneliese annika annita ansel antje antonina anya aoife apinya archana ardith ariana
arianna arif arjun armstrong arnaud arsenio artur arun aruna arvind arya asda asha ashburn ashok
asif asma atif auguste aveeno avene axel aya ayaan ayla ayman ayo ayodele ayse ayumi aziz aziza
babatunde bahar balaji bartosz bashir basia beata beate becca benedicte benedikt benoit bente
bepanthen bernd bernita berthold bettina bhai bhaiya bhavna bilal bioderma biotherm birgit birgitta
birte bitar bitte bjorn blackburn bledsoe bleecker bleeker bleiler bleyer blis blisse bloodworth
bluedorn blystone bogdan boyles bradburn braden braker bram breanna brenna brister britta
brokenshire bronwen bronwyn brookes brun bruna brunn brunner bruns bruyn bryn brynn bunn burak burcu
burgin burhan burk burkett burkhard burkhart burmeister burne burnell burnette burnham burniston
burnside burrell burrus burson burtch burts byrne byrnes byrom callum camila canseco canser carole
carsten cassidy catarina caterina catrin catriona caudalie celestine celine cem cerave cetaphil
chaim chantal charis chau cherise chiamaka chiara chidi chika chinedu chinwe chioma chiyo chrissie
christel christer christiane christin christoph chukwu ciara cillian clarins clinique clotilde clott
clotter clottey clotworthy coburn colburn coldwell colvin connor conor constantin coralie corinna
cosrx cristian cristobal cutbush cutright cutshall cuttler cutts cysewski dabur daggett dagny
daisuke dalia dalila dani daniela daniele danilo danuta daria davina declan decleor deepa deepak
delfina denzel dermalogica detlef dettol dever diarmuid dickman didi dietmar dilara dilip dimitri
dinesh divya dizney dmitry domenico dominik dominika dorin dorit dorota dorothee dorte doucet dougal
drmtlgy dulce dunja dyal dyall dyess ebba eberhard eckman eduard edyta efua egon eilidh eimear einar
eirik ekaterina ela eleanora eleni eleonora elham elif elin elina elke elodie elsbeth elspeth elwood
elyse emeka emelie emre enzo eoghan erkan erla esme esra estefania estera estrella etienne etsy
eucerin eufemia eugen evie ewa ewan fabienne fabio fabiola fadi falk fancher fante farah fareed
farhan farid fatema fatma fatou faver favre feber febre federica felker fenner ferenc fergal
fernanda feverel feverly feverstone fevre fiebre fievre filip filippo finbar finlay finnian fionn
fionnuala fitts fitz flavia flavio fleur florian flury folasade francesco franka franziska frederik
frederike frederique freja frida friedrich frits frostick fulcher fumiko gabor gabriele gabriella
garnier gasche gashaw gashi gaston gaurav gaye geoff georgiana georgie gerd gerda gergely germaine
germolene gerri gert ghislaine gia giacomo giancarlo gianluca gianna gigi gilles giorgia giorgio
giovanna gita gitte giulia giuliana goran gottfried graeme grajeda graziano grazyna gregor grethe
grigory guido guillaume gwyneth gyorgy haakon habib hadiza hadley hafsa hamid hamish hana hanan
hannelore hannes harald hari harish haroun harpes haruka haruki haruto hasan hassan havva hayley
heckman hedwig heike heiko heiner hendrik henk henriette henrik henrique herlinda hermelinda hermila
hermina hermine hernan herper herpin herrin hickson hideo hilde himanshu hinman hiro hiroko hiroshi
hivekeeper hivers hivon hodgkins hodgson holger hortencia hortensia hudgins huong hurtado hurtley
hurtz hussain ibrahim idris ifeoma ikram ilana ilaria ilka illes illman ilona ilse iman immaculata
imran inforzato inga ingeborg ingo inka inna instagram ioana ioannis irena irina irmgard irmtraud
isa isabela ishaan ishita isla isobel istvan itziar ivana ivette ivo ivonne iwona izabela jaap jace
jacinta jada jaden jadwiga jaimie jakob jakub janos jarek jaroslav jasmin jaswinder javed jayden
jelena jen jens jerome jewell jimena jing jiri jitka joao jochen joelle joerg johan jolanda jolanta
jonny jorg jorgen joris josefine jozef juliane junko jurgen justyna jutta jyoti kacper kadir kai
kaitlyn kaito kajal kamal kamil kamila kandice karan karim karolina karsten kasia kaspar katarina
katarzyna katerina katharina kati katia katja katrin kaya kaylee kayleigh kazuko kazuo keanu kehinde
keiko keira kemal kenji kenzo kerstin ketan khadija khalil khanh kiara kiehls kieran kiki kiku
kilburn kilian killen killian kilner kimiko kira kiran kirstie kirstin kirsty kjell klara kofi koji
konstantin kourtney kristian kristof kristofer krystyna krzysztof kumar kunal kwabena kwame kylie
kyra lachlan ladislav laila lakme lalita lancome laneige larissa lasse laszlo laure leandro leena
lefevre leisz leland lene leni lennart lennox leonie letizia lexi leyla lia licea lida lidl
lieselotte ling linh linnea lisbeth lise lisette liv lizbeth ljiljana loreal loreen lothar lotte
luana luc luca lucero luciana lucie lucier lucrecia ludmila luise lukas lukasz lum lumb lumley
lumpkin lumsden lupita lutz lyda lyla maddie madhuri maeve magda magnus mahalia mahesh mahmoud maike
maira mairead maja makoto malala malia malik malika malin malte mamaearth mandla manish manoj manon
marcela marcelle marcin mareike marek maren margarete margit mariah mariam marija marijke marika
marit marita marko markus marlys martine martinson maryam marybeth maryse masha massimo mateo
mateusz mathieu mathilde matteo matthieu maurizio maxime meera mehdi mehmet mei meike melina merryn
mersiha mert meryl mette michaela michal mieke mika mikael mikkel mila milburn milena milica milly
minh mireille mirella mirjam mirko miroslav misaki moana mohan mohler mohsin molesworth molette
moley moller mollison monika mordechai morten moshe mukesh mumpson murad mustafa myriam nadeem nadja
naima naja nana nandini naoko narendra narges nasir nasrin natalya nathalie navin nayeli nazanin
neda neeraj neha nena nerea nerissa neutrogena nevaeh neve newson ngozi niall niamh nichola nicky
nico nicoletta nicolette niels nihal nikhil niki niklas nikola nikolaus nikos nino nisha nitin
nkechi noemie nonna nour nuala numan nunn nuria nusrat nuth nuxe nyah nykaa nyla oda odette ogburn
okan okoro oksana olaplex olay ole oleg olena olof olu oluwaseun oma ondine oona opa orla orsolya
osburn oskar ottilie paco padma pahn paloma paola paolo paresh parveen patanjali patrice patrik
patrizia paulina paulo pavel pavol pawel paynes paynter payton pepe pernille petar petr petrina
petros peyton philipp pia piero pierrette pieter pietro pilar piotr pippa pirkko pooja poston
prakash pranav prasad pratik praveen preece primark priti priya priyanka pursell pustell qasim radek
radha radomir raf rafaela rafal raffaele rafiq raghav rahel rahim rahul raina rainer raisa rajan
rajesh rajiv rakesh ralf ramesh rana rania ranjit rasch raschke rasha rashad rasheed rashford rashid
rashida rashidi rashmi raskin rasmus rausch ravi rayna rebeca reena regan regine reginia rehana
reiko reiner reinhard rekha remy renata renate renita renu reshma reto reyhan rhys riccardo rickman
rihanna rikke rina ritu riya rocio rohan rohit roisin romana romina romy ronan ronja rosalia roxana
roxane rudi rukmini ruslan ryker saad saanvi sacha sachiko saeed safiya saif saira sakina sakura
salim salma salman sami samia samina samir samira sandeep sandor sandro sangeeta sanjay sanna
santino saoirse sarai saraswati sarita saskia satish savlon scabbia scaldwell scalf schaub schwab
seamus sebastien seema seitz selina semra sephora sepp sergey seung shabana shahid shaina shakira
shamika shanice shanika shaniqua shanthi shashi shayla shein shinji shira shirin shiseido shona
shreya shrishti shu sibylle sicard sickels sikes silje silke silvana silvio simona sina sinead
siobhan siri sissel sisto sixten skyler slitt sofie solange soledad sonal soren sorensen soresby
soumya spalding spaulding spiros spotify spradlin stanislav stavros stefania steffen steffi stig
stina stingle stinson stitcham stith stitt strobel stroh strohm strokel stroker strokovsky strouse
sudocrem sufian suhail suida suiter sujata suki suman sumit sunil sunita suparna superdrug suresh
susann sushma sutera sutter suttor svea svenja svetlana swapna swati swelle swellow swinburn swolle
swoyer syed sylvain tabea taha tahir taiwo takashi takeshi talia tamar tamsin tanja tarek tariq
tatjana tatyana temu terina terje tesco thandi theo theodor theresia thibault thierry thora thorsten
thrusher tiago tiana tiktok tilda tilly timo tita tobin tomasz tommaso tomoko torben tord torne
torsten toshiko tove trish troels trond trudi tuan tumas tumer tuncay tuomas tyra uchenna ugo
ugochukwu ulcher ulla ulmer ulrich ulrike ulserson uma umar umberto uniqlo uriage ursel urszula usha
usman uwe uzma vaclav valentina valery vanja vasile vasily veena venkat verena vernia vernita
veronika veronique vesna vicks vidya viet vijay vikas vikki vikram viktor viktoria vimala vincenzo
vinod violeta violetta virginie vishal vittoria vittorio vivek viviana vivien volker walid waltraud
wanjiku waqar warth warton wartz washburn wassim welborn welborne weleda welton wenche whatsapp
wilfried willem willi winfried winona winterbourne witold wojciech wonda wondolowski woodburn
woodcut woundt woundy xander ximena xochitl yael yahya yan yana yasir yasmin yasmine yasuko yetunde
yi ying yolande yosef yoshiko youssef ysabel yuki yuko yuriko yusuf zack zahra zainab zeinab zena
zeynep zhang zhanna zita zofia zoltan zora zoya zsofia zubair zulema zuzana
"""


@dataclass(frozen=True, slots=True)
class Names:
    """Words in two long strings, a line for each, in order.

    A set of so many takes ten times the memory.
    """

    named: str
    """Names of people, places and brands."""
    others: str
    """Rare words of the dictionary, among them more names."""

    @classmethod
    def of(cls, places: Iterable[str] = ()) -> "Names":
        """The names of people, of these places, and every rare English word."""
        named = dict.fromkeys(chain(PEOPLE.split(), *map(words, places)))
        return cls(_lines(named), _lines(rare()))

    def __contains__(self, word: str) -> bool:
        return self.name(word) or self.is_rare(word)

    def name(self, word: str) -> bool:
        """True for a name, which is no two words written as one either."""
        return _holds(self.named, word)

    def is_rare(self, word: str) -> bool:
        """True for a rare word of the dictionary."""
        return _holds(self.others, word)


def _lines(words: Iterable[str]) -> str:
    return "\n".join(["", *sorted(words), ""])


def _holds(lines: str, word: str) -> bool:
    """True where a word is one of the lines, which are halved until one is left."""
    places = range(len(lines))
    at = bisect_left(places, word, key=lambda place: _line(lines, place))
    return at < len(lines) and _line(lines, at) == word


def _line(lines: str, place: int) -> str:
    """The line that a letter, or the end of the line, stands in."""
    return lines[lines.rfind("\n", 0, place) + 1 : lines.find("\n", place)]
