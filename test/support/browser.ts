import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** A headless Chromium that talks to nothing but the pages it is sent to. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-sync",
      "--no-first-run",
      "--no-proxy-server",
    ],
  });
}

/** What the sample and BiomAid have in common on the sign-in page: other forms may stand beside this one. */
export const SIGN_IN_FORM = 'form:has(input[name="form"][value="sign-in"])';

/** Signs in on the page that a visitor is sent to. */
export async function signIn(page: Page, url: string, user: { username: string; password: string }): Promise<void> {
  await page.goto(`${url}/`);
  const form = page.locator(SIGN_IN_FORM);
  await form.locator('input[name="username"]').fill(user.username);
  await form.locator('input[name="password"]').fill(user.password);
  await Promise.all([
    page.waitForURL((address) => !address.pathname.endsWith("/common/sign/")),
    form.locator('button[type="submit"]').click(),
  ]);
}
