/** Talk, accounts and friends on the playground: real browsers, the real server, and SCRP beside them. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openCompany, PHONE, TARGETS } from "./chromium.ts";
import { type House, openHouse } from "./house.ts";
import { eventually, type Person } from "./person.ts";
import { openScrpUser } from "./scrp-user.ts";

let browser: Browser;
let house: House;
const company = openCompany(() => browser);
const PASSWORD = "correct horse";

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

const person = (name: string): Promise<Person> => company.person({ url: house.url, name });

async function guest(name: string): Promise<Person> {
  const opened = await person(name);
  await opened.arrive();
  return opened;
}

async function member(name: string): Promise<Person> {
  const opened = await person(name);
  await opened.signUp(PASSWORD);
  return opened;
}

/** Two who are friends: one asked, the other accepted. */
async function friends(one: string, other: string): Promise<readonly [Person, Person]> {
  const [asker, asked] = [await member(one), await member(other)];
  await asker.page.getByLabel("A friend’s name").fill(other);
  await asker.page.getByRole("button", { name: "Ask", exact: true }).click();
  await asked.page.getByRole("button", { name: `Accept ${one}` }).click();
  await eventually(() => asker.sees(other)).toBe("online");
  await eventually(() => asked.sees(one)).toBe("online");
  return [asker, asked];
}

const stateOf = ({ page }: Person) => page.locator("#link-state").textContent();
const noticeOf = ({ page }: Person) => page.locator("#notices").textContent();

describe("talk in a room", { timeout: 60_000 }, () => {
  it("is heard by all who are there, guests and accounts alike, in one order", async () => {
    const [ana, ben] = [await guest("ana"), await member("talk_ben")];
    for (const it of [ana, ben]) await it.enter("talking");
    await ana.say("in talking", "hello");
    await eventually(ben.talk).toEqual(["ana in talking: hello"]);
    await ben.say("in talking", "<b>hi</b> & welcome");
    const second = "in talking: <b>hi</b> & welcome";
    await eventually(ana.talk).toEqual(["you in talking: hello", `talk_ben ${second}`]);
    await eventually(ben.talk).toEqual(["ana in talking: hello", `you ${second}`]);
    expect(await ana.engines()).toEqual(["ana", "talk_ben"]);
  });

  it("goes to SCRP and comes from there", async () => {
    const carl = await openScrpUser(house.scrpPort);
    const who = { user_id: "carl", user_password: PASSWORD };
    await carl.asks("SIGN_UP", { ...who, user_nickname: "Carl" });
    await carl.asks("LOG_IN", who);
    const room = { room_id: "hall", room_nickname: "The hall", room_access_type: 0 };
    expect(await carl.asks("CREATE_ROOM", { ...room, room_access: 0 })).toMatchObject({ err: 900 });
    const [ana, dora] = [await guest("ana"), await member("dora")];
    for (const it of [ana, dora]) await it.enter("hall");
    await ana.say("in hall", "from version 1");
    await dora.say("in hall", "from version 2");
    const heard = ["ana: from version 1", "dora: from version 2"];
    await eventually(async () => carl.heard()).toEqual(heard);
    const said = { room_id: "hall", message: "from SCRP" };
    expect(await carl.asks("SEND_ROOM_MESSAGE", said)).toMatchObject({ err: 900 });
    for (const it of [ana, dora]) {
      await eventually(async () => (await it.talk()).at(-1)).toBe("carl in hall: from SCRP");
    }
    carl.leaves();
  });

  it("is written with the keyboard, and drives no engine", async () => {
    const ana = await guest("ana");
    await ana.enter("typing");
    const start = await ana.engine("ana");
    await ana.page.getByLabel("Your words").focus();
    await ana.page.keyboard.type("wasd w");
    await ana.page.keyboard.press("Enter");
    await eventually(ana.talk).toEqual(["you in typing: wasd w"]);
    expect(await ana.engine("ana")).toEqual(start);
    expect(await ana.page.getByLabel("Your words").inputValue()).toBe("");
  });
});

