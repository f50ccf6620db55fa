/** The frame of a page that is not the map: its title, what can be done there, and room to scroll. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { useKeys } from "../keys.ts";
import { useWhereabouts } from "../shared/router.ts";
import { useShell } from "./context.ts";
import { MenuButton } from "./menu.tsx";
import { TopEnd } from "./top-end.tsx";

export interface PageFrameProps {
  readonly title: string;
  /** What the page is about, where the title does not say it. */
  readonly lead?: ComponentChildren;
  /** The list that this is a part of. */
  readonly back?: { readonly href: string; readonly label: string };
  /** Buttons beside the title. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Page({ title, lead, back, actions, children }: PageFrameProps): JSX.Element {
  const { openHelp, ways } = useShell();
  const { path, steps } = useWhereabouts();
  const help = path === "/call" ? undefined : ways.find((way) => way.path === "/call");
  const heading = useRef<HTMLHeadingElement>(null);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} · Arogya Hub`;
  }, [title]);
  useEffect(() => {
    // who came here by a link hears where they are, and goes on from there
    if (steps === 0) return undefined;
    const frame = requestAnimationFrame(() => heading.current?.focus()); // once the drawer is gone that led here
    return () => cancelAnimationFrame(frame);
  }, []);
  useKeys(
    {
      "/": () => main.current?.querySelector<HTMLElement>("input[type=search]")?.focus(),
      "?": openHelp,
      n: () => main.current?.querySelector<HTMLElement>("[data-key=n]")?.click(),
    },
    true,
  );
  return (
    <div class="page">
      <header class="top">
        <MenuButton />
        <p class="top__title">
          <span class="top__product">Arogya Hub</span>
        </p>
        <span class="top__space" />
        {help !== undefined && (
          <a class="button button--small button--danger top__call" href={help.path}>
            <Icon name={help.icon} />
            {help.label}
          </a>
        )}
        <TopEnd />
      </header>
      <main class="page__main" ref={main}>
        <div class="page__body">
          {back !== undefined && (
            <a class="page__back" href={back.href}>
              <Icon name="back" />
              {back.label}
            </a>
          )}
          <div class="page__head">
            <div class="page__title">
              <h1 ref={heading} tabIndex={-1}>
                {title}
              </h1>
              {lead !== undefined && <p>{lead}</p>}
            </div>
            {actions !== undefined && <div class="page__actions">{actions}</div>}
          </div>
          {children}
        </div>
      </main>
    </div>
  );
}

/** A part of a page under a title of its own. */
export function Card({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card" aria-label={title}>
      <header class="card__head">
        <h2>{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** Facts by name; those without a value are left out, unless the reader may expect them. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="fact-list">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null || value === "" ? "–" : value}</dd>
          </div>
        ))}
    </dl>
  );
}
