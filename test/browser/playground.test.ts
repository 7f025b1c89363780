/** The playground in a real browser against the real server, as two people with two tabs meet it. */
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openCompany, PHONE, TARGETS } from "./chromium.ts";
import { type House, openHouse } from "./house.ts";
import { eventually, type Person } from "./person.ts";

let browser: Browser;
let house: House;
const company = openCompany(() => browser);

beforeAll(async () => {
  [browser, house] = await Promise.all([openBrowser(), openHouse()]);
});
afterAll(async () => {
  await browser?.close();
  await house?.close();
});
afterEach(async () => {
  expect(await company.leave()).toEqual([]);
});

const person = (name: string, options: object = {}): Promise<Person> => {
  return company.person({ url: house.url, name, ...options });
};

async function arrived(name: string): Promise<Person> {
  const opened = await person(name);
  await opened.arrive();
  return opened;
}

/** Two people in one room, each with an engine that both see. */
async function pair(channel: string): Promise<readonly [Person, Person]> {
  const [ana, ben] = [await arrived("ana"), await arrived("ben")];
  for (const it of [ana, ben]) await it.enter(channel);
  for (const it of [ana, ben]) await eventually(it.engines).toEqual(["ana", "ben"]);
  return [ana, ben];
}

describe("a friend", { timeout: 60_000 }, () => {
  it("is seen offline, online, busy, away and offline again", async () => {
    const [ana, ben] = [await person("ana"), await person("ben")];
    await ana.arrive();
    await ana.befriend("ben");
    await eventually(() => ana.sees("ben")).toBe("offline");
    await ben.arrive();
    await eventually(() => ana.sees("ben")).toBe("online");
    await ben.enter("presence");
    await eventually(() => ana.sees("ben")).toBe("busy");
    await ben.page.getByRole("button", { name: "Leave", exact: true }).click();
    await eventually(() => ana.sees("ben")).toBe("online");
    await ben.page.getByRole("button", { name: "Set away" }).click();
    await eventually(() => ana.sees("ben")).toBe("away");
    await ben.page.close();
    await eventually(() => ana.sees("ben")).toBe("offline");
  });

  it("is announced to those who cannot see the dot", async () => {
    const [ana, ben] = [await person("ana"), await person("ben")];
    await ana.arrive();
    await ana.befriend("ben");
    await eventually(() => ana.sees("ben")).toBe("offline");
    await ben.arrive();
    await eventually(() => ana.page.locator("#announcement").textContent()).toBe("ben is online");
  });

  it("comes into the room by an invitation", async () => {
    const [ana, ben] = [await arrived("ana"), await arrived("ben")];
    await ana.befriend("ben");
    await ana.enter("by invitation");
    await ana.friend("ben").getByRole("button", { name: "Invite ben" }).click();
    await ben.page.getByRole("button", { name: "Join by invitation" }).click();
    await eventually(ana.engines).toEqual(["ana", "ben"]);
    await eventually(ben.engines).toEqual(["ana", "ben"]);
    await eventually(() => ben.page.locator(".notice").count()).toBe(0);
  });

  it("finds an invitation that was sent while nobody was there", async () => {
    const ana = await person("ana");
    await ana.arrive();
    await ana.befriend("ben");
    await ana.page.getByLabel("Room", { exact: true }).fill("waiting");
    await ana.friend("ben").getByRole("button", { name: "Invite ben" }).click();
    await eventually(() => ana.engines()).toEqual(["ana"]);
    const ben = await person("ben");
    await ben.arrive();
    await ben.page.getByRole("button", { name: "Join waiting" }).click();
    await eventually(ben.engines).toEqual(["ana", "ben"]);
  });

  it("is a second tab away", async () => {
    const ana = await arrived("ana");
    const link = ana.page.getByRole("link", { name: "Open a second tab as ben" });
    const [tab] = await Promise.all([ana.page.context().waitForEvent("page"), link.click()]);
    await eventually(() => tab.getByLabel("Your name", { exact: true }).inputValue()).toBe("ben");
    await tab.getByRole("button", { name: "Sign in" }).click();
    await eventually(() => ana.sees("ben")).toBe("online");
    await eventually(() => tab.locator('[data-friend="ana"] .word').textContent()).toBe("online");
  });
});

