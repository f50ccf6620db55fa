/** What a browser says of itself, in two words. */

const BROWSERS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bEdg\w*\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/Chrom(?:e|ium)\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

function first(signs: readonly (readonly [RegExp, string])[], text: string): string | null {
  return signs.find(([sign]) => sign.test(text))?.[1] ?? null;
}

/** "Firefox on Windows"; what is not known is left out. */
export function describeAgent(client: string, agent: string | null): string {
  const text = agent ?? "";
  const browser = client === "web" ? (first(BROWSERS, text) ?? "A browser") : "An app";
  const system = first(SYSTEMS, text);
  return system === null ? browser : `${browser} on ${system}`;
}
