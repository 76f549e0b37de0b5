"""What is kept of a lead: profile, stage, tasks."""

from __future__ import annotations

from playwright.async_api import expect

from tests.bot.presales.shift.floor import Floor


async def profile_stage_and_tasks_change_for_everybody(floor: Floor) -> None:
    mareike, jonas = floor.mareike, floor.jonas
    city = '#profile > dl > div[data-key="city"]'
    await jonas.side.locator(city).get_by_text("Change").click()
    await jonas.side.locator(city).locator("input[name=value]").fill("Vigo")
    await jonas.side.locator(city).get_by_role("button", name="Save").click()
    await expect(mareike.side.locator(city)).to_contain_text("entered by Jonas Okafor")
    await expect(mareike.page.locator("#brief")).to_contain_text("Vigo")
    await jonas.side.get_by_label("Stage").select_option("Contract")
    await jonas.side.locator('[data-key="stage"]').get_by_role("button", name="Set").first.click()
    await expect(mareike.side.get_by_label("Stage")).to_have_value("contract")
    await jonas.page.locator("#undoable button").click()
    await expect(mareike.side.get_by_label("Stage")).to_have_value("consultation")

    await jonas.side.get_by_text("Add a task").click()
    form = jonas.side.locator('[data-key="new-task"]')
    await form.get_by_label("What to do").select_option("Follow up")
    await form.get_by_label("Note").fill("Ask about Vigo")
    await form.get_by_role("button", name="Save").click()
    task = mareike.side.locator(".tasks li", has_text="Ask about Vigo")
    await task.get_by_role("button", name="Mark as done").click()
    await expect(jonas.side.locator(".tasks li.done", has_text="Ask about Vigo")).to_be_visible()