describe("the page of an account", { timeout: 60_000 }, () => {
  it("fits a phone: nothing beyond the edge, every target large enough", async () => {
    const visit = { url: house.url, name: "phone", ...PHONE };
    const [phone, desk] = [await company.person(visit), await member("desk_with_16_sig")];
    await phone.signUp(PASSWORD);
    await desk.page.getByLabel("A friend’s name").fill("phone");
    await desk.page.getByRole("button", { name: "Ask", exact: true }).click();
    await phone.page.getByRole("button", { name: "Accept desk_with_16_sig" }).click();
    await phone.enter("a-room-with-a-name-as-long-as-the-field-allows-it-to-be-really");
    await phone.say("to desk_with_16_sig", "x".repeat(400));
    await eventually(phone.talk).toHaveLength(1);
    const html = phone.page.locator("html");
    expect(await html.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    for (const target of await phone.page.locator(TARGETS).all()) {
      const box = await target.boundingBox();
      const size = Math.min(box?.width ?? 0, box?.height ?? 0);
      expect(size, await target.evaluate((it) => it.outerHTML)).toBeGreaterThanOrEqual(44);
    }
  });
});

describe("an account", { timeout: 60_000 }, () => {
  it("is made, left and found again by its password", async () => {
    const eve = await member("eve");
    await eventually(() => eve.page.locator("#your-kind").textContent()).toBe("with an account");
    await eve.signOut();
    await eventually(() => stateOf(eve)).toBe("signed out");
    expect(await eve.page.getByLabel(/^Password/).inputValue()).toBe("");
    await eve.signIn(PASSWORD);
    await eventually(() => eve.page.locator("#your-status").textContent()).toBe("online");
  });

  it("comes back after a reload of the page, and after the server's restart", async () => {
    const fay = await member("fay");
    await fay.page.reload();
    await eventually(() => stateOf(fay)).toBe("live");
    await eventually(() => fay.page.locator("#your-kind").textContent()).toBe("with an account");
    await Promise.all([house.restart(), eventually(() => stateOf(fay)).toMatch(/^lost: /)]);
    await eventually(() => stateOf(fay)).toBe("live");
    excuse(fay, /WebSocket connection to .* failed/);
  });

  it("keeps its password and its token off the wire panel, and the password out of the tab", async () => {
    const gil = await member("gil");
    await eventually(() => gil.page.locator('[data-command="login"]').count()).toBe(1);
    const frames = await gil.page.locator("#frames").textContent();
    expect(frames).toContain('["login",{"id":"gil","password":"…"}');
    expect(frames).not.toContain(PASSWORD);
    const kept = "JSON.stringify([sessionStorage, localStorage, document.cookie, location.href])";
    const stored = String(await gil.page.evaluate(kept));
    expect(stored).not.toContain(PASSWORD);
    expect(frames).not.toContain(String(JSON.parse(stored)[0]["roundhouse.token"]).slice(10, 40));
  });

  it("refuses its name to a guest, with a sentence that says what to do", async () => {
    const hal = await member("hal");
    const other = await person("hal");
    await other.page.goto(`${house.url}/?name=hal`);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await eventually(() => noticeOf(other)).toContain("“hal” is not free: it has an account");
    await eventually(() => other.page.locator("#password:focus").count()).toBe(1);
    expect(await stateOf(hal)).toBe("live");
  });

  it("refuses a wrong password, a name that is taken, and a password that is none", async () => {
    await member("ivy");
    const other = await person("ivy");
    await other.page.goto(`${house.url}/?name=ivy`);
    await other.page.getByLabel(/^Password/).fill("wrong horse");
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await eventually(() => noticeOf(other)).toContain("password_wrong");
    await other.page.getByLabel(/^Password/).fill(PASSWORD);
    await other.page.getByRole("button", { name: "Sign up" }).click();
    await eventually(() => noticeOf(other)).toContain("Somebody has this name");
    await other.page.getByLabel(/^Password/).fill("short");
    await other.page.getByRole("button", { name: "Sign up" }).click();
    expect(await other.page.locator("#password:invalid").count()).toBe(1);
    expect(await stateOf(other)).toContain("refused");
  });
});

describe("friends with accounts", { timeout: 60_000 }, () => {
  it("are asked and accept, see each other come and go, and part", async () => {
    const [jan, kim] = await friends("jan", "kim");
    await kim.signOut();
    await eventually(() => jan.sees("kim")).toBe("offline");
    await kim.signIn(PASSWORD);
    await eventually(() => jan.sees("kim")).toBe("online");
    await eventually(() => kim.sees("jan")).toBe("online");
    await jan.friend("kim").getByRole("button", { name: "Remove kim" }).click();
    await eventually(() => jan.friend("kim").count()).toBe(0);
    await eventually(() => kim.friend("jan").count()).toBe(0);
    await eventually(() => noticeOf(kim)).toContain("jan is no friend of yours any more");
  });

  it("may be declined; a request that waits is still there after a reload", async () => {
    const [leo, mia] = [await member("leo"), await member("mia")];
    await leo.page.getByLabel("A friend’s name").fill("mia");
    await leo.page.getByRole("button", { name: "Ask", exact: true }).click();
    await eventually(() => noticeOf(leo)).toContain("mia was asked");
    const request = mia.page.locator("#requests li");
    await eventually(() => request.count()).toBe(1);
    await mia.page.reload();
    await eventually(() => request.textContent()).toContain("leo");
    await mia.page.getByRole("button", { name: "Decline leo" }).click();
    await eventually(() => noticeOf(leo)).toContain("mia declined your request");
    await eventually(() => request.count()).toBe(0);
    expect(await leo.friend("mia").count()).toBe(0);
  });

  it("whisper, and what is whispered to who is away waits for the next sign-in", async () => {
    const [ned, ola] = await friends("ned", "ola");
    await ned.friend("ola").getByRole("button", { name: "Write to ola" }).click();
    await ned.page.keyboard.type("psst");
    await ned.page.keyboard.press("Enter");
    await eventually(ned.talk).toEqual(["you to ola: psst"]);
    await eventually(ola.talk).toEqual(["ned to you: psst"]);
    await ola.signOut();
    await eventually(() => ned.sees("ola")).toBe("offline");
    for (const text of ["first", "second"]) await ned.say("to ola", text);
    await eventually(ned.talk).toHaveLength(3);
    await ola.signIn(PASSWORD);
    const away = "ned to you, while you were away";
    await eventually(ola.talk).toEqual([`${away}: first`, `${away}: second`]);
    // Told once: the page said that it has them.
    await eventually(() => ola.page.locator('[data-command="heed"]').count()).toBe(1);
    await ola.signOut();
    await ola.signIn(PASSWORD);
    await eventually(() => ola.sees("ned")).toBe("online");
    expect(await ola.talk()).toEqual([]);
  });

  it("are asked only among accounts: a name that nobody has is refused in words", async () => {
    const pia = await member("pia");
    await pia.page.getByLabel("A friend’s name").fill("nobody_here");
    await pia.page.getByRole("button", { name: "Ask", exact: true }).click();
    await eventually(() => noticeOf(pia)).toContain("Nobody has an account of this name");
    expect(await pia.page.locator("[data-friend]").count()).toBe(0);
  });
});

describe("a room with rights", { timeout: 60_000 }, () => {
  it("is entered by its password, or by asking who owns it", async () => {
    const owner = await openScrpUser(house.scrpPort);
    const who = { user_id: "owner", user_password: PASSWORD };
    await owner.asks("SIGN_UP", { ...who, user_nickname: "Owner" });
    await owner.asks("LOG_IN", who);
    const vault = { room_id: "vault", room_nickname: "The vault", room_password: "open it" };
    const access = { room_access: 1, room_access_type: 1 };
    expect(await owner.asks("CREATE_ROOM", { ...vault, ...access })).toMatchObject({ err: 900 });
    const ria = await member("ria");
    await ria.page.getByLabel("Room", { exact: true }).fill("vault");
    await ria.page.locator("#join-room").getByRole("button", { name: "Join" }).click();
    await ria.page.getByLabel("The password of vault").fill("open it");
    await ria.page.getByRole("button", { name: "Enter" }).click();
    await eventually(() => ria.engines()).toEqual(["ria"]);
    await ria.say("in vault", "I am in");
    await eventually(async () => owner.heard()).toEqual(["ria: I am in"]);
    owner.leaves();
  });
});

/** Takes the expected complaints of one person out of the list. */
function excuse({ complaints }: Person, expected: RegExp): void {
  const kept = complaints.filter((complaint) => !expected.test(complaint));
  complaints.splice(0, complaints.length, ...kept);
}
