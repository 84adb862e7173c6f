"""Names of places that GeoNames lacks, and the keys by which names are compared."""

import re
import unicodedata
from collections.abc import Iterator

# Countries by code: other names than the English one, and well-known parts of the country.
COUNTRIES = """
AE: emirates, united emirates; AL: shqiperia; AR: argentinien, argentine; AT: österreich,
oesterreich, tirol; AU: aus, straya, oz, australie, australien; BA: bosna; BD: বাংলাদেশ; BE: belgie,
belgique, belgien, flanders; BG: българия; BR: brasil, brasilien, bresil; BY: беларусь, belorussia;
CA: kanada; CD: congo, drc, dr congo, zaire; CG: congo; CH: schweiz, suisse, svizzera, swiss, suiza;
CI: cote divoire; CN: prc, zhongguo, 中国, chine; CV: cape verde; CY: northern cyprus; CZ: česko,
czech; DE: deutschland, allemagne, alemania, germania, almanya, германия, 德国, ドイツ, bavaria,
bayern, saxony, hessen, nrw; DK: danmark, dänemark; DO: dominicana, república dominicana; DZ:
الجزائر, algerie; EG: misr, masr, مصر; ES: españa, espagne, spanien, espanha; ET: ኢትዮጵያ; FI: suomi,
finnland; FR: frankreich, francia, brittany, normandy, франция, 法国; GB: uk, great britain,
britain, royaume uni, reino unido, grossbritannien, inghilterra, angleterre, inglaterra,
великобритания, англия, 英国, イギリス; GE: sakartvelo, საქართველო; GR: hellas, ellada, ελλάδα,
griechenland, crete; HR: hrvatska, kroatien; HU: magyarország, ungarn; ID: indonesien; IE: eire,
republic of ireland; IL: ישראל, yisrael; IN: bharat, hindustan, भारत, indien, kerala, karnataka,
tamil nadu, maharashtra, gujarat, rajasthan, punjab, west bengal, telangana, andhra pradesh, uttar
pradesh, madhya pradesh, bihar, haryana, assam, kashmir, goa; IQ: العراق, irak, kurdistan; IR:
persia, ایران; IS: ísland; IT: italia, italien, italie, италия, sicily, sicilia, tuscany, toscana,
sardinia, sardegna, lombardy; JO: الأردن; JP: nippon, nihon, japon, 日本, にほん, hokkaido, kyushu;
KE: kenia; KH: kampuchea; KR: korea, rok, s korea, hanguk, 한국, 대한민국, corea, corea del sur; KW:
الكويت; KZ: қазақстан, казахстан; LB: liban, لبنان; LK: ceylon; LT: lietuva; LV: latvija; LY: ليبيا;
MA: maroc, marruecos, marokko, المغرب; MK: macedonia; MM: မြန်မာ; MN: монгол; MX: mexique, mexiko;
MY: malaisie, sarawak, sabah; NG: naija; NL: holland, nederland, pays bas, niederlande, paises
bajos; NO: norge, norwegen; NP: नेपाल; NZ: aotearoa; OM: عمان; PH: pilipinas, luzon; PK: پاکستان,
sindh, punjab; PL: polska, polen, польша; PS: فلسطين, gaza strip, west bank; QA: قطر; RO: românia,
rumania, transylvania; RS: srbija, србија; RU: россия, rossiya, rusia, russland, рф; SA: saudi, ksa,
السعودية; SE: sverige, schweden, suecia; SI: slovenija; SK: slovensko; SY: سوريا; TH: ไทย,
ประเทศไทย; TN: تونس, tunisie; TR: türkiye, türkei, turquie, turquia; TT: tobago; TW: 台湾; TZ:
zanzibar; UA: україна, украина; US: america, the states, etats unis, estados unidos, eeuu, ee uu,
vereinigte staaten, stati uniti, сша, 美国, アメリカ, 미국; VA: holy see; VI: us virgin islands; VN:
việt nam; XK: kosova; YE: اليمن; ZA: rsa, suid afrika, kwazulu natal
"""
# Parts of countries: the code of GeoNames, the name, and the abbreviation.
REGIONS = """
AU: 01 Australian Capital Territory/act, 02 New South Wales/nsw, 03 Northern Territory/nt, 04
Queensland/qld, 05 South Australia/sa, 06 Tasmania/tas, 07 Victoria/vic, 08 Western Australia/wa;
BR: 01 Acre/ac, 02 Alagoas/al, 03 Amapá/ap, 04 Amazonas/am, 05 Bahia/ba, 06 Ceará/ce, 07 Distrito
Federal/df, 08 Espírito Santo/es, 11 Mato Grosso do Sul/ms, 13 Maranhão/ma, 14 Mato Grosso/mt, 15
Minas Gerais/mg, 16 Pará/pa, 17 Paraíba/pb, 18 Paraná/pr, 20 Piauí/pi, 21 Rio de Janeiro/rj, 22 Rio
Grande do Norte/rn, 23 Rio Grande do Sul/rs, 24 Rondônia/ro, 25 Roraima/rr, 26 Santa Catarina/sc, 27
São Paulo/sp, 28 Sergipe/se, 29 Goiás/go, 30 Pernambuco/pe, 31 Tocantins/to; CA: 01 Alberta/ab, 02
British Columbia/bc, 03 Manitoba/mb, 04 New Brunswick/nb, 05 Newfoundland/nl, 07 Nova Scotia/ns, 08
Ontario/on, 09 Prince Edward Island/pei, 10 Québec/qc, 11 Saskatchewan/sk, 12 Yukon/yt, 13 Northwest
Territories/nt; GB: ENG England/eng, SCT Scotland/sct, WLS Wales/wls, NIR Northern Ireland/ni
"""
# Other names of cities. They mean these cities even if smaller places have the same name.
NICKNAMES = """
Los Angeles: la, west coast; San Francisco: sf, frisco, san fran, bay area, silicon valley; Las
Vegas: vegas; Philadelphia: philly; Washington: dc; New Orleans: nola; Atlanta: atl; Chicago: chi
town, midwest; New York City: new york, nyc, ny, long island, east coast; Boston: new england;
Sydney: nsw; Brisbane: qld; Tijuana: baja california, baja; Cancún: quintana roo; Hermosillo:
sonora; Denpasar: bali; Kuala Lumpur: kl; Hong Kong: hk; Bangkok: bkk; Ho Chi Minh City: hcmc, hcm;
Mexico City: cdmx; Johannesburg: jozi; London: ldn; Buenos Aires: bs as, caba; Rio de Janeiro: rio;
São Paulo: sp, sampa; Barcelona: bcn; Moscow: мск; Saint Petersburg: spb, piter, питер;
Yekaterinburg: екб; Manila: mnl; Kolkata: calcutta; Montréal: mtl; Tel Aviv: tlv; Addis Ababa:
addis; Kazan: tatarstan;
Novosibirsk: siberia; Las Palmas de Gran Canaria: canary islands, canaries, islas canarias; Ponta
Delgada: azores, açores; Funchal: madeira; Palma: majorca, mallorca; Santa Cruz de Tenerife:
tenerife
"""
# Islands that are the home of a zone, and lie in no city.
ISLANDS = """
Lord Howe Island=Australia/Lord_Howe: lord howe, lord howe island; Easter Island=Pacific/Easter:
easter, easter island, rapa nui, isla de pascua, pascua; Chatham Islands=Pacific/Chatham: chatham
islands, chatham island, rekohu; Fernando de Noronha=America/Noronha: fernando de noronha, noronha,
fernando noronha; Galápagos Islands=Pacific/Galapagos: galapagos, galapagos islands, islas
galapagos; Marquesas Islands=Pacific/Marquesas: marquesas, marquesas islands, iles marquises;
Gambier Islands=Pacific/Gambier: gambier islands, iles gambier, mangareva; Midway
Atoll=Pacific/Midway: midway atoll, midway island, midway islands; Wake Island=Pacific/Wake: wake
island, wake atoll; Johnston Atoll=Pacific/Johnston: johnston atoll, johnston island; Macquarie
Island=Antarctica/Macquarie: macquarie island, macquarie; Kiritimati=Pacific/Kiritimati: kiritimati,
line islands; Kanton=Pacific/Kanton: kanton island, canton island, phoenix islands; Chagos
Archipelago=Indian/Chagos: chagos, chagos islands, chagos archipelago, diego garcia; South
Georgia=Atlantic/South_Georgia: south georgia, south georgia island; Svalbard=Arctic/Longyearbyen:
svalbard, spitsbergen; Pohnpei=Pacific/Pohnpei: pohnpei, pohnpei island; Kosrae=Pacific/Kosrae:
kosrae, kosrae island; Chuuk=Pacific/Chuuk: chuuk, chuuk islands, truk; Kwajalein=Pacific/Kwajalein:
kwajalein, kwajalein atoll; Saint Pierre and Miquelon=America/Miquelon: miquelon, saint pierre and
miquelon, saint pierre et miquelon; Troll=Antarctica/Troll: troll station; Norfolk
Island=Pacific/Norfolk: norfolk island; Faroe Islands=Atlantic/Faroe: faroes, faroe islands
"""
# Countries and the others that people write them for: Hong Kong, China.
BELONGS = """
CN: HK MO TW; US: PR GU VI AS MP UM; DK: GL FO; FR: RE GP MQ GF YT PF NC PM WF BL MF; NL: AW CW SX
BQ; GB: IM JE GG GI BM KY FK VG TC AI MS SH IO PN GS; FI: AX; NO: SJ; AU: NF CX CC; NZ: CK NU TK;
RS: XK; IL: PS; PS: IL; MA: EH; ES: EH; UA: RU; RU: UA
"""
ABBREVIATIONS = """
UTC: utc, uct, z, zulu, universal, coordinated universal; UTC Europe/London: gmt, greenwich;
America/New_York: et, est, edt, eastern; America/Chicago: ct, cdt, central; America/Denver: mt, mdt,
mountain; America/Chicago Asia/Shanghai: cst; America/Denver America/Phoenix: mst;
America/Los_Angeles: pt, pst, pdt, pacific; America/Anchorage: akst, akdt; Pacific/Honolulu: hst;
America/Halifax: adt, atlantic; America/Halifax Asia/Riyadh: ast; America/St_Johns: nst, ndt;
Europe/London Asia/Dhaka: bst; Europe/Lisbon: wet, western european; Europe/Berlin: cet, cest, mez,
mesz, central european; Europe/Kyiv Africa/Cairo: eet; Europe/Kyiv: eest, eastern european;
Europe/Moscow: msk; Asia/Kolkata Europe/Dublin Asia/Jerusalem: ist; Asia/Jerusalem: idt;
Asia/Karachi: pkt; Asia/Dubai: gst, gulf; Asia/Tehran: irst; Asia/Kathmandu: npt; Asia/Bangkok: ict;
Asia/Jakarta: wib; Asia/Makassar: wita; Asia/Jayapura: wit; Asia/Singapore: sgt; Asia/Kuala_Lumpur:
myt; Asia/Hong_Kong: hkt; Asia/Manila: pht, phst; Asia/Tokyo: jst; Asia/Seoul: kst; Africa/Lagos:
wat; Africa/Maputo: cat; Africa/Nairobi: eat; Africa/Johannesburg: sast; Australia/Perth: awst;
Australia/Adelaide: acdt; Australia/Adelaide Australia/Darwin: acst; Australia/Sydney: aet, aedt;
Australia/Sydney Australia/Brisbane: aest; Pacific/Auckland: nzt, nzst, nzdt; America/Sao_Paulo:
brt; America/Santiago: clt, clst; America/Bogota: cot
"""
_HAN = (
    "東东紐纽約约廣广倫伦漢汉門门慶庆寧宁濟济蘇苏長长貴贵陽阳臺台灣湾"
    "龍龙島岛華华頓顿馬马羅罗維维爾尔蘭兰亞亚韓韩國国關关"
)
_ONE_LETTER = {
    **dict(zip("łøđıðħيىكة", "lodidhییکه", strict=True)),
    **dict(zip(_HAN[::2], _HAN[1::2], strict=True)),
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_TWO_WAYS = re.compile(f"[{''.join(_ONE_LETTER)}]")
_SAINT = re.compile(r"\bst\b")
_APART = re.compile(r"[^\w\n]+")


def key(names: str) -> str:
    """The keys of names, one in each line: without accents or spaces, in one spelling."""
    folded = unicodedata.normalize("NFKD", names.casefold().replace("_", " "))
    folded = _TWO_WAYS.sub(lambda found: _ONE_LETTER[found[0]], folded)
    return _APART.sub("", _SAINT.sub("saint", folded))


def table(data: str) -> Iterator[tuple[str, str]]:
    """The key of each name, and its meaning."""
    for line in data.split(";"):
        meant, _, names = line.partition(":")
        for name in names.split(","):
            yield key(" ".join(name.split())), " ".join(meant.split())
