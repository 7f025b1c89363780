/** The admin port's paths: what each needs, and what it answers. No sockets here. */
import { fail, ok, parseUserId, type Result } from "@roundhouse/kernel";
import { accountRoutes } from "./admin-account-routes.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { type Answer, invalid, json, membersOf, type Question, type Route } from "./admin-route.ts";

export type { Answer, Route } from "./admin-route.ts";

/** The route of a path, and what stands for its `*`. */
export function routeOf(path: string): {
  readonly route: Route | undefined;
  readonly name: string;
} {
  const [, first = "", name, ...rest] = path.split("/");
  if (name === undefined || first !== "users") return { route: routes.get(path), name: "" };
  return { route: routes.get(["", first, "*", ...rest].join("/")), name: decoded(name) };
}

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/metrics", open(async (ports) => ok({ as: "text", ...(await ports.metrics()) }))],
  ["/healthz", open(async (ports) => (ports.live() ? fine() : fail("internal")))],
  ["/readyz", open(async (ports) => told(ports.ready(), { ok: true }))],
  ["/topology", open(async (ports, { host }) => json(ports.topology(host)))],
  ["/rooms", { method: "GET", guarded: true, answer: rooms }],
  ["/who", { method: "GET", guarded: true, answer: who }],
  ["/nodes", { method: "GET", guarded: true, answer: nodes }],
  ["/drain", { method: "POST", guarded: true, answer: drain }],
  ["/token", { method: "POST", guarded: true, answer: token }],
  ...accountRoutes,
]);

/** What is not well encoded names nobody. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}

function open(answer: Route["answer"]): Route {
  return { method: "GET", guarded: false, answer };
}

async function rooms(ports: AdminPorts, { query }: Question): Promise<Result<Answer>> {
  const given = query.get("limit") ?? String(ROOMS_LIMIT);
  const limit = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > ROOMS_LIMIT_MAX)
    return invalid("limit", { min: 1, max: ROOMS_LIMIT_MAX });
  const seen = await ports.rooms(limit);
  return seen.ok ? json({ rooms: seen.value }) : seen;
}

async function who(ports: AdminPorts, { query }: Question): Promise<Result<Answer>> {
  const user = parseUserId(query.get("user") ?? "");
  const seen = user.ok ? await ports.who(user.value) : user;
  return seen.ok ? json(seen.value) : seen;
}

async function nodes(ports: AdminPorts): Promise<Result<Answer>> {
  const seen = await ports.nodes();
  return seen.ok ? json({ nodes: seen.value }) : seen;
}

async function drain(ports: AdminPorts, { body }: Question): Promise<Result<Answer>> {
  const given = membersOf(body);
  if (!given.ok) return given;
  const node = given.value.get("node");
  const undo = given.value.get("undo") ?? false;
  if (typeof node !== "string" || node === "") return invalid("node", { needs: "a node's name" });
  if (typeof undo !== "boolean") return invalid("undo", { needs: "true or false" });
  const seen = await ports.drain(node, !undo);
  return seen.ok ? json({ nodes: seen.value }) : seen;
}

/** Signs first: a name that were protected without a token for it would lock its user out. */
async function token(ports: AdminPorts, { body }: Question): Promise<Result<Answer>> {
  const asked = parseOrder(body);
  if (!asked.ok) return asked;
  const { user, ttlSeconds, protect } = asked.value;
  const issued = await ports.issue(user, ttlSeconds);
  if (!issued.ok) return issued;
  if (protect !== undefined) {
    const done = await ports.protect(user, protect);
    if (!done.ok) return done;
  }
  return json({
    user,
    token: issued.value,
    ttlSeconds,
    ...(protect === undefined ? {} : { protect }),
  });
}

type Order = {
  readonly user: string;
  readonly ttlSeconds: number;
  /** True registers the name, false frees it again, undefined leaves it as it is. */
  readonly protect: boolean | undefined;
};

function parseOrder(body: unknown): Result<Order> {
  const given = membersOf(body);
  if (!given.ok) return given;
  const user = parseUserId(given.value.get("user"));
  if (!user.ok) return user;
  const ttlSeconds = given.value.get("ttlSeconds") ?? TTL_SECONDS;
  const protect = given.value.get("protect");
  if (typeof ttlSeconds !== "number") return invalid("ttlSeconds", { needs: "a number" });
  if (protect !== undefined && typeof protect !== "boolean") {
    return invalid("protect", { needs: "true or false" });
  }
  return ok({ user: user.value, ttlSeconds, protect });
}

const fine = (): Result<Answer> => json({ ok: true });
const told = (result: Result<void>, body: unknown): Result<Answer> =>
  result.ok ? json(body) : result;

const ROOMS_LIMIT = 100;
const ROOMS_LIMIT_MAX = 10_000;
const TTL_SECONDS = 24 * 3_600;
