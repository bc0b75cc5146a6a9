# ruff: noqa: RUF001 - other scripts have letters that look like those of ours
"""Bare words, made-up words, other languages: what a prompt may hold besides questions."""

from __future__ import annotations

from ..topic import words

__all__ = ["BARE", "FOREIGN", "KEYS", "SYLLABLES"]

BARE = words(
    """bananas|apples|oranges|cherries|grapes|lemons|strawberries|potatoes|tomatoes|carrots|onions
    |mushrooms|bread|butter|cheese|milk|eggs|rice|pasta|pizza|soup|salad|chocolate|ice cream|honey
    |sugar|salt|pepper|coffee|tea|water|juice|wine|beer|cakes|cookies|breakfast|lunch|dinner
    |fast food
    |cats|dogs|horses|cows|pigs|sheep|goats|chickens|ducks|eagles|owls|parrots|penguins|fish
    |sharks|whales|dolphins|frogs|snakes|turtles|lizards|crocodiles|spiders|bees|ants|butterflies
    |elephants|lions|tigers|bears|wolves|foxes|monkeys|giraffes|zebras|kangaroos|rabbits|mice
    |hamsters|dinosaurs|dragons|unicorns|roses|grass|forests|lakes
    |the sea|oceans|beaches|deserts|volcanoes|earthquakes|storms|rain|snow|wind|clouds
    |thunder|rainbows|the sun|the moon|the stars|planets|Mars|Venus|Jupiter|Saturn|comets|galaxies
    |space|rockets|astronauts|gravity|light|sound|electricity|magnets|energy|atoms|gold
    |silver|iron|diamonds|glass|wood|paper|plastic|oil|fire|ice|air|stones|sand|football|basketball
    |tennis|swimming|running|cycling|skiing|chess|dancing|singing|painting|drawing|reading|writing
    |cooking|baking|gardening|fishing|hiking|camping|travelling|photography|music|guitars|pianos
    |violins|drums|films|theatre|books|novels|poems|fairy tales|comics|newspapers|games|puzzles
    |cars|buses|trains|planes|ships|boats|bicycles|motorcycles|bridges|roads|houses|castles|churches
    |schools|teachers|students|homework|exams|universities|doctors|nurses|hospitals|medicine|health
    |sleep|dreams|families|parents|children|babies|friends|neighbours|love|marriage|weddings
    |birthdays|Christmas|Easter|holidays|weekends|summer|winter|spring|autumn|mornings|nights
    |Monday|Friday|January|December|clocks|watches|calendars|maps|countries|cities|villages|Europe
    |Africa|Asia|America|Australia|France|Germany|Italy|Spain|England|Scotland|Ireland|Norway|Japan
    |China|India|Brazil|Canada|Mexico|Egypt|Paris|London|Berlin|Rome|Madrid|Vienna|Tokyo|New York
    |kings|queens|knights|pirates|ghosts|robots|computers|phones|the internet|programming|Python
    |programs|software|keyboards|screens|printers|batteries|machines|engines|factories|money|banks
    |markets|prices|work|offices|farmers|bakers|artists|actors|singers|writers|scientists
    |history|geography|biology|physics|chemistry|mathematics|numbers|fractions|triangles|circles
    |English|French|grammar|letters|words|stories|red|blue|green|yellow
    |shoes|hats|coats|dresses|shirts|socks|jewellery|furniture|chairs|tables|beds|lamps|windows
    |doors|kitchens|gardens|parks|zoos|museums|libraries|restaurants|hotels|war|peace|freedom|laws
    |elections|politics|religion|philosophy|happiness|fear|luck|time|art|nature|the weather
    |the brain
    |the heart|bones|teeth|hair|eyes|hands|old cars|big cities|small dogs|red wine
    |green tea|fresh bread|modern art|old books|space travel|solar energy|pop music|jazz
    |rock music"""
)

KEYS = tuple("asdfghjkl qwertzuiop qwertyuiop zxcvbnm yxcvbnm fghjkd jklsdfg werpoi".split())

SYLLABLES = tuple(
    "flor bix grum zab snor quil dax plim vort mun trel gop wib kraz lum sprag nof zin drub yex "
    "mog plo fen hurb zet blav crin dop skaz tob gwim ruk jal pix vro thun".split()
)

