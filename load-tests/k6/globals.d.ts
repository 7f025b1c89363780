/** What k6's engine has of its own beside the language, and @types/k6 does not name. */

declare const console: { log(text: string): void; error(text: string): void };

declare function setTimeout(run: () => void, afterMs: number): number;

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
