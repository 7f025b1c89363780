/** Runs something again and again. Returns the way to stop. */
export function every(run: () => void, periodMs: number): () => void {
  const timer = setInterval(run, periodMs);
  return () => clearInterval(timer);
}