describe("the turntable", { timeout: 60_000 }, () => {
  it("takes an engine home, and everybody sees it there with its lamp lit", async () => {
    const [ana, ben] = await pair("driving");
    const onBridge = async () => {
      const own = await ana.engine("ana");
      return own?.line === "bridge" && Math.abs(own.reach) < 0.15;
    };
    const from = Date.now();
    await ana.hold("ArrowUp", onBridge);
    const sent = await ana.page.locator('#frames .out code:has-text("drive")').count();
    expect(sent / ((Date.now() - from) / 1000)).toBeLessThan(20);
    const home = 11; // Stall 1 = Abs(Crc32("ana")) % 13, on track 11.
    await ana.tapTrack(home);
    for (const it of [ana, ben])
      await eventually(async () => Number(await it.bridge()) % 8).toBe(3);
    // Whichever way it looks, one of the levers leads into stall 1.
    const hint = ana.page.locator("#hint");
    await eventually(() => hint.textContent()).toContain("drive into stall 1");
    const lever = Number(await ana.bridge()) === home ? "ArrowUp" : "ArrowDown";
    await ana.hold(lever, async () => ((await ana.engine("ana"))?.line ?? "") === String(home));
    await eventually(() => hint.textContent()).toContain("Home in stall 1");
    await eventually(() => ben.page.locator(".stall.lit .number").textContent()).toBe("1");
    await eventually(async () => {
      const [mine, seen] = [await ana.engine("ana"), await ben.engine("ana")];
      return JSON.stringify(mine) === JSON.stringify(seen) && seen?.line === String(home);
    }).toBe(true);
  });

  it("stands the same for all when two turn it at once", async () => {
    const [ana, ben] = await pair("turning");
    await ana.page.locator("#board").focus();
    await ben.page.locator("#board").focus();
    const presses = [ana, ben, ana, ana, ben, ben, ana].map((it, index) =>
      it.page.keyboard.press(index % 3 === 0 ? "ArrowLeft" : "KeyD"),
    );
    await Promise.all(presses);
    // The order is settled when the last action of each has come back to both.
    await ana.page.keyboard.press("Space");
    await eventually(() => ben.page.locator(".whistles").count()).toBe(1);
    await ben.page.keyboard.press("Space");
    await eventually(() => ana.page.locator(".whistles").count()).toBeGreaterThan(0);
    await eventually(async () => (await ana.bridge()) === (await ben.bridge())).toBe(true);
  });

  it("is shown to a latecomer as it stands, with everyone on it", async () => {
    const [ana] = await pair("late");
    await ana.tapTrack(3);
    await eventually(ana.bridge).toBe("3");
    const cleo = await person("cleo");
    await cleo.arrive();
    await cleo.enter("late");
    await eventually(cleo.engines).toEqual(["ana", "ben", "cleo"]);
    await eventually(cleo.bridge).toBe("3");
    for (const name of ["ana", "ben"])
      expect(await cleo.engine(name)).toEqual(await ana.engine(name));
  });

  it("is rid of an engine when its driver leaves or closes the tab", async () => {
    const [ana, ben] = await pair("leaving");
    await ben.page.getByRole("button", { name: "Leave", exact: true }).click();
    await eventually(ana.engines).toEqual(["ana"]);
    await ben.enter("leaving");
    await eventually(ana.engines).toEqual(["ana", "ben"]);
    await ben.page.close();
    await eventually(ana.engines).toEqual(["ana"]);
  });

  it("has one engine for one user, however many tabs drive it", async () => {
    const [left, right] = [await arrived("ana"), await arrived("ana")];
    for (const it of [left, right]) await it.enter("two tabs");
    await left.hold("ArrowUp", async () => (await right.engine("ana"))?.line === "bridge");
    await eventually(async () => (await left.engine("ana"))?.line).toBe("bridge");
    await right.hold("ArrowDown", async () => (await left.engine("ana"))?.line !== "bridge");
    for (const it of [left, right]) expect(await it.engines()).toEqual(["ana"]);
  });

  it("says of a driver whose tab is hidden that the engine dozes", async () => {
    const [ana, ben] = await pair("dozing");
    await ben.page.locator("html").evaluate((it) => {
      Object.defineProperty(it.ownerDocument, "hidden", { get: () => true });
      it.ownerDocument.dispatchEvent(new Event("visibilitychange"));
    });
    await eventually(() => ana.page.locator("#crew").textContent()).toContain("dozing");
    expect(await ana.engines()).toEqual(["ana", "ben"]);
  });

  it("rests when nobody drives: no more than a heartbeat goes over the wire", async () => {
    const [ana] = await pair("resting");
    const beats = ana.page.locator('#frames .out code:has-text("here")');
    await ana.page.getByRole("button", { name: "Clear" }).click();
    const from = Date.now();
    await eventually(() => beats.count()).toBe(1);
    await eventually(() => beats.count()).toBe(2);
    const frames = await ana.page.locator("#frames > *").count();
    expect(frames / ((Date.now() - from) / 1000)).toBeLessThan(1.5);
  });
});

