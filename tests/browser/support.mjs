// The program, a browser that may ask nobody for anything, and pages made from testdata.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const captures = join(root, "testdata/captures");
const programs = ["release", "debug"].map((profile) => join(root, "target", profile, "tcpflow-audit"));
const program = process.env.TCPFLOW_AUDIT ?? programs.find(existsSync);
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const folder = mkdtempSync(join(tmpdir(), "tcpflow-audit-"));
export const mermaidScript = join(here, "node_modules/mermaid/dist/mermaid.min.js");
export const axeScript = join(here, "node_modules/axe-core/axe.min.js");
export const capture = (name) => join(captures, name);
export const pictures = (name) => join(root, ".github/pictures", name);

/** What the program prints; findings are no failure here. */
export const run = (...words) => execFileSync(program, words, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });

/** The address of a page made from captures. */
export function page(name, ...files) {
  const path = join(folder, name);
  writeFileSync(path, run(...files.map((file) => join("testdata/captures", file)), "--format", "html", "--exit-zero"));
  return pathToFileURL(path).href;
}

/** A copy of a capture under another name. */
export function renamed(file, name) {
  const path = join(folder, name);
  copyFileSync(capture(file), path);
  return path;
}

export const launch = () => chromium.launch({ executablePath: browserPath, args: flags });

/** A tab that remembers what went wrong in it. */
export async function tab(browser, address, options = {}) {
  const context = await browser.newContext({ offline: true, ...options });
  const opened = await context.newPage();
  const trouble = [];
  opened.on("console", (message) => trouble.push(`console: ${message.text()}`));
  opened.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  opened.on("dialog", (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  opened.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) trouble.push(`request: ${request.url()}`);
  });
  await opened.goto(address);
  return { opened, trouble };
}

export const cleanUp = () => rmSync(folder, { recursive: true, force: true });
