/**
 * Screens that are fetched when they are first shown.
 *
 * Not by React's lazy(): what it suspends it shows 300 ms later at the earliest once a fallback was seen.
 */
import { type ComponentType, useEffect, useReducer } from "react";
import type { Route } from "./router";

export interface Screen {
  /** Fetch it, unless that is done; a failure is kept until the screen is drawn. */
  load(): Promise<void>;
  /** The screen, undefined until it is here. Raises what its fetching raised; the next load tries anew. */
  drawn(): ComponentType | undefined;
  /** Ask what the screen will ask first, if it is fetched and says what that is; a session must be known. */
  ahead(route: Route): void;
}

/** What a screen's file has. ahead: asks by callAhead and askAhead. */
interface Fetched {
  default: ComponentType;
  ahead?: (route: Route) => void;
}

export function screen(fetched: () => Promise<Fetched>): Screen {
  let here: Fetched | undefined;
  let failure: Error | undefined;
  let loading: Promise<void> | undefined;
  return {
    load() {
      loading ??= fetched().then(
        (module) => {
          here = module;
        },
        (error: unknown) => {
          failure = error instanceof Error ? error : new Error(String(error));
          loading = undefined;
        },
      );
      return loading;
    },
    drawn() {
      const failed = failure;
      failure = undefined;
      if (failed !== undefined) throw failed;
      return here?.default;
    },
    ahead(route) {
      here?.ahead?.(route);
    },
  };
}

/** The screen's component, undefined while it is fetched. */
export function useScreen(wanted: Screen): ComponentType | undefined {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const drawn = wanted.drawn();
  useEffect(() => {
    if (drawn !== undefined) return undefined;
    let gone = false;
    void wanted.load().then(() => {
      if (!gone) draw();
    });
    return () => {
      gone = true;
    };
  }, [wanted, drawn]);
  return drawn;
}
