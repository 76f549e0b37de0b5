"""Which language a message is in, with that of the talk as prior, and what asks for another."""

import pytest

from dialogs.types import Asked
from dialogs.understanding.languages import Languages
from dialogs.understanding.words import read_words
from tests.dialogs.understanding.readers import read

SWITCHES = [
    # Two to four words are enough when they are words of a language.
    ("сколько стоит", "en", "ru"),
    ("привет", "en", "ru"),
    ("Здравствуйте!", "es", "ru"),
    ("Добрый день", "zh", "ru"),
    ("нужен интернет-магазин", "en", "ru"),
    ("мы из Казани", "en", "ru"),
    ("у нас 40 человек", "es", "ru"),
    ("пришлите прайс", "en", "ru"),
    ("а скидки бывают", "zh", "ru"),
    ("нужна интеграция с Salesforce, HubSpot, Mailchimp", "zh", "ru"),
    ("hola", "en", "es"),
    ("¿cuánto cuesta?", "en", "es"),
    ("quiero un presupuesto", "ru", "es"),
    ("somos 40 personas", "en", "es"),
    ("empresa privada, unos 50 empleados", "en", "es"),
    ("buenos días", "en", "es"),
    ("depende del precio", "en", "es"),
    ("tengo servidores propios", "zh", "es"),
    ("una tienda de muebles", "ru", "es"),
    ("necesito hablar con ventas", "en", "es"),
    ("你好", "en", "zh"),
    ("多少钱", "en", "zh"),
    ("有演示吗", "ru", "zh"),
    ("我们是民企", "es", "zh"),
    ("请发白皮书", "en", "zh"),
    ("大概六十个人左右", "es", "zh"),
    ("我们是private company，在Munich，大概60人，server用的是AWS", "en", "zh"),
    ("how much is it", "zh", "en"),
    ("we sell garden tools", "ru", "en"),
    ("I am the owner", "es", "en"),
    ("who decides on that?", "es", "en"),
    ("can you call me", "ru", "en"),
    ("a shop for dealers", "zh", "en"),
    ("about 30 of us", "es", "en"),
]

STAYS = [
    # A single word, a name, a place, an address, a number: no reason to change.
    ("ok", "ru"),
    ("OK!", "zh"),
    ("yes", "es"),
    ("price?", "zh"),
    ("Enterprise", "ru"),
    ("Larkstall Enterprise", "es"),
    ("B2B", "ru"),
    ("white paper", "ru"),
    ("open source", "zh"),
    ("3000-5000 EUR", "ru"),
    ("123", "es"),
    ("?", "zh"),
    ("👍", "ru"),
    ("да", "en"),
    ("сервер", "en"),
    ("Москва", "en"),
    ("Нижний Новгород", "en"),
    ("Иван Петров", "es"),
    ("ООО «Ромашка и сыновья»", "en"),
    ("北京", "en"),
    ("深圳, about 40 people", "en"),
    ("李雷", "ru"),
    ("青岛海尔股份有限公司", "es"),
    ("Graz", "zh"),
    ("Los Angeles", "en"),
    ("Los Angeles, 50 people", "en"),
    ("Santiago de los Caballeros", "en"),
    ("Las Palmas de Gran Canaria", "ru"),
    ("Buenos Aires", "en"),
    ("El Corte del Sur", "en"),
    ("Bank of the West", "es"),
    ("jose@la-tienda-de-las-flores.example", "en"),
    ("https://example.org/how-to-buy-the-shop", "ru"),
    ("siesta", "en"),
    ("feedback", "es"),
    ("marketing y ventas", "es"),
    ("¿Tienen «how to start with the shop»?", "es"),
    ("Есть ли у вас “The guide for shop owners”?", "ru"),
    ("a company, 民营, in Shenzhen", "en"),
    ("does it support WeChat Pay (微信支付)?", "en"),
    ("主要想做B2B online shop", "zh"),
    ("we have one server, остальное в облаке", "en"),
    ("нам нужен online shop with a blog", "ru"),
    ("necesito un quote for the team", "es"),
    ("ja", "en"),
    ("Müller & Söhne GmbH", "en"),
]

