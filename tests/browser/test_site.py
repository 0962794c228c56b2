"""The site as readers meet it: nothing from elsewhere, nothing broken, and all within reach without a mouse."""

import os
import re

import pytest

DESKTOP = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


class Watch:
    """A page that notes what its console says and what it asks the network for."""

    def __init__(self, context, address):
        self.page, self.address, self.complaints = context.new_page(), address, []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _said(self, message):
        own = message.location["url"].endswith("/favicon.ico")  # Chromium looks for one of its own accord
        if message.type in ("error", "warning") and not own:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"outside: {request.url}")

    def _answered(self, response):
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


def names(pages):
    return sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*.html"))


# Pages of sources are made of one template around coloured code, so axe sees three: functions, classes, the longest.
# All are opened on the desktop, where their scripts and their width are examined.
SOURCES = [f"_modules/qta_keras/{name}.html" for name in ("runtime", "models/estimator", "plots/classification")]


def is_source(name):
    return name.startswith("_modules/qta_keras/")


# Nearly all of axe's time goes into the contrast of each word, and a lesson has thousands that look alike: one of each
# look is asked, and all of a look whose first gave no answer (axe gives none for a single letter).
CONTRAST = """async () => {
    const grounds = new Map([[null, ""]]), looks = new Map();
    const ground = element => {
        if (!grounds.has(element)) {
            const s = getComputedStyle(element);
            const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.position, s.clip];
            grounds.set(element, [ground(element.parentElement), ...own].join());
        }
        return grounds.get(element);
    };
    for (const element of document.querySelectorAll("body, body *")) {
        const words = [...element.childNodes].some(node => node.nodeType == Node.TEXT_NODE && node.data.trim());
        if (!words && !element.matches("input, select, textarea")) continue;
        if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const s = getComputedStyle(element);
        const look = [s.color, s.fontSize, s.fontWeight, s.textShadow, ground(element)].join();
        looks.set(look, [...looks.get(look) ?? [], element]);
    }
    const ask = async elements => {
        elements.forEach(element => { element.dataset.asked = ""; });
        const context = {include: [["[data-asked]"]], exclude: [["[data-asked] > *"]]};
        const answer = await axe.run(context, {runOnly: ["color-contrast"], elementRef: true});
        elements.forEach(element => { delete element.dataset.asked; });
        return {
            violations: answer.violations.flatMap(found => found.nodes).map(node => node.html),
            passes: new Set(answer.passes.flatMap(found => found.nodes).map(node => node.element)),
        };
    };
    const first = await ask([...looks.values()].map(alike => alike[0]));
    const others = [...looks.values()].filter(alike => !first.passes.has(alike[0])).flatMap(alike => alike.slice(1));
    const second = others.length ? await ask(others) : {violations: []};
    return [...first.violations, ...second.violations];
}"""
ALL_BUT_CONTRAST = {
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # styles, too, it would fetch from where they are not
}


def findings(chromium, address, settings, names):
    """Return what is wrong with some pages in a look."""
    from axe_playwright_python.sync_playwright import Axe

    context, axe, trouble = chromium.new_context(**settings), Axe(), []
    watch = Watch(context, address)
    for name in names:
        watch.page.goto(f"{address}/{name}")
        if not is_source(name) or name in SOURCES:
            for finding in axe.run(watch.page, options=ALL_BUT_CONTRAST).response["violations"]:
                trouble.append(f"{name}: axe {finding['id']}: {finding['nodes'][0]['html'][:200]}")
            trouble += [f"{name}: axe color-contrast: {html[:200]}" for html in watch.page.evaluate(CONTRAST)]
        wide, window = watch.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > window:
            trouble.append(f"{name}: {wide} pixels wide in a window of {window}")
        trouble += [f"{name}: {complaint}" for complaint in watch.complaints]
        watch.complaints.clear()
    context.close()
    print(f"{len(names)} pages examined, {len(trouble)} findings")
    return trouble


PARTS = 4  # of the site, so that both workers have some
LOOKS = {"desktop, light": DESKTOP, "phone, dark": PHONE}
# .ci/run shows half of the pages in each look, .ci/nightly all in both.
SHOWN = [
    (look, part) for part in range(PARTS) for look in LOOKS if "EVERY_LOOK" in os.environ or look == [*LOOKS][part % 2]
]


@pytest.mark.parametrize(("look", "part"), SHOWN)
def test_no_page_has_an_error_an_outside_request_or_a_finding_of_axe(chromium, pages, address, look, part):
    examined = [name for name in names(pages) if not is_source(name)][part::PARTS]
    assert len(examined) > 7
    assert findings(chromium, address, LOOKS[look], examined) == []


