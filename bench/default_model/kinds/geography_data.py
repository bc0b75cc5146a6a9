"""Countries, their capitals, languages and currencies; places of the world. Only what is certain.

A "-" leaves out what has no short answer: a country on two continents, a capital in dispute.
"""

from __future__ import annotations

# country | capital | continent | languages | currency
COUNTRIES = """
France | Paris | Europe | French | euro
Germany | Berlin | Europe | German | euro
Spain | Madrid | Europe | Spanish | euro
Italy | Rome | Europe | Italian | euro
Portugal | Lisbon | Europe | Portuguese | euro
the United Kingdom | London | Europe | English | pound sterling
England | London | Europe | English | pound sterling
Scotland | Edinburgh | Europe | English | pound sterling
Wales | Cardiff | Europe | English, Welsh | pound sterling
Ireland | Dublin | Europe | English, Irish | euro
Belgium | Brussels | Europe | Dutch, French, German | euro
the Netherlands | Amsterdam | Europe | Dutch | euro
Luxembourg | Luxembourg City | Europe | Luxembourgish, French, German | euro
Switzerland | Bern | Europe | German, French, Italian, Romansh | Swiss franc
Austria | Vienna | Europe | German | euro
Poland | Warsaw | Europe | Polish | zloty
the Czech Republic | Prague | Europe | Czech | Czech koruna
Slovakia | Bratislava | Europe | Slovak | euro
Hungary | Budapest | Europe | Hungarian | forint
Romania | Bucharest | Europe | Romanian | leu
Bulgaria | Sofia | Europe | Bulgarian | -
Greece | Athens | Europe | Greek | euro
Croatia | Zagreb | Europe | Croatian | euro
Slovenia | Ljubljana | Europe | Slovene | euro
Serbia | Belgrade | Europe | Serbian | Serbian dinar
Albania | Tirana | Europe | Albanian | lek
North Macedonia | Skopje | Europe | Macedonian, Albanian | denar
Montenegro | Podgorica | Europe | Montenegrin | euro
Denmark | Copenhagen | Europe | Danish | Danish krone
Norway | Oslo | Europe | Norwegian | Norwegian krone
Sweden | Stockholm | Europe | Swedish | Swedish krona
Finland | Helsinki | Europe | Finnish, Swedish | euro
Iceland | Reykjavik | Europe | Icelandic | Icelandic krona
Estonia | Tallinn | Europe | Estonian | euro
Latvia | Riga | Europe | Latvian | euro
Lithuania | Vilnius | Europe | Lithuanian | euro
Ukraine | Kyiv | Europe | Ukrainian | hryvnia
Moldova | Chisinau | Europe | Romanian | Moldovan leu
Malta | Valletta | Europe | Maltese, English | euro
Russia | Moscow | - | Russian | ruble
Turkey | Ankara | - | Turkish | Turkish lira
Armenia | Yerevan | - | Armenian | dram
Georgia | Tbilisi | - | Georgian | lari
Azerbaijan | Baku | - | Azerbaijani | manat
China | Beijing | Asia | Chinese | yuan
Japan | Tokyo | Asia | Japanese | yen
South Korea | Seoul | Asia | Korean | won
North Korea | Pyongyang | Asia | Korean | won
Mongolia | Ulaanbaatar | Asia | Mongolian | tugrik
India | New Delhi | Asia | Hindi, English | Indian rupee
Pakistan | Islamabad | Asia | Urdu, English | Pakistani rupee
Bangladesh | Dhaka | Asia | Bengali | taka
Nepal | Kathmandu | Asia | Nepali | Nepalese rupee
Bhutan | Thimphu | Asia | Dzongkha | ngultrum
Afghanistan | Kabul | Asia | Pashto, Dari | afghani
Iran | Tehran | Asia | Persian | rial
Iraq | Baghdad | Asia | Arabic, Kurdish | Iraqi dinar
Jordan | Amman | Asia | Arabic | Jordanian dinar
Lebanon | Beirut | Asia | Arabic | Lebanese pound
Saudi Arabia | Riyadh | Asia | Arabic | riyal
the United Arab Emirates | Abu Dhabi | Asia | Arabic | dirham
Qatar | Doha | Asia | Arabic | Qatari riyal
Kuwait | Kuwait City | Asia | Arabic | Kuwaiti dinar
Oman | Muscat | Asia | Arabic | Omani rial
Bahrain | Manama | Asia | Arabic | Bahraini dinar
Uzbekistan | Tashkent | Asia | Uzbek | som
Kazakhstan | Astana | Asia | Kazakh, Russian | tenge
Kyrgyzstan | Bishkek | Asia | Kyrgyz, Russian | som
Tajikistan | Dushanbe | Asia | Tajik | somoni
Thailand | Bangkok | Asia | Thai | baht
Vietnam | Hanoi | Asia | Vietnamese | dong
Cambodia | Phnom Penh | Asia | Khmer | riel
Laos | Vientiane | Asia | Lao | kip
Malaysia | Kuala Lumpur | Asia | Malay | ringgit
the Philippines | Manila | Asia | Filipino, English | Philippine peso
Indonesia | - | Asia | Indonesian | rupiah
Singapore | - | Asia | English, Malay, Chinese, Tamil | Singapore dollar
Egypt | Cairo | Africa | Arabic | Egyptian pound
Morocco | Rabat | Africa | Arabic, Berber | Moroccan dirham
Algeria | Algiers | Africa | Arabic, Berber | Algerian dinar
Tunisia | Tunis | Africa | Arabic | Tunisian dinar
Libya | Tripoli | Africa | Arabic | Libyan dinar
Sudan | Khartoum | Africa | Arabic, English | Sudanese pound
Ethiopia | Addis Ababa | Africa | Amharic | birr
Kenya | Nairobi | Africa | Swahili, English | Kenyan shilling
Uganda | Kampala | Africa | English, Swahili | Ugandan shilling
Tanzania | Dodoma | Africa | Swahili, English | Tanzanian shilling
Rwanda | Kigali | Africa | Kinyarwanda, English, French | Rwandan franc
Somalia | Mogadishu | Africa | Somali, Arabic | Somali shilling
Ghana | Accra | Africa | English | cedi
Nigeria | Abuja | Africa | English | naira
Senegal | Dakar | Africa | French | CFA franc
Mali | Bamako | Africa | - | CFA franc
Cameroon | Yaounde | Africa | French, English | CFA franc
Angola | Luanda | Africa | Portuguese | kwanza
Mozambique | Maputo | Africa | Portuguese | metical
Zambia | Lusaka | Africa | English | kwacha
Zimbabwe | Harare | Africa | English, Shona | -
Botswana | Gaborone | Africa | English, Tswana | pula
Namibia | Windhoek | Africa | English | Namibian dollar
South Africa | - | Africa | Zulu, Xhosa, Afrikaans, English | rand
Madagascar | Antananarivo | Africa | Malagasy, French | ariary
the United States | Washington, D.C. | North America | English | US dollar
Canada | Ottawa | North America | English, French | Canadian dollar
Mexico | Mexico City | North America | Spanish | Mexican peso
Guatemala | Guatemala City | North America | Spanish | quetzal
Honduras | Tegucigalpa | North America | Spanish | lempira
Nicaragua | Managua | North America | Spanish | cordoba
Costa Rica | San Jose | North America | Spanish | colon
Panama | Panama City | North America | Spanish | balboa
Cuba | Havana | North America | Spanish | Cuban peso
Jamaica | Kingston | North America | English | Jamaican dollar
Haiti | Port-au-Prince | North America | Haitian Creole, French | gourde
the Dominican Republic | Santo Domingo | North America | Spanish | Dominican peso
Brazil | Brasilia | South America | Portuguese | real
Argentina | Buenos Aires | South America | Spanish | Argentine peso
Chile | Santiago | South America | Spanish | Chilean peso
Peru | Lima | South America | Spanish, Quechua | sol
Colombia | Bogota | South America | Spanish | Colombian peso
Venezuela | Caracas | South America | Spanish | bolivar
Ecuador | Quito | South America | Spanish | US dollar
Uruguay | Montevideo | South America | Spanish | Uruguayan peso
Paraguay | Asuncion | South America | Spanish, Guarani | guarani
Bolivia | - | South America | Spanish, Quechua, Aymara | boliviano
Australia | Canberra | Oceania | English | Australian dollar
New Zealand | Wellington | Oceania | English, Maori | New Zealand dollar
Fiji | Suva | Oceania | English, Fijian | Fijian dollar
Papua New Guinea | Port Moresby | Oceania | Tok Pisin, English | kina
"""

