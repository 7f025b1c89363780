/** What an operator should know of a Redis before it holds a cluster's data. Reads INFO. Pure. */

export type Finding = { readonly event: string; readonly advice: string };

export function findingsIn(info: string): readonly Finding[] {
  const value = (name: string): string => {
    return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  };
  const findings: Finding[] = [];
  const policy = value("maxmemory_policy");
  if (policy !== "" && policy !== "noeviction") {
    const advice = `maxmemory-policy is ${policy}: set noeviction, or data vanish when memory is full`;
    findings.push({ event: "redis_evicts", advice });
  }
  if (value("aof_enabled") === "0") {
    const advice = "appendonly is no: what it acknowledged is lost when it ends";
    findings.push({ event: "redis_forgets", advice });
  }
  return findings;
}