def test_no_page_of_sources_has_one_either(chromium, pages, address):
    examined = [name for name in names(pages) if is_source(name)]
    assert set(SOURCES) < set(examined)
    assert findings(chromium, address, DESKTOP, examined) == []


def test_the_site_opens_as_a_file_too(chromium, pages):
    watch = Watch(chromium.new_context(), "file:")
    for name in ("index.html", "notebooks/00-methods-review.html"):
        watch.page.goto((pages / name).as_uri())
        assert watch.page.locator("h1").inner_text()
    assert watch.complaints == []


def shade(page, what):
    """Return how light a colour of the page is, from 0 for black to 255."""
    colour = page.evaluate(f"getComputedStyle(document.body).{what}")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_dark_is_dark(chromium, address):
    shades = {}
    for scheme in ("light", "dark"):
        page = chromium.new_context(color_scheme=scheme).new_page()
        page.goto(address)
        shades[scheme] = shade(page, "backgroundColor")
    assert shades["dark"] < 60 < 200 < shades["light"]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_search_finds_the_learning_rate(chromium, pages, address, scheme):
    page = chromium.new_page()
    page.goto(address if scheme == "http" else (pages / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("learning rate")
    page.keyboard.press("Enter")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    results.filter(has_text=re.compile("^Linear regression with gradient descent$")).click()
    page.wait_for_url(re.compile("/notebooks/01-"))
    assert "learning rate" in page.locator("main").inner_text().lower()
    page.close()


def test_the_keyboard_reaches_every_link_and_shows_where_it_is(chromium, address):
    """From the top of a lesson: the skip link first, then each thing that a mouse could use."""
    page = chromium.new_page(viewport=DESKTOP["viewport"])
    page.goto(f"{address}/notebooks/01-linear-regression-with-gradient-descent.html")
    usable = "a[href], button, summary, input:not([type=hidden])"
    script = f"""[...document.querySelectorAll('{usable}')].filter(e => e.checkVisibility({{visibilityProperty: true}})
        && !e.disabled && e.tabIndex >= 0).length"""
    expected = page.evaluate(script)
    reached, unseen = set(), []
    for step in range(3 * expected):
        page.keyboard.press("Tab")
        element = page.evaluate("""() => {
            const e = document.activeElement, s = getComputedStyle(e);
            e.dataset.tab ??= String(document.querySelectorAll('[data-tab]').length);
            const shown = s.outlineStyle != 'none' || s.boxShadow != 'none' || s.textDecorationLine != 'none';
            return [e.tagName, e.dataset.tab, e.innerText.trim().slice(0, 40), shown];
        }""")
        if step == 0:
            assert "Skip to main content" in element[2]
        if element[0] == "BODY":
            break
        if element[0] in ("A", "BUTTON", "SUMMARY", "INPUT"):
            reached.add(element[1])
        if not element[3]:
            unseen.append(element)
    assert len(reached) >= expected > 40
    assert unseen == []
    page.close()


def test_a_question_opens_by_keyboard(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}/notebooks/03-neural-network-for-text-classification.html")
    details = page.locator("details").first
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    assert details.evaluate("e => e.open")
    page.close()


def test_every_figure_is_described(chromium, pages, address):
    page = chromium.new_page()
    figures = 0
    for name in names(pages):
        if name.startswith("notebooks/"):
            page.goto(f"{address}/{name}")
            texts = page.eval_on_selector_all("main img", "all => all.map(e => e.alt)")
            assert all(len(text) > 20 for text in texts), name
            figures += len(texts)
    page.close()
    assert figures > 30


def test_print_has_the_lesson_in_black_and_nothing_of_the_frame(chromium, address):
    page = chromium.new_page(color_scheme="dark")
    page.goto(f"{address}/notebooks/01-linear-regression-with-gradient-descent.html")
    page.emulate_media(media="print")
    assert page.locator("main h1").is_visible()
    for frame in (".bd-header", ".bd-sidebar-primary", ".bd-sidebar-secondary"):
        assert not page.locator(frame).first.is_visible(), frame
    # Browsers leave the dark ground out, so letters have to be dark while a page is printed, and only then.
    page.evaluate("""addEventListener('beforeprint',
        () => { window.inPrint = getComputedStyle(document.body).color; })""")
    page.pdf()
    red = int(re.search(r"\d+", page.evaluate("inPrint")).group())
    assert red < 80 < 180 < shade(page, "color")
    page.close()
