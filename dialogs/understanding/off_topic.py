"""Words of what is no business of pre-sales: parcels, jobs, sellers, orders to the bot."""

from __future__ import annotations

import re

OFF_TOPIC = re.compile(
    r"(?:where(?:'s| is| are)|track|status of) (?:my|the) (?:order|parcel|package|delivery|"
    r"shipment)|\bmy (?:parcel|package|delivery|refund for)|"
    r"\bhiring\b(?! and|,| manager| people|$)|vacanc|job opening|open positions?|"
    r"looking for (?:a )?(?:job|work)|internship|"
    r"\bmy (?:cv|resume)\b|resume attached|\bjob application|apply for|"
    r"(?:ignore|forget|disregard) (?:all |your |the |my |any )*(?:previous |prior |"
    r"above )?(?:instructions|rules|prompt)|(?:system|hidden|initial) prompt|you were (?:given|"
    r"told) (?:at|in|before|to)|your (?:config|instructions|guidelines)\b|jailbreak|"
    r"developer mode|"
    r"\b(?:boost|improve|increase|grow) your (?:google|seo|rank|sales|traffic|follow|web|visib)|"
    r"we (?:offer|provide|sell) .{0,30}(?:followers|backlinks|seo|leads)|search engine optimi|"
    r"\bseo (?:services|package|agency)|"
    r"帮(?:你|您|贵公司).{0,6}(?:推广|涨粉|优化排名|引流)|刷单|代写|炒币|накрут|продвинем ваш|"
    r"предлагаем .{0,20}продвижен|(?:vendo|ofrecemos|le ofrezco) .{0,30}(?:seguidores|seo|"
    r"posicionamiento|prestamo)|"
    r"(?:投|发|收)(?:一?[份下])?(?:个人)?简历|应聘|"
    r"(?:我的|查一?下?)(?:快递|包裹|物流)|(?:快递|包裹)(?:到哪|什么时候|单号)|招聘|招人|"
    r"招(?:不招)?.{1,8}[吗不]|找工作|求职|实习|忽略.{0,8}(?:指令|提示|规则)|提示词|系统提示|"
    r"где (?:мой|моя|мои) (?:заказ|посылк|товар)|посылк|ваканси|ищу работу|"
    r"нужны (?:ли )?(?:вам )?(?:\w+ ?)?(?:сотрудник|бухгалтер|программист|менеджер|продавц)|"
    r"резюме|стажировк|(?:игнорируй|забудь|проигнорируй).{0,20}(?:инструкци|правил)|"
    r"системн\w+ промпт|"
    r"donde esta mi (?:pedido|paquete|envio)|mi (?:pedido|paquete) no|busco (?:trabajo|empleo)|"
    r"vacantes?\b|mi curriculum|hacer practicas|ignora (?:todas |tus |las )*(?:instrucciones|"
    r"reglas)|prompt del sistema"
)