CONTINENTS = (
    "Africa",
    "Asia",
    "Europe",
    "North America",
    "South America",
    "Oceania",
    "Antarctica",
)

# Far enough apart that any of the first is larger than any of the second.
LARGE = (
    "Russia, Canada, China, the United States, Brazil, Australia, India, Argentina, Kazakhstan, "
    "Algeria, Saudi Arabia, Mexico, Indonesia, Sudan, Libya, Iran, Mongolia, Peru"
).split(", ")
SMALL = (
    "Belgium, the Netherlands, Luxembourg, Switzerland, Denmark, Slovenia, Malta, Estonia, "
    "Ireland, Jamaica, Kuwait, Qatar, Singapore, Lebanon, Austria, Fiji, Montenegro, Albania"
).split(", ")

# place | what it is and where, with the marks of facts.fact
PLACES = """
the Nile | a long *river* in *Africa*
the Amazon | a huge *river* in *South America*
the Mississippi | a *river* in *the United States*
the Danube | a *river* in *Europe* that flows into the Black Sea
the Rhine | a *river* in *Europe* that flows into the North Sea
the Thames | the *river* that flows through *London*
the Seine | the *river* that flows through *Paris*
the Tiber | the *river* that flows through *Rome*
the Volga | a *river* in *Russia* and the longest river in Europe
the Ganges | a *river* in *India* and Bangladesh
the Mekong | a *river* in *Asia*
the Yangtze | a *river* in *China*
the Congo River | a *river* in *Africa*
the Murray | a *river* in *Australia*
Mount Everest | a *mountain* in the *Himalayas* and the highest in the world
Mount Fuji | a *mountain* in *Japan*
Mont Blanc | a *mountain* in the *Alps*
Mount Kilimanjaro | a *mountain* in *Tanzania* and the highest in Africa
Mount Vesuvius | a *volcano* in *Italy*
Mount Etna | a *volcano* on *Sicily*, in Italy
the Matterhorn | a *mountain* in the *Alps*
the Alps | *mountains* in *Europe*
the Andes | *mountains* in *South America*
the Himalayas | *mountains* in *Asia*
the Pyrenees | *mountains* between *France* and *Spain*
the Rocky Mountains | *mountains* in *North America*
the Sahara | a *desert* in *Africa*
the Gobi | a *desert* in *Asia*
the Atacama | a *desert* in *Chile*
the Pacific | the largest *ocean* of the world, between *Asia* and America
the Atlantic | the *ocean* between *Europe* and America
the Indian Ocean | the *ocean* between *Africa* and Australia
the Arctic Ocean | the *ocean* around the *North Pole*
the Mediterranean | the *sea* between *Europe* and *Africa*
the Baltic Sea | a *sea* in the north of *Europe*
the Red Sea | the *sea* between *Africa* and *Arabia*
the Black Sea | a *sea* between *Europe* and *Turkey*
the Dead Sea | a very *salty* *lake* in *Asia*
Lake Victoria | the largest *lake* in *Africa*
Lake Baikal | a very deep *lake* in *Russia*
Lake Titicaca | a *lake* in the *Andes*
Loch Ness | a *lake* in *Scotland*
Greenland | the largest *island* of the world, in the *north*
Sicily | an *island* that belongs to *Italy*
Corsica | an *island* that belongs to *France*
Crete | an *island* that belongs to *Greece*
Hawaii | a group of *islands* in the *Pacific*
Antarctica | the cold *continent* around the *South Pole*
the Eiffel Tower | a *tower* of iron in *Paris*
the Colosseum | an ancient *arena* in *Rome*
Big Ben | the great *bell* of a clock tower in *London*
the Statue of Liberty | a *statue* in *New York*
the Taj Mahal | a white *tomb* of marble in *India*
the Great Wall | a very long *wall* in *China*
the Louvre | a *museum* in *Paris*
the Prado | a *museum* in *Madrid*
the Acropolis | a *hill* with ancient temples in *Athens*
the Kremlin | a *fortress* in *Moscow*
the Grand Canyon | a deep *valley* in *the United States*
Niagara Falls | a *waterfall* between *Canada* and *the United States*
the Suez Canal | a *canal* in *Egypt*
the Panama Canal | a *canal* between the *Atlantic* and the *Pacific*
the Golden Gate Bridge | a *bridge* in *San Francisco*
the Great Barrier Reef | a *coral* reef off *Australia*
Machu Picchu | an ancient *city* of the Inca in *Peru*
Venice | a *city* in *Italy* with many canals
Barcelona | a *city* in *Spain*
Munich | a *city* in *Germany*
Hamburg | a *city* in *Germany* with a big port
Milan | a *city* in *Italy*
Lyon | a *city* in *France*
Marseille | a *city* in *France*
Liverpool | a *city* in *England*
Manchester | a *city* in *England*
Geneva | a *city* in *Switzerland*
Zurich | the largest *city* in *Switzerland*
New York | the largest *city* in *the United States*
Chicago | a *city* in *the United States*
Los Angeles | a *city* in *the United States*
Toronto | the largest *city* in *Canada*
Sydney | a big *city* in *Australia*
Mumbai | a *city* in *India*
Shanghai | a *city* in *China*
Osaka | a *city* in *Japan*
Rio de Janeiro | a *city* in *Brazil*
Istanbul | the largest *city* in *Turkey*
Cape Town | a *city* in *South Africa*
"""

