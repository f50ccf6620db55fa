/** A QR code, drawn dark on white in both themes: cameras do not read it the other way round. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import qrcode from "qrcode-generator";

/** Light modules around the code, without which many cameras do not see it (ISO/IEC 18004, 9.1). */
const QUIET = 4;

/** The dark modules of the code for `text` as one path, and how many modules wide the whole is. */
function pathOf(text: string): { readonly path: string; readonly width: number } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { path, width: count + 2 * QUIET };
}

/** `label` says what the code holds, for those who cannot scan it. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  const { path, width } = useMemo(() => pathOf(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${width} ${width}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={width} height={width} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
