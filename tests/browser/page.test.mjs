// The page in a real browser: opens in silence, sorts, filters, shows ladders; diagrams are understood by Mermaid.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { axeScript, cleanUp, capture, launch, mermaidScript, page, renamed, run, tab } from "./support.mjs";

const LAB = ["refused", "close_by_client", "half_close_with_data", "abort_by_client", "syn_blackhole", "fin_lost_once"]
  .map((name) => `lab/${name}.client.pcap`);
const WRONG = "handmade/syn-ack-wrong-ack.pcapng";

let browser, address;
before(async () => {
  browser = await launch();
  address = page("report.html", WRONG, ...LAB);
});
after(async () => {
  await browser?.close();
  cleanUp();
});

const column = (opened, index) =>
  opened.locator(`#table tbody tr:visible td:nth-child(${index})`).evaluateAll((cells) =>
    cells.map((cell) => Number(cell.dataset.v ?? cell.textContent)));

for (const colorScheme of ["light", "dark"]) {
  test(`opens in silence, ${colorScheme}`, async () => {
    const { opened, trouble } = await tab(browser, address, { colorScheme });
    await opened.locator("article").last().scrollIntoViewIfNeeded();
    assert.match(await opened.title(), /1 error.* in \d+ connections · tcpflow-audit/);
    const paper = await opened.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(paper, colorScheme === "dark" ? "rgb(17, 22, 29)" : "rgb(255, 255, 255)");
    assert.deepEqual(trouble, []);
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing that keeps anybody out, ${colorScheme}`, async () => {
    const { opened } = await tab(browser, address, { colorScheme, bypassCSP: true });
    await opened.locator("details").evaluateAll((all) => all.forEach((it) => { it.open = true; }));
    await opened.addScriptTag({ path: axeScript });
    const { violations, passes } = await opened.evaluate(() => axe.run(document));
    assert.deepEqual(violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html)]), []);
    assert.ok(passes.some(({ id }) => id === "color-contrast") && passes.some(({ id }) => id === "svg-img-alt"));
  });
}

test("is used by keyboard alone", async () => {
  const { opened, trouble } = await tab(browser, address);
  const focused = () => opened.evaluate(() => document.activeElement.textContent.trim());
  await opened.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the report");
  await opened.keyboard.press("Enter");
  for (let count = 0; await focused() !== "TFA101"; count += 1) {
    assert.ok(count < 40, "a code within reach");
    await opened.keyboard.press("Tab");
    if (await opened.evaluate(() => document.activeElement.tagName === "SUMMARY")) await opened.keyboard.press("Enter");
  }
  await opened.keyboard.press("Enter");
  await opened.locator("#rule-TFA101[open]").waitFor();
  assert.deepEqual(trouble, []);
});

test("sorts by any column, by mouse and by keyboard", async () => {
  const { opened, trouble } = await tab(browser, address);
  const head = opened.getByRole("columnheader", { name: "octets" });
  const index = await head.evaluate((cell) => cell.cellIndex + 1);
  await head.getByRole("button").click();
  const falling = await column(opened, index);
  assert.deepEqual(falling, falling.toSorted((one, other) => other - one));
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  await head.getByRole("button").press("Enter");
  assert.deepEqual(await column(opened, index), falling.toReversed().toSorted((one, other) => one - other));
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  assert.deepEqual(trouble, []);
});

test("filters by words and by severity, and says how many are left", async () => {
  const { opened, trouble } = await tab(browser, address);
  const rows = opened.locator("#table tbody tr:visible");
  const all = await rows.count();
  await opened.keyboard.press("/");
  await opened.keyboard.type("REFUSED never");
  assert.equal(await rows.count(), 1);
  assert.equal(await opened.locator("#shown").textContent(), `1 of ${all}`);
  await opened.getByLabel("Filter").fill("");
  await opened.locator("#severity").selectOption("error");
  assert.equal(await rows.count(), 1);
  assert.match(await rows.first().textContent(), /TFA101/);
  await opened.locator("#severity").selectOption("");
  assert.equal(await rows.count(), all);
  assert.deepEqual(trouble, []);
});

test("leads from a row to its ladder, which has a name", async () => {
  const { opened, trouble } = await tab(browser, address);
  await opened.locator("#table tr.error a").first().click();
  const article = opened.locator("article:target");
  const ladder = article.getByRole("img", { name: /^Ladder of stream 0/ });
  await ladder.waitFor({ state: "visible" });
  const { width, height } = await ladder.boundingBox();
  assert.ok(width > 600 && height > 400, `${width} × ${height}`);
  assert.match(await ladder.textContent(), /✗ ack = x\+1 = 1001 was due/);
  assert.ok(await article.getByRole("img", { name: /by time and sequence number/ }).count() > 0);
  assert.deepEqual(trouble, []);
});

test("leads from a code to the rule, and opens it", async () => {
  const { opened } = await tab(browser, address);
  await opened.locator("#findings details").evaluateAll((all) => all.forEach((it) => { it.open = false; }));
  await opened.locator("#table a.code", { hasText: "TFA101" }).click();
  await opened.locator("#rule-TFA101[open]").waitFor();
});

test("can be read without scripts, on paper, and on a telephone", async () => {
  const { opened } = await tab(browser, address, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  assert.ok(await opened.locator("#table tbody tr").count() > LAB.length);
  const [page, screen] = await opened.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(page <= screen, `the page is ${page} wide, the screen ${screen}`);
  await opened.emulateMedia({ media: "print" });
  assert.equal(await opened.locator(".filter").isVisible(), false);
  assert.ok((await opened.pdf({ format: "A4" })).length > 10_000);
});

test("nothing in the name of a capture acts", async () => {
  const name = `a<img src=x onerror=alert(1)>"';%%{init}%%#.pcap`;
  const path = renamed(LAB[1], name);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${path}.html`, run(path, "--format", "html"));
  const { opened, trouble } = await tab(browser, pathToFileURL(`${path}.html`).href);
  assert.ok((await opened.locator(".lede").textContent()).includes(name));
  assert.deepEqual(trouble, []);
});

test("Mermaid draws what show writes", async () => {
  const context = await browser.newContext();
  const opened = await context.newPage();
  await opened.addScriptTag({ path: mermaidScript });
  const hostile = renamed(LAB[2], `x;%%{init: {"theme":"dark"}}%%<b>#quot;end.pcap`);
  for (const path of [...[WRONG, ...LAB].map(capture), hostile]) {
    const source = run("show", path, "--format", "mermaid");
    const drawn = await opened.evaluate(async (text) => {
      mermaid.initialize({ startOnLoad: false });
      await mermaid.parse(text);
      return (await mermaid.render("drawn", text)).svg;
    }, source);
    assert.match(drawn, /^<svg/);
    assert.match(drawn, /SYN-SENT/);
  }
});

test("a picture is well-formed and names itself", async () => {
  const { opened } = await tab(browser, address);
  for (const name of [WRONG, ...LAB]) {
    const said = await opened.evaluate((text) => {
      const picture = new DOMParser().parseFromString(text, "image/svg+xml");
      return [picture.querySelector("parsererror")?.textContent ?? "", picture.documentElement.getAttribute("role")];
    }, run("show", capture(name), "--format", "svg"));
    assert.deepEqual(said, ["", "img"]);
  }
});
