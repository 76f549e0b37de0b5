"""Who has a talk: two claim it at once, it is passed on, accepted, sent back, closed, opened."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Route, expect

from tests.bot.presales.shift.floor import Colleague, Floor


async def three_ask_for_a_person(floor: Floor) -> None:
    await asyncio.gather(
        floor.petra.say("We are a private retailer in Munich, about 180 people, own servers."),
        floor.wei.say("我们是上海的一家民营企业，大约60人"),
        floor.lucia.say("Somos una empresa privada de Madrid, unas 40 personas"),
    )
    for each in floor.prospects:  # the answer is there
        await expect(each.page.locator("#log .message.bot").nth(2)).to_be_visible()
    await asyncio.gather(
        floor.petra.say("I would like to talk to a person"),
        floor.wei.say("我想找真人客服"),
        floor.lucia.say("Quiero hablar con una persona"),
    )
    languages = dict(zip(floor.prospects, ("English", "中文", "español"), strict=True))
    for who in floor.staff:
        await expect(who.page).to_have_title("(3) Inbox · Larkstall Software")
        for prospect, language in languages.items():
            await expect(who.row(prospect.talk)).to_contain_text(language)
            await expect(who.row(prospect.talk)).to_contain_text("Asked for a person")
            await expect(who.row(prospect.talk)).to_contain_text("2 new")
            await expect(who.row(prospect.talk)).to_contain_text("waiting just now")
    for prospect, words in zip(floor.prospects, ("colleague", "同事", "compañero"), strict=True):
        await expect(prospect.page.locator("#status")).to_contain_text(words)


async def both_claim_at_the_same_moment(floor: Floor) -> tuple[Colleague, Colleague]:
    """Both claims are on their way before the server sees the first. Gives who won, and who not."""
    talk, both, sent = floor.petra.talk, (floor.mareike, floor.jonas), asyncio.Event()
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)
        if len(held) == len(both):
            sent.set()
        await sent.wait()
        await route.continue_()

    for each in both:
        await each.row(talk).locator("a").click()
        await each.page.wait_for_url(f"**/inbox/{talk}*")
        await each.page.route("**/claim", hold)
        await each.acts.get_by_role("button", name="Claim", exact=True).click()
    for each in both:
        await expect(each.state).to_contain_text(re.compile("have this talk|has this talk"))
        await each.page.unroute("**/claim")
    won = [each for each in both if "You have" in await each.state.inner_text()]
    assert len(won) == 1
    first, second = won[0], floor.colleague_of(won[0])
    await expect(second.page.locator("#said")).to_have_text(f"{first.name} has this talk.")
    await expect(second.acts.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
    await expect(floor.petra.log).to_contain_text(f"{first.name} has joined")
    await expect(floor.petra.page.locator("#who")).to_have_text(first.name)
    await expect(floor.boss.page).to_have_title("(2) Inbox · Larkstall Software")
    return first, second


async def it_goes_on_to_a_person_who_accepts_it(
    floor: Floor, first: Colleague, second: Colleague
) -> None:
    talk = floor.petra.talk
    form = await first.unfold("pass-on")
    await form.locator("select[name=to]").select_option(second.name)
    await form.get_by_label("Note").fill("Retail is yours")
    await form.get_by_role("button", name="Pass on").click()
    await expect(first.state).to_contain_text(f"Rung for {second.name}")
    await expect(floor.petra.log).to_contain_text("A colleague will take over")
    await expect(floor.boss.row(talk)).to_contain_text(f"Rung for {second.name}")
    await expect(second.page.locator("#log")).to_contain_text("Retail is yours")
    await second.claim()
    await second.page.get_by_role("button", name="Yes, accept it").click()
    await expect(second.page.locator("#verdict")).to_contain_text("Brief accepted")
    await expect(first.page.locator("#log")).to_contain_text(f"{second.name} accepted the brief")
    await expect(floor.petra.log).not_to_contain_text("Retail is yours")


async def a_team_gets_it_and_sends_it_back(floor: Floor) -> None:
    talk, mareike, jonas = floor.wei.talk, floor.mareike, floor.jonas
    form = await jonas.unfold("pass-on")
    await form.locator("select[name=to]").select_option("Pre-sales China")
    await form.get_by_label("Note").fill("Shanghai, yours")
    await form.get_by_role("button", name="Pass on").click()
    await expect(jonas.state).to_contain_text("Rung for 林雨晴")
    await expect(floor.wei.page.locator("#status")).to_contain_text("同事")
    await mareike.open(talk)
    await expect(mareike.page.locator("#log")).to_contain_text("Shanghai, yours")
    await mareike.claim()
    await expect(jonas.state).to_contain_text(f"{mareike.name} has this talk")

    # The brief is not what she needs: it goes back with a reason.
    form = await mareike.unfold("decline")
    await form.get_by_label("Reason").select_option("Too little is known")
    await form.locator("select[name=to]").select_option("Assistant")
    await form.get_by_label("Note").fill("How many shops?")
    await form.get_by_role("button", name="Send it back").click()
    await expect(mareike.state).to_contain_text("The assistant is talking")
    for each in (mareike, jonas):
        await expect(each.page.locator("#log")).to_contain_text("Too little is known")
        await expect(each.page.locator("#brief")).to_contain_text(
            f"Too little is known ({mareike.name})"
        )
    await expect(floor.wei.page.locator("#status")).to_contain_text("自动应答")
    await expect(floor.wei.log).not_to_contain_text("shops")

    # They ask again, and this time it is no lead.
    await floor.wei.say("转人工")
    await expect(jonas.acts.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    form = await jonas.unfold("not-a-lead")
    await form.get_by_label("Reason").select_option("Student work")
    await form.get_by_role("button", name="Send back").click()
    await expect(mareike.page.locator("#log")).to_contain_text("Student work")
    await expect(mareike.state).to_contain_text("The assistant is talking")


async def it_is_handed_back_closed_and_opened_again(floor: Floor, holder: Colleague) -> None:
    petra, other = floor.petra, floor.colleague_of(holder)
    for each in (holder, other):
        await each.open(petra.talk)
    form = await holder.unfold("hand-back")
    await form.get_by_label("What the prospect is told").select_option("An offer will come")
    await form.get_by_label("One line of context").fill("Ten per cent at most")
    await form.get_by_role("button", name="Give it to the assistant").click()
    await expect(petra.log).to_contain_text(f"{holder.name} is preparing an offer for you")
    await expect(other.state).to_contain_text("The assistant is talking")
    await expect(other.page.locator("#brief")).to_contain_text("Ten per cent at most")
    await expect(petra.log).not_to_contain_text("Ten per cent")

    form = await other.unfold("close")
    await form.get_by_label("Reason").select_option("No budget")
    await form.get_by_role("button", name="Close the talk").click()
    await expect(petra.page.locator("#status")).to_contain_text("This talk has ended")
    await expect(holder.state).to_contain_text("No budget")
    await holder.acts.get_by_role("button", name="Reopen").click()
    await expect(petra.log).to_contain_text(f"{holder.name} is here for you")
    await expect(other.state).to_contain_text(f"{holder.name} has this talk")