# forms, separated by bars -> answer
WORLD = {
    "the highest mountain in the world|the tallest mountain on Earth": (
        "The highest mountain in the world is *Mount Everest|Everest*."
    ),
    "the highest mountain in Africa|the tallest mountain of Africa": (
        "The highest mountain in Africa is *Mount Kilimanjaro|Kilimanjaro*."
    ),
    "the highest mountain in Japan": "The highest mountain in Japan is *Mount Fuji|Fuji*.",
    "the highest mountain of the Alps": "The highest mountain of the Alps is *Mont Blanc*.",
    "the highest mountains in the world|the highest mountain range on Earth": (
        "The highest mountains in the world are the *Himalayas*."
    ),
    "the longest mountain range on land": "The longest mountain range on land is the *Andes*.",
    "the largest ocean|the biggest ocean in the world": "The largest ocean is the *Pacific*.",
    "the second largest ocean": "The second largest ocean is the *Atlantic*.",
    "the smallest ocean|which ocean is the smallest": "The smallest ocean is the *Arctic* Ocean.",
    "the largest country in the world|the biggest country by area|which country is the largest": (
        "The largest country in the world is *Russia*."
    ),
    "the smallest country in the world|which country is the smallest": (
        "The smallest country in the world is *Vatican City*."
    ),
    "the largest continent|the biggest continent|which continent is the largest": (
        "The largest continent is *Asia*."
    ),
    "the smallest continent|which continent is the smallest": (
        "The smallest continent is *Australia*."
    ),
    "the coldest continent|which continent is the coldest": (
        "The coldest continent is *Antarctica*."
    ),
    "the largest country in South America|the biggest country of South America": (
        "The largest country in South America is *Brazil*."
    ),
    "the largest country in Africa|the biggest country of Africa": (
        "The largest country in Africa is *Algeria*."
    ),
    "the largest island in the world|the biggest island on Earth": (
        "The largest island in the world is *Greenland*."
    ),
    "the longest river in Africa": "The longest river in Africa is the *Nile*.",
    "the longest river in South America": "The longest river in South America is the *Amazon*.",
    "the longest river in Europe": "The longest river in Europe is the *Volga*.",
    "the longest river in Asia|the longest river in China": (
        "The longest river in Asia is the *Yangtze*."
    ),
    "the longest river in the world|which river is the longest": (
        "The *Nile* is usually called the longest river in the world."
    ),
    "the largest hot desert|the biggest hot desert in the world": (
        "The largest hot desert is the *Sahara*."
    ),
    "the deepest lake in the world|which lake is the deepest": (
        "The deepest lake in the world is Lake *Baikal*."
    ),
    "the largest rainforest|the biggest rainforest in the world": (
        "The largest rainforest is the *Amazon* rainforest."
    ),
    "which river flows through London|the river of London": "The *Thames* flows through London.",
    "which river flows through Paris|the river of Paris": "The *Seine* flows through Paris.",
    "which river flows through Rome|the river of Rome": "The *Tiber* flows through Rome.",
    "which river flows through Vienna|which river flows through Budapest": (
        "The *Danube* flows through Vienna and Budapest."
    ),
    "how many continents are there ~ how many continents there are|the number of continents": (
        "There are *seven|7* continents."
    ),
    "how many oceans are there ~ how many oceans there are|the number of oceans": (
        "There are *five|5* oceans."
    ),
    "the largest city in the United States|the biggest city of the USA": (
        "The largest city in the United States is *New York*."
    ),
    "the largest city in Canada|the biggest city of Canada": (
        "The largest city in Canada is *Toronto*."
    ),
    "which ocean is between Europe and America|the ocean between Europe and America": (
        "The *Atlantic* is between Europe and America."
    ),
    "which sea is between Europe and Africa|the sea between Europe and Africa": (
        "The *Mediterranean* is between Europe and Africa."
    ),
    "what is the equator ~ what the equator is": (
        "The equator is the *line* around the *middle* of the Earth."
    ),
    "what is at the top of a globe ~ what is at the top of a globe": (
        "The *North Pole* is at the top of a globe."
    ),
    "which country is called the land of the rising sun|the land of the rising sun": (
        "*Japan* is called the land of the rising sun."
    ),
    "which country looks like a boot|which country has the shape of a boot": (
        "*Italy* has the shape of a boot."
    ),
}
