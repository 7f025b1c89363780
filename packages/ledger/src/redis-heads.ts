/** How each step begins: the function or command and its keys, encoded once. All keys are named here. */
import { type Head, headOf } from "./redis-encode.ts";
import type { Library } from "./redis-library.ts";

export type ShardHeads = Readonly<
  Record<
    | "append"
    | "deliver"
    | "commit"
    | "assign"
    | "bury"
    | "open"
    | "read"
    | "history"
    | "fetch"
    | "find"
    | "count"
    | "holder"
    | "scan",
    Head
  >
>;

/** How a step lets ears hear: in a cluster only the primary that has the slot passes it on. */
export type Publish = "PUBLISH" | "SPUBLISH";

export function shardHeads(shard: number, publish: Publish, library: Library): ShardHeads {
  // All of a shard lie in one slot of a cluster: what stands in braces decides that.
  const tag = `{rh:${shard}}`;
  const state = `${tag}:state`;
  const inbox = `${tag}:in`;
  const [live, kept, out, past] = [`${tag}:live`, `${tag}:kept`, `${tag}:out`, `${tag}:past`];
  const names = `${tag}:names`;
  const call = functionHead.bind(undefined, library);
  return {
    append: call("append", [state, inbox], publish),
    deliver: call("deliver", [state, inbox], publish),
    commit: call("commit", [state, inbox, live, kept, out, past, names], publish),
    assign: call("assign", [state], publish),
    bury: call("bury", [state, inbox], publish),
    open: call("open", [state, out]),
    read: headOf("XRANGE", inbox),
    history: headOf("XRANGE", past),
    fetch: headOf("HMGET", kept),
    find: call("find", [names, kept]),
    count: headOf("ZCARD", names),
    holder: headOf("HMGET", state, "owner", "epoch"),
    scan: headOf("HSCAN", live),
  };
}

export type ClusterHeads = Readonly<
  Record<"renew" | "leave" | "declareDead" | "forget" | "wish" | "drain" | "constant", Head>
>;

export function clusterHeads(library: Library): ClusterHeads {
  const [members, dead, gone, terms] = ["{rh}:members", "{rh}:dead", "{rh}:gone", "{rh}:terms"];
  const [drained, wishes, constants] = ["{rh}:drained", "{rh}:wishes", "{rh}:constants"];
  const call = functionHead.bind(undefined, library);
  return {
    renew: call("renew", [members, dead, gone, terms, drained, wishes]),
    leave: call("leave", [members, terms]),
    declareDead: call("declare_dead", [members, dead, gone, terms]),
    forget: call("forget", [dead, gone]),
    wish: call("wish", [wishes]),
    drain: call("drain", [drained]),
    constant: call("constant", [constants]),
  };
}

function functionHead(
  library: Library,
  name: string,
  keys: readonly string[],
  ...first: readonly string[]
): Head {
  return headOf("FCALL", library.functionName(name), String(keys.length), ...keys, ...first);
}
