"""A paper told by what it is about: "some paper about how secure it is", 讲安全的资料."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import split_clauses
from dialogs.understanding.names import Found
from dialogs.understanding.words import Words

_ANY_PAPER = re.compile(
    r"\b(?:documents?|papers?|pdfs?|docs?|documentation|materials?|sheet|overview|in writing|"
    r"writ(?:ten|e-?up)|something to read|reading|file|info pack|leaflet|one-?pager)\b|"
    r"文档|资料|文件|材料|документ\w*|материал\w*|бумаг\w*|бумажк\w*|описани\w*|файл\w*|почитать|"
    r"documento\w*|material\w*|papel\w*|archivo|escrito|algo para leer|hoja"
)
_TOPICS = (
    ("security_doc", r"secur\w+|safe(?:ty)?\b|data protection|pen(?:etration)? ?test\w*|encrypt\w*|"
     r"gdpr|privacy|безопасн\w*|защит\w+|шифрован\w*|seguridad|segur[oa]s?\b|proteccion de datos|"
     r"cifrad\w*|安全|等保|加密|隐私"),
    ("api_docs", r"\bapis?\b|\bапи\b|endpoints?|接口|rest\b"),
    ("manual", r"\b(?:install\w*|set(?:ting)? (?:it )?up|how to use)\b|установ\w+|настро\w+|"
     r"instala\w*|manejar\w*|安装|怎么用|操作"),
    ("company_info", r"who you are|about (?:your company|yourselves|the people behind)|"
     r"\b(?:кто вы|о вас|о вашей (?:компании|фирме))\b|quienes (?:son|sois)|"
     r"sobre (?:ustedes|su empresa|vuestra empresa)|你们公司|贵公司|你们是谁"),
    ("release_notes", r"what(?:'s| is| has)? (?:new|changed)|что нового|что изменилось|"
     r"novedades|que ha cambiado|更新了什么|新功能"),
    ("comparison", r"\bdifferences?\b|чем отлича\w+|diferencias|区别"),
    ("case_study", r"(?:other|existing|real) (?:customers|clients|companies)|who already use\w*|"
     r"(?:других|реальн\w+) (?:клиент\w+|компани\w+)|otros clientes|clientes reales|"
     r"别的客户|其他客户|别人怎么用"),
)  # fmt: skip
_ABOUT = [(kind, re.compile(pattern)) for kind, pattern in _TOPICS]
_ASKS = re.compile(r"^(?:how|is|are|does|do|can|will|безопасно ли|es segur)\b")
_TO_WRITE = re.compile(
    r"\bour (?:own )?(?:documents?|papers?|files?|data)\b|наш\w* (?:документ|файл|бумаг)|"
    r"nuestr\w+ (?:document|archiv)|我们的(?:文件|资料|文档)|上传|\bupload|\bstore[ds]?\b|хран"
)


def read_paper_by_topic(words: Words, *, asked: bool, wanted: bool) -> list[Found]:
    """The kind of paper that a part of the message describes; when asked, its topic will do."""
    for start, end in split_clauses(words):
        low = words.low[start:end]
        paper = _ANY_PAPER.search(low)
        if _TO_WRITE.search(low) or not ((paper and wanted) or asked):
            continue
        if paper is None and (_ASKS.search(low) or low.rstrip().endswith(("?", "？", "吗"))):
            continue
        for kind, about in _ABOUT:
            hit = about.search(low)
            if hit:
                first = min(hit.start(), paper.start() if paper else hit.start())
                last = max(hit.end(), paper.end() if paper else hit.end())
                return [Found("doc_type", kind, start + first, start + last, "a paper about it")]
    return []
