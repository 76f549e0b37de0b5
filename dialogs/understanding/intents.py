"""Intents that a few words give away in any of the languages, and the cues that rules may use."""

from __future__ import annotations

import re

# Whole short messages.
COMMANDS = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        ("go_back", r"(?:please )?(?:(?:can (?:i|we) )?(?:go|step|take me|get) )?back(?: (?:one|a step|please|one step|to the (?:previous|last) (?:question|one|step)))?|(?:the )?previous(?: question| one| step)?(?: please)?|undo|"
                    r"(?:请)?(?:返回|回退|后退|退回|上一(?:步|题|个|个问题|条|级)|回到?上一(?:步|题|个|个问题)|返回上一(?:步|题|个|级))(?:吧|谢谢)?|"
                    r"(?:вернуться |вернись |вернитесь |вернемся |шаг |давай(?:те)? )?(?:назад|обратно)(?: пожалуйста)?|(?:к )?предыдущ\w+(?: вопрос\w*)?|(?:на )?шаг назад|отмена|"
                    r"(?:volver |ir |regresar |un paso )?(?:hacia |para )?atras(?: por favor)?|(?:la )?(?:pregunta )?anterior|volver(?: a la (?:pregunta )?anterior)?|regresar|deshacer"),
        ("restart", r"(?:please |let's |can we |i want to )?(?:start (?:over|again|anew|from scratch)|restart|reset|begin again|from the (?:top|beginning|start))(?: please)?|start over.{0,20}|"
                    r"(?:我(?:想|要))?(?:请)?(?:重新(?:开始|来|来过|咨询)|重来|从头(?:开始|来|再来)|重置|重启)(?:一遍|一次|吧)?|"
                    r"(?:давай(?:те)? )?(?:(?:начать |начнем )?(?:все )?(?:заново|сначала|с начала|с нуля|снова)|сброс(?:ить)?|перезапуск|рестарт)(?: пожалуйста)?|"
                    r"(?:quiero )?(?:empezar|comenzar|volver a empezar|empecemos|empieza)(?: (?:de nuevo|otra vez|de cero|desde (?:el principio|cero)))?|reiniciar|reinicio|desde (?:el principio|cero)"),
        ("talk_to_human", r"(?:a )?(?:human|person|agent|operator|representative|real person|live agent|live chat)(?: please)?|(?:转|接|找|要)?人工(?:客服|服务)?|客服|真人|(?:оператор|менеджер|человек|живой человек)(?:а)?|(?:un |una )?(?:humano|persona|agente|operador|asesor|comercial)(?: por favor)?"),
        ("stop", r"stop|quit|exit|end|unsubscribe|停|停止|退出|结束|退订|стоп|хватит|закончить|отписаться|parar|basta|salir|fin|baja"),
        ("unclear", r"(?:[?!.…\-_*~、。，]+|h+m+|m+h*m+|u+h+|e+h+|a+h+|(?:ha)+h?|(?:he)+|(?:хе)+|lo+l|ха(?:ха)+|(?:ja)+|(?:je){2,}|哈+|嗯+|额+|呃+|啊+|呵+|э+|м+|ы+|а+|о+|[a-z]|[а-я])"),
        ("small_talk", r"(?:oh )?(?:hi+|hello+|hey+|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|greetings|thanks?(?: you)?(?: (?:a lot|so much|very much|again))?|thx|ty|cheers|bye(?: bye)?|goodbye|see you|cu|nice|great|cool|good night|hi there|hello there|hey there|"
                       r"你好啊?呀?|您好|嗨|哈喽|hello|早上?好?|上午好|下午好|晚上好|谢谢(?:你|您|了|啦)?|多谢|感谢|拜拜|再见|88|在吗|在不在|有人吗|在么|辛苦了|"
                       r"привет(?:ик|ствую)?|здравствуйте?|здрасьте|добр(?:ый|ое|ого) (?:день|утро|вечер|времени суток|дня)|спасибо(?: большое)?|благодарю|пока(?!.)|до свидани[яе]|всего доброго|до встречи|"
                       r"hola+|buenas?(?: (?:tardes|dias|noches))?|buenos dias|gracias|muchas gracias|adios|hasta (?:luego|pronto)|saludos|chao|genial)(?:[ ,!.~]+(?:all|everyone|there|bot|guys|bye|sir|you|всем|a todos|团队|大家)?)*"),
    )
)  # fmt: skip

