/** Light, dark, or as the system says. public/boot.js applies the choice before the first paint. */
import { useState } from "react";
import { keep, kept } from "./kept";

export type Theme = "auto" | "light" | "dark";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = kept("theme");
    return chosen === "light" || chosen === "dark" ? chosen : "auto";
  });
  const choose = (next: Theme) => {
    keep("theme", next === "auto" ? "" : next);
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    setTheme(next);
  };
  return [theme, choose];
}