FOREIGN = words(
    """Hola|Buenos días|¿Cómo estás?|¿Cómo te llamas?|¿Qué puedes hacer?|¿Hablas español?
    |Hasta luego
    |¿Dónde vives?|Cuéntame un chiste|Necesito ayuda, por favor|¿Cuál es la capital de Francia?
    |Muchas gracias por tu ayuda|¿Qué hora es?|Me gusta el chocolate|Hola, ¿cómo estás?
    |Buenas noches
    |¿Cuántos años tienes?|Escribe un poema|¿Quién eres?|Tengo un perro y un gato
    |Bonjour|Comment ça va ?|Comment t'appelles-tu ?|Que peux-tu faire ?|Parlez-vous français ?
    |Quelle heure est-il ?|Raconte-moi une blague|Merci beaucoup|Au revoir|Où habites-tu ?
    |J'ai besoin d'aide|Quelle est la capitale de l'Espagne ?|Bonsoir|Je m'appelle Claire
    |Qui es-tu ?|Salut, ça va ?|Écris un poème|J'aime les chats|Bonne nuit|Il fait beau aujourd'hui
    |Guten Tag|Guten Morgen|Wie geht es dir?|Wie heißt du?|Was kannst du?|Sprichst du Deutsch?
    |Wie spät ist es?|Erzähl mir einen Witz|Vielen Dank|Auf Wiedersehen|Wo wohnst du?|Wer bist du?
    |Ich brauche Hilfe|Was ist die Hauptstadt von Frankreich?|Gute Nacht|Ich heiße Klaus
    |Schreib ein Gedicht|Ich mag Hunde|Wie wird das Wetter morgen?|Wie alt bist du?
    |Hallo, wie geht's?
    |Ciao, come stai?|Buongiorno|Come ti chiami?|Cosa sai fare?|Parli italiano?|Che ore sono?
    |Raccontami una barzelletta|Grazie mille|Arrivederci|Dove abiti?|Chi sei?|Ho bisogno di aiuto
    |Qual è la capitale della Germania?|Buonanotte|Mi piace la pizza|Scrivi una poesia
    |Olá, tudo bem?|Bom dia|Como você se chama?|Você fala português?|Conte uma piada|Muito obrigado
    |Quem é você?|Preciso de ajuda|Boa noite|Que horas são?|Qual é a capital do Brasil?
    |Eu gosto de ler
    |Hallo, hoe gaat het?|Goedemorgen|Hoe heet je?|Spreek je Nederlands?|Vertel een grap|Dank je wel
    |Wie ben jij?|Ik heb hulp nodig|Waar woon je?|Hoe laat is het?|Tot ziens|Ik hou van katten
    |Cześć, jak się masz?|Dzień dobry|Jak masz na imię?|Czy mówisz po polsku?|Dziękuję bardzo
    |Opowiedz mi żart|Kim jesteś?|Potrzebuję pomocy|Do widzenia|Która jest godzina?|Dobranoc
    |Hej, hur mår du?|God morgon|Vad heter du?|Talar du svenska?|Tack så mycket|Vem är du?
    |Berätta ett skämt|Jag behöver hjälp|Vad är klockan?|Var bor du?|Hej då|Jag gillar kaffe
    |Merhaba, nasılsın?|Günaydın|Adın ne?|Türkçe biliyor musun?|Teşekkür ederim|Sen kimsin?
    |Bana bir fıkra anlat|Yardıma ihtiyacım var|Saat kaç?|Nerede yaşıyorsun?|İyi geceler
    |Ahoj, jak se máš?|Dobrý den|Jak se jmenuješ?|Mluvíš česky?|Děkuji|Kdo jsi?|Dobrou noc
    |Привет, как дела?|Добрый день|Как тебя зовут?|Ты говоришь по-русски?|Спасибо|Кто ты?
    |Расскажи анекдот|Мне нужна помощь|Который час?|Где ты живёшь?|До свидания|Что ты умеешь?
    |Привіт, як справи?|Дякую|Γεια σου, τι κάνεις;|Καλημέρα|Πώς σε λένε;|Ευχαριστώ|Ποιος είσαι;
    |你好|你好吗？|你叫什么名字？|你会做什么？|你会说中文吗？|谢谢|再见|给我讲个笑话|现在几点？|你是谁？
    |我需要帮助|早上好|晚安|こんにちは|お元気ですか？|お名前は何ですか？|日本語を話せますか？|ありがとう
    |あなたは誰ですか？|何ができますか？|今何時ですか？|おやすみなさい|안녕하세요|어떻게 지내세요?
    |이름이 뭐예요?|한국어 할 줄 알아요?|감사합니다|누구세요?|몇 시예요?
    |مرحبا|كيف حالك؟|ما اسمك؟|شكرا
    |هل تتكلم العربية؟|من أنت؟|صباح الخير|أحتاج إلى مساعدة|नमस्ते|आप कैसे हैं?|आपका नाम क्या है?
    |धन्यवाद
    |क्या आप हिंदी बोलते हैं?|आप कौन हैं?|שלום|מה שלומך?|תודה|สวัสดี|ขอบคุณ|Xin chào|Bạn khỏe không?
    |Bạn tên là gì?|Cảm ơn|Apa kabar?|Siapa namamu?|Terima kasih|Selamat pagi|Habari yako?
    |Asante sana
    |Hei, mitä kuuluu?|Hyvää huomenta|Kuka sinä olet?|Kiitos paljon|Szia, hogy vagy?|Köszönöm
    |Ki vagy?"""
)
