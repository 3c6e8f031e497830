// Takes the README's pictures anew: `node pictures.mjs`. pngquant makes them small.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { capture, cleanUp, launch, page, pictures, tab } from "./support.mjs";

const WRONG = "handmade/syn-ack-wrong-ack.pcapng";
const lab = readdirSync(capture("lab")).filter((name) => name.endsWith(".client.pcap")).map((name) => `lab/${name}`);
const browser = await launch();

/** Takes a picture in both schemes; `frame` says of an open page what of it. */
async function take(name, address, viewport, frame) {
  for (const [colorScheme, ending] of [["light", ""], ["dark", "-dark"]]) {
    const { opened } = await tab(browser, address, { colorScheme, viewport });
    const path = pictures(`${name}${ending}.png`);
    await opened.screenshot({ path, ...await frame(opened) });
    await opened.context().close();
    execFileSync("pngquant", ["--force", "--strip", "--nofs", "--speed", "1", "--output", path, "64", path]);
  }
}

await take("connection", page("connection.html", WRONG), { width: 1000, height: 2000 }, async (opened) => {
  const { x, width } = await opened.locator("article").boundingBox();
  const { y } = await opened.locator("article h3").boundingBox();
  const ladder = await opened.locator("article .ladder").last().boundingBox();
  const margin = 14;
  return {
    clip: { x: x - margin, y: y - margin, width: width + 2 * margin, height: ladder.y + ladder.height - y + 2 * margin },
    fullPage: true,
  };
});
await take("page", page("page.html", WRONG, ...lab), { width: 1080, height: 1230 }, async () => ({}));
await browser.close();
cleanUp();
