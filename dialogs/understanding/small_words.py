"""The small words that give a language away, folded: lower case, without accents."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A word that several of the languages share stands with each of them.
LATIN: dict[str, frozenset[str]] = {
    "en": _set(
        "the is are was were be been am i we you he she they it my your our us me this that "
        "these those there here a an and or but if of for with from to at by on in into about "
        "than as what how much many when where why who which do does did have has had can could "
        "would should will shall may must need needs want wants like please thanks thank hello "
        "yes not don't doesn't didn't can't won't isn't aren't i'm we're it's that's what's i'd "
        "i'll we'll you're we've i've let's just only also too so now yet already some any all "
        "more less people company business owner price prices cost costs send show tell give "
        "ask speak talk quote sell shop staff employees buy decide myself nobody something "
        "anything server servers own private"
    ),
    "es": _set(
        "el los las una uno unos unas un la lo le les de del al a y o que para con por sin en "
        "es son ser somos soy era fue esta estan estamos estoy este esto estos ese eso su sus "
        "mi mis tu nos nuestro nuestra nuestros nuestras yo usted ustedes ellos nosotros tengo "
        "tenemos tiene tienen hay pero como cuando donde cual cuales cuanto cuanta cuantos "
        "cuesta cuestan quien porque si tambien muy mas menos ya todavia aun ahora hoy aqui "
        "alli algo nada nadie quiero queremos quisiera necesito necesitamos busco buscamos "
        "puede puedo podemos podria pueden hace hacer saber decir digo dijo vale gracias hola "
        "buenas buenos dias tardes favor empresa negocio tienda dueno duena jefe empleados "
        "empleado personas gente precio precios presupuesto factura servidor servidores propios "
        "propio privada privado ventas compras correo telefono mandame mande envie enviame "
        "enviar documento decido comprar vender depende mejor primero luego perdon disculpe "
        "espere tampoco ninguno ninguna"
    ),
    "de": _set(
        "der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist "
        "sind war waren bin wir ich sie ihr ihre ihnen uns unser unsere mein meine mir mich es "
        "zu zum zur von vom mit fur fuer auf aus bei nach im wie was wer wo wann warum wieviel "
        "viel welche welches haben habe hat kann konnen koennen konnten mochte moechte mochten "
        "wollen will brauche brauchen suchen gibt kostet kosten preis preise bitte danke guten "
        "tag hallo ja nein auch noch schon nur mal firma unternehmen mitarbeiter angebot "
        "sprechen deutsch"
    ),
    "fr": _set(
        "le la les un une des du de et ou mais est sont etes sommes suis je nous vous il elle "
        "ils notre nos votre vos mon ma mes ce cette ces que qui quoi combien comment pourquoi "
        "quand avec pour sans sur dans chez au aux pas ne plus avez avons ai j'ai c'est d'une "
        "d'un voudrais voulons cherche cherchons besoin coute coutent prix merci bonjour "
        "bonsoir oui non s'il plait entreprise francais parlez"
    ),
    "pt": _set(
        "o os as um uma uns umas de do da dos das no na nos nas em e ou que para com por sem se "
        "nao sim sou somos sao esta estamos estou tenho temos tem voce voces meu minha nosso "
        "nossa quanto quanta quantos custa custam qual quais quando onde como porque mas muito "
        "mais quero queremos gostaria preciso precisamos pode podem obrigado obrigada ola bom "
        "boa dia tarde empresa loja preco precos orcamento pessoas funcionarios ate ja ainda "
        "agora falar portugues"
    ),
    "it": _set(
        "il lo la gli le un uno una di del della dei delle e o ma che per con su tra non sono "
        "siamo sei ho abbiamo hai avete mio mia nostro nostra questo questa quanto quanti costa "
        "costano quale quali quando dove come perche vorrei vorremmo voglio cerchiamo cerco "
        "bisogno grazie ciao buongiorno buonasera si anche piu molto prezzo prezzi azienda "
        "negozio italiano"
    ),
}
# One of these is enough, wherever it stands.
TELLING: dict[str, frozenset[str]] = {
    "en": frozenset(),
    "es": _set(
        "hola cuanto cuesta cuestan quiero queremos quisiera necesito necesitamos somos tenemos "
        "dueno duena nosotros ustedes empleados presupuesto enviame mandame"
    ),
    "ru": _set(
        "привет здравствуйте здрасьте здрасте приветствую добрый доброе доброго сколько почему "
        "можно нужно нужен нужна нужны хочу хотим дайте пришлите скиньте помогите позовите "
        "какой какая какие какое как что где когда кто зачем расскажите покажите подскажите"
    ),
    "zh": _set(
        "你 您 我 吗 呢 么 谢 请 怎 哪 什么 多少 没有 有没有 可以 要 想 想要 给 报价 价格 谁"
    ),
}