UNSPOKEN = [
    ("Скільки коштує ця версія? Дякую, чекаю відповіді", "en", "uk"),
    ("Скільки коштує?", "ru", "uk"),
    ("Когда будет ответ, дякую", "ru", "ru"),
    ("quanto custa para uma empresa com 50 pessoas", "en", "pt"),
    ("quanto custa para uma empresa com 50 pessoas", "es", "pt"),
    ("cuánto cuesta para una empresa de 50 personas", "es", "es"),
    ("para empresa con 50 personas", "es", "es"),
    ("cuanto cuesta para una empresa con 50 personas", "en", "es"),
    ("Was kostet das für eine Firma mit 50 Leuten?", "en", "de"),
    ("wir suchen einen Online-Shop", "zh", "de"),
    ("Combien coûte la version avec le magasin ?", "en", "fr"),
    ("quanto costa per la nostra azienda?", "es", "it"),
    ("こんにちは、価格を教えてください", "en", "ja"),
    ("가격이 얼마인가요?", "zh", "ko"),
    ("كم السعر من فضلك", "en", "ar"),
]


@pytest.mark.parametrize(("text", "prior", "language"), SWITCHES)
def test_a_few_words_of_another_language_are_heard(text: str, prior: str, language: str) -> None:
    assert read(text, language=prior).language == language
    assert read(text, language=language).language == language


@pytest.mark.parametrize(("text", "prior"), STAYS)
def test_a_single_word_a_name_or_a_mixture_keeps_the_language(text: str, prior: str) -> None:
    assert read(text, language=prior).language == prior


@pytest.mark.parametrize(("text", "prior", "language"), UNSPOKEN)
def test_neighbours_and_languages_that_nobody_taught(text: str, prior: str, language: str) -> None:
    assert read(text, language=prior).language == language


@pytest.mark.parametrize("prior", ["en", "zh", "ru", "es"])
@pytest.mark.parametrize("city", ["Los Angeles", "Нижний Новгород", "上海", "Ciudad de México"])
def test_a_city_as_the_answer_keeps_the_language(city: str, prior: str) -> None:
    reading = read(city.lower(), Asked(slot="city", kind="place"), language=prior)
    assert reading.language == prior
    assert reading.slots["city"]


@pytest.mark.parametrize(
    ("text", "prior", "language"),
    [
        ("volvamos al español", "en", "es"),
        ("давайте по-русски", "en", "ru"),
        ("用中文吧", "ru", "zh"),
        ("in English please", "zh", "en"),
        ("на английском, пожалуйста", "ru", "en"),
        ("mejor en inglés", "es", "en"),
        ("说英语可以吗", "zh", "en"),
        ("can we speak Spanish?", "en", "es"),
        ("English", "ru", "en"),
        ("中文", "en", "zh"),
        ("русский", "es", "ru"),
        ("español", "en", "es"),
        ("sprechen Sie Deutsch?", "en", "de"),
        ("можно на немецком?", "ru", "de"),
    ],
)
def test_another_language_is_asked_for(text: str, prior: str, language: str) -> None:
    reading = read(text, language=prior)
    assert "language_switch" in reading.intents
    assert reading.slots["language"] == language


def test_a_language_of_the_pack_without_small_words_is_told_by_its_letters() -> None:
    languages = Languages(["en", "nl"])
    text = "wij zoeken een webwinkel met een betaalpagina en verzending"
    assert languages.tell(read_words(text), "en") == "nl"
    assert languages.tell(read_words("webwinkel"), "en") == "en"
    assert languages.tell(read_words("we are looking for a shop with shipping"), "nl") == "en"