# Words that give an intent away inside a longer message. The order is of no weight.
SIGNS = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        ("ask_price", r"\bhow much(?: (?:is|are|does|do|would|will|for|it|the|cost)\b| ?\??$)|\bpric(?:e|es|ing)\b(?! (?:lists?|sheets?|tag|rules?|per|groups?|import|feed))|\bcosts?\b(?! (?:cent|account))|\bquot(?:e|ation)s?\b|\bdiscounts?\b(?! codes?| coupon)|\bcheap(?:er|est)?\b|\bexpensive\b|\bfees?\b|\bballpark\b|special (?:deal|offer)|rebate|\bpricey\b|"
                      r"多少钱|价格(?!表|清单)|报价(?!单|表)|怎么收费|收费(?!标准)|优惠|打折|折扣|便宜|价位|几个钱|啥价|什么价|费用|贵不贵|贵吗|年费|多少米|多钱|咋卖|怎么卖|"
                      r"сколько (?:это |бы |будет |же )*(?:стоит|стоят|стоить|за|обойд|плат)|ск[оа]ка стоит|скольк\w* стоит|цен[аыуео]\b|\bцен\b|стоимост|почем|скидк|расценк|прайс(?!-?\s?лист)|дешевл|дорого|коммерческ\w+ предложен|\bкп\b|во сколько обойд|"
                      r"cuanto (?:cuesta|vale|es|sale|seria|costaria|cobran|nos costaria|me sale|saldria|cuestan|pagaria)|\bprecios?\b|cotiza|presupuesto (?:para|de|por)|\bdescuentos?\b|\btarifas?\b|oferta(?: economica)?|barat|\bcaro\b|rebaja|coste\b|costo\b"),
        ("ask_document", r"(?:send|need|any|get|have|share|give|see|want|provide|more)\b.{0,25}\b(?:docs|documentation|documents|materials|papers?|pdfs?|reading material)\b|"
                         r"(?:发|要|给|有|看|来).{0,6}(?:资料|文档|材料|文件)(?!吗?库)|(?:资料|文档|材料)(?:发|给|有)|"
                         r"(?:пришл|скин|вышл|дай|нужн|есть|хо[чт]|отправ)\w* .{0,20}(?:материал|документ|бумаг)|"
                         r"(?:mand|envi|pas|necesit|quier|tien|hay)\w* .{0,25}(?:documentacion|documentos|material|papeles)"),
        ("ask_trial", r"\btrials?\b|\bdemos?\b|\bdemonstration\b|test (?:version|account|drive|access|it|period|licen)|\btry (?:it|out|the|before|this|first)|\btest it\b|\bsandbox\b|see it (?:in action|live|working)|"
                      r"试用|演示(?!视频|文稿)|体验(?:版|一下|账号)?|测试(?:版|账号|环境)|demo|试一下|试试|看看效果|"
                      r"демо|пробн\w+ (?:верс|период|доступ)|тестов\w+ (?:верс|доступ|период|стенд)|попробовать|потест|протестир|демонстрац|триал|песочниц|"
                      r"\bdemo\b|version de prueba|periodo de prueba|prueba gratu|de prueba|probarlo|demostracion|probar (?:el|la|antes)|cuenta de prueba|puedo probar|poder probar"),
        ("talk_to_human", r"(?:talk|speak|chat|connect|put|transfer|switch|escalate|hand)\w*(?: me)?(?: (?:over|through))? (?:to|with) (?:an?|the|your|some|sales|someone|somebody|one of|human|real)|(?:real|human|live|actual) (?:person|human|agent|being|people|support)|\ba human\b|\bcall me\b|(?:give me|have|get) (?:a|someone|somebody|your|me a) (?:call|ring|to call|call me)|someone (?:call|phone|contact|ring)|somebody (?:call|phone|contact|ring)|call ?back|phone me|ring me|(?:can|could|please|pls) (?:you )?(?:call|phone|ring) (?:me|us)|(?:sales|account) (?:rep|manager|person|team|guy)'?s? (?:phone|number|contact|please|call|to)|contact (?:me|us) (?:by|via|on|at)|number of (?:your|a|the) (?:sales|manager)|(?:set up|arrange|schedule|book) a (?:call|meeting)|"
                          r"人工|真人|找(?:个)?(?:人|销售|客服|经理|你们(?:领导|经理|老板))|转(?:接)?(?:销售|客服|接)|(?:打|回|来)(?:个)?电话(?:给我)?|给我(?:打|回)个?电话|联系我|(?:叫|让)(?:你们)?(?:的)?(?:销售|客服|经理|顾问|人|同事)|电话联系|(?:销售|经理|顾问)(?:的)?(?:电话|微信|联系方式)|加(?:个|我)?微信|语音沟通|电话沟通|"
                          r"живо(?:го|й|му) человек|жив\w+ (?:оператор|менеджер|сотрудник|консультант)|(?:позов|соедин|переключ|свяж|переведите|дайте|нужен|хочу) ?\w* ?(?:мне |меня |нас )?(?:с |на |мне )?(?:оператор|менеджер|человек|специалист|консультант|сотрудник|эксперт|коллег|кем)|перезвон|позвоните|наберите (?:мне|меня)|телефон (?:вашего )?менеджера|созвон|поговорить с (?:человек|менедж|вашим|кем|оператор|специалист|живым)|свяжитесь со мной|"
                          r"(?:hablar|habla|hable|contactar|comunic\w+|comunica\w*|pas[ea]\w*|ponga\w*|conect\w*)(?: \w+)? con (?:un|una|algun|alguien|ventas|el|la|su|vuestro|mi|usted)|persona (?:real|humana|de verdad)|\bhumano\b|ll[aá]m(?:e|en|a)(?:me|nos)|(?:me|nos) (?:llam[ea]n?|pueden llamar|podrian llamar|puede llamar)|que (?:me|nos) llamen|devolverme la llamada|un asesor|un comercial|un agente|(?:telefono|numero) (?:del|de un|de su) (?:comercial|gerente|asesor)"),
        ("buy_now", r"\b(?:want|like|ready|going|decided|need) to (?:buy|order|purchase|place an order|sign|pay)\b|\bbuy (?:it )?(?:now|today|right)|\bplace (?:an|the|our) order|where (?:do|can|to) (?:i|we)? ?(?:sign|pay)|how (?:do|can) (?:i|we) (?:order|buy|purchase|check ?out|pay now)|let's (?:sign|order|do the deal|close)|we(?:'ll| will) take|i(?:'ll| will) take (?:it|the|one|two)|sign (?:the contract|up|us up|me up)|ready to (?:go|proceed|buy|sign)|send (?:me |us )?(?:the|an|your)? ?(?:invoice|contract|payment link|order form)|payment link|proceed (?:with|to) (?:the )?(?:order|purchase|payment)|order (?:now|today|right away|two|one|it)|purchase (?:now|today)|"
                    r"我?(?:要|想|现在就|马上|直接|决定|准备)(?:现在)?(?:就)?(?:下单|购买|买(?!断)|订购|付款|签约|签合同|订)|(?:怎么|如何|在哪(?:里|儿)?|哪里)(?:下单|购买|付款|付钱|打款|签|买)|签合同(?!前)|下单|马上(?:买|付|签)|(?:发|给)(?:我)?(?:付款|收款|打款)(?:链接|账号|账户)|成交|付定金|我买了|定下来了|打款|"
                    r"хо(?:чу|тим|тели бы) (?:\w+ )?(?:купить|заказать|приобрести|оформить|оплатить)|готов\w* (?:купить|покупать|оплатить|подписать|заказать|платить)|(?:где|как|куда) (?:можно )?(?:оплатить|платить|оформить|купить|заказать|подписать)|оформ(?:ите|ляем|ить) (?:заказ|покупку|договор)|выстав(?:ьте|ляйте|ите) (?:нам |мне )?счет|покупаем|\bберем\b|\bберу\b|подпис(?:ать|ываем) (?:договор|контракт)|давайте (?:оформл|договор|подпиш|счет)|пришлите (?:счет|договор|реквизит)|"
                    r"(?:quiero|queremos|quisiera|deseo|vamos a|listos? para|estamos listos para|me gustaria) (?:comprar|pedir|contratar|hacer (?:un|el) pedido|pagar|firmar|adquirir|encargar)|(?:donde|como) (?:puedo |se |podemos )?(?:pago|pagar|paga|compro|comprar|compra|contrato|contratar|contrata|firmo|firmar|firma)(?! (?:a plazos|por|con))|me (?:lo|la) quedo|(?:lo|la) compro|firmamos|envi\w+ (?:el|la) (?:contrato|factura|enlace de pago)|comprarlo|contratarlo|hacer el pedido"),
        ("custom_requirement", r"\bcustom(?:i[sz]|\b| )(?!er)|\bbespoke\b|tailor|(?:develop|build|program|write|code|create|make)\w* (?:\w+ )?(?:for us|for me|an? (?:module|plugin|connector|extension|integration|interface|app|feature))|adapt(?:ed)? (?:it |to )|modif(?:y|ied|ication)|built for us|special (?:module|development|version|integration|hosting)|own design|our own (?:design|theme)|"
                               r"定制|定做|二次开发|二开|专门(?:开发|做|设计)|单独(?:开发|做|部署)|个性化(?:开发|修改)|帮我们(?:开发|做一个|改|写)|(?:改|加)(?:一下)?(?:成我们|功能)|量身|"
                               r"доработ|кастом|под (?:нас|наши?|себя|наш\w+)\b|индивидуальн\w+ (?:разработ|решен|модул)|на заказ|разработа(?:ть|ете|йте|ем)|допис|переделать|специально для нас|"
                               r"a medida|personaliz|desarroll(?:ar|en|an|o) (?:un|una|algo|personal|propio)|adaptar(?:lo|la)?\b|modific(?:ar|aci)|hecho para nosotros|programar(?:nos)?|diseno propio"),
        ("support_request", r"(?:shop|store|site|website|system|checkout|backend|admin|panel|page|server|import|export|payment|login|plugin)s? (?:\w+ ){0,3}(?:is|are|was|has|doesn't|does not|don't|isn't|stopped|keeps|won't|cannot|can't|went) ?(?:\w+ )?(?:down|broken|offline|crash\w*|not (?:work|load|open)\w*|work\w*|load\w*|fail\w*|error\w*|gone|slow|stuck|blank)|(?:can't|cannot|unable to) (?:log ?in|login|access|open|sign in)|error (?:\d{3}|code|message|when|on|after|since)|(?:stopped|quit) working|not working (?:since|after|any ?more)|since the (?:last )?update|after (?:the )?(?:update|upgrade)\w*|crash|bug in our|licen[cs]e key (?:is )?(?:not|in)|"
                            r"(?:商城|网站|系统|后台|店铺|页面|支付|服务器|订单)?(?:打不开|登(?:录)?不(?:上|了|进)|进不去|报错|崩(?:了|溃)|挂了|瘫痪|白屏|卡死|宕机|出(?:错|故障|问题|bug)了?|用不了|不能用了|失败了|无法(?:登录|访问|打开))|故障|更新后|升级后|"
                            r"не (?:работает|открывается|грузится|загружается|заходит|проходят|проходит|пускает|запускается|отправля\w+)(?! ли)|сломал|ошибк\w+ (?:\d|после|при|в админ|на сайте)|упал|лежит|завис|слетел|вылета|после обновлени|не могу (?:войти|зайти|открыть)|перестал|глючит|"
                            r"no (?:funciona|carga|abre|arranca|responde|deja entrar|va\b)|(?:esta|se ha|se) (?:caid|caido|roto|colgad)|da (?:un )?error|\berror \d|tras (?:la|el) actualiz|despues de (?:la )?actualiz|no puedo (?:entrar|acceder|iniciar)|dejo de funcionar|se cae|fallan? (?:los|el|la) (?:pago|carrito|login)"),
        ("stop", r"(?:stop|don't|do not|never|no more|quit) (?:\w+ )?(?:messag|contact|writ|email|spam|call|bother|text)\w*(?: me)?|(?:delete|erase|remove|wipe|forget) (?:all )?(?:of )?(?:my|our|everything|me)|unsubscribe|leave me alone|not interested any ?more|no longer interested|end (?:this|the) (?:chat|conversation)|"
                 r"(?:别|不要|不用|请勿)再?(?:联系|发|打|烦|骚扰|找|给我)|(?:删除|清除|删掉|删了|销毁)(?:我|全部|所有|掉)?(?:的)?(?:数据|资料|信息|记录|聊天|个人)|不感兴趣了|没兴趣|退订|别烦|结束(?:对话|聊天|吧)|"
                 r"(?:больше )?не (?:пишите|звоните|беспокойте|присылайте|надо (?:мне )?писать)|(?:удалите|сотрите|удалить|уберите) (?:\w+ )?(?:мои|все|меня|наши|данные|переписку)|отпис|отстаньте|оставьте меня|не интересует|завершить|заканчиваем|"
                 r"no (?:me|nos) (?:escrib|contact|llam|mand|envi|molest)\w* mas|no (?:quiero|deseo) (?:mas mensajes|que me)|(?:borr|elimin|suprim)\w+ (?:\w+ )?(?:mis|mi|todos mis|nuestros) datos|(?:borr|elimin|saqu|quit)\w*(?:me|nos) de (?:su|la|vuestra) (?:base|lista)|(?:borr|elimin)\w+ (?:todo|mi informacion)|dejenme en paz|dejame en paz|darme de baja|date de baja|ya no me interesa|no me interesa mas"),
        ("small_talk", r"are you (?:a |an )?(?:real|human|bot|robot|machine|ai|person|computer|chatbot)|(?:is this|am i talking to) (?:a |an )?(?:bot|human|person|robot|machine|real|ai)|who am i (?:talking|speaking|chatting)|how are you|how's it going|what(?:'s| is) your name|nice to meet|"
                       r"你是(?:不是)?(?:真人|机器人?|ai|人工智能|人还是|人吗|什么人|谁)|机器人吧|是(?:真人|机器人)(?:吗|么|还是)|你叫什么|"
                       r"(?:ты|вы) (?:бот|робот|человек|живой|настоящий|машина|реальный|кто)|это бот|с кем я (?:говорю|общаюсь)|как (?:тебя|вас) зовут|как дела|"
                       r"(?:eres|es usted|sois|es esto) (?:un |una )?(?:bot|robot|humano|persona|maquina|ia)|con quien hablo|como te llamas|que tal estas|como estas|"
                       r"^(?:hi+|hello|hey|good (?:morning|afternoon|evening)|你好|您好|привет|здравствуйте|добрый (?:день|вечер)|доброе утро|hola|buen[oa]s (?:dias|tardes|noches))(?=[\s,.!，。！]|$)"),
        ("abuse", r"\bidiots?\b|\bmoron|\bstupid\b|\bfuck|\bbullshit|\bshit\b|\bass ?hole|\bscrew you|\buseless\b.{0,20}(?:bot|machine|you|piece)|you(?:'re| are) (?:so )?(?:useless|dumb|stupid|garbage|pathetic|an? (?:joke|scam))|\bshut up\b|\bgo to hell|\bdumb ?ass|\bcrap\b|\bscumbag|"
                  r"傻[逼b叉瓜]|白痴|滚[蛋开]?(?=$|[,，。!！])|垃圾(?!邮件|短信)|去死|脑残|蠢货|智障|妈的|神经病|骗子|废物|混蛋|"
                  r"дурак|идиот|тупо[йе]|туп(?:ая|ые|ица)|дерьмо|заткнись|пошел (?:ты|на|вон)|пошли (?:вы|на)|уро?д[ыа]?\b|козл|мошенник|хрен[ьи]|говно|дебил|кретин|достали|сволоч|"
                  r"idiota|imbecil|estupid|mierda|gilipollas|put[ao]s?\b|cabron|inutil(?:es)?\b|estafador|\btont[oa]s?\b|callate|pendej|joder|basura"),
        ("ask_why", r"why (?:do|are|would|should|is|does|did) (?:you|that|this|i|it)|why (?:you|d'you) (?:ask|need|want)|what(?:'s| is) (?:this|that|it) (?:for|important)|what do you (?:need|want) (?:that|this|it) for|what do you mean|what does (?:that|this|it) mean|what (?:has|does) (?:that|this) (?:got to do|matter)|^why\b\W*$|what happens (?:to|with) my|(?:who|what).{0,25}my (?:data|information|answers|number|email)|(?:is|are) my (?:data|info|details)|don't understand (?:the|your) question|what(?:'s| is) (?:meant|the point)|gdpr|"
                    r"为什么(?:要)?(?:问|知道|需要)|为(?:什么|啥)(?=[?？]?$)|问(?:这(?:个)?|那么多|这些)(?:干|做|有|是)|干(?:嘛|什么|啥)(?:要)?(?:问|用|$)|什么意思|啥意思|凭什么|(?:我的)?(?:数据|信息|资料|隐私)(?:会|怎么|安全|保密|泄|给谁)|泄露|有什么(?:关系|用)|指的?是(?:什么|啥)|看不懂(?:你|这|问题)|没(?:看|听)懂|没明白|怎么理解|"
                    r"(?:а )?(?:зачем|почему|для чего|с какой целью)\b.{0,25}(?:вам|это|вы|спрашива|знать|нужн|интересу|надо|важно)|^(?:а )?(?:зачем|почему)\W*$|что (?:это )?(?:значит|означает)|что вы имеете в виду|не (?:понял|поняла|понимаю|понятен)\w* (?:вопрос|о чем|что)|что (?:будет|станет|делаете|происходит) с (?:моими|нашими) данн|какое (?:это )?имеет (?:значение|отношение)|при чем (?:тут|здесь)|в смысле\b|"
                    r"(?:por ?que|para que) .{0,20}(?:pregunt|necesit|quier|saber|sirve|importa|piden|pide)|^(?:y )?(?:por ?que|para que)\W*$|que (?:significa|quiere decir|tiene que ver|importa)|a que se refiere|no entiendo (?:la|su|esa) pregunta|que (?:hacen|haran|pasa|pasara) con mis datos|que es eso de|como que"),
    )
)  # fmt: skip
OFF_TOPIC = re.compile(
    r"(?:where(?:'s| is| are)|track|status of) (?:my|the) (?:order|parcel|package|delivery|shipment)|\bmy (?:parcel|package|delivery|refund for)|"
    r"\bhiring\b|vacanc|job opening|open positions?|looking for (?:a )?(?:job|work)|internship|\bmy cv\b|resume attached|apply for|"
    r"(?:ignore|forget|disregard) (?:all |your |the |my |any )*(?:previous |prior |above )?(?:instructions|rules|prompt)|(?:system|hidden|initial) prompt|jailbreak|developer mode|"
    r"(?:我的|查一?下?)(?:快递|包裹|物流)|(?:快递|包裹)(?:到哪|什么时候|单号)|招聘|招人|招(?:不招)?.{1,8}[吗不]|找工作|求职|实习|忽略.{0,8}(?:指令|提示|规则)|提示词|系统提示|"
    r"где (?:мой|моя|мои) (?:заказ|посылк|товар)|посылк|ваканси|ищу работу|нужны (?:ли )?(?:вам )?(?:\w+ ?)?(?:сотрудник|бухгалтер|программист|менеджер|продавц)|резюме|стажировк|(?:игнорируй|забудь|проигнорируй).{0,20}(?:инструкци|правил)|системн\w+ промпт|"
    r"donde esta mi (?:pedido|paquete|envio)|mi (?:pedido|paquete) no|busco (?:trabajo|empleo)|vacantes?\b|mi curriculum|hacer practicas|ignora (?:todas |tus |las )*(?:instrucciones|reglas)|prompt del sistema"
)
COMMERCIAL = re.compile(
    r"\blicen[cs](?:e|ing)\b.{0,30}(?:terms|perpetual|yearly|annual|subscription|transfer|model|lifetime|expire|conditions)|(?:perpetual|lifetime|annual|subscription) licen|\binvoice\b(?! (?:me|number))|bank transfer|\bpayment (?:terms|method|option|condition)|pay (?:by|with|in|via|per|monthly|on account)|instal?ments?|refund|money back|warranty|\bsla\b|service level|\boffices?\b.{0,20}(?:in|near|at|located)|reseller|partner(?:s|ship| program)?\b|dealer|affiliate|source code|\bnda\b|confidentiality agreement|"
    r"support (?:included|hours|contract|plan|cost|do you|is)|(?:what|which|how|kind of|24/7|phone|after.?sales) .{0,15}support\b(?! (?:for|multi|several|chinese|payment|alipay))|maintenance (?:contract|included|fee)|who (?:owns|is behind) (?:you|your)|where are you (?:based|located|from)|how long have you|your (?:company|headquarters|hq|office)|terms (?:and|of)|"
    r"发票|专票|普票|授权(?!码)|买断|分公司|办事处|合作伙伴|代理(?!服务器)|加盟|退款|退钱|售后|对公|转账|分期|质保|保修|源码|源代码|保密协议|服务协议|你们公司|贵公司|付款方式|支付方式|合同(?:条款|期限|怎么)|账期|技术支持|维护费|"
    r"\bндс\b|счет[ау]?\b|лиценз\w+ (?:бессрочн|услов|на|год|переда|бесср)|услови\w+ лиценз|бессрочн|рассрочк|возврат|вернуть деньги|гаранти|\bsla\b|офис|партнер|дилер|реселлер|исходн\w+ код|исходник|поддержк\w+ (?:вход|включ|сколько|какая|после|есть|кругл)|какая (?:у вас )?поддержк|техподдержк|сопровожден|по договору|оплат\w+ (?:по|карт|част|через|безнал)|оплатить (?:по|карт|част|через|безнал)|безнал|вы сами (?:разработ|произв)|перепродаете|кто владе|сколько лет (?:вы )?на рынке|способ\w* оплат|юрлиц|\bnda\b|"
    r"factura(?!cion)|\biva\b|licencia (?:perpetua|anual|es|de por|se)|a plazos|plazos de pago|financia|devol(?:ucion|uci|ver el dinero)|garantia|oficinas?|distribuidor|socios?\b|codigo fuente|confidencialidad|soporte(?: (?:incluye|tecnico|dan|ofrecen|incluido|hay|tienen|24))|que soporte|mantenimiento|formas? de pago|metodos? de pago|transferencia|condiciones (?:de|del)|su empresa|quienes son|donde estan"
)