describe("the wire panel", { timeout: 60_000 }, () => {
  it("shows the frames as they are and says what they mean", async () => {
    const ana = await arrived("ana");
    const rows = ana.page.getByRole("option");
    await eventually(() => rows.nth(0).locator("code").textContent()).toBe(
      '{"command":"idyou","data":{}}',
    );
    expect(await rows.nth(1).locator("code").textContent()).toBe('{"command":"idme","data":"ana"}');
    await rows.nth(1).hover();
    await eventually(() => ana.page.locator("#explanation").textContent()).toContain("online");
    await ana.page.locator("#frames").focus();
    await ana.page.keyboard.press("Home");
    await eventually(() => ana.page.locator("#explanation").textContent()).toContain(
      "identify yourself",
    );
  });

  it("sends a frame of one's own and shows the answer", async () => {
    const ana = await arrived("ana");
    await ana.page.getByLabel("Send a frame of your own").fill('{"command":"whothere"}');
    await ana.page.keyboard.press("Enter");
    const answer = ana.page.locator('[data-command="there"] code');
    await eventually(() => answer.textContent()).toContain('"ana"');
    await ana.page.getByRole("button", { name: "joingame" }).click();
    expect(await ana.page.getByLabel("Send a frame of your own").inputValue()).toContain(
      "joingame",
    );
  });

  it("can be filtered, paused and cleared", async () => {
    const ana = await arrived("ana");
    await ana.enter("filtered");
    const game = ana.page.locator('[data-command="game"]');
    await eventually(() => game.first().isVisible()).toBe(true);
    await ana.page.getByLabel("Hide game actions").check();
    await eventually(() => game.first().isVisible()).toBe(false);
    await ana.page.getByRole("button", { name: "Pause" }).click();
    await ana.befriend("ben");
    const resume = ana.page.getByRole("button", { name: /Resume \(\d+\)/ });
    await eventually(() => resume.count()).toBe(1);
    expect(await ana.page.locator("#frames").textContent()).not.toContain('"ben"');
    await resume.click();
    await eventually(() => ana.page.locator("#frames").textContent()).toContain('"ben"');
    await ana.page.getByRole("button", { name: "Clear" }).click();
    await eventually(() => ana.page.locator("#frames > *:visible").count()).toBe(0);
  });
});

