/** How an exercise looks. Pictures of our own are shown; what lies elsewhere is a link, so that no other host hears of the patient. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";

const PICTURE = /\.(avif|gif|jpe?g|png|svg|webp)$/i;

interface Media {
  readonly kind: "picture" | "link";
  readonly href: string;
  /** Where a link leads. */
  readonly host: string;
}

/** What is done with a URL on a page of `origin`; null for one that is no web address. */
export function mediaOf(url: string, origin: string): Media | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  if (parsed.protocol !== "https:" && parsed.origin !== origin) return null;
  const own = parsed.origin === origin && PICTURE.test(parsed.pathname);
  return { kind: own ? "picture" : "link", href: parsed.href, host: parsed.host.replace(/^www\./, "") };
}

export function MediaOf({ url, name }: { url: string; name: string }): JSX.Element | null {
  const media = mediaOf(url, location.origin);
  if (media === null) return null;
  if (media.kind === "picture") return <img class="exercise__picture" src={media.href} alt={`How to do: ${name}`} loading="lazy" />;
  return (
    <a class="button button--small exercise__media" href={media.href} target="_blank" rel="noopener noreferrer">
      <Icon name="play" />
      See how it is done
      <small>on {media.host}, in a new window</small>
    </a>
  );
}
