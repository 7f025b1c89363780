/** Which gateways watch whom. Watching somebody who is away needs no user in memory. */
import type { GatewayId, UserId } from "@roundhouse/kernel";
import type { Scene } from "./scene.ts";

export type Watchers = Map<UserId, readonly GatewayId[]>;

/** Tells whether the gateway did not watch before. */
export function watch(watchers: Watchers, user: UserId, scene: Scene): boolean {
  const { gateway } = scene;
  const known = watchers.get(user) ?? NOBODY;
  if (known.includes(gateway)) return false;
  watchers.set(user, [...known, gateway]);
  scene.tallies.add("watches", gateway, user);
  scene.changed?.watched.add(user);
  return true;
}

/** Tells whether the gateway did watch. */
export function unwatch(watchers: Watchers, user: UserId, scene: Scene): boolean {
  const { gateway } = scene;
  const known = watchers.get(user) ?? NOBODY;
  if (!known.includes(gateway)) return false;
  const others = known.filter((it) => it !== gateway);
  if (others.length === 0) watchers.delete(user);
  else watchers.set(user, others);
  scene.tallies.remove("watches", gateway, user);
  scene.changed?.watched.add(user);
  return true;
}

const NOBODY: readonly GatewayId[] = [];
