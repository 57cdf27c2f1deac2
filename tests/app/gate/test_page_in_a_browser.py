"""The course's own page needs no route that is closed, and runs no script that somebody put into its markup."""

from course_lib.app.page import TABS


def test_all_that_the_page_asks_for_is_there(chromium, page):
    context = chromium.new_context()
    visit = context.new_page()
    visit.set_default_timeout(120_000)
    failed, errors = [], []
    visit.on("response", lambda answer: failed.append((answer.status, answer.url)) if answer.status >= 400 else None)
    visit.on("requestfailed", lambda request: failed.append((request.failure, request.url)))
    visit.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    visit.on("pageerror", lambda error: errors.append(str(error)))
    visit.goto(page)
    for tab in visit.locator("button[role=tab]").all():
        tab.click()
        visit.wait_for_timeout(700)
    visit.wait_for_load_state("networkidle")
    assert failed == [] and errors == []
    assert visit.evaluate("window.gradio_config.connect_heartbeat") is False
    queued = visit.evaluate("window.gradio_config.dependencies.filter((one) => one.backend_fn).map((one) => one.queue)")
    assert queued and all(queued)
    context.close()


MARKUP = (
    '<img src="nothing" onerror="window.ran = 1">',
    '<svg onload="window.ran = 1"></svg>',
    '<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>',
    '<a href="javascript:window.ran = 1" id="run">x</a>',
)


def test_script_in_the_markup_does_not_run(chromium, page):
    context = chromium.new_context()
    visit = context.new_page()
    visit.goto(page, timeout=120_000)
    for markup in MARKUP:
        visit.evaluate("(markup) => document.body.insertAdjacentHTML('afterbegin', markup)", markup)
        visit.evaluate("document.querySelector('#run')?.click()")
        visit.wait_for_timeout(300)
        assert visit.evaluate("window.ran") is None, markup
    visit.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.ran = 2'; document.body.append(one); }"
    )
    assert visit.evaluate("window.ran") is None
    context.close()


def test_every_tab_was_there():
    assert len(TABS) >= 5
