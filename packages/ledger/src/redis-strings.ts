/**
 * Makes strings quick again once the driver is loaded.
 *
 * The driver has a class that extends String. From then on V8 looks every method of every string up
 * in a dictionary and no longer inlines any: an action through a gateway cost 1.6 times the CPU
 * (measured with load-tests/own-work.mjs on Node 20). Calling a method of such an object some times
 * is V8's sign to lay String.prototype out for speed again. Whoever imports the driver imports this.
 */
import "ioredis";

class Text extends String {}

const firstOf = (text: Text): number => text.charCodeAt(0);
for (let calls = 0; calls < 100; calls++) firstOf(new Text("x"));