CUES = tuple(
    (cue, re.compile(pattern))
    for cue, pattern in (
        ("discount", r"discount|rebate|cheaper|special deal|打折|折扣|优惠|便宜|скидк|дешевл|акци[ия]|descuento|rebaja|mas barat"),
        ("contract", r"contract|agreement|\bsla\b|terms and|合同|协议|договор|контракт|соглашен|contrato|acuerdo"),
        ("legal", r"\blegal|lawyer|liabil|\bgdpr\b|\bnda\b|compliance|jurisdiction|法律|法务|律师|保密协议|责任|юрид|юрист|ответственност|разглашен|152.?фз|juridic|abogad|responsabilidad|rgpd"),
        ("agency", r"resell|agency (?:terms|program|commission)|commission|white.?label|become a partner|dealer|代理|加盟|分销商|佣金|贴牌|дилер|реселл|агентск|комисси|distribuidor|revende|comision|marca blanca"),
        ("tender", r"\btender|\brf[pqi]\b|\bbid(?:ding)?\b|招标|投标|标书|竞标|тендер|конкурс|закупк[аиу] по|\b44.?фз|\b223.?фз|licitaci|pliego|concurso publico"),
        ("existing_customer", r"(?:already|existing|current|long.?time) (?:a |your )?(?:customer|client|user)|we(?:'re| are) (?:already )?(?:your|a) customer|bought (?:it |your |from you|the licen)|our (?:existing )?licen[cs]e|since the update|renew|老客户|老用户|已经(?:买|购买|在用|是你们)|我们(?:在用|用的是)你们|续费|已购|"
                              r"ваш (?:действующий )?клиент|уже (?:купили|клиент|пользуемся|работаем с вами|покупали)|действующ\w+ клиент|наша лицензия|продлить|ya (?:somos|soy) client|(?:somos|soy) client|ya (?:compr|tenemos su)|nuestra licencia|renovar"),
    )
)  # fmt: skip
