from __future__ import annotations
import asyncio, re, errno
from pathlib import Path
from collections.abc import AsyncIterator
import pytest, pytest_asyncio
from tests.bot.test_questions_page import office, ask, read, post, answered, ANSWER, QUESTION, PAGE, open_questions  # noqa
from tests.bot.test_understanding_page import mumble
from tests.bot.office import Office

BIG = str(2**70)

async def test_big(office: Office):
    m = await office.worker("manager")
    await answered(office, m)
    for p in (f"/questions?of={BIG}&done=set_aside", f"/questions/{BIG}", f"/understanding?of={BIG}&done=example", f"/articles/en/answer-1-en?question={BIG}", "/understanding?cursor=1-"+BIG, "/understanding?cursor=\u0661-2", "/questions?of=-1", "/understanding?kind=x&tongue=\x00", "/papers/..%2f..", "/papers/%00", "/articles/en/..%2F..%2Fhistory", "/articles/..%2F/x"):
        a = await m.get(p, headers=PAGE)
        print("GET", p[:50], a.status_code)
    for p in (f"/questions/{BIG}/answer", f"/questions/{BIG}/settle", f"/questions/{BIG}/undo", f"/understanding/{BIG}/example", f"/understanding/{BIG}/dismiss", f"/understanding/{BIG}/undo", "/articles/en/..%2F..%2Fx", "/articles/e%2Fn/x/remove"):
        a = await post(m, p, ANSWER)
        print("POST", p[:50], a.status_code)

async def test_strings(office: Office):
    m = await office.worker("manager")
    await mumble(office, "mumble a")
    for name, bad in (("nul", "a\x00b"), ("ctl", "a\x1b[31mb\x07"), ("nel", "a\x85b\u2028---\u2028c"), ("rule", "---\n---\n"), ("bidi", "\u202eabc"), ("emoji", "😀 hm"), ("jinja", "{{ 7*7 }}{% raw %}"), ("yaml", "!!python/object:os.system [x]: &a *a"), ("bom", "\ufeffx"), ("nonchar", "\uffff\ufffe"), ("js", "[x](javascript:alert(1)) <script>alert(1)</script>"), ("hash", "# head\n## two\n"), ("list", "- a\n  - b\n"), ("table", "|a|b|\n|-|-|"), ("long", "x"*7999), ("percent","%s %(a)s {0}")):
        f = {**ANSWER, "title": bad[:120], "questions": bad[:250], "text": bad, "edition": bad[:100]}
        a = await post(m, "/articles/new", f)
        print(name, a.status_code, re.findall(r'class="alarm"[^>]*>([^<]*)', a.text) if a.status_code != 303 else a.headers["location"])
        if a.status_code == 303:
            b = await m.get(a.headers["location"], headers=PAGE)
            t = await post(m, a.headers["location"].partition("?")[0] + "/try", {"question": bad[:250]})
            print("   ", b.status_code, t.status_code, "<script>alert" in b.text + t.text, re.findall(r'name="text"[^>]*>([^<]{0,60})', b.text))
            import html
            shown = html.unescape(re.search(r'name="text"[^>]*>(.*?)</textarea>', b.text, re.S)[1])
            if shown.strip() != bad.strip(): print("    DIFFERENT", repr(shown[:80]), repr(bad[:80]))
        await mumble(office, "mumble " + name)
        e = await post(m, f"/understanding/{1}/example", {"meaning": "ask_feature", "sentence": bad[:300]})
        print("   example", e.status_code, re.findall(r'class="alarm"[^>]*>([^<]*)', e.text)[:1] if e.status_code != 303 else "")
        if e.status_code == 303:
            u = await post(m, f"/understanding/1/undo", {})
            print("   undo", u.status_code)
    raw = await m.post("/articles/new", content=b"title=%ED%A0%80&questions=a%FF&text=%ED%A0%80&language=en", headers={**PAGE, "content-type": "application/x-www-form-urlencoded"})
    print("surrogate", raw.status_code)
    raw = await m.post("/articles/new", content=b"x"*20_000_000, headers={**PAGE, "content-type": "application/x-www-form-urlencoded"})
    print("20MB", raw.status_code)
    raw = await m.post("/articles/new", content=b"&".join(b"a%d=1" % i for i in range(50000)), headers={**PAGE, "content-type": "application/x-www-form-urlencoded"})
    print("fields", raw.status_code)
    raw = await m.post("/articles/new", content=b"junk", headers={**PAGE, "content-type": "multipart/form-data; boundary=x"})
    print("mp", raw.status_code)
    raw = await m.post("/articles/new", content=b'--x\r\nContent-Disposition: form-data; name="title"\r\nContent-Type: text/plain; charset=bogus\r\n\r\nabc\r\n--x--\r\n', headers={**PAGE, "content-type": "multipart/form-data; boundary=x"})
    print("mp charset", raw.status_code)

async def test_race(office: Office):
    m = await office.worker("manager"); n = await office.worker("owner")
    where = await answered(office, m)
    page = await read(m, where)
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    a, b = await asyncio.gather(post(m, where, {**ANSWER, "title": "one", "seen": seen}), post(n, where, {**ANSWER, "title": "two", "seen": seen}))
    print("race", a.status_code, b.status_code)
    await ask(office, "totally other question about mice")
    office.reader.script
    q = await open_questions(office); print(q)

async def test_two_answers(office: Office):
    m = await office.worker("manager"); n = await office.worker("owner")
    await ask(office)
    a, b = await asyncio.gather(post(m, "/questions/1/answer", ANSWER), post(n, "/questions/1/answer", {**ANSWER, "title": "two"}))
    print("two answers", a.status_code, b.status_code, list(office.deps.overlay.files))
    c = await post(m, "/questions/1/answer", ANSWER)
    print("late", c.status_code, ANSWER["text"][:10] in c.text)

async def test_disk_full(office: Office, monkeypatch):
    import os
    m = await office.worker("manager")
    await ask(office)
    real = os.fsync
    for fail_at in (1, 2, 3, 4):
        calls = 0
        def bad(fd):
            nonlocal calls
            calls += 1
            if calls == fail_at: raise OSError(errno.ENOSPC, "No space left on device")
            return real(fd)
        import bot.overlay as ov
        with monkeypatch.context() as p:
            p.setattr(ov.os, "fsync", bad)
            a = await post(m, "/articles/new", {**ANSWER, "title": f"t{fail_at}"})
        print("full at", fail_at, a.status_code, re.findall(r'class="alarm"[^>]*>([^<]*)', a.text), list(office.deps.overlay.files), [e.number for e in office.deps.overlay.history()], sorted(str(x.relative_to(office.deps.settings.overlay)) for x in office.deps.settings.overlay.rglob("*") if x.is_file()), [x.id for x in office.deps.pack.articles if "answer" in x.id])
