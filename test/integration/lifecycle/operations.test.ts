/** What an operator sees: health, metrics, logs. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { house, join } from "../house.ts";

const inn = house({ LOG_LEVEL: "debug" });

type Sample = { readonly name: string; readonly labels: string; readonly value: number };

/** The exposition format, strictly: every line is a comment that is known, or a sample. */
function parse(text: string): {
  readonly samples: readonly Sample[];
  readonly types: Map<string, string>;
} {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split("\n").filter((it) => it !== "")) {
    const comment = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/i.exec(line);
    if (comment !== null) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "TYPE") types.set(name, rest);
      continue;
    }
    const sample = /^([a-z_:][a-z0-9_:]*)(\{[^}]*\})? (\S+)$/i.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = "", labels = "", value = ""] = sample ?? [];
    expect(value, line).toMatch(/^(-?\d[\d.e+-]*|[+-]Inf|NaN)$/i);
    samples.push({ name, labels, value: Number(value) });
  }
  return { samples, types };
}

describe("/metrics", () => {
  it("can be read by Prometheus and has every name that is promised", async () => {
    const ana = await inn.sit("ana", "den");
    ana.sayText("{");
    ana.act("nowhere", {});
    await ana.expectError("not_a_member");
    const response = await fetch(`${inn.server.admin}/metrics`);
    expect(response.headers.get("content-type")).toContain("text/plain");
    const text = await response.text();
    const { samples, types } = parse(text);
    for (const [name, kind] of [
      ["roundhouse_info", "gauge"],
      ["roundhouse_connections", "gauge"],
      ["roundhouse_sessions", "gauge"],
      ["roundhouse_users", "gauge"],
      ["roundhouse_rooms", "gauge"],
      ["roundhouse_members", "gauge"],
      ["roundhouse_shards", "gauge"],
      ["roundhouse_addresses", "gauge"],
      ["roundhouse_connections_opened_total", "counter"],
      ["roundhouse_connections_closed_total", "counter"],
      ["roundhouse_messages_total", "counter"],
      ["roundhouse_commands_total", "counter"],
      ["roundhouse_refusals_total", "counter"],
      ["roundhouse_gateway_refusals_total", "counter"],
      ["roundhouse_deliveries_total", "counter"],
      ["roundhouse_fan_out_characters_total", "counter"],
      ["roundhouse_slow_closes_total", "counter"],
      ["roundhouse_inbox_commands", "gauge"],
      ["roundhouse_inbox_age_seconds", "gauge"],
      ["roundhouse_commits_total", "counter"],
      ["roundhouse_durable_commits_total", "counter"],
      ["roundhouse_hop_seconds", "histogram"],
      ["nodejs_eventloop_lag_seconds", "gauge"],
    ] as const) {
      expect(types.get(name), name).toBe(kind);
      expect(
        samples.some((it) => it.name === name || it.name.startsWith(`${name}_`)),
        name,
      ).toBe(true);
    }
    const sampled = (name: string, labels: string): number | undefined => {
      return samples.find((it) => it.name === name && it.labels.includes(labels))?.value;
    };
    expect(sampled("roundhouse_rooms", "")).toBe(1);
    expect(sampled("roundhouse_members", "")).toBe(1);
    expect(sampled("roundhouse_connections", 'protocol="turntable"')).toBe(1);
    expect(sampled("roundhouse_gateway_refusals_total", 'code="frame_malformed"')).toBe(1);
    expect(sampled("roundhouse_refusals_total", 'code="not_a_member"')).toBe(1);
    expect(sampled("roundhouse_commands_total", 'kind="join"')).toBe(1);
    expect(sampled("roundhouse_hop_seconds_count", 'hop="inbox"')).toBeGreaterThan(0);
    // Labels come from fixed sets: no user, room or address is a label.
    expect(text).not.toMatch(/"(ana|den|nowhere|127\.0\.0\.1)"/);
    promtool(text);
  });
});

describe("health", () => {
  it("is told at /healthz and /readyz while all is well", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const response = await fetch(`${inn.server.admin}${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ ok: true });
    }
  });

  it("is no business of the players' port", async () => {
    for (const path of ["/healthz", "/readyz", "/metrics", "/who?user=ana", "/rooms", "/token"]) {
      expect((await fetch(`http://${inn.server.address}${path}`)).status).toBe(404);
    }
  });
});

describe("the log", () => {
  it("is JSON, an event a line, and never says what players say, nor any secret", async () => {
    const planted = "planted-secret-9f8e7d";
    const ana = await inn.enterAs(`${planted}-user`, { resume: `${planted}-resume` });
    await join(ana, `${planted}-room`, { invite: [`${planted}-guest`] });
    ana.act(`${planted}-room`, { data: `${planted}-payload` });
    ana.sayText(`{"command":"${planted}-command"}`);
    ana.sayText(`${planted}-nonsense`);
    ana.say("idme", { id: "x", token: `${planted}-token` });
    await ana.end();
    const thief = await inn.enter();
    thief.say("idme", { id: "y", token: `${planted}-token` });
    await thief.end();
    const token = await inn.server.tell("token", `${planted}-user`);
    await fetch(`http://${inn.server.address}/${planted}-path?token=${planted}`);
    await fetch(`${inn.server.admin}/who?user=${planted}`, {
      headers: { authorization: `Bearer ${planted}` },
    });
    const { err } = inn.server.run;
    expect(err).not.toContain(planted);
    expect(err).not.toContain(token.out.trim());
    for (const line of err.split("\n").filter((it) => it !== "")) {
      const told = JSON.parse(line) as Record<string, unknown>;
      expect(told).toMatchObject({ event: expect.any(String), level: expect.any(String) });
    }
  });
});

/** Prometheus' own opinion, where it is installed; what Node's collector names wrongly is left out. */
function promtool(text: string): void {
  const own = text.split("\n").filter((line) => !/nodejs_active_\w+_total/.test(line));
  const checked = spawnSync("promtool", ["check", "metrics"], { input: `${own.join("\n")}\n` });
  if (checked.error !== undefined) return; // Not installed: the parser above has judged.
  expect(String(checked.stderr) + String(checked.stdout)).toBe("");
}