describe("the page", { timeout: 60_000 }, () => {
  it("lets one sign in, join and drive by keyboard alone", async () => {
    const ana = await person("ana");
    await ana.page.goto(`${house.url}/`);
    await eventually(() => ana.page.locator("#name:focus").count()).toBe(1);
    await ana.page.keyboard.type("ana");
    await ana.page.keyboard.press("Enter");
    await eventually(() => ana.page.locator("#link-state").textContent()).toBe("live");
    await eventually(() => ana.page.locator("#join:focus").count()).toBe(1);
    await ana.page.keyboard.press("Shift+Tab");
    await ana.page.keyboard.type("by keyboard");
    await ana.page.keyboard.press("Enter");
    await eventually(() => ana.engine("ana")).toBeDefined();
    const start = await ana.engine("ana");
    await ana.page.keyboard.down("KeyW"); // The board has the focus now.
    await eventually(async () => (await ana.engine("ana"))?.line).not.toBe(start?.line);
    await ana.page.keyboard.up("KeyW");
  });

  it("fits a phone: nothing beyond the edge, every target large enough, driven by thumb", async () => {
    const ana = await person("ana", PHONE);
    const html = ana.page.locator("html");
    const overflow = async () => await html.evaluate((it) => it.scrollWidth - it.clientWidth);
    await ana.page.goto(house.url);
    expect(await overflow()).toBe(0);
    await ana.arrive();
    await ana.befriend("a-friend-with-a-rather-long-name-that-has-no-end-at-all");
    await ana.enter("a-room-with-a-name-as-long-as-the-field-allows-it-to-be-really");
    await eventually(async () => (await ana.page.locator("#frames > *").count()) > 5).toBe(true);
    expect(await overflow()).toBe(0);
    for (const target of await ana.page.locator(TARGETS).all()) {
      const box = await target.boundingBox();
      const size = Math.min(box?.width ?? 0, box?.height ?? 0);
      expect(size, await target.evaluate((it) => it.outerHTML)).toBeGreaterThanOrEqual(44);
    }
    const start = await ana.engine("ana");
    await ana.page.getByRole("button", { name: "Forward" }).tap();
    await eventually(async () => (await ana.engine("ana"))?.reach).not.toBe(start?.reach);
    await ana.page.getByRole("button", { name: "Turn right" }).tap();
    await eventually(ana.bridge).toBe("1");
  });

  it("lets an engine be pulled along its rail", async () => {
    const ana = await arrived("ana");
    await ana.enter("pulling");
    const box = await ana.page.locator(".engine.mine .cab").boundingBox();
    if (box === null) throw new Error("There is no engine to pull");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await ana.page.mouse.move(x, y);
    await ana.page.mouse.down();
    await ana.page.mouse.move(x, y - 240, { steps: 5 });
    await eventually(async () => (await ana.engine("ana"))?.line).toBe("bridge");
    await ana.page.mouse.up();
  });

  it("keeps still for those who want no motion", async () => {
    const ana = await person("ana", { reducedMotion: "reduce" });
    await ana.arrive();
    await ana.enter("still");
    await ana.tapTrack(4);
    await eventually(ana.bridge).toBe("4");
    expect(await ana.page.locator(".bridge").getAttribute("transform")).toBe("rotate(90.00)");
    await ana.hold("ArrowDown", async () => ((await ana.engine("ana"))?.reach ?? 0) > 0.55);
    expect(await ana.page.locator(".puff").count()).toBe(0);
  });

  it("says that the connection was lost, comes back by itself and takes its place again", async () => {
    const [ana, ben] = await pair("restarting");
    await ana.hold("ArrowUp", async () => (await ana.engine("ana"))?.line === "bridge");
    const state = () => ana.page.locator("#link-state").textContent();
    await Promise.all([house.restart(), eventually(state).toMatch(/^lost: .*Trying again in/)]);
    for (const it of [ana, ben]) {
      await eventually(() => it.page.locator("#link-state").textContent()).toBe("live");
      await eventually(it.engines).toEqual(["ana", "ben"]);
      await eventually(async () => (await it.engine("ana"))?.line).toBe("bridge");
    }
    // A browser reports each refused connection itself; everything else is still a complaint.
    for (const it of company.present) excuse(it, /WebSocket connection to .* failed/);
  });

  it("shows on which shard a name lives, and how that is computed", async () => {
    const ana = await arrived("ana");
    await eventually(() => ana.page.locator("#you .shard-where").textContent()).toBe(
      "“ana” lives on shard 34 of 64",
    );
    await ana.page.locator("#you .shard-where").click();
    await eventually(() => ana.page.locator("#you .shard-how").textContent()).toContain(
      "% 64 = 34",
    );
  });

  it("is small: its first load stays below 60 kB when compressed", async () => {
    const ana = await person("ana");
    const sizes: Promise<number>[] = [];
    ana.page.on("response", (response) => {
      sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await ana.page.goto(house.url, { waitUntil: "networkidle" });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(60_000);
  });
});

describe("a server that asks for tokens", { timeout: 60_000 }, () => {
  const secret = "a secret of the tests that is long enough to sign with";
  let guarded: House;
  beforeAll(async () => {
    guarded = await openHouse({ AUTH: "token", JWT_SECRET: secret });
  });
  afterAll(async () => guarded?.close());

  it("refuses in words, shows the token field, and lets a good token in", async () => {
    const ana = await person("ana", { url: guarded.url });
    await ana.page.goto(`${guarded.url}/?name=ana`);
    await ana.page.getByRole("button", { name: "Sign in" }).click();
    await eventually(() => ana.page.locator("#link-state").textContent()).toContain("refused");
    await eventually(() => ana.page.locator(".notice.error").count()).toBeGreaterThan(0);
    await ana.page.getByLabel(/^Token/).fill(await tokenFor("ana", secret));
    await ana.page.getByRole("button", { name: "Sign in" }).click();
    await eventually(() => ana.page.locator("#your-status").textContent()).toBe("online");
  });
});

describe("a server that keeps one connection a name", { timeout: 60_000 }, () => {
  let strict: House;
  beforeAll(async () => {
    strict = await openHouse({ SESSIONS: "replace" });
  });
  afterAll(async () => strict?.close());

  it("tells the older tab why it was closed, and the tab does not fight back", async () => {
    const [old, fresh] = [
      await person("ana", { url: strict.url }),
      await person("ana", { url: strict.url }),
    ];
    await old.arrive();
    await fresh.arrive();
    const state = (of: Person) => of.page.locator("#link-state").textContent();
    await eventually(() => state(old)).toContain("somewhere else");
    await eventually(() => old.page.getByRole("button", { name: "Sign in" }).isVisible()).toBe(
      true,
    );
    expect(await state(fresh)).toBe("live");
  });
});

/** Takes the expected complaints of one person out of the list. */
function excuse({ complaints }: Person, expected: RegExp): void {
  const kept = complaints.filter((complaint) => !expected.test(complaint));
  complaints.splice(0, complaints.length, ...kept);
}

async function tokenFor(name: string, secret: string): Promise<string> {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const said = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: name, iat: now, exp: now + 600 })}`;
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(said));
  return `${said}.${Buffer.from(signature).toString("base64url")}`;
}
